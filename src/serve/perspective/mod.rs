//! Google's Perspective API: `comments:analyze`, `comments:suggestscore` and the discovery document.

mod answer;
mod attribute;
mod body;
mod discovery;
mod fault;
mod question;
mod suggestion;

use super::judging::{Judge, Refusal, Scope, admit, judged};
use super::{Server, Table};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use fault::Fault;
use question::Question;
use std::sync::Arc;
use suggestion::Suggestion;

/// Tells whether a suggested decision was kept.
const KEPT: HeaderName = HeaderName::from_static("x-gruff-kept");

/// The only version that Google's API ever had.
const VERSION: &str = "v1alpha1";

const GOOGLE_KEY: HeaderName = HeaderName::from_static("x-goog-api-key");

/// The same paths as some clients write them: a colon need not be encoded there, and may be.
pub(super) fn aliases() -> Table {
    let written = |(path, methods): (String, MethodRouter<Arc<Server>>)| {
        ["%3A", "%3a"].map(|colon| (path.replace(':', colon), methods.clone()))
    };
    table().into_iter().filter(|(path, _)| path.contains(':')).flat_map(written).collect()
}

/// The paths that Perspective's clients ask.
pub(super) fn table() -> Table {
    let table = [
        ("/v1alpha1/comments:analyze", post(analyze).fallback(other_method)),
        ("/v1alpha1/comments:suggestscore", post(suggest).fallback(other_method)),
        ("/$discovery/rest", get(discover)),
        ("/discovery/v1/apis/commentanalyzer/v1alpha1/rest", get(discover)),
    ];
    table.map(|(path, methods)| (path.to_owned(), methods)).into()
}

async fn analyze(State(server): State<Arc<Server>>, uri: Uri, headers: HeaderMap, body: Body) -> Response {
    if let Err(refusal) = admit(&server, key(&uri, &headers).as_deref(), Scope::Score) {
        return refuse(&refusal.into());
    }
    let work = |judge: &Judge<'_>, body: &[u8]| {
        let question = Question::read(body, judge.moderator())?;
        let article = question.page().and_then(|url| judge.article_at(url));
        let judgements = judge.rows(question.rows(), article.as_deref())?;
        let answer = serde_json::to_string(&question.answer(&judgements, judge.moderator()));
        answer.map_err(|_| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "the answer could not be written").into())
    };
    match flat(judged(&server, body, work).await) {
        Ok(answer) => json(StatusCode::OK, answer),
        Err(fault) => refuse(&fault),
    }
}

async fn suggest(State(server): State<Arc<Server>>, uri: Uri, headers: HeaderMap, body: Body) -> Response {
    if let Err(refusal) = admit(&server, key(&uri, &headers).as_deref(), Scope::Learn) {
        return refuse(&refusal.into());
    }
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
            let mut response = json(StatusCode::OK, answer.to_string());
            response.headers_mut().insert(KEPT, HeaderValue::from_static(if kept { "yes" } else { "no" }));
            response
        }
        Err(refusal) => refuse(&Fault::Refused(refusal)),
    }
}

async fn discover(State(server): State<Arc<Server>>, uri: Uri, headers: HeaderMap) -> Response {
    let query = uri.query().unwrap_or_default().as_bytes();
    if form_urlencoded::parse(query).any(|(name, version)| name == "version" && version != VERSION) {
        let sentence = format!("this server speaks version {VERSION} alone; ask for that, or leave the version out");
        return refusal(Refusal::new(StatusCode::NOT_FOUND, sentence));
    }
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let plain = |host: &&str| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    let host = header("host").filter(plain).unwrap_or("localhost");
    // A proxy in front that speaks TLS says so.
    let scheme = if server.https || header("x-forwarded-proto") == Some("https") { "https" } else { "http" };
    json(StatusCode::OK, discovery::document(&format!("{scheme}://{host}/")).to_string())
}

/// Refuses in Google's words what no call is asked.
pub(super) fn refusal(refusal: Refusal) -> Response {
    refuse(&Fault::Refused(refusal))
}

async fn other_method() -> Response {
    let mut response = refusal(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "this path takes POST"));
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    response
}

/// Returns the key: Google's clients put it in the query or in one of two headers.
fn key(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let query = uri.query().unwrap_or_default();
    let in_query =
        form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "key").map(|(_, key)| key.into_owned());
    let header = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    in_query.or_else(|| header(GOOGLE_KEY).map(str::to_owned)).or_else(|| {
        let (scheme, token) = header(header::AUTHORIZATION)?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
    })
}

fn flat<T>(done: Result<Result<T, Fault>, Refusal>) -> Result<T, Fault> {
    done.unwrap_or_else(|refusal| Err(refusal.into()))
}

fn refuse(fault: &Fault) -> Response {
    let (status, body) = fault.answer();
    let mut response = json(status, body.to_string());
    if let Fault::Refused(refusal) = fault
        && let Some(seconds) = refusal.retry_after()
    {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn json(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json; charset=UTF-8")], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_where_googles_clients_put_them() {
        let found = |uri: &'static str, name: &'static str, value: &'static str| {
            let headers = HeaderMap::from_iter([(HeaderName::from_static(name), HeaderValue::from_static(value))]);
            key(&Uri::from_static(uri), &headers)
        };
        assert_eq!(found("/a?alt=json&key=a%2Bb", "x-goog-api-key", "other").as_deref(), Some("a+b"));
        assert_eq!(found("/a", "x-goog-api-key", "abc").as_deref(), Some("abc"));
        assert_eq!(found("/a", "authorization", "Bearer abc").as_deref(), Some("abc"));
        assert_eq!(found("/a?alt=json", "authorization", "Basic abc"), None);
    }
}
