//! The one way by which the protocols have comments judged: a place, the body, a thread of the pool, and no longer than
//! allowed.

use super::Server;
use super::articles::Known;
pub(super) use super::keys::{Caller, Scope};
use super::pool::Wanted;
use super::problem::Problem;
use crate::moderator::{Judgement, Moderator};
use crate::report::finished;
use crate::span::OffsetUnit;
use crate::thread::Row;
use axum::body::Body;
use axum::http::StatusCode;
use rayon::prelude::*;
use std::sync::Arc;

/// Why the server did not do what was asked, in no protocol's words yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    /// A sentence for whoever wrote the client. It holds nothing of the comment and no key.
    pub(super) sentence: String,
    retry_after: Option<u64>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, sentence: impl Into<String>) -> Self {
        Problem::new(status, sentence).into()
    }

    /// How many seconds to wait before the next try, where trying again makes sense.
    pub(super) fn retry_after(&self) -> Option<u64> {
        self.retry_after
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self { status: refusal.status, detail: refusal.sentence, retry_after: refusal.retry_after }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { status: problem.status, sentence: problem.detail, retry_after: problem.retry_after }
    }
}

/// Lets a caller in who presents `key`.
///
/// # Errors
/// When there are keys, and this is none of them, lacks the scope, or was used too often.
pub(super) fn admit(server: &Server, key: Option<&str>, scope: Scope) -> Result<Caller, Refusal> {
    server.admit_key(key, scope).map_err(|denied| Problem::from(denied).into())
}

/// As [`admit`], for requests of several comments, which [`Judge::charge`] counts.
///
/// # Errors
/// When there are keys, and this is none of them, or lacks the scope.
pub(super) fn let_in(server: &Server, key: Option<&str>, scope: Scope) -> Result<Caller, Refusal> {
    server.let_key_in(key, scope).map_err(|denied| Problem::from(denied).into())
}

/// Judges rows for a request, until nobody waits for it any more.
pub(super) struct Judge<'a> {
    server: &'a Server,
    moderator: &'a Moderator,
    wanted: &'a Wanted<'a>,
}

impl Judge<'_> {
    /// Returns the model and the policy that judge.
    pub(super) fn moderator(&self) -> &Moderator {
        self.moderator
    }

    /// Returns how many rows a request may have.
    pub(super) fn max_rows(&self) -> usize {
        self.server.max_rows
    }

    /// Counts the comments of a request.
    ///
    /// # Errors
    /// When they are more than the caller's key allows.
    pub(super) fn charge(&self, caller: &Caller, comments: usize) -> Result<(), Refusal> {
        Ok(self.server.charge(caller, comments)?)
    }

    /// Finds what was told about the article at an address.
    pub(super) fn article_at(&self, url: &str) -> Option<Arc<Known>> {
        self.server.articles.at(url)
    }

    /// Judges rows in their order; scores are rounded as everywhere. The first is judged under `article` where that is
    /// known, the others are parts of it or stand by themselves.
    ///
    /// # Errors
    /// When the caller has gone.
    pub(super) fn rows(&self, rows: &[Row], article: Option<&Known>) -> Result<Vec<Judgement>, Refusal> {
        let judge = |number: usize, row: &Row| {
            let judgement = match article {
                Some(known) if number == 0 => self.moderator.judge_row_in(row, known.topic()),
                _ => self.moderator.judge_row(row),
            };
            self.server.metrics.judged(&judgement);
            finished(judgement, &row.text, OffsetUnit::Bytes)
        };
        // Most requests have one row, which is judged where it is.
        let judged: Option<Vec<Judgement>> = match rows {
            [row] => (self.wanted)().then(|| vec![judge(0, row)]),
            rows => {
                let judge = |(number, row)| (self.wanted)().then(|| judge(number, row));
                self.server.pool.widely(|| rows.par_iter().enumerate().map(judge).collect())
            }
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
    server.has_room()?;
    let body = server.read(body).await?;
    let shared = Arc::clone(server);
    let work = move |wanted: &Wanted<'_>| {
        let moderator = shared.moderator();
        work(&Judge { server: &shared, moderator: &moderator, wanted }, &body)
    };
    Ok(server.run(work).await?)
}
