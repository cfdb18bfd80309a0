//! The one way by which the protocols have comments judged: a place, the body, a thread of the pool, and no longer than
//! allowed.

use super::Server;
use super::pool::Wanted;
use super::problem::Problem;
use crate::moderator::{Judgement, Moderator};
use crate::report::finished;
use crate::span::OffsetUnit;
use crate::thread::Row;
use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::http::StatusCode;
use http_body_util::LengthLimitError;
use rayon::prelude::*;
use std::sync::Arc;
use tokio::time::timeout;

/// Why the server did not do what was asked, in no protocol's words yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    /// A sentence for whoever wrote the client. It holds nothing of the comment and no key.
    pub(super) sentence: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, sentence: impl Into<String>) -> Self {
        Self { status, sentence: sentence.into() }
    }

    /// How many seconds to wait before the next try, where trying again makes sense.
    pub(super) fn retry_after(&self) -> Option<u32> {
        matches!(self.status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS).then_some(1)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.status, refusal.sentence)
    }
}

/// What a key must allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// To have comments judged.
    Score,
    /// To have decisions kept.
    Learn,
}

/// Lets a caller in. Without keys everybody on this machine is.
///
/// # Errors
/// When the key is none of the server's, or lacks the scope.
pub(super) fn admit(_: &Server, _: Option<&str>, _: Scope) -> Result<(), Refusal> {
    Ok(())
}

/// Judges rows for a request, until nobody waits for it any more.
pub(super) struct Judge<'a> {
    moderator: &'a Moderator,
    max_rows: usize,
    wanted: &'a Wanted<'a>,
}

impl Judge<'_> {
    /// Returns the model and the policy that judge.
    pub(super) fn moderator(&self) -> &Moderator {
        self.moderator
    }

    /// Returns how many rows a request may have.
    pub(super) fn max_rows(&self) -> usize {
        self.max_rows
    }

    /// Judges rows in their order; scores are rounded as everywhere.
    ///
    /// # Errors
    /// When the caller has gone.
    pub(super) fn rows(&self, rows: &[Row]) -> Result<Vec<Judgement>, Refusal> {
        let judge = |row: &Row| finished(self.moderator.judge_row(row), &row.text, OffsetUnit::Bytes);
        // Most requests have one row, which is judged where it is.
        let judged: Option<Vec<Judgement>> = match rows {
            [row] => (self.wanted)().then(|| vec![judge(row)]),
            rows => rows.par_iter().map(|row| (self.wanted)().then(|| judge(row))).collect(),
        };
        judged.ok_or_else(|| Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "nobody waits for the answer any more"))
    }
}

/// Reads a body and does a request's work on the pool.
///
/// # Errors
/// When no place is free, the body is too large, late or cut, or the work fails or takes too long.
pub(super) async fn judged<T: Send + 'static>(
    server: &Arc<Server>,
    body: Body,
    work: impl FnOnce(&Judge<'_>, &[u8]) -> T + Send + 'static,
) -> Result<T, Refusal> {
    let place = Arc::clone(&server.places)
        .try_acquire_owned()
        .map_err(|_| Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "too many requests are being worked on"))?;
    let body = read(server, body).await?;
    let (moderator, max_rows) = (server.moderator.clone(), server.max_rows);
    let work = move |wanted: &Wanted<'_>| {
        // The place is taken until the work is done, also when the client has gone.
        let _place = place;
        work(&Judge { moderator: &moderator, max_rows, wanted }, &body)
    };
    timeout(server.timeout, server.pool.run(work))
        .await
        .map_err(|_| Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "judging did not end in time"))?
        .map_err(|_| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "judging failed, which is a fault of gruff"))
}

/// Reads a body of no more than the server's limit.
///
/// # Errors
/// When it is too large, does not arrive in time, or not whole.
pub(super) async fn read(server: &Server, body: Body) -> Result<Bytes, Refusal> {
    let too_large = || {
        let sentence = format!("the body is larger than {} bytes", server.max_body);
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, sentence)
    };
    // A stated length is refused before anything is read.
    if usize::try_from(body.size_hint().lower()).is_ok_and(|stated| stated > server.max_body) {
        return Err(too_large());
    }
    match timeout(server.timeout, to_bytes(body, server.max_body)).await {
        Err(_) => Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, "the body did not arrive in time")),
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if is_limit(&error) => Err(too_large()),
        Ok(Err(_)) => Err(Refusal::new(StatusCode::BAD_REQUEST, "the body did not arrive whole")),
    }
}

fn is_limit(error: &axum::Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<LengthLimitError>())
}
