//! Google's Perspective API: `comments:analyze`, `comments:suggestscore` and the discovery document.

mod attribute;
mod body;
mod discovery;
mod fault;
mod question;
mod suggestion;

use super::Server;
use super::judging::{Judge, Refusal, judged};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use fault::Fault;
use question::Question;
use serde_json::Value;
use std::sync::Arc;
use suggestion::Suggestion;

/// Tells whether a suggested decision was kept.
const KEPT: HeaderName = HeaderName::from_static("x-gruff-kept");

/// The paths that Perspective's clients ask.
pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/v1alpha1/comments:analyze", post(analyze).fallback(other_method))
        .route("/v1alpha1/comments:suggestscore", post(suggest).fallback(other_method))
        .route("/$discovery/rest", get(discover))
        .route("/discovery/v1/apis/commentanalyzer/v1alpha1/rest", get(discover))
}

async fn analyze(State(server): State<Arc<Server>>, body: Body) -> Response {
    let work = |judge: &Judge<'_>, body: &[u8]| {
        let question = Question::read(body, judge.moderator())?;
        let judgements = judge.rows(&question.rows())?;
        Ok(question.answer(&judgements, judge.moderator()))
    };
    match flat(judged(&server, body, work).await) {
        Ok(answer) => json(StatusCode::OK, &answer),
        Err(fault) => refuse(&fault),
    }
}

async fn suggest(State(server): State<Arc<Server>>, body: Body) -> Response {
    let read = |judge: &Judge<'_>, body: &[u8]| {
        let suggestion = Suggestion::read(body, judge.moderator())?;
        Ok((suggestion.answer(), suggestion.event))
    };
    let (answer, event) = match flat(judged(&server, body, read).await) {
        Ok(read) => read,
        Err(fault) => return refuse(&fault),
    };
    match server.keeper.keep(event).await {
        Ok(kept) => {
            let mut response = json(StatusCode::OK, &answer);
            response.headers_mut().insert(KEPT, HeaderValue::from_static(if kept { "yes" } else { "no" }));
            response
        }
        Err(refusal) => refuse(&Fault::Refused(refusal)),
    }
}

async fn discover(headers: HeaderMap) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let plain = |host: &&str| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    let host = header("host").filter(plain).unwrap_or("localhost");
    // A proxy in front that speaks TLS says so.
    let scheme = if header("x-forwarded-proto") == Some("https") { "https" } else { "http" };
    json(StatusCode::OK, &discovery::document(&format!("{scheme}://{host}/")))
}

async fn other_method() -> Response {
    let refusal = Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "this path takes POST");
    let mut response = refuse(&Fault::Refused(refusal));
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    response
}

fn flat<T>(done: Result<Result<T, Fault>, Refusal>) -> Result<T, Fault> {
    done.unwrap_or_else(|refusal| Err(refusal.into()))
}

fn refuse(fault: &Fault) -> Response {
    let (status, body) = fault.answer();
    let mut response = json(status, &body);
    if let Fault::Refused(refusal) = fault
        && let Some(seconds) = refusal.retry_after()
    {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn json(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json; charset=UTF-8")], body.to_string()).into_response()
}
