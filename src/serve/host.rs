//! Refuses what HTTP/1.1 refuses and the library below does not: a request without a host, or with several. Which of several
//! counts is a matter of taste, and a proxy in front may have another.

use super::dialect;
use super::judging::Refusal;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, Version, header};
use axum::response::Response;
use futures_util::future::Either;
use hyper::body::Incoming;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use std::convert::Infallible;
use std::future::{Ready, ready};

/// The routes, behind that check.
#[derive(Clone)]
pub(super) struct Checked(TowerToHyperService<Router>);

impl Checked {
    pub(super) fn new(router: Router) -> Self {
        Self(TowerToHyperService::new(router))
    }
}

impl Service<Request<Incoming>> for Checked {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Either<
        Ready<Result<Response<Body>, Infallible>>,
        <TowerToHyperService<Router> as Service<Request<Incoming>>>::Future,
    >;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let hosts = request.headers().get_all(header::HOST).iter().count();
        let right = hosts == 1 || (hosts == 0 && request.version() < Version::HTTP_11);
        if right {
            return Either::Right(self.0.call(request));
        }
        let sentence =
            if hosts == 0 { "the request has no Host header" } else { "the request has several Host headers" };
        let refusal = Refusal::new(StatusCode::BAD_REQUEST, sentence);
        Either::Left(ready(Ok(dialect::refuse(request.uri().path(), refusal))))
    }
}
