//! What callers told about articles before their comments come: `/v1/articles/{id}`.
//!
//! Only what a caller says is published becomes part of an article's topic. Comments that are merely judged do not, or
//! spam would become the topic. No text is kept, only how often each stem occurs.

mod shelf;

pub(super) use shelf::{Articles, Known};

use super::Server;
use super::keys::Scope;
use super::moderate::told;
use super::problem::Problem;
use crate::features::topic;
use crate::text::Normalized;
use crate::thread::RowArticle;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use shelf::{Published, TooLarge};
use std::sync::Arc;

/// The longest id of an article, in bytes: room for a URL.
const MAX_ID: usize = 2048;

/// An article and the comments under it that are published, as `gruff extract` prints them.
#[derive(Deserialize)]
#[serde(expecting = "an object with article and comments")]
struct Told {
    article: Option<RowArticle>,
    #[serde(default)]
    comments: Vec<Comment>,
}

/// Comments that were published since.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a comment like {\"id\": \"…\", \"text\": \"…\"} or a list of them")]
enum More {
    Many(Vec<Comment>),
    One(Comment),
}

#[derive(Deserialize)]
#[serde(expecting = "a comment like {\"id\": \"…\", \"text\": \"…\"}")]
struct Comment {
    #[serde(default)]
    id: Option<Id>,
    text: String,
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
}

fn published(comment: Comment) -> Published {
    let mut stems = Vec::new();
    topic::stems(&Normalized::new(&comment.text), &mut stems);
    Published { id: comment.id.map(Id::into_string), stems }
}

fn summary(status: StatusCode, id: &str, known: &Known) -> Response {
    let summary = Summary { id, words: known.topic().words(), comments: known.comments() };
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

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, told(error))
}

/// Reads a body and works on it on the pool.
async fn work<T: Send + 'static>(
    server: &Arc<Server>,
    body: Body,
    work: impl FnOnce(&Server, &[u8]) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    server.has_room()?;
    let body = server.read(body).await?;
    let shared = Arc::clone(server);
    server.run(move |_| work(&shared, &body)).await?
}

/// `PUT`: tells about an article, in place of what was told before.
pub(super) async fn put(
    State(server): State<Arc<Server>>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    server.admit(request.headers(), Scope::Score)?;
    let id = checked(id)?;
    work(&server, request.into_body(), move |server, body| {
        let told: Told = serde_json::from_slice(body).map_err(|error| malformed(&error))?;
        let Some(article) = told.article else {
            let detail = "there is no \"article\"; give it as {\"title\": \"…\", \"text\": \"…\"} or as its text alone";
            return Err(Problem::new(StatusCode::BAD_REQUEST, detail));
        };
        let known = Known::new(&article.to_article(), told.comments.into_iter().map(published));
        let kept = server.articles.put(&id, known).map_err(too_large)?;
        server.metrics.articles_evicted.inc_by(kept.evicted);
        let status = if kept.replaced { StatusCode::OK } else { StatusCode::CREATED };
        Ok(summary(status, &id, &kept.known))
    })
    .await
}

/// `POST …/comments`: tells about comments that were published since.
pub(super) async fn publish(
    State(server): State<Arc<Server>>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    server.admit(request.headers(), Scope::Score)?;
    let id = checked(id)?;
    work(&server, request.into_body(), move |server, body| {
        let comments = match serde_json::from_slice(body).map_err(|error| malformed(&error))? {
            More::Many(comments) => comments,
            More::One(comment) => vec![comment],
        };
        let comments: Vec<Published> = comments.into_iter().map(published).collect();
        let kept = server.articles.publish(&id, &comments).ok_or_else(unknown)?.map_err(too_large)?;
        server.metrics.articles_evicted.inc_by(kept.evicted);
        Ok(summary(StatusCode::OK, &id, &kept.known))
    })
    .await
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
    Ok(summary(StatusCode::OK, &id, &known))
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
