//! Comments that the dump marks: by list markers and indent, or by lines that say who wrote and when.

use super::byline::{Byline, byline};
use super::line::{Line, join, part};
use super::phrases::{is_button, is_echo, is_form};
use super::{Found, Piece};
use std::ops::Range;

/// How many lines may stand between a heading and the first marked comment.
const REACH: usize = 12;

/// Takes list items, from the first marked line within reach after `from`.
pub(super) fn list(lines: &[Line<'_>], from: usize) -> Option<Found> {
    let first = (from..lines.len().min(from + REACH)).find(|&at| lines.get(at).is_some_and(|line| line.marked))?;
    let block = block(lines, first);
    let items = items(part(lines, block.clone()));
    let comments = pieces(&items);
    (!comments.is_empty()).then(|| Found { zone: first..block.end, comments, ..Found::default() })
}

/// The lines of one list, however deep: marked ones, and those that are indented below the first.
pub(super) fn block(lines: &[Line<'_>], first: usize) -> Range<usize> {
    let base = lines.get(first).map_or(0, |line| line.indent);
    let rest = part(lines, first..lines.len());
    let inside = |line: &&Line<'_>| line.indent > base || (line.indent == base && line.marked);
    first..first + rest.iter().take_while(inside).count()
}

/// One item: its depth and its lines.
struct Item<'a, 'b> {
    depth: u32,
    lines: &'b [Line<'a>],
}

fn items<'a, 'b>(block: &'b [Line<'a>]) -> Vec<Item<'a, 'b>> {
    let base = block.iter().filter(|line| line.marked).map(|line| line.indent).min().unwrap_or(0);
    let starts: Vec<usize> = (0..block.len()).filter(|&at| block.get(at).is_some_and(|line| line.marked)).collect();
    let ends = starts.iter().skip(1).copied().chain([block.len()]);
    let mut items: Vec<Item<'_, '_>> = Vec::with_capacity(starts.len());
    for (start, end) in starts.iter().copied().zip(ends) {
        let lines = part(block, start..end);
        let indent = lines.first().map_or(0, |line| line.indent);
        items.push(Item { depth: ((indent - base) / 2).min(100) as u32, lines });
    }
    items
}

