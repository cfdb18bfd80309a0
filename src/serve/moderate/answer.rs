//! Judges what was posted and writes the answer: the work of a request, on one thread of the pool or more.

use super::super::Server;
use super::super::pool::Wanted;
use super::super::problem::Problem;
use super::Wishes;
use super::request::{Posted, Request};
use crate::moderator::{Judgement, Moderator};
use crate::report::{finished, write_json};
use crate::thread::Thread;
use axum::http::StatusCode;
use rayon::prelude::*;
use serde::Serialize;

/// A judgement, and whether the article was known whose id the row gave.
#[derive(Serialize)]
pub(super) struct Judged {
    #[serde(flatten)]
    judgement: Judgement,
    #[serde(skip_serializing_if = "Option::is_none")]
    article_known: Option<bool>,
}

/// Judges a row. One under an article that is not known, or no longer, is judged without it.
pub(super) fn judge(server: &Server, moderator: &Moderator, posted: &Posted, wishes: Wishes) -> Judged {
    let Posted { row, article_id } = posted;
    let known = article_id.as_ref().map(|id| server.articles.get(id));
    let judgement = match &known {
        Some(Some(known)) => moderator.judge_row_in(row, known.topic()),
        _ => moderator.judge_row(row),
    };
    server.metrics.judged(&judgement);
    let judgement = finished(judgement, &row.text, wishes.offsets);
    Judged { judgement, article_known: known.map(|known| known.is_some()) }
}

fn judge_thread(
    server: &Server,
    moderator: &Moderator,
    thread: &Thread,
    wishes: Wishes,
    wanted: &Wanted<'_>,
) -> Option<Vec<Judgement>> {
    let judgements = server.pool.widely(|| moderator.judge_while(thread, wanted))?;
    let judged = thread.comments.iter().zip(judgements).map(|(comment, judgement)| {
        server.metrics.judged(&judgement);
        finished(judgement, &comment.text, wishes.offsets)
    });
    Some(judged.collect())
}

/// Judges and writes, until nobody waits for it any more.
///
/// # Errors
/// When nobody waits any more, or the answer cannot be written.
pub(super) fn answer(
    server: &Server,
    request: Request,
    wishes: Wishes,
    wanted: &Wanted<'_>,
) -> Result<Vec<u8>, Problem> {
    let moderator = server.moderator().explaining(wishes.explain);
    let gone = || Problem::new(StatusCode::SERVICE_UNAVAILABLE, "nobody waits for the answer any more");
    match request {
        Request::Row(row) => written(&judge(server, &moderator, &row, wishes)),
        Request::Rows(rows) => {
            let judge = |row: &Posted| wanted().then(|| judge(server, &moderator, row, wishes));
            let judged: Option<Vec<Judged>> = server.pool.widely(|| rows.par_iter().map(judge).collect());
            written(&judged.ok_or_else(gone)?)
        }
        Request::Thread(thread) => {
            written(&judge_thread(server, &moderator, &thread, wishes, wanted).ok_or_else(gone)?)
        }
    }
}

/// Writes a line of JSON.
pub(super) fn written(value: &impl Serialize) -> Result<Vec<u8>, Problem> {
    let mut json = Vec::with_capacity(512);
    write_json(&mut json, value)
        .map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the answer could not be written"))?;
    json.push(b'\n');
    Ok(json)
}
