//! What is posted to be judged: rows or a thread.

use super::super::articles::Id;
use super::super::problem::Problem;
use crate::corpus::SingleRow;
use crate::thread::{Row, Thread};
use axum::http::StatusCode;
use serde::de::{Error, IgnoredAny};
use serde::{Deserialize, Deserializer};

/// A row, and where the caller has told about its article, the article's id.
pub(super) struct Posted {
    pub(super) row: Row,
    pub(super) article_id: Option<String>,
}

/// What a body can be.
pub(super) enum Request {
    Row(Box<Posted>),
    Rows(Vec<Posted>),
    Thread(Box<Thread>),
}

#[derive(Deserialize)]
#[serde(expecting = "an object with rows")]
struct Rows<T> {
    rows: Vec<T>,
}

/// The keys that tell which kind of object a body is.
#[derive(Deserialize)]
#[serde(expecting = "a row, a list of rows or a thread")]
struct Keys {
    text: Option<IgnoredAny>,
    rows: Option<Count>,
    comments: Option<Count>,
    article_id: Option<Id>,
}

/// What a row's reader passes over.
#[derive(Deserialize)]
#[serde(expecting = "a row")]
struct Ids {
    article_id: Option<Id>,
}

/// How many items a list has, without a place in memory for each.
struct Count(usize);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<IgnoredItem>::deserialize(deserializer).map(|items| Self(items.len()))
    }
}

/// Nothing, so that a list of it takes no memory however long it is.
struct IgnoredItem;

impl<'de> Deserialize<'de> for IgnoredItem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

/// Why a body is not read.
#[derive(Debug)]
pub(super) enum Unread {
    Malformed(serde_json::Error),
    /// So many of what.
    TooMany(usize, &'static str),
}

impl From<serde_json::Error> for Unread {
    fn from(error: serde_json::Error) -> Self {
        Self::Malformed(error)
    }
}

impl Request {
    /// Reads a body of at most `max_rows` rows or comments.
    pub(super) fn within(body: &[u8], max_rows: usize) -> Result<Self, Problem> {
        Self::parse(body, max_rows).map_err(|unread| match unread {
            Unread::Malformed(error) => Problem::new(StatusCode::BAD_REQUEST, told(&error)),
            Unread::TooMany(rows, what) => {
                let detail = format!("these are {rows} {what}, and a request may have {max_rows}; send them in parts");
                Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
            }
        })
    }

    /// Reads a body once for its shape and once for its content, so that errors of both name line and column, and a
    /// long list of tiny rows is refused before it takes memory.
    fn parse(body: &[u8], max_rows: usize) -> Result<Self, Unread> {
        let few = |count: usize, what| if count > max_rows { Err(Unread::TooMany(count, what)) } else { Ok(()) };
        if body.trim_ascii_start().starts_with(b"[") {
            few(serde_json::from_slice::<Count>(body)?.0, "rows")?;
            return Ok(Self::Rows(posted(serde_json::from_slice(body)?, || serde_json::from_slice(body), body)?));
        }
        let keys: Keys = serde_json::from_slice(body)?;
        if usize::from(keys.text.is_some()) + usize::from(keys.rows.is_some()) + usize::from(keys.comments.is_some())
            > 1
        {
            let what = "a body has one of `text` (a row), `rows` and `comments` (a thread), not several";
            return Err(serde_json::Error::custom(what).into());
        }
        if let Some(Count(count)) = keys.rows {
            few(count, "rows")?;
            let rows: Rows<SingleRow> = serde_json::from_slice(body)?;
            let ids = || serde_json::from_slice::<Rows<Ids>>(body).map(|ids| ids.rows);
            return Ok(Self::Rows(posted(rows.rows, ids, body)?));
        }
        if let Some(Count(count)) = keys.comments {
            few(count, "comments")?;
            if keys.article_id.is_some() {
                let what = "a thread brings its own article; give article_id with rows, or leave it out";
                return Err(serde_json::Error::custom(what).into());
            }
            let thread: Thread = serde_json::from_slice(body)?;
            if thread.comments.iter().any(|comment| comment.text.contains('\0')) {
                return Err(serde_json::Error::custom("the text of a comment holds a NUL character; remove it").into());
            }
            return Ok(Self::Thread(Box::new(thread)));
        }
        let row: SingleRow = serde_json::from_slice(body)?;
        Ok(Self::Row(Box::new(Posted::new(row, keys.article_id)?)))
    }
}

impl Posted {
    /// Reads a row by itself.
    pub(super) fn parse(body: &[u8]) -> serde_json::Result<Self> {
        let row = serde_json::from_slice(body)?;
        Self::new(row, if has_ids(body) { serde_json::from_slice::<Ids>(body)?.article_id } else { None })
    }

