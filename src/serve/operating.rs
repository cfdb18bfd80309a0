//! What operators ask for: health, readiness, metrics, reload, and the description of all routes.

use super::Server;
use super::keys::Scope;
use super::problem::Problem;
use super::server::Reloaded;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::future::Future;
use std::io;
use std::sync::Arc;

/// The description of all routes (OpenAPI 3.1).
pub(super) const OPENAPI: &str = include_str!("openapi.json");

/// `GET /healthz`: the process answers.
pub(super) async fn health() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: further requests may be sent.
pub(super) async fn ready(State(server): State<Arc<Server>>) -> Result<&'static str, Problem> {
    if server.is_draining() {
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the server is about to stop"));
    }
    server.keeper.check().await.map_err(Problem::from)?;
    Ok("ready\n")
}

/// `GET /metrics`.
pub(super) async fn metrics(State(server): State<Arc<Server>>, request: Request) -> Result<Response, Problem> {
    server.admit(request.headers(), Scope::Admin)?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], server.metrics_text()).into_response())
}

/// `POST /v1/reload`.
pub(super) async fn reload(State(server): State<Arc<Server>>, request: Request) -> Result<Response, Problem> {
    server.admit(request.headers(), Scope::Admin)?;
    let Reloaded { told, needs_restart } = server.reload().await?;
    let json = json!({ "reloaded": told, "needs_restart": needs_restart }).to_string() + "\n";
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}

/// `GET /openapi.json`.
pub(super) async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], OPENAPI).into_response()
}

/// `POST /v1/noop`: what every request costs without judging, for measuring.
pub(super) async fn noop(State(server): State<Arc<Server>>, request: Request) -> Result<Response, Problem> {
    server.admit(request.headers(), Scope::Score)?;
    server.has_room()?;
    let body = server.read(request.into_body()).await?;
    let json = json!({ "bytes": body.len() }).to_string() + "\n";
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}

/// Reloads whenever the process gets SIGHUP, and tells what came of it; never done.
///
/// # Errors
/// When the signal cannot be waited for.
#[cfg(unix)]
pub(super) fn reload_on_signal(
    server: Arc<Server>,
    tell: impl Fn(&str) + Send + Sync,
) -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hangup = signal(SignalKind::hangup())?;
    Ok(async move {
        while hangup.recv().await.is_some() {
            match server.reload().await {
                Ok(reloaded) => tell(&format!("reloaded: {reloaded}")),
                Err(problem) => tell(&format!("reload refused: {}", problem.detail)),
            }
        }
        std::future::pending().await
    })
}

/// Does nothing where there is no SIGHUP; `POST /v1/reload` is there.
///
/// # Errors
/// Never.
#[cfg(not(unix))]
pub(super) fn reload_on_signal(_: Arc<Server>, _: impl Fn(&str) + Send + Sync) -> io::Result<impl Future<Output = ()>> {
    Ok(std::future::pending())
}
