//! `POST /v1/moderate`: rows or a thread in, judgements out.

mod answer;
mod request;
mod stream;

use super::Server;
use super::keys::Scope;
use super::pool::Wanted;
use super::problem::Problem;
use crate::span::OffsetUnit;
use answer::answer;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// What a stream of rows is called, with and without being registered.
const STREAMS: [&str; 3] = ["application/x-ndjson", "application/ndjson", "application/jsonl"];

/// Answers one request.
pub(super) async fn moderate(State(server): State<Arc<Server>>, request: Request) -> Result<Response, Problem> {
    let is_stream = is_stream(request.headers());
    let caller = match is_stream {
        true => server.admit(request.headers(), Scope::Score)?,
        false => server.let_in(request.headers(), Scope::Score)?,
    };
    let wishes = Wishes::parse(request.uri().query().unwrap_or_default())?;
    server.has_room()?;
    if is_stream {
        return Ok(stream::answer(server, caller, wishes, request.into_body()));
    }
    let body = server.read(request.into_body()).await?;
    let shared = Arc::clone(&server);
    let work = move |wanted: &Wanted<'_>| {
        let request = request::Request::within(&body, shared.max_rows);
        shared.charge(&caller, request.as_ref().map_or(1, request::Request::comments))?;
        let request = request?;
        answer(&shared, request, wishes, wanted)
    };
    let json = server.run(work).await??;
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}

fn is_stream(headers: &HeaderMap) -> bool {
    let stated = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = stated.split(';').next().unwrap_or_default().trim();
    STREAMS.iter().any(|stream| kind.eq_ignore_ascii_case(stream))
}

/// What the query asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Wishes {
    explain: bool,
    offsets: OffsetUnit,
}

impl Wishes {
    fn parse(query: &str) -> Result<Self, Problem> {
        let mut wishes = Self::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=').unwrap_or((pair, "true")) {
                ("explain", "true" | "1") => wishes.explain = true,
                ("explain", "false" | "0") => wishes.explain = false,
                ("offsets", "bytes") => wishes.offsets = OffsetUnit::Bytes,
                ("offsets", "chars") => wishes.offsets = OffsetUnit::Chars,
                ("offsets", "utf16") => wishes.offsets = OffsetUnit::Utf16,
                _ => {
                    let detail = "the query may have explain=true|false and offsets=bytes|chars|utf16";
                    return Err(Problem::new(StatusCode::BAD_REQUEST, detail));
                }
            }
        }
        Ok(wishes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_is_read_strictly() {
        assert_eq!(Wishes::parse("").unwrap(), Wishes::default());
        let expected = Wishes { explain: true, offsets: OffsetUnit::Utf16 };
        assert_eq!(Wishes::parse("explain&offsets=utf16").unwrap(), expected);
        for query in ["explian=true", "explain=maybe", "offsets="] {
            assert!(Wishes::parse(query).is_err(), "{query}");
        }
    }
}
