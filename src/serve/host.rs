//! Finds what HTTP/1.1 refuses and the library below does not: a request without a host, or with several. Which of several
//! counts is a matter of taste, and a proxy in front may have another.

use super::linger::{Progress, Watched};
use axum::Router;
use axum::http::{Request, Version, header};
use hyper::body::Incoming;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;

/// The routes of a connection, with wrong requests marked as [`Wrong`].
#[derive(Clone)]
pub(super) struct Checked {
    routes: TowerToHyperService<Router>,
    progress: Progress,
}

/// Why a request is to be refused for its host.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wrong(pub(super) &'static str);

impl Checked {
    /// `progress` is told of each request.
    pub(super) fn new(router: Router, progress: Progress) -> Self {
        Self { routes: TowerToHyperService::new(router), progress }
    }
}

impl Service<Request<Incoming>> for Checked {
    type Response = <TowerToHyperService<Router> as Service<Request<Watched>>>::Response;
    type Error = <TowerToHyperService<Router> as Service<Request<Watched>>>::Error;
    type Future = <TowerToHyperService<Router> as Service<Request<Watched>>>::Future;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let wrong = match request.headers().get_all(header::HOST).iter().count() {
            1 => None,
            0 if request.version() < Version::HTTP_11 => None,
            0 => Some(Wrong("the request has no Host header")),
            _ => Some(Wrong("the request has several Host headers")),
        };
        if let Some(wrong) = wrong {
            request.extensions_mut().insert(wrong);
        }
        self.routes.call(request.map(|body| self.progress.watch(body)))
    }
}
