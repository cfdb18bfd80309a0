//! `POST /v1/moderate`: rows or a thread in, judgements out.

use super::Server;
use super::judging::read;
use super::pool::Wanted;
use super::problem::Problem;
use crate::corpus::SingleRow;
use crate::moderator::{Judgement, Moderator};
use crate::report::{finished, write_json};
use crate::span::OffsetUnit;
use crate::thread::{Row, Thread};
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rayon::prelude::*;
use serde::Deserialize;
use serde::de::{Error, IgnoredAny};
use std::sync::Arc;
use tokio::time::timeout;

/// Answers one request.
pub(super) async fn moderate(State(server): State<Arc<Server>>, uri: Uri, body: Body) -> Result<Response, Problem> {
    let wishes = Wishes::parse(uri.query().unwrap_or_default())?;
    let place = Arc::clone(&server.places)
        .try_acquire_owned()
        .map_err(|_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too many requests are being worked on"))?;
    let body = read(&server, body).await?;
    let moderator = server.moderator.clone().explaining(wishes.explain);
    let max_rows = server.max_rows;
    let work = move |wanted: &Wanted<'_>| {
        // The place is taken until the work is done, also when the client has gone.
        let _place = place;
        answer(&moderator, Request::within(&body, max_rows)?, wishes.offsets, wanted)
    };
    let json = timeout(server.timeout, server.pool.run(work))
        .await
        .map_err(|_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "judging did not end in time"))?
        .map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "judging failed, which is a fault of gruff"))??;
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
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

/// What a body can be.
enum Request {
    Row(Box<Row>),
    Rows(Vec<SingleRow>),
    Thread(Box<Thread>),
}

#[derive(Deserialize)]
#[serde(expecting = "an object with rows")]
struct Rows {
    rows: Vec<SingleRow>,
}

/// The keys that tell which kind of object a body is.
#[derive(Deserialize)]
#[serde(expecting = "a row, a list of rows or a thread")]
struct Keys {
    text: Option<IgnoredAny>,
    rows: Option<IgnoredAny>,
    comments: Option<IgnoredAny>,
}

impl Request {
    /// Reads a body of at most `max_rows` rows or comments.
    fn within(body: &[u8], max_rows: usize) -> Result<Self, Problem> {
        let request = Self::parse(body).map_err(|error| Problem::new(StatusCode::BAD_REQUEST, told(&error)))?;
        let (rows, what) = match &request {
            Self::Row(_) => (1, "rows"),
            Self::Rows(rows) => (rows.len(), "rows"),
            Self::Thread(thread) => (thread.comments.len(), "comments"),
        };
        if rows > max_rows {
            let detail = format!("these are {rows} {what}, and a request may have {max_rows}; send them in parts");
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
        }
        Ok(request)
    }

    /// Reads a body once for its shape and once for its content, so that errors of both name line and column.
    fn parse(body: &[u8]) -> serde_json::Result<Self> {
        if body.trim_ascii_start().starts_with(b"[") {
            return serde_json::from_slice(body).map(Self::Rows);
        }
        let keys: Keys = serde_json::from_slice(body)?;
        if usize::from(keys.text.is_some()) + usize::from(keys.rows.is_some()) + usize::from(keys.comments.is_some())
            > 1
        {
            return Err(Error::custom(
                "a body has one of `text` (a row), `rows` and `comments` (a thread), not several",
            ));
        }
        if keys.rows.is_some() {
            return serde_json::from_slice::<Rows>(body).map(|rows| Self::Rows(rows.rows));
        }
        if keys.comments.is_some() {
            let thread: Thread = serde_json::from_slice(body)?;
            if thread.comments.iter().any(|comment| comment.text.contains('\0')) {
                return Err(Error::custom("the text of a comment holds a NUL character; remove it"));
            }
            return Ok(Self::Thread(Box::new(thread)));
        }
        serde_json::from_slice(body).map(|SingleRow(row)| Self::Row(Box::new(row)))
    }
}

