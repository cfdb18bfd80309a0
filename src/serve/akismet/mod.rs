//! Akismet, versions 1.1 and 1.2: `verify-key`, `comment-check`, `submit-spam`, `submit-ham`, `usage-limit`, and what the
//! plugin for WordPress asks before it uses a key: `get-subscription`, `get-stats`, `test`.
//!
//! Spam is what the site's policy holds or rejects; advertising as such is not what gruff detects.

mod check;
mod content;
mod form;
mod key;

use super::judging::{Judge, Refusal, Scope, admit, judged};
use super::{Server, Table};
use crate::thread::Comment;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use check::Lacking;
use form::Form;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const DEBUG_HELP: HeaderName = HeaderName::from_static("x-akismet-debug-help");
const ERROR: HeaderName = HeaderName::from_static("x-akismet-error");
const GUID: HeaderName = HeaderName::from_static("x-akismet-guid");
const PRO_TIP: HeaderName = HeaderName::from_static("x-akismet-pro-tip");
const KEPT: HeaderName = HeaderName::from_static("x-gruff-kept");

/// How many comments were checked since the server was started.
#[derive(Debug, Default)]
pub(super) struct Usage(AtomicU64);

/// The paths that Akismet's clients ask.
pub(super) fn table() -> Table {
    let calls = |version: &str| {
        [
            ("verify-key", post(verify_key).fallback(other_method)),
            ("comment-check", post(comment_check).fallback(other_method)),
            ("submit-spam", post(submit_spam).fallback(other_method)),
            ("submit-ham", post(submit_ham).fallback(other_method)),
            ("usage-limit", get(usage_limit).post(usage_limit).fallback(other_method)),
            ("get-subscription", post(get_subscription).fallback(other_method)),
            ("get-stats", post(get_stats).fallback(other_method)),
            ("test", get(test).fallback(other_method)),
        ]
        .map(|(call, methods)| (format!("/{version}/{call}"), methods))
    };
    ["1.1", "1.2"].into_iter().flat_map(calls).collect()
}

/// Why a call got no answer.
enum Fault {
    /// The key is missing or wrong; what the debugging header says.
    Key(String),
    Lacking(Lacking),
    Refused(Refusal),
}

impl From<Lacking> for Fault {
    fn from(lacking: Lacking) -> Self {
        Self::Lacking(lacking)
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Reads a form and lets its sender in, who wants what one of the scopes allows.
fn admitted(server: &Server, headers: &HeaderMap, body: &[u8], scopes: &[Scope]) -> Result<Form, Fault> {
    form::is_form(headers)?;
    let form = Form::read(body);
    let comment = form.text("comment_content").unwrap_or_default();
    Comment::bounded("comment_content", &comment).map_err(|what| Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, what))?;
    let Some(key) = key::key(&form, headers) else { return Err(Fault::Key(Lacking("api_key").help())) };
    let mut refused = None;
    for scope in scopes {
        match admit(server, Some(&key), *scope) {
            Ok(_) => return Ok(form),
            // A key that is known here but may not do this is not called invalid: what it lacks is told.
            Err(refusal) if refusal.status == StatusCode::FORBIDDEN => refused = refused.or(Some(refusal)),
            Err(refusal) if refusal.status == StatusCode::UNAUTHORIZED => return Err(Fault::Key(refusal.sentence)),
            Err(refusal) => return Err(refusal.into()),
        }
    }
    refused.map_or(Ok(form), |refusal| Err(refusal.into()))
}

async fn verify_key(State(server): State<Arc<Server>>, headers: HeaderMap, body: Body) -> Response {
    let asked = Arc::clone(&server);
    let work = move |_: &Judge<'_>, body: &[u8]| {
        let form = admitted(&asked, &headers, body, &[Scope::Score, Scope::Learn])?;
        check::required(&form, "blog").map_err(|lacking| Fault::Key(lacking.help()))
    };
    match flat(judged(&server, body, work).await) {
        Ok(_) => text(StatusCode::OK, "valid"),
        Err(fault) => refuse(&fault),
    }
}

async fn comment_check(State(server): State<Arc<Server>>, headers: HeaderMap, body: Body) -> Response {
    let asked = Arc::clone(&server);
    let work = move |judge: &Judge<'_>, body: &[u8]| {
        let form = admitted(&asked, &headers, body, &[Scope::Score])?;
        let rows = check::comment(&form)?;
        asked.usage.0.fetch_add(1, Ordering::Relaxed);
        if let Some(verdict) = check::rehearsed(&form) {
            return Ok(verdict);
        }
        let article = form.text("permalink").and_then(|page| judge.article_at(page.trim()));
        Ok(check::verdict(&judge.rows(&rows, article.as_deref())?))
    };
    match flat(judged(&server, body, work).await) {
        Ok(verdict) => {
            let mut response = text(StatusCode::OK, if verdict.spam { "true" } else { "false" });
            let guid = uuid::Uuid::new_v4().simple().to_string();
            if let Ok(guid) = HeaderValue::from_str(&guid) {
                response.headers_mut().insert(GUID, guid);
            }
            if verdict.discard && server.akismet_discard {
                response.headers_mut().insert(PRO_TIP, HeaderValue::from_static("discard"));
            }
            response
        }
        Err(fault) => refuse(&fault),
    }
}

