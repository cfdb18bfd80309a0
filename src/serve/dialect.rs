//! In whose words a refusal is told that no route tells: those of the protocol to which the path belongs.

use super::judging::Refusal;
use super::problem::Problem;
use super::{akismet, openai, perspective};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

/// Refuses a request for a path.
pub(super) fn refuse(path: &str, refusal: Refusal) -> Response {
    let under = |roots: &[&str]| {
        roots.iter().any(|root| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    };
    if under(&["/v1alpha1", "/$discovery", "/discovery"]) {
        perspective::refusal(refusal)
    } else if under(&["/v1/moderations"]) {
        openai::refusal(refusal)
    } else if under(&["/1.1", "/1.2"]) {
        akismet::refusal(refusal)
    } else {
        Problem::from(refusal).into_response()
    }
}

/// Refuses a path that does not exist.
pub(super) async fn unknown(uri: Uri) -> Response {
    refuse(
        uri.path(),
        Refusal::new(StatusCode::NOT_FOUND, "there is no such path; GET /openapi.json tells which there are"),
    )
}

/// Refuses a method that a path does not have.
pub(super) async fn other_method(method: Method, uri: Uri) -> Response {
    let sentence = match method {
        Method::GET | Method::HEAD | Method::POST | Method::PUT | Method::DELETE | Method::PATCH | Method::OPTIONS => {
            format!("this path does not take {method}; it has another method, see the Allow header")
        }
        _ => "this path has another method, see the Allow header".to_owned(),
    };
    refuse(uri.path(), Refusal::new(StatusCode::METHOD_NOT_ALLOWED, sentence))
}
