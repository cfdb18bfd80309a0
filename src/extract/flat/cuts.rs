//! Where one comment ends and the next begins, inside a zone without marks.
//!
//! What is left of the page's own furniture decides where there is some: buttons between comments, names above them. Else
//! every line is a comment that does not belong to the one before it by its form.

use super::Piece;
use super::byline::{Byline, byline};
use super::line::{Line, join, part};
use super::phrases::{is_button, is_echo};
use super::prose::{Sound, sound};
use std::collections::{BTreeSet, HashMap};

/// Lines below this many characters are short.
const SHORT: usize = 170;
/// Where half the lines are shorter than this, even short lines are comments of their own.
const TERSE: usize = 100;

/// Cuts a zone into comments.
pub(super) fn comments(zone: &[Line<'_>]) -> Vec<Piece> {
    let word_button = |line: &Line<'_>| is_button(line.text) && line.text.chars().any(char::is_alphabetic);
    let buttons = zone.iter().filter(|line| word_button(line)).count();
    if buttons >= 3 && buttons * 6 >= zone.len() {
        return zone.split(word_button).filter_map(|lines| piece(lines, None)).collect();
    }
    let kept: Vec<Line<'_>> =
        zone.iter().filter(|line| !is_button(line.text) && byline(line).is_none()).copied().collect();
    if let Some(pieces) = named(&kept) {
        return pieces;
    }
    let sounds: Vec<Sound> = kept.iter().map(sound).collect();
    let mut lengths: Vec<usize> = kept.iter().map(|line| line.chars).collect();
    lengths.sort_unstable();
    let terse = lengths.get(lengths.len() / 2).is_some_and(|&median| median < TERSE);
    let words = Words::of(&kept);
    let mut pieces = Vec::new();
    let mut start = 0;
    for at in 1..kept.len() {
        if begins(&kept, &sounds, start, at, terse) && !words.goes_on(&kept, &sounds, at) {
            pieces.extend(piece(part(&kept, start..at), None));
            start = at;
        }
    }
    pieces.extend(piece(part(&kept, start..kept.len()), None));
    pieces
}

/// Reads a zone as the one comment that the page says there is: up to where something else begins after a blank line.
pub(super) fn only(zone: &[Line<'_>]) -> Vec<Piece> {
    let skip = zone.iter().take_while(|line| is_button(line.text) || byline(line).is_some()).count();
    let mut lines = part(zone, skip..zone.len());
    let mut author = None;
    if let [name, text, ..] = lines
        && name.like_name()
        && text.gap > 0
    {
        author = Some(name.text.to_owned());
        lines = part(lines, 1..lines.len());
    }
    let other = |line: &Line<'_>| is_button(line.text) || (line.like_name() && !sound(line).closes);
    let ends = |(place, line): (usize, &Line<'_>)| place > 0 && line.gap > 0 && other(line);
    let end = lines.iter().enumerate().position(ends).unwrap_or(lines.len());
    piece(part(lines, 0..end), author).into_iter().collect()
}

fn piece(lines: &[Line<'_>], author: Option<String>) -> Option<Piece> {
    let text = join(lines);
    let comment = !text.trim().is_empty() && !is_echo(&text);
    comment.then(|| Piece { author, text, ..Piece::default() })
}

/// Names above the comments, one after the other, through the whole zone.
fn named(lines: &[Line<'_>]) -> Option<Vec<Piece>> {
    let capital = |line: &Line<'_>| line.text.chars().next().is_some_and(|c| c.is_uppercase() || c.is_numeric());
    let is_name = |at: usize| match part(lines, at..at + 2) {
        [name, text] => {
            name.like_name() && name.chars <= 30 && capital(name) && text.chars > name.chars && !sound(name).closes
        }
        _ => false,
    };
    let starts: Vec<usize> = (0..lines.len()).filter(|&at| is_name(at)).collect();
    if starts.len() < 3 || starts.len() * 3 < lines.len() || starts.first() != Some(&0) {
        return None;
    }
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    let one = |(start, end): (usize, usize)| {
        piece(part(lines, start + 1..end), lines.get(start).map(|line| line.text.to_owned()))
    };
    Some(starts.iter().copied().zip(ends).filter_map(one).collect())
}

/// Whether the line at `at` begins a comment, when the one before began at `start`.
fn begins(lines: &[Line<'_>], sounds: &[Sound], start: usize, at: usize, terse: bool) -> bool {
    let (Some(before), Some(line)) = (lines.get(at - 1), lines.get(at)) else { return false };
    let (Some(heard), Some(hears)) = (sounds.get(at - 1), sounds.get(at)) else { return false };
    let words = |line: &Line<'_>| line.text.split_whitespace().count();
    if hears.closes {
        return false;
    }
    // A letter's end, and the name below it.
    if heard.closes {
        return !(line.chars < 30 && words(line) <= 4);
    }
    if at >= start + 2 && sounds.get(at - 2).is_some_and(|sound| sound.closes) && before.chars < 30 {
        return true;
    }
    // `Hello Paddy,` and `@Robert Whig` open a comment, and so does a name alone above a long line.
    let called = before.text.ends_with([',', '!']) && (heard.greets || words(before) <= 3);
    let addressed = before.text.starts_with('@') && words(before) <= 3;
    if before.chars < 40 && (called || addressed) {
        return false;
    }
    let alone = |line: &Line<'_>| line.chars < 20 && words(line) == 1 && line.text.ends_with(char::is_alphanumeric);
    if alone(before) && line.chars > 120 {
        return false;
    }
    if line.text.starts_with('@') || hears.greets {
        return true;
    }
    if alone(line) && lines.get(at + 1).is_some_and(|next| next.chars > 120) {
        return true;
    }
    if continues(line) || before.text.ends_with([',', ':']) {
        return false;
    }
    // Sentences that open alike belong together.
    let opening = opening(line);
    let recent = part(lines, start.max(at.saturating_sub(8))..at);
    if !opening.is_empty() && recent.iter().any(|other| self::opening(other) == opening) {
        return false;
    }
    if before.chars < SHORT && line.chars < SHORT {
        return terse && !line.text.starts_with(char::is_lowercase);
    }
    true
}

/// In how many lines of a zone each word stands.
struct Words(HashMap<String, usize>);

impl Words {
    fn of(lines: &[Line<'_>]) -> Self {
        let mut counts = HashMap::new();
        for line in lines {
            for word in content_words(line).collect::<BTreeSet<_>>() {
                *counts.entry(word).or_insert(0) += 1;
            }
        }
        Self(counts)
    }

    /// Whether a long line that speaks to nobody opens with what the long line before it was about, a word that is not
    /// all over the zone: a second paragraph does so, another's answer has a voice (lexical cohesion, after Hearst).
    fn goes_on(&self, lines: &[Line<'_>], sounds: &[Sound], at: usize) -> bool {
        let (Some(before), Some(line), Some(heard)) = (lines.get(at - 1), lines.get(at), sounds.get(at)) else {
            return false;
        };
        if heard.voice || before.chars < SHORT || line.chars < SHORT {
            return false;
        }
        let topic = content_words(line).next().filter(|word| {
            let opening = line.text.split_whitespace().next().unwrap_or_default().to_lowercase();
            opening.contains(word.as_str())
        });
        topic.is_some_and(|topic| {
            let rare = self.0.get(&topic).is_some_and(|count| count * 4 <= lines.len());
            rare && content_words(before).any(|word| word == topic)
        })
    }
}

/// The words of a line that are long enough to be about something.
fn content_words(line: &Line<'_>) -> impl Iterator<Item = String> {
    let words = line.text.split(|c: char| !c.is_alphanumeric()).take(400);
    words.filter(|word| word.chars().count() >= 5).map(str::to_lowercase)
}

/// Whether a line looks like part of a list, a quotation or a link, all of which belong to what stands above.
fn continues(line: &Line<'_>) -> bool {
    let digits = line.whole.bytes().take_while(u8::is_ascii_digit).count();
    let number = digits > 0 && line.whole.get(digits..).is_some_and(|rest| rest.starts_with(['.', ')']));
    number || line.whole.starts_with(['-', '–', '•', '>', '(']) || line.whole.starts_with("http")
}

/// The first two words of a line.
fn opening(line: &Line<'_>) -> String {
    let mut words = line.whole.split_whitespace();
    match (words.next(), words.next()) {
        (Some(one), Some(two)) => format!("{one} {two}").to_lowercase(),
        _ => String::new(),
    }
}

/// What a byline in a zone says is not kept there; used where one stands above the first line of a zone.
pub(super) fn sign(pieces: &mut [Piece], who: Option<Byline>) {
    if let (Some(first), Some(who)) = (pieces.first_mut(), who) {
        first.author = first.author.take().or(who.author);
        first.date = first.date.take().or(who.date);
    }
}
