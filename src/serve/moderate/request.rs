//! What is posted to be judged: rows or a thread.

use super::super::articles::Id;
use super::super::json::{Count, Malformed, Object, is_list, read};
use super::super::problem::Problem;
use crate::corpus::SingleRow;
use crate::thread::{Comment, Row, Thread};
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
    #[serde(rename = "articleId", alias = "articleid", alias = "articleID", default, deserialize_with = "misspelt")]
    _misspelt: (),
}

/// What a row's reader passes over.
#[derive(Deserialize)]
#[serde(expecting = "a row")]
struct Ids {
    article_id: Option<Id>,
    #[serde(rename = "articleId", alias = "articleid", alias = "articleID", default, deserialize_with = "misspelt")]
    _misspelt: (),
}

/// Refuses a name without which a row would be judged without its article.
fn misspelt<'de, D: Deserializer<'de>>(_: D) -> Result<(), D::Error> {
    Err(D::Error::custom("a row has no field of this name; write it as \"article_id\""))
}

/// A thread as far as its kinds of values go: its article and comments are objects.
#[derive(Deserialize)]
struct Shape {
    #[serde(rename = "article")]
    _article: Option<Object<Anything>>,
    #[serde(rename = "comments")]
    _comments: Vec<Object<Anything>>,
}

/// Whatever fields; takes no memory.
#[derive(Deserialize)]
struct Anything {}

/// Why a body is not read.
#[derive(Debug)]
pub(super) enum Unread {
    Malformed(Malformed),
    /// So many of what.
    TooMany(usize, &'static str),
}

impl From<Malformed> for Unread {
    fn from(error: Malformed) -> Self {
        Self::Malformed(error)
    }
}

impl Request {
    /// Returns how many comments are to be judged.
    pub(super) fn comments(&self) -> usize {
        match self {
            Self::Row(_) => 1,
            Self::Rows(rows) => rows.len(),
            Self::Thread(thread) => thread.comments.len(),
        }
    }