/// Cleans items; what holds no text of its own falls away.
fn pieces(items: &[Item<'_, '_>]) -> Vec<Piece> {
    let stripped: Vec<(Byline, &[Line<'_>])> = items.iter().map(|item| strip(item.lines)).collect();
    // A short first line in nearly every item is the writer's name.
    let named = |lines: &[Line<'_>]| matches!(lines, [name, text, ..] if name.like_name() && text.gap > 0 && !name.text.starts_with('@'));
    let held = stripped.iter().filter(|(_, lines)| !lines.is_empty()).count();
    let names = stripped.iter().filter(|(byline, lines)| byline.author.is_none() && named(lines)).count();
    let all_named = held >= 3 && names * 10 >= held * 8;
    let mut pieces = Vec::with_capacity(items.len());
    for (item, (mut byline, mut lines)) in items.iter().zip(stripped) {
        if all_named
            && named(lines)
            && let Some((name, rest)) = lines.split_first()
        {
            byline.author = Some(name.text.to_owned());
            lines = rest;
        }
        if let Some(mut piece) = piece(byline, lines) {
            piece.depth = Some(item.depth);
            pieces.push(piece);
        }
    }
    pieces
}

/// Takes bylines and buttons off both ends of a comment.
fn strip<'a, 'b>(mut lines: &'b [Line<'a>]) -> (Byline, &'b [Line<'a>]) {
    let mut who = Byline::default();
    let mut learn = |found: Byline| {
        who.author = who.author.take().or(found.author);
        who.date = who.date.take().or(found.date);
    };
    while let Some((first, rest)) = lines.split_first() {
        if let Some(found) = byline(first) {
            learn(found);
        } else if !is_button(first.text) && !first.text.is_empty() {
            // A name alone, with the date in the next line.
            match rest.first().and_then(byline) {
                Some(found) if first.like_name() && found.author.is_none() && rest.len() > 1 => {
                    learn(Byline { author: Some(first.text.to_owned()), date: None });
                }
                _ => break,
            }
        }
        lines = rest;
    }
    while let Some((last, rest)) = lines.split_last() {
        if let Some(found) = byline(last).filter(|found| found.date.is_some()) {
            learn(found);
        } else if !is_button(last.text) && !last.text.is_empty() {
            break;
        }
        lines = rest;
    }
    (who, lines)
}

/// Makes a comment of its lines; buttons inside fall away.
fn piece(who: Byline, lines: &[Line<'_>]) -> Option<Piece> {
    let words = |line: &&Line<'_>| !is_button(line.text) || !line.text.chars().any(char::is_alphabetic);
    let kept: Vec<Line<'_>> = lines.iter().filter(words).copied().collect();
    let text = join(&kept);
    let comment = !text.trim().is_empty() && !is_echo(&text);
    comment.then_some(Piece { author: who.author, date: who.date, text, depth: None })
}

/// Takes comments that bylines set apart, from the lines of `range`.
///
/// With a heading the first lines tell whether bylines stand above or below their comments; without, they are above.
pub(super) fn bylines(lines: &[Line<'_>], range: Range<usize>, headed: bool) -> Option<Found> {
    let mut marks: Vec<(usize, Byline)> = Vec::new();
    let mut end = range.end;
    let mut text_since = false;
    for at in range.clone() {
        let Some(line) = lines.get(at) else { break };
        if let Some(found) = byline(line) {
            marks.push((at, found));
            text_since = false;
        } else if !marks.is_empty() && text_since && is_form(line.text) {
            end = at;
            break;
        } else {
            text_since |= !is_button(line.text);
        }
    }
    let first = marks.first()?.0;
    let before = part(lines, range.start..first);
    let is_text = |line: &&Line<'_>| !is_button(line.text) && !is_form(line.text);
    let above: Vec<&Line<'_>> = before.iter().filter(is_text).collect();
    let below = headed && above.iter().any(|line| !line.like_name());
    let found = if below { footers(lines, range.start, &marks) } else { headers(lines, range.start, &marks, end) };
    (!found.comments.is_empty()).then_some(found)
}

/// Bylines above their comments; the name may stand in a line of its own before the date.
fn headers(lines: &[Line<'_>], start: usize, marks: &[(usize, Byline)], end: usize) -> Found {
    let name_of = |at: usize| {
        let line = at.checked_sub(1).filter(|&at| at >= start).and_then(|at| lines.get(at))?;
        (line.like_name() && !is_button(line.text) && byline(line).is_none()).then_some(line)
    };
    let unnamed = marks.iter().filter(|(_, byline)| byline.author.is_none()).count();
    let names = marks.iter().filter(|(at, byline)| byline.author.is_none() && name_of(*at).is_some()).count();
    let named = unnamed > 0 && names * 10 >= unnamed * 7;
    let mut comments = Vec::with_capacity(marks.len());
    let mut spaced = false;
    for (place, (at, who)) in marks.iter().enumerate() {
        let mut who = who.clone();
        if named && who.author.is_none() {
            who.author = name_of(*at).map(|line| line.text.to_owned());
        }
        let next = marks.get(place + 1);
        let mut to = next.map_or(end, |next| next.0);
        if let Some((at, next)) = next
            && named
            && next.author.is_none()
            && let Some(name) = name_of(*at)
        {
            to -= 1;
            // Some dumps say the name twice: once for the picture.
            if lines.get(to.saturating_sub(1)).is_some_and(|line| line.text == name.text) {
                to -= 1;
            }
        }
        let mut body = part(lines, at + 1..to.max(at + 1));
        if next.is_none() {
            body = last(body, spaced);
        } else {
            spaced |= body.iter().skip(1).any(|line| line.gap > 0 && !is_button(line.text));
        }
        let (more, body) = strip(body);
        who.author = who.author.or(more.author);
        comments.extend(piece(who, body));
    }
    let first = marks.first().map_or(start, |mark| mark.0);
    let from = if named && name_of(first).is_some() { first - 1 } else { first };
    Found { zone: from..end, comments, ..Found::default() }
}

/// The last comment of a page ends where something else begins.
fn last<'a, 'b>(body: &'b [Line<'a>], spaced: bool) -> &'b [Line<'a>] {
    let ends = |(place, line): (usize, &Line<'_>)| {
        place > 0 && line.gap > 0 && (!spaced || (line.like_name() && !line.text.ends_with(',')))
    };
    let end = body.iter().enumerate().position(ends).unwrap_or(body.len());
    part(body, 0..end)
}

/// Bylines below their comments; the name may stand above.
fn footers(lines: &[Line<'_>], start: usize, marks: &[(usize, Byline)]) -> Found {
    let mut from = start;
    let mut bodies: Vec<(Byline, &[Line<'_>])> = Vec::with_capacity(marks.len());
    for (at, who) in marks {
        let mut body = part(lines, from..*at);
        while let Some((line, rest)) = body.split_first().filter(|(line, _)| is_button(line.text) || is_form(line.text))
        {
            body = if line.text.is_empty() { part(rest, 0..rest.len()) } else { rest };
        }
        bodies.push((who.clone(), body));
        from = at + 1;
    }
    let named = |body: &[Line<'_>]| body.len() > 1 && body.first().is_some_and(Line::like_name);
    let names = bodies.iter().filter(|(who, body)| who.author.is_none() && named(body)).count();
    let all = names * 10 >= bodies.len() * 7;
    let mut comments = Vec::with_capacity(bodies.len());
    for (mut who, mut body) in bodies {
        if all
            && named(body)
            && let Some((name, rest)) = body.split_first()
        {
            who.author = who.author.or_else(|| Some(name.text.to_owned()));
            body = rest;
        }
        comments.extend(piece(who, body));
    }
    Found { zone: start..from, comments, ..Found::default() }
}
