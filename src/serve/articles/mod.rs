//! What callers told about articles before their comments come: `/v1/articles/{id}`.
//!
//! Only what a caller says is published becomes part of an article's topic. Comments that are merely judged do not, or
//! spam would become the topic. No text is kept, only how often each stem occurs.

mod shelf;

pub(super) use shelf::{Articles, Known};

use super::Server;
use super::json::{self, Count, Malformed, Object, is_list};
use super::keys::{Caller, Scope};
use super::pool::Wanted;
use super::problem::Problem;
use crate::features::topic;
use crate::text::Normalized;
use crate::thread::{self, Article};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use shelf::{Kept, Published, TooLarge};
use std::fmt;
use std::sync::Arc;

/// The longest id or address of an article, in bytes: room for a URL.
const MAX_ID: usize = 2048;
/// How much of an article's text is read, in bytes: some forty thousand words.
const MAX_TEXT: usize = 256 << 10;

/// An article and the comments under it that are published, as `gruff extract` prints them.
#[derive(Deserialize)]
struct Told {
    article: Option<ToldArticle>,
    /// Where the article is, for callers that know no other id.
    url: Option<String>,
    #[serde(default)]
    comments: Vec<Object<Comment>>,
}

/// An article: an object, or its text alone.
struct ToldArticle {
    article: Article,
    url: Option<String>,
}

impl<'de> Deserialize<'de> for ToldArticle {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Fields {
            title: Option<String>,
            text: Option<String>,
            url: Option<String>,
        }

        struct TextOrFields;

        impl<'de> Visitor<'de> for TextOrFields {
            type Value = ToldArticle;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("{\"title\": \"…\", \"text\": \"…\"} or the text alone")
            }

            fn visit_str<E>(self, text: &str) -> Result<ToldArticle, E> {
                let article = Article { text: Some(text.to_owned()), ..Article::default() };
                Ok(ToldArticle { article, url: None })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ToldArticle, A::Error> {
                let Fields { title, text, url } = Fields::deserialize(MapAccessDeserializer::new(map))?;
                Ok(ToldArticle { article: Article { title, text, ..Article::default() }, url })
            }
        }

        deserializer.deserialize_any(TextOrFields)
    }
}

#[derive(Deserialize)]
struct Comment {
    #[serde(default)]
    id: Option<Id>,
    text: String,
}

/// What of a body tells how long it is.
#[derive(Deserialize)]
struct Length {
    comments: Option<Count>,
}

/// An id may be a number.
#[derive(Deserialize)]
#[serde(untagged, expecting = "an id is a string or a number")]
pub(super) enum Id {
    Text(String),
    Number(serde_json::Number),
}

impl Id {
    pub(super) fn into_string(self) -> String {
        match self {
            Self::Text(id) => id,
            Self::Number(id) => id.to_string(),
        }
    }
}

/// What is known about an article.
#[derive(Serialize)]
struct Summary<'a> {
    id: &'a str,
    words: u64,
    comments: u64,
    /// What was not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
}

fn published(Object(comment): Object<Comment>) -> Result<Published, Problem> {
    thread::Comment::bounded("the text of a comment", &comment.text)
        .map_err(|what| Problem::new(StatusCode::BAD_REQUEST, what))?;
    let mut stems = Vec::new();
    topic::stems(&Normalized::new(&comment.text), &mut stems);
    Ok(Published { id: comment.id.map(Id::into_string), stems })
}

fn summary(status: StatusCode, id: &str, known: &Known, note: Option<&str>) -> Response {
    let summary = Summary { id, words: known.topic().words(), comments: known.comments(), note };
    let json = serde_json::to_string(&summary).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/json")], json + "\n").into_response()
}

fn checked(id: Result<Path<String>, PathRejection>) -> Result<String, Problem> {
    let Ok(Path(id)) = id else {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "the id of the article is not UTF-8"));
    };
    if id.len() > MAX_ID {
        return Err(Problem::new(StatusCode::BAD_REQUEST, format!("an id has at most {MAX_ID} bytes")));
    }
    Ok(id)
}

fn unknown() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "this article is not known, or no longer; tell about it with PUT")
}

fn too_large(_: TooLarge) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "the article takes more memory than is set aside for all")
}

fn malformed(malformed: &Malformed) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, malformed.sentence())
}

/// What a caller tells, while it is worked on.
struct Telling<'a> {
    server: &'a Server,
    caller: &'a Caller,
    id: &'a str,
    body: &'a [u8],
}

