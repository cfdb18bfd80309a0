//! Text dumps of pages: the article and the comments told apart without any markup.
//!
//! Marks come first: a heading such as `14 Comments`, list items with their indent, lines that say who wrote and when,
//! the form below. A dump without any is read by how its lines sound, and gives no comments when that is in doubt.

mod article;
mod byline;
mod cuts;
mod line;
mod marked;
mod phrases;
mod prose;
mod unmarked;

pub(in crate::extract) use phrases::{
    heading as heading_of_comments, is_form as is_form_line, title as title_of_comments,
};

use crate::thread::{Comment, Thread};
use line::{Line, lines, part};
use std::ops::Range;

/// The comments of a dump.
#[derive(Debug, Clone, Default)]
struct Found {
    /// The lines they take.
    zone: Range<usize>,
    comments: Vec<Piece>,
    source: &'static str,
    confidence: f64,
}

/// One comment.
#[derive(Debug, Clone, Default)]
struct Piece {
    author: Option<String>,
    date: Option<String>,
    text: String,
    depth: Option<u32>,
}

/// Takes the article and the comments out of a dump.
pub(super) fn flat_text(dump: &str) -> Thread {
    let lines = lines(dump);
    let headings: Vec<(usize, phrases::Heading)> =
        lines.iter().enumerate().filter_map(|(at, line)| Some((at, phrases::heading(line.whole)?))).collect();
    let stated = headings.iter().rev().find_map(|(_, heading)| heading.count);
    let found = headed(&lines, &headings).or_else(|| unheaded(&lines)).or_else(|| unmarked::find(&lines, stated));
    let end = match &found {
        Some(found) => found.zone.start,
        None => lines.len(),
    };
    let heading = headings.iter().rev().find(|(at, _)| *at < end && *at + 15 > end).map(|(at, _)| *at);
    let article = article::article(part(&lines, 0..heading.unwrap_or(end)));
    let found = found.unwrap_or_default();
    let mut thread = Thread {
        article,
        stated_count: stated,
        source: (!found.source.is_empty()).then(|| found.source.to_owned()),
        confidence: (!found.source.is_empty()).then_some(found.confidence),
        comments: comments(found.comments),
        ..Thread::default()
    };
    if let Some(stated) = stated.filter(|&stated| stated != thread.comments.len() as u64)
        && !thread.comments.is_empty()
    {
        thread.notes.push(format!("the page says {stated} comments, {} were found", thread.comments.len()));
    }
    thread
}

/// Comments below a heading. Of several headings the one with the best marks below it counts, of equals the last.
fn headed(lines: &[Line<'_>], headings: &[(usize, phrases::Heading)]) -> Option<Found> {
    let mut best: Option<((u32, usize), Found)> = None;
    // A page has few headings; the limit keeps a hostile dump from being read again for each.
    for (at, heading) in headings.iter().rev().take(12) {
        if heading.count == Some(0) {
            continue;
        }
        let counted = heading.count.is_some();
        let list = marked::list(lines, at + 1).filter(|found| sound(lines, found, counted));
        let found = match list {
            Some(found) => Some((2, Found { source: "flat-list", confidence: 0.95, ..found })),
            None => marked::bylines(lines, at + 1..lines.len(), true)
                .filter(|found| found.zone.start <= at + 12 && sound(lines, found, counted))
                .map(|found| (1, Found { source: "flat-bylines", confidence: 0.85, ..found }))
                .or_else(|| Some((0, unmarked::below_heading(lines, *at, heading.count)?))),
        };
        if let Some((kind, found)) = found
            && let rank = (kind, if kind == 0 { usize::from(counted) } else { found.comments.len() })
            && best.as_ref().is_none_or(|(other, _)| rank > *other)
        {
            best = Some((rank, found));
        }
    }
    best.map(|(_, found)| found)
}

/// Whether what was found sounds like comments at all, and not like a list of links or dates.
fn sound(lines: &[Line<'_>], found: &Found, counted: bool) -> bool {
    let chars: usize = found.comments.iter().map(|piece| piece.text.chars().take(1000).count()).sum();
    let zone = part(lines, found.zone.clone());
    let sounds: Vec<prose::Sound> =
        zone.iter().filter(|line| byline::byline(line).is_none()).map(prose::sound).collect();
    chars >= found.comments.len() * 12
        && (counted || (unmarked::mean(&sounds) > -0.6 && unmarked::voices(&sounds) >= 0.25))
}

/// Comments that have no heading, but marks of their own.
fn unheaded(lines: &[Line<'_>]) -> Option<Found> {
    // Lists whose items say who wrote them.
    let mut at = 0;
    let mut best: Option<Found> = None;
    while at < lines.len() {
        if !lines.get(at).is_some_and(|line| line.marked) {
            at += 1;
            continue;
        }
        let block = marked::block(lines, at);
        let next = block.end.max(at + 1);
        let form = part(lines, next..lines.len().min(next + 3)).iter().any(|line| phrases::is_form(line.text));
        if let Some(found) = marked::list(lines, at) {
            let signed = found.comments.iter().filter(|piece| piece.author.is_some() || piece.date.is_some()).count();
            let own = signed * 2 > found.comments.len() && signed >= 2;
            let larger = best.as_ref().is_none_or(|other| found.comments.len() >= other.comments.len());
            if larger && (own || form) && sound(lines, &found, false) {
                best = Some(Found { source: "flat-list", confidence: if own { 0.85 } else { 0.7 }, ..found });
            }
        }
        at = next;
    }
    best.or_else(|| {
        let first = lines.iter().position(|line| byline::byline(line).is_some())?;
        let found = marked::bylines(lines, first.saturating_sub(1)..lines.len(), false)?;
        let enough = found.comments.len() >= 3 && sound(lines, &found, false);
        enough.then_some(Found { source: "flat-bylines", confidence: 0.6, ..found })
    })
}

/// Numbers the comments and finds the parents: the last one before that is less deep.
fn comments(pieces: Vec<Piece>) -> Vec<Comment> {
    let mut open: Vec<(u32, usize)> = Vec::new();
    let mut comments = Vec::with_capacity(pieces.len());
    for (place, piece) in pieces.into_iter().enumerate() {
        let mut parent = None;
        if let Some(depth) = piece.depth {
            while open.last().is_some_and(|(other, _)| *other >= depth) {
                open.pop();
            }
            parent = open.last().map(|(_, number)| number.to_string());
            open.push((depth, place + 1));
        }
        comments.push(Comment {
            id: (place + 1).to_string(),
            author: piece.author,
            date: piece.date,
            text: piece.text,
            depth: piece.depth,
            parent,
            ..Comment::default()
        });
    }
    comments
}

#[cfg(test)]
mod tests;