/// Judges and writes: the work of a request, on one thread of the pool or more, until nobody waits for it any more.
fn answer(
    moderator: &Moderator,
    request: Request,
    offsets: OffsetUnit,
    wanted: &Wanted<'_>,
) -> Result<Vec<u8>, Problem> {
    let judge_row = |row: &Row| finished(moderator.judge_row(row), &row.text, offsets);
    let mut json = Vec::new();
    let written = match request {
        Request::Row(row) => write_json(&mut json, &judge_row(&row)),
        Request::Rows(rows) => {
            let judgements = rows.par_iter().map(|SingleRow(row)| wanted().then(|| judge_row(row)));
            let Some(judgements) = judgements.collect::<Option<Vec<Judgement>>>() else {
                return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "nobody waits for the answer any more"));
            };
            write_json(&mut json, &judgements)
        }
        Request::Thread(thread) => {
            let judgements = thread.comments.iter().zip(moderator.judge(&thread));
            let judgements = judgements.map(|(comment, judgement)| finished(judgement, &comment.text, offsets));
            write_json(&mut json, &judgements.collect::<Vec<Judgement>>())
        }
    };
    written.map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the answer could not be written"))?;
    json.push(b'\n');
    Ok(json)
}

/// Says where JSON is wrong: serde_json's sentence with the place in front.
fn told(error: &serde_json::Error) -> String {
    let sentence = error.to_string();
    if error.line() == 0 {
        return sentence;
    }
    let sentence = [("struct Comment", "a comment"), ("struct Article", "an article"), ("struct Thread", "a thread")]
        .iter()
        .fold(sentence, |sentence, (name, word)| {
            sentence.replace(&format!("expected {name}"), &format!("expected {word}"))
        });
    let place = format!(" at line {} column {}", error.line(), error.column());
    let what = sentence.strip_suffix(&place).unwrap_or(&sentence);
    format!("line {}, column {}: {what}", error.line(), error.column())
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

    #[test]
    fn bodies_are_told_apart_by_their_shape() {
        let shape = |body: &str| match Request::parse(body.as_bytes()) {
            Ok(Request::Row(_)) => "row".to_owned(),
            Ok(Request::Rows(rows)) => format!("{} rows", rows.len()),
            Ok(Request::Thread(thread)) => format!("thread of {}", thread.comments.len()),
            Err(error) => told(&error),
        };
        let comment = r#"{"id":"1","author":null,"date":null,"text":"a","depth":0,"parent":null}"#;
        let cases = [
            (r#"{"text":"a"}"#.to_owned(), "row"),
            (r#" [{"text":"a"},{"text":"b"}]"#.to_owned(), "2 rows"),
            (r#"{"rows":[]}"#.to_owned(), "0 rows"),
            (format!(r#"{{"path":"p","article":{{}},"comments":[{comment}]}}"#), "thread of 1"),
            (
                "{\n \"text\": 5}".to_owned(),
                "line 2, column 11: the text is a number, not a text; give the comment as a JSON string",
            ),
            ("{\"text\": \"a\"".to_owned(), "line 1, column 12: EOF while parsing an object"),
            ("{\"txt\": \"a\"}".to_owned(), "line 1, column 12: the row has no text (it has txt); give it as \"text\""),
            (
                "[{\"text\":\"a\"},\n{}]".to_owned(),
                "line 2, column 2: the row has no text (it has nothing); give it as \"text\"",
            ),
            (
                r#"{"text":"a","rows":[]}"#.into(),
                "a body has one of `text` (a row), `rows` and `comments` (a thread), not several",
            ),
            (
                r#"{"comments":[{"id":"1","text":"a\u0000"}]}"#.into(),
                "the text of a comment holds a NUL character; remove it",
            ),
            (r#"{"comments":[5]}"#.into(), "line 1, column 14: invalid type: integer `5`, expected a comment"),
            ("5".into(), "line 1, column 1: invalid type: integer `5`, expected a row, a list of rows or a thread"),
            (String::new(), "line 1, column 0: EOF while parsing a value"),
        ];
        for (body, expected) in cases {
            assert_eq!(shape(&body), expected, "{body}");
        }
    }
}
