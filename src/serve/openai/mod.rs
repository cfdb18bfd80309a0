//! OpenAI's moderation endpoint: `POST /v1/moderations`.

mod answer;
mod fault;
mod question;

use super::judging::{Caller, Judge, Refusal, Scope, judged, let_in};
use super::{Server, Table};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use fault::Fault;
use question::Question;
use std::sync::Arc;

/// The path that OpenAI's clients ask.
pub(super) fn table() -> Table {
    vec![("/v1/moderations".to_owned(), post(moderations).fallback(other_method))]
}

async fn moderations(State(server): State<Arc<Server>>, headers: HeaderMap, body: Body) -> Response {
    let work = |caller: Caller| {
        move |judge: &Judge<'_>, body: &[u8]| {
            let question = Question::read(body, judge.max_rows());
            judge.charge(&caller, question.as_ref().map_or(1, |question| question.rows.len()))?;
            let question = question?;
            Ok(answer::answer(&judge.rows(&question.rows, None)?, judge.moderator()))
        }
    };
    let answered = match let_in(&server, bearer(&headers), Scope::Score) {
        Ok(caller) => judged(&server, body, work(caller)).await.unwrap_or_else(|refusal| Err(refusal.into())),
        Err(refusal) => Err(refusal.into()),
    };
    match answered {
        Ok(answer) => ([(header::CONTENT_TYPE, "application/json")], answer.to_string()).into_response(),
        Err(fault) => refuse(&fault),
    }
}

/// Refuses in OpenAI's words what no call is asked.
pub(super) fn refusal(refusal: Refusal) -> Response {
    refuse(&refusal.into())
}

async fn other_method() -> Response {
    let sentence = "Not allowed: this path takes POST.";
    let mut response = refusal(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, sentence));
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    response
}

fn refuse(fault: &Fault) -> Response {
    let (status, body) = fault.answer();
    let mut response = (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response();
    if let Fault::Refused(refusal) = fault
        && let Some(seconds) = refusal.retry_after()
    {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Returns the key of an `Authorization: Bearer` header.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, key) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}
