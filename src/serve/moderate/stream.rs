//! Rows a line each in, judgements a line each out, as they are judged: in bounded memory for as many as come.
//!
//! A line that is no row is answered by a line that says so, and the rest goes on. The answer has to be read while rows
//! are sent: what is not taken away holds further rows up.

use super::super::Server;
use super::super::body::split;
use super::super::keys::{Caller, Denied};
use super::super::pool::Wanted;
use super::super::problem::Problem;
use super::Wishes;
use super::answer::{judge, written};
use super::request::Posted;
use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http_body_util::BodyExt;
use rayon::prelude::*;
use serde::Serialize;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{sleep, timeout};

/// Lines that are judged at a time, at most.
const BATCH: usize = 64;
/// Bytes that are judged at a time, about: with lines that are longer, fewer at a time, so that the requests between them
/// need not wait long.
const BATCH_BYTES: usize = 64 << 10;

/// What the line says that a stream ends with when the server does.
const STOPS: &str = "the server stops; send this line and the rest again";

/// What stands in the place of a judgement.
#[derive(Serialize)]
struct Fault<'a> {
    /// The line of what was sent, from 1.
    line: u64,
    error: &'a str,
}

/// Answers the rows of a body, the first ones before the last have come.
pub(super) fn answer(server: Arc<Server>, caller: Caller, wishes: Wishes, body: Body) -> Response {
    let lines = Lines {
        server,
        caller,
        counted: 1,
        wishes,
        body,
        buffer: Vec::new(),
        searched: 0,
        share: None,
        read: 0,
        skipping: false,
        ended: false,
    };
    let answers = stream::unfold(lines, |mut lines| async {
        let answer = lines.next().await?;
        Some((Ok::<_, Infallible>(Bytes::from(answer)), lines))
    });
    ([(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(answers)).into_response()
}

/// What has arrived and is not answered yet.
struct Lines {
    server: Arc<Server>,
    caller: Caller,
    /// Lines to come that the caller's key was charged for.
    counted: usize,
    wishes: Wishes,
    body: Body,
    buffer: Vec<u8>,
    /// Bytes at the front of the buffer that are known to hold no line feed.
    searched: usize,
    /// The share of the memory for bodies that the buffer has.
    share: Option<OwnedSemaphorePermit>,
    /// How many lines have been read.
    read: u64,
    /// The rest of a line that is too long is passed over.
    skipping: bool,
    /// Nothing more will come.
    ended: bool,
}

impl Lines {
    /// Returns the next answers; `None` at the end.
    async fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            // What is unpacked of a few bytes is always there: others get their turn between its pieces.
            tokio::task::yield_now().await;
            if let Some(batch) = self.batch() {
                if let Some(answer) = self.judged(batch).await {
                    return Some(answer);
                }
                continue;
            }
            if self.ended {
                return None;
            }
            if self.buffer.len() > self.server.max_body {
                (self.buffer, self.searched, self.share, self.skipping) = (Vec::new(), 0, None, true);
                self.read += 1;
                return Some(fault(self.read, &format!("the line is longer than {} bytes", self.server.max_body)));
            }
            if let Err(told) = self.more().await {
                // What is left belongs to no whole line.
                (self.ended, self.buffer, self.share) = (true, Vec::new(), None);
                return Some(fault(self.read + 1, &told));
            }
        }
    }

    /// Takes what has arrived of whole lines, and how many were before it.
    fn batch(&mut self) -> Option<(Vec<u8>, u64)> {
        // A line may arrive a byte at a time: each byte is looked at once.
        let new = self.buffer.get(self.searched..).unwrap_or_default();
        if !self.ended && memchr::memchr(b'\n', new).is_none() {
            self.searched = self.buffer.len();
            return None;
        }
        self.searched = 0;
        if self.skipping {
            let end = memchr::memchr(b'\n', &self.buffer)?;
            self.buffer.drain(..=end);
            self.skipping = false;
        }
        self.pass_blank();
        let most = self.caller.most().map_or(BATCH, |most| most.min(BATCH));
        let mut ends = memchr::memchr_iter(b'\n', &self.buffer).take(most).map(|newline| newline + 1);
        let first = ends.next();
        let end = ends.take_while(|end| *end <= BATCH_BYTES).last().or(first);
        let end = end.or_else(|| (self.ended && !self.buffer.is_empty()).then_some(self.buffer.len()))?;
        let rest = self.buffer.split_off(end);
        let batch = std::mem::replace(&mut self.buffer, rest);
        let before = self.read;
        self.read += lines(&batch).count() as u64;
        Some((batch, before))
    }

    /// Passes over the empty lines at the front, which nobody is answered.
    fn pass_blank(&mut self) {
        let blank = self.buffer.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let blank = self.buffer.get(..blank).unwrap_or_default();
        let from = memchr::memrchr(b'\n', blank).map_or(0, |last| last + 1);
        self.read += memchr::memchr_iter(b'\n', blank).count() as u64;
        self.buffer.drain(..from);
    }

    /// Judges lines; `None` when there is nothing to say about them.
    async fn judged(&mut self, (batch, before): (Vec<u8>, u64)) -> Option<Vec<u8>> {
        let rows = lines(&batch).filter(|line| !line.trim_ascii().is_empty()).count();
        if let Err(told) = self.charge(rows).await {
            (self.ended, self.buffer, self.share) = (true, Vec::new(), None);
            return Some(fault(before + 1, &told));
        }
        let (server, wishes) = (Arc::clone(&self.server), self.wishes);
        // The memory is taken until the lines are judged.
        let share = split(self.buffer.len(), &mut self.share);
        let work = move |wanted: &Wanted<'_>| {
            let _share = share;
            // A reload takes effect from the next lines on.
            let moderator = server.moderator().explaining(wishes.explain);
            let numbered: Vec<(u64, &[u8])> = (before + 1..).zip(lines(&batch)).collect();
            let answer = |(number, line): &(u64, &[u8])| {
                if line.trim_ascii().is_empty() || !wanted() {
                    return Vec::new();
                }
                match Posted::parse(line) {
                    Ok(posted) => written(&judge(&server, &moderator, &posted, wishes))
                        .unwrap_or_else(|problem| fault(*number, &problem.detail)),
                    Err(error) => fault(*number, &error.sentence()),
                }
            };
            // A line by itself is not worth handing over once more.
            let answers: Vec<Vec<u8>> = match numbered.as_slice() {
                [line] => return answer(line),
                lines => server.pool.widely(|| lines.par_iter().map(answer).collect()),
            };
            answers.concat()
        };
        match self.server.pool.run_in_turn(work).await {
            Ok(answers) => (!answers.is_empty()).then_some(answers),
            Err(_) => Some(fault(before + 1, "judging failed from this line on, which is a fault of gruff")),
        }
    }

    /// Counts rows, and waits until the caller's key allows them: a stream is slowed down where a request would be refused.
    async fn charge(&mut self, rows: usize) -> Result<(), String> {
        let before = self.counted.min(rows);
        self.counted -= before;
        loop {
            match self.caller.charge(rows - before) {
                Ok(()) => return Ok(()),
                Err(Denied::TooOften(wait)) => tokio::select! {
                    () = sleep(wait) => {}
                    () = self.server.drains() => return Err(STOPS.to_owned()),
                },
                Err(denied) => return Err(Problem::from(denied).detail),
            }
        }
    }

    /// Reads more; the error says why nothing more will be read.
    async fn more(&mut self) -> Result<(), String> {
        let frame = tokio::select! {
            frame = timeout(self.server.timeout, self.body.frame()) => frame,
            () = self.server.drains() => {
                return Err(STOPS.to_owned());
            }
        };
        match frame {
            Err(_) => Err("nothing came for too long".to_owned()),
            Ok(Some(Err(_))) => Err("the lines did not arrive whole, or are not encoded as they say".to_owned()),
            Ok(Some(Ok(frame))) => {
                if let Ok(data) = frame.into_data()
                    && (!self.skipping || memchr::memchr(b'\n', &data).is_some())
                {
                    let bytes = self.buffer.len() + data.len();
                    self.server.memory.hold(bytes, &mut self.share).map_err(|problem| problem.detail)?;
                    self.buffer.extend_from_slice(&data);
                }
                Ok(())
            }
            Ok(None) => {
                self.ended = true;
                Ok(())
            }
        }
    }
}

/// Takes text apart at its line feeds; the last line may lack one.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.strip_suffix(b"\n").unwrap_or(text).split(|byte| *byte == b'\n')
}

fn fault(line: u64, error: &str) -> Vec<u8> {
    written(&Fault { line, error }).unwrap_or_default()
}