async fn submit_spam(State(server): State<Arc<Server>>, headers: HeaderMap, body: Body) -> Response {
    submit(server, headers, body, true).await
}

async fn submit_ham(State(server): State<Arc<Server>>, headers: HeaderMap, body: Body) -> Response {
    submit(server, headers, body, false).await
}

async fn submit(server: Arc<Server>, headers: HeaderMap, body: Body, spam: bool) -> Response {
    let asked = Arc::clone(&server);
    let work = move |_: &Judge<'_>, body: &[u8]| {
        let form = admitted(&asked, &headers, body, &[Scope::Learn])?;
        check::correction(&form, spam).map_err(Fault::from)
    };
    let kept = match flat(judged(&server, body, work).await) {
        Ok(Some(event)) => server.keeper.keep(event).await,
        Ok(None) => Ok(false),
        Err(fault) => return refuse(&fault),
    };
    match kept {
        Ok(kept) => {
            let mut response = text(StatusCode::OK, "Thanks for making the web a better place.");
            response.headers_mut().insert(KEPT, HeaderValue::from_static(if kept { "yes" } else { "no" }));
            response
        }
        Err(refusal) => refuse(&refusal.into()),
    }
}

/// Answers with what `tell` returns, in JSON, whoever has a key: in the query, or in the form of those who post.
async fn tell(
    server: Arc<Server>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
    tell: impl FnOnce(&Server) -> Value,
) -> Response {
    let asked = Arc::clone(&server);
    let work = move |_: &Judge<'_>, body: &[u8]| {
        let both = [uri.query().unwrap_or_default().as_bytes(), body].join(&b'&');
        admitted(&asked, &headers, &both, &[Scope::Score, Scope::Learn]).map(|_| ())
    };
    match flat(judged(&server, body, work).await) {
        Ok(()) => {
            (StatusCode::OK, [(header::CONTENT_TYPE, "application/json")], tell(&server).to_string()).into_response()
        }
        Err(fault) => refuse(&fault),
    }
}

async fn usage_limit(State(server): State<Arc<Server>>, uri: Uri, headers: HeaderMap, body: Body) -> Response {
    tell(server, uri, headers, body, |server| {
        let usage = server.usage.0.load(Ordering::Relaxed);
        json!({"limit": "none", "usage": usage, "percentage": "0.00", "throttled": false})
    })
    .await
}

/// WordPress takes no key without an active account.
async fn get_subscription(State(server): State<Arc<Server>>, uri: Uri, headers: HeaderMap, body: Body) -> Response {
    let account = |_: &Server| {
        json!({
            "account_id": 0,
            "account_name": "gruff",
            "account_type": "gruff",
            "status": "active",
            "next_billing_date": false,
            "limit_reached": false,
        })
    };
    tell(server, uri, headers, body, account).await
}

/// No numbers: where there are some, WordPress shows a chart of akismet.com whose address has the key in it.
async fn get_stats(State(server): State<Arc<Server>>, uri: Uri, headers: HeaderMap, body: Body) -> Response {
    let nothing = |_: &Server| json!({"spam": null, "ham": null, "missed_spam": null, "false_positives": null});
    tell(server, uri, headers, body, nothing).await
}

/// Whether the server can be reached.
async fn test() -> Response {
    text(StatusCode::OK, "connected")
}

/// Refuses in Akismet's words what no call is asked.
pub(super) fn refusal(refusal: Refusal) -> Response {
    refuse(&refusal.into())
}

async fn other_method(uri: Uri) -> Response {
    let takes = match uri.path().rsplit('/').next() {
        Some("usage-limit") => "this call takes GET or POST",
        Some("test") => "this call takes GET",
        _ => "this call takes POST",
    };
    refusal(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, takes))
}

fn flat<T>(done: Result<Result<T, Fault>, Refusal>) -> Result<T, Fault> {
    done.unwrap_or_else(|refusal| Err(refusal.into()))
}

/// Clients hold a comment for which they get neither `true` nor `false`; some take `invalid` for a wrong key.
fn refuse(fault: &Fault) -> Response {
    let (status, body, help) = match fault {
        Fault::Key(help) => (StatusCode::OK, "invalid".to_owned(), help.clone()),
        Fault::Lacking(lacking) => (StatusCode::OK, format!("Missing required field: {}.", lacking.0), lacking.help()),
        Fault::Refused(refusal) => (refusal.status, refusal.sentence.clone(), refusal.sentence.clone()),
    };
    let mut response = text(status, body);
    let headers = response.headers_mut();
    if let Ok(help) = HeaderValue::from_str(&help) {
        headers.insert(DEBUG_HELP, help);
    }
    if let Fault::Refused(refusal) = fault {
        headers.insert(ERROR, HeaderValue::from(refusal.status.as_u16()));
        if let Some(seconds) = refusal.retry_after() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
    response
}

fn text(status: StatusCode, body: impl Into<Body>) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], body.into()).into_response()
}