    fn new(SingleRow(row): SingleRow, article_id: Option<Id>) -> serde_json::Result<Self> {
        if article_id.is_some() && (row.article.is_some() || !row.thread.is_empty()) {
            let what = "a row with article_id has neither article nor thread: they are known by that id";
            return Err(serde_json::Error::custom(what));
        }
        Ok(Self { row, article_id: article_id.map(Id::into_string) })
    }
}

/// Tells whether it is worth the time to look for ids of articles.
fn has_ids(body: &[u8]) -> bool {
    memchr::memmem::find(body, b"\"article_id\"").is_some()
}

fn posted(
    rows: Vec<SingleRow>,
    ids: impl FnOnce() -> serde_json::Result<Vec<Ids>>,
    body: &[u8],
) -> serde_json::Result<Vec<Posted>> {
    let ids = if has_ids(body) { ids()? } else { Vec::new() };
    let ids = ids.into_iter().map(|ids| ids.article_id).chain(std::iter::repeat_with(|| None));
    rows.into_iter().zip(ids).map(|(row, id)| Posted::new(row, id)).collect()
}

/// Says where JSON is wrong: serde_json's sentence with the place in front.
pub(in crate::serve) fn told(error: &serde_json::Error) -> String {
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
    fn ids_of_articles_are_found_in_every_shape() {
        let ids = |body: &str| -> Vec<Option<String>> {
            match Request::parse(body.as_bytes(), 9).unwrap() {
                Request::Row(row) => vec![row.article_id],
                Request::Rows(rows) => rows.into_iter().map(|row| row.article_id).collect(),
                Request::Thread(_) => Vec::new(),
            }
        };
        assert_eq!(ids(r#"{"text":"a","article_id":5}"#), [Some("5".to_owned())]);
        assert_eq!(ids(r#"[{"text":"a"},{"text":"b","article_id":"x"}]"#), [None, Some("x".to_owned())]);
        assert_eq!(ids(r#"{"rows":[{"text":"a","article_id":"x"},{"text":"b"}]}"#), [Some("x".to_owned()), None]);
        assert_eq!(Posted::parse(br#"{"text":"a","article_id":"x"}"#).unwrap().article_id.as_deref(), Some("x"));
        assert!(Posted::parse(br#"{"text":"a","article_id":[]}"#).is_err());
    }

    #[test]
    fn bodies_are_told_apart_by_their_shape() {
        let shape = |body: &str| match Request::parse(body.as_bytes(), 2) {
            Ok(Request::Row(_)) => "row".to_owned(),
            Ok(Request::Rows(rows)) => format!("{} rows", rows.len()),
            Ok(Request::Thread(thread)) => format!("thread of {}", thread.comments.len()),
            Err(Unread::Malformed(error)) => told(&error),
            Err(Unread::TooMany(count, what)) => format!("{count} {what}"),
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
            ("[1,[2],3]".into(), "3 rows"),
            (r#"{"rows":[{},{},{}]}"#.into(), "3 rows"),
            (r#"{"comments":[5,5,5]}"#.into(), "3 comments"),
            (r#"{"rows":{}}"#.into(), "line 1, column 8: invalid type: map, expected a sequence"),
            (
                r#"{"text":"a","article_id":5,"article":"b"}"#.into(),
                "a row with article_id has neither article nor thread: they are known by that id",
            ),
            (
                r#"{"comments":[],"article_id":"5"}"#.into(),
                "a thread brings its own article; give article_id with rows, or leave it out",
            ),
            ("5".into(), "line 1, column 1: invalid type: integer `5`, expected a row, a list of rows or a thread"),
            (String::new(), "line 1, column 0: EOF while parsing a value"),
        ];
        for (body, expected) in cases {
            assert_eq!(shape(&body), expected, "{body}");
        }
    }
}