impl Telling<'_> {
    /// Refuses more comments than a request may have, before they take memory, and counts them. What is no request counts as
    /// one.
    fn count(&self, comments: Result<Option<Count>, Problem>) -> Result<(), Problem> {
        let comments = match comments {
            Ok(comments) => comments,
            Err(problem) => return self.server.charge(self.caller, 1).and(Err(problem)),
        };
        let (count, most) = (comments.map_or(0, |comments| comments.0), self.server.max_rows);
        if count > most {
            let detail = format!("these are {count} comments, and a request may have {most}; send them in parts");
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
        }
        self.server.charge(self.caller, count)
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        json::read(self.body).map_err(|error| malformed(&error))
    }

    /// Keeps an article; says what of it was not read.
    fn put(&self) -> Result<(Kept, Option<String>), Problem> {
        self.count(self.read::<Object<Length>>().map(|Object(length)| length.comments))?;
        let Object(told) = self.read::<Object<Told>>()?;
        let Some(ToldArticle { mut article, url }) = told.article else {
            let detail = "there is no \"article\"; give it as {\"title\": \"…\", \"text\": \"…\"} or as its text alone";
            return Err(Problem::new(StatusCode::BAD_REQUEST, detail));
        };
        let url = told.url.or(url);
        if url.as_ref().is_some_and(|url| url.len() > MAX_ID) {
            return Err(Problem::new(StatusCode::BAD_REQUEST, format!("a url has at most {MAX_ID} bytes")));
        }
        let cut = [&mut article.title, &mut article.text].into_iter().flatten().map(cut).max().unwrap_or_default();
        let note = (cut > 0).then(|| {
            format!("the article is too long: its last {cut} bytes were not read; {MAX_TEXT} bytes are enough to know its topic")
        });
        let comments: Vec<Published> = told.comments.into_iter().map(published).collect::<Result<_, _>>()?;
        let known = Known::new(&article, url, comments.into_iter());
        Ok((self.server.articles.put(self.id, known).map_err(too_large)?, note))
    }

    /// Adds comments to an article.
    fn publish(&self) -> Result<(Kept, Option<String>), Problem> {
        let comments = if is_list(self.body) {
            self.count(self.read().map(Some))?;
            self.read()?
        } else {
            self.count(Ok(None))?;
            vec![self.read()?]
        };
        let comments: Vec<Published> = comments.into_iter().map(published).collect::<Result<_, _>>()?;
        let kept = self.server.articles.publish(self.id, &comments).ok_or_else(unknown)?.map_err(too_large)?;
        Ok((kept, None))
    }
}

/// Cuts a text that is too long; returns by how many bytes.
fn cut(text: &mut String) -> usize {
    let before = text.len();
    let mut end = before.min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    before - text.len()
}

/// Lets a caller in, reads what it tells, and works on that on the pool.
async fn told(
    server: Arc<Server>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
    work: impl FnOnce(&Telling<'_>) -> Result<(Kept, Option<String>), Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let caller = server.let_in(request.headers(), Scope::Score)?;
    let id = checked(id)?;
    server.has_room()?;
    let body = server.read(request.into_body()).await?;
    let shared = Arc::clone(&server);
    let work = move |_: &Wanted<'_>| {
        let (kept, note) = work(&Telling { server: &shared, caller: &caller, id: &id, body: &body })?;
        shared.metrics.articles_evicted.inc_by(kept.evicted);
        let status = if kept.replaced { StatusCode::OK } else { StatusCode::CREATED };
        Ok(summary(status, &id, &kept.known, note.as_deref()))
    };
    server.run(work).await?
}

/// `PUT`: tells about an article, in place of what was told before.
pub(super) async fn put(
    State(server): State<Arc<Server>>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    told(server, id, request, |telling| telling.put()).await
}

/// `POST …/comments`: tells about comments that were published since.
pub(super) async fn publish(
    State(server): State<Arc<Server>>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    told(server, id, request, |telling| telling.publish()).await
}

/// `GET`: says what is known.
pub(super) async fn get(
    State(server): State<Arc<Server>>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    server.admit(request.headers(), Scope::Score)?;
    let id = checked(id)?;
    let known = server.articles.peek(&id).ok_or_else(unknown)?;
    Ok(summary(StatusCode::OK, &id, &known, None))
}

/// `DELETE`: forgets an article.
pub(super) async fn delete(
    State(server): State<Arc<Server>>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    server.admit(request.headers(), Scope::Score)?;
    if server.articles.forget(&checked(id)?) { Ok(StatusCode::NO_CONTENT.into_response()) } else { Err(unknown()) }
}