    /// Reads a body of at most `max_rows` rows or comments.
    pub(super) fn within(body: &[u8], max_rows: usize) -> Result<Self, Problem> {
        Self::parse(body, max_rows).map_err(|unread| match unread {
            Unread::Malformed(error) => Problem::new(StatusCode::BAD_REQUEST, error.sentence()),
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
        if is_list(body) {
            few(read::<Count>(body)?.0, "rows")?;
            return Ok(Self::Rows(posted(read(body)?, || read(body), body)?));
        }
        let keys: Keys = read(body)?;
        if usize::from(keys.text.is_some()) + usize::from(keys.rows.is_some()) + usize::from(keys.comments.is_some())
            > 1
        {
            let what = "a body has one of `text` (a row), `rows` and `comments` (a thread), not several";
            return Err(Malformed::whole(what).into());
        }
        if let Some(Count(count)) = keys.rows {
            few(count, "rows")?;
            let rows: Rows<SingleRow> = read(body)?;
            let ids = || read::<Rows<Ids>>(body).map(|ids| ids.rows);
            return Ok(Self::Rows(posted(rows.rows, ids, body)?));
        }
        if let Some(Count(count)) = keys.comments {
            few(count, "comments")?;
            if keys.article_id.is_some() {
                let what = "a thread brings its own article; give article_id with rows, or leave it out";
                return Err(Malformed::whole(what).into());
            }
            read::<Shape>(body)?;
            let thread: Thread = read(body)?;
            if thread.comments.iter().any(|comment| comment.text.contains('\0')) {
                return Err(Malformed::whole("the text of a comment holds a NUL character; remove it").into());
            }
            let bounded = |comment: &Comment| Comment::bounded("the text of a comment", &comment.text);
            thread.comments.iter().try_for_each(bounded).map_err(Malformed::whole)?;
            return Ok(Self::Thread(Box::new(thread)));
        }
        let row: SingleRow = read(body)?;
        Ok(Self::Row(Box::new(Posted::new(row, keys.article_id)?)))
    }
}

impl Posted {
    /// Reads a row by itself.
    pub(super) fn parse(body: &[u8]) -> Result<Self, Malformed> {
        let row = read(body)?;
        Self::new(row, if has_ids(body) { read::<Ids>(body)?.article_id } else { None })
    }

    fn new(SingleRow(row): SingleRow, article_id: Option<Id>) -> Result<Self, Malformed> {
        if article_id.is_some() && (row.article.is_some() || !row.thread.is_empty()) {
            let what = "a row with article_id has neither article nor thread: they are known by that id";
            return Err(Malformed::whole(what));
        }
        Ok(Self { row, article_id: article_id.map(Id::into_string) })
    }
}

/// Tells whether it is worth the time to look for ids of articles.
fn has_ids(body: &[u8]) -> bool {
    let names: [&[u8]; 4] = [b"\"article_id\"", b"\"articleId\"", b"\"articleid\"", b"\"articleID\""];
    names.iter().any(|name| memchr::memmem::find(body, name).is_some())
}

fn posted(
    rows: Vec<SingleRow>,
    ids: impl FnOnce() -> Result<Vec<Ids>, Malformed>,
    body: &[u8],
) -> Result<Vec<Posted>, Malformed> {
    let ids = if has_ids(body) { ids()? } else { Vec::new() };
    let ids = ids.into_iter().map(|ids| ids.article_id).chain(std::iter::repeat_with(|| None));
    rows.into_iter().zip(ids).map(|(row, id)| Posted::new(row, id)).collect()
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
    fn texts_that_are_no_comments_are_refused() {
        let long = "a ".repeat(Comment::LONGEST / 2 + 1);
        let comment = format!(r#"{{"id":"1","author":null,"date":null,"text":"{long}","depth":0,"parent":null}}"#);
        for body in [format!(r#"{{"text":"{long}"}}"#), format!(r#"{{"comments":[{comment}]}}"#)] {
            let refused = Request::within(body.as_bytes(), 2).err().unwrap();
            assert!(refused.status == 400 && refused.detail.contains("longer than 1 MiB"), "{}", refused.detail);
        }
    }

    #[test]
    fn bodies_are_told_apart_by_their_shape() {
        let shape = |body: &str| match Request::parse(body.as_bytes(), 2) {
            Ok(Request::Row(_)) => "row".to_owned(),
            Ok(Request::Rows(rows)) => format!("{} rows", rows.len()),
            Ok(Request::Thread(thread)) => format!("thread of {}", thread.comments.len()),
            Err(Unread::Malformed(error)) => error.sentence(),
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
            ("{\"text\": \"a\"".to_owned(), "line 1, column 12: this is no JSON: EOF while parsing an object"),
            ("{\"txt\": \"a\"}".to_owned(), "line 1, column 12: the row has no text (it has txt); give it as \"text\""),
            (
                "[{\"text\":\"a\"},\n{}]".to_owned(),
                "line 2, column 2: [1]: the row has no text (it has nothing); give it as \"text\"",
            ),
            (
                r#"{"text":"a","rows":[]}"#.into(),
                "a body has one of `text` (a row), `rows` and `comments` (a thread), not several",
            ),
            (
                r#"{"comments":[{"id":"1","text":"a\u0000"}]}"#.into(),
                "the text of a comment holds a NUL character; remove it",
            ),
            (r#"{"comments":[5]}"#.into(), "line 1, column 14: comments[0] is a number; give an object"),
            (
                r#"{"comments":[["1","ann",null,"You fool.",0,null]]}"#.into(),
                "line 1, column 13: comments[0] is a list; give an object",
            ),
            (
                r#"{"article":["title","text"],"comments":[]}"#.into(),
                "line 1, column 11: article is a list; give an object",
            ),
            (r#"{"rows":[["a"]]}"#.into(), "line 1, column 9: rows[0] is a list; give a row like {\"text\": \"…\"}"),
            ("[1,[2],3]".into(), "3 rows"),
            (r#"{"rows":[{},{},{}]}"#.into(), "3 rows"),
            (r#"{"comments":[5,5,5]}"#.into(), "3 comments"),
            (r#"{"rows":{}}"#.into(), "line 1, column 8: rows is an object; give a list"),
            (
                r#"{"text":"a","article_id":5,"article":"b"}"#.into(),
                "a row with article_id has neither article nor thread: they are known by that id",
            ),
            (
                r#"{"comments":[],"article_id":"5"}"#.into(),
                "a thread brings its own article; give article_id with rows, or leave it out",
            ),
            ("5".into(), "line 1, column 1: the body is a number; give a row, a list of rows or a thread"),
            (String::new(), "the body is empty; send JSON"),
            (
                "text=You+fool.".into(),
                "the body is no JSON but begins as another text, such as a form or CSV; send JSON",
            ),
            (
                r#"{"text":"a","articleId":"5"}"#.into(),
                "line 1, column 24: articleId: a row has no field of this name; write it as \"article_id\"",
            ),
            (
                r#"[{"text":"a","article_id":"5"},{"text":"b","articleid":"5"}]"#.into(),
                "line 1, column 55: [1].articleid: a row has no field of this name; write it as \"article_id\"",
            ),
            (
                r#"{"text":"a","parent":5}"#.into(),
                "line 1, column 23: the parent is a number, not a text; give the text of the comment that is answered, or leave it out",
            ),
            (
                r#"{"text":"a","article":{"titel":"b"}}"#.into(),
                "line 1, column 36: the article has neither title nor text; give {\"title\": \"…\", \"text\": \"…\"} or its text alone, or leave it out",
            ),
        ];
        for (body, expected) in cases {
            assert_eq!(shape(&body), expected, "{body}");
        }
    }
}
