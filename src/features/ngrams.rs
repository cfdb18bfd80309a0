//! Hashed n-grams: words, alone, in pairs and near one another; characters 3–5 within the bounds of a word; manner.
//!
//! Character n-grams run over whitespace-free chunks with one boundary character at each end (scikit-learn's
//! `char_wb`), because abuse is inflected, compounded and misspelled. Evasion views feed the same features as if their
//! reading had been written. Pairs with a gap, and words near a "you", tell insult from the same words about a thing.

use super::groups::{is_mention, names_a_group};
use super::manner;
use super::sentences::{self, Passed};
pub(super) use crate::text::packed::word_hash;
use crate::text::packed::{hash_bytes, step};
use crate::text::{EvasionKind, EvasionView, Normalized, TokenKind};
use arrayvec::ArrayVec;
use std::iter::once;
use std::ops::Range;

/// Names this way of making features; models are refused where theirs differs.
pub const SCHEME: &str = "words1-2+gaps+you+marks+groups,chars3-5,manner,slots2^19,v6";
/// Binary logarithm of the number of slots that n-grams are hashed to.
pub const SLOT_BITS: u32 = 19;

/// Chunks longer than this many characters are cut, so that one endless word costs no more than many words.
const LONGEST_CHUNK: usize = 256;
/// Bytes of a chunk whose pieces are made by themselves.
const SHORT_CHUNK: usize = 16;
const BOUNDARY: u32 = ' ' as u32;
const SHORTEST_GRAM: usize = 3;
const LONGEST_GRAM: usize = 5;
/// What every word that names a group of people counts as, beside others: a mention by itself says nothing.
pub(super) const GROUP: u64 = 0x6772_6f75_7073;
/// The seed that marks are hashed with.
const MARK: u64 = 2;
/// Words on either side of a "you" that are near it.
const NEAR: usize = 4;
/// Signs of a run of punctuation that are told apart.
const SIGNS: usize = 3;

/// How many families there are.
pub const FAMILIES: usize = 3;

/// A family of features; each is normalised by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Single words, pairs of neighbours, pairs with a gap of one or two words, words near a "you", marks.
    Words,
    /// Pieces of words.
    Pieces,
    /// How the text is written: capitals, strings of marks, length, its first and last words.
    Manner,
}

/// One n-gram where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Feature {
    /// Its slot, below `1 << SLOT_BITS`.
    pub slot: u32,
    /// Its family.
    pub family: Family,
    /// First byte in the main text.
    pub start: u32,
    /// One past the last byte in the main text; not beyond `start` for a feature of the whole text.
    pub end: u32,
}

/// What [`visit`] hands features to.
pub trait Visitor {
    /// Takes a feature.
    fn take(&mut self, feature: Feature);

    /// Tells whether the pieces of a chunk, which come next, are wanted: a stretch of a text without white space, or what
    /// such a stretch is read as; at most 256 characters.
    fn chunk(&mut self, _text: &str, _chunk: Range<usize>) -> bool {
        true
    }

    /// Tells whether it wants to hear of sentences.
    fn hears_of_sentences(&self) -> bool {
        false
    }

    /// Hears that what comes next stands in another sentence: its number, from 0, and its first byte in the main text. What
    /// begins before that byte stands in two. Not called for a comment of one sentence; features of the whole text, which
    /// come last, stand in none.
    fn sentence(&mut self, _number: usize, _start: u32) {}
}

/// Takes everything.
impl<F: FnMut(Feature)> Visitor for F {
    fn take(&mut self, feature: Feature) {
        self(feature);
    }
}

/// Reused memory of [`visit`].
#[derive(Debug, Default, Clone)]
pub struct Chunk {
    met: Vec<Met>,
    letters: Letters,
    /// Where every sentence but the first begins.
    sentences: Vec<u32>,
}

/// The characters of a chunk.
#[derive(Debug, Default, Clone)]
struct Letters {
    chars: Vec<u32>,
    starts: Vec<u32>,
}

#[inline]
pub(super) fn slot(hash: u64) -> u32 {
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> (64 - SLOT_BITS)) as u32
}

/// Hands every n-gram of a comment to `visitor`: words in order, pieces, those of the evasion views, then manner. `original`
/// is the text that was normalised. Linear in the length of the text.
pub fn visit(original: &str, comment: &Normalized, chunk: &mut Chunk, visitor: &mut impl Visitor) {
    let Chunk { met, letters, sentences } = chunk;
    meet(comment, met);
    sentences.clear();
    if visitor.hears_of_sentences() {
        sentences::find(comment, sentences);
    }
    words(comment, met, Passed::of(sentences), visitor);
    pieces(comment, met, letters, Passed::of(sentences), visitor);
    let mut passed = Passed::of(sentences);
    for view in comment.views() {
        passed.reach(view.range.start as u32, visitor);
        let (start, end) = (view.range.start as u32, view.range.end as u32);
        let hash = reading_hash(&view.reading);
        // A group's name says nothing by itself, however it is spelt. What was only hidden counts as if it had not been.
        if hash == GROUP || is_as_written(comment, view) {
            continue;
        }
        visitor.take(Feature { slot: slot(hash), family: Family::Words, start, end });
        stand_in(&view.reading, (start, end), letters, visitor);
    }
    manner::visit(original, met, &mut |feature| visitor.take(feature));
}

/// A token as features see it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Met {
    /// Its hash by itself; [`GROUP`] for all names of groups.
    pub hash: u64,
    /// First byte in the main text.
    pub start: u32,
    /// One past the last byte in the main text.
    pub end: u32,
    /// Whether it is a word of its own; commas and full stops are not.
    pub is_word: bool,
    /// Whether it addresses the reader.
    is_you: bool,
    /// Whether it may be part of a chunk: addresses and names are not.
    in_chunk: bool,
}

/// Looks at every token once.
fn meet(comment: &Normalized, met: &mut Vec<Met>) {
    let text = comment.text().as_bytes();
    met.clear();
    met.extend(comment.tokens().iter().zip(comment.hashes()).map(|(token, hash)| {
        let bytes = &text[token.start as usize..token.end as usize];
        let first = bytes[0];
        let is_mark = token.kind == TokenKind::Punctuation;
        let is_word = !is_mark | is_telling(first);
        let in_chunk = (token.kind != TokenKind::Url) & (token.kind != TokenKind::Mention);
        let hash = if !in_chunk | (is_mark & (bytes.len() > 1)) {
            match token.kind {
                TokenKind::Url => hash_bytes(MARK + 1, b"url"),
                TokenKind::Mention => hash_bytes(MARK + 1, b"mention"),
                // Of a long run of telling marks only the first two count: `!!!!!!` is as `!!`.
                _ => hash_bytes(MARK, &bytes[..bytes.len().min(if is_word { 2 } else { SIGNS })]),
            }
        } else {
            // Words and single marks, which cannot be predicted, take the same way.
            let mark = step(step(MARK, u64::from(first)), 1);
            let word = if names_a_group(hash) & (token.kind == TokenKind::Word) { GROUP } else { hash };
            if is_mark { mark } else { word }
        };
        let is_you = matches!(first, b'y' | b'u') && addresses(bytes);
        Met { hash, start: token.start, end: token.end, is_word, is_you, in_chunk }
    }));
}

fn is_telling(first: u8) -> bool {
    matches!(first, b'!' | b'?' | b'*' | b'#' | b'@' | b'$' | b'"') || first >= 0x80
}

/// Seeds of pairs, so that the same two words make different features when they are further apart.
const GAP: u64 = 0x6761_7070;
const BEFORE_YOU: u64 = 0x6c65_6674;
const AFTER_YOU: u64 = 0x7269_6768;

fn words(comment: &Normalized, met: &[Met], mut passed: Passed<'_>, visitor: &mut impl Visitor) {
    // The last words: hash and start, the latest first.
    let mut last = [(0_u64, 0_u32); NEAR];
    let mut known = 0;
    let mut since_you = usize::MAX;
    // The token before, word or mark.
    let mut neighbour: Option<(u64, u32, bool)> = None;
    // A word in disguise keeps its own company: the tokens of a view count in pairs as the word it is read as.
    let mut views = comment.views().iter().peekable();
    let mut disguised = 0;
    for &Met { mut hash, start: from, end, mut is_word, mut is_you, .. } in met {
        passed.reach(from, visitor);
        let mut give = |hash: u64, start: u32| {
            visitor.take(Feature { slot: slot(hash), family: Family::Words, start, end });
        };
        if from < disguised {
            continue;
        }
        let mut own = true;
        if views.peek().is_some() {
            while views.next_if(|view| view.range.start < from as usize).is_some() {}
            if let Some(view) = views.next_if(|view| view.range.start == from as usize) {
                (hash, is_word, is_you) = (reading_hash(&view.reading), true, addresses(view.reading.as_bytes()));
                disguised = view.range.end as u32;
                own = is_as_written(comment, view);
            }
        }
        // The view gives its reading by itself.
        if own && hash != GROUP {
            give(hash, from);
        }
        // A pair with a mark in it stands beside the pair that looks over the mark.
        if let Some((previous, start, was_word)) = neighbour
            && !(is_word && was_word)
            && previous != GROUP
            && hash != GROUP
        {
            give(step(previous, hash), start);
        }
        neighbour = Some((hash, from, is_word));
        if !is_word {
            continue;
        }
        for (distance, &(previous, start)) in last[..known].iter().take(3).enumerate() {
            if is_mention(previous, hash) {
                continue;
            }
            give(step(if distance == 0 { previous } else { previous ^ GAP }, hash), start);
        }
        if since_you < NEAR && hash != GROUP {
            give(step(AFTER_YOU, hash), from);
        }
        since_you = since_you.saturating_add(1);
        if is_you {
            for &(previous, start) in last[..known].iter().filter(|(previous, _)| *previous != GROUP) {
                give(step(BEFORE_YOU, previous), start);
            }
            since_you = 0;
        }
        last = [(hash, from), last[0], last[1], last[2]];
        known = (known + 1).min(NEAR);
    }
}

/// The hash of the word that a view is read as; [`GROUP`] for all names of groups.
fn reading_hash(reading: &str) -> u64 {
    let hash = word_hash(reading.as_bytes());
    if names_a_group(hash) { GROUP } else { hash }
}

/// Tells whether a word addresses the reader.
fn addresses(word: &[u8]) -> bool {
    matches!(word, b"you" | b"your" | b"u" | b"ur" | b"you're" | b"youre" | b"yours" | b"yourself" | b"ya")
}

/// Whether nothing is to be learned from the letters of a view as they stand: no two authors choose the same.
fn replaces(kind: EvasionKind) -> bool {
    matches!(
        kind,
        EvasionKind::Homoglyph | EvasionKind::Leet | EvasionKind::Spaced | EvasionKind::Turned | EvasionKind::Misspelt
    )
}

/// Whether the main text has the word already, as where invisible characters were left out of it.
fn is_as_written(comment: &Normalized, view: &EvasionView) -> bool {
    comment.text().get(view.range.clone()) == Some(view.reading.as_str())
}

fn pieces(
    comment: &Normalized,
    mut met: &[Met],
    letters: &mut Letters,
    mut passed: Passed<'_>,
    visitor: &mut impl Visitor,
) {
    for view in comment.views().iter().filter(|view| replaces(view.kind)) {
        let before = met.iter().take_while(|token| token.start < view.range.start as u32).count();
        pieces_among(comment, &met[..before], letters, &mut passed, visitor);
        met = &met[before..];
        let inside = met.iter().take_while(|token| token.start < view.range.end as u32).count();
        met = &met[inside..];
    }
    pieces_among(comment, met, letters, &mut passed, visitor);
}

fn pieces_among(
    comment: &Normalized,
    mut met: &[Met],
    letters: &mut Letters,
    passed: &mut Passed<'_>,
    visitor: &mut impl Visitor,
) {
    while let Some(first) = met.first() {
        // A whitespace-free chunk: the tokens that touch one another. The letters of a group's name would tell what the word
        // does not, so that it ends a chunk and has no pieces.
        let (mut end, mut count) = (first.start, 0);
        while let Some(token) = met.get(count)
            && token.start == end
            && token.in_chunk
            && token.hash != GROUP
        {
            (end, count) = (token.end, count + 1);
        }
        met = &met[count.max(1)..];
        if count > 0 {
            passed.reach(first.start, visitor);
            whole_chunk(comment.text(), first.start, end, letters, visitor);
        }
    }
}

/// Hands on the pieces of a text that is not there, for the one from `start` to `end`.
fn stand_in(reading: &str, (start, end): (u32, u32), letters: &mut Letters, visitor: &mut impl Visitor) {
    if visitor.chunk(reading, 0..reading.len()) {
        letters.lay_out(reading, 0);
        grams(&letters.chars, |slot, _, _| visitor.take(Feature { slot, family: Family::Pieces, start, end }));
    }
}

fn whole_chunk(text: &str, start: u32, end: u32, letters: &mut Letters, visitor: &mut impl Visitor) {
    let (mut start, end) = (start as usize, end as usize);
    while start < end {
        let rest = &text[start..end];
        let cut = if rest.len() <= LONGEST_CHUNK { None } else { rest.char_indices().nth(LONGEST_CHUNK) };
        let after = start + cut.map_or(rest.len(), |(at, _)| at);
        if visitor.chunk(text, start..after) {
            letters.lay_out(&text[start..after], start as u32);
            let starts = &letters.starts;
            grams(&letters.chars, |slot, from, to| {
                visitor.take(Feature { slot, family: Family::Pieces, start: starts[from], end: starts[to] });
            });
        }
        start = after;
    }
}

impl Letters {
    /// Lays a piece of text out as characters with a boundary at each end, and where each begins.
    fn lay_out(&mut self, piece: &str, start: u32) {
        let Self { chars, starts } = self;
        chars.clear();
        starts.clear();
        chars.push(BOUNDARY);
        starts.push(start);
        for (at, c) in piece.char_indices() {
            chars.push(u32::from(c));
            starts.push(start + at as u32);
        }
        let stop = start + piece.len() as u32;
        chars.push(BOUNDARY);
        starts.extend([stop, stop]);
    }
}

/// Hands on the slots of all character n-grams of a bounded chunk, with the positions of their first character and of
/// the one after their last.
#[inline]
fn grams(chars: &[u32], mut take: impl FnMut(u32, usize, usize)) {
    for from in 0..chars.len().saturating_sub(SHORTEST_GRAM - 1) {
        let mut hash = step(4, u64::from(chars[from]));
        let end = chars.len().min(from + LONGEST_GRAM);
        for (at, &next) in chars[..end].iter().enumerate().skip(from + 1) {
            hash = step(hash, u64::from(next));
            if at + 1 >= from + SHORTEST_GRAM {
                take(slot(hash), from, at + 1);
            }
        }
    }
}

/// Hands on the slots of the pieces of one chunk of at most 16 bytes, as [`visit`] makes them.
pub fn pieces_of(piece: &str, mut take: impl FnMut(u32)) {
    let mut chars = ArrayVec::<u32, { SHORT_CHUNK + 2 }>::new();
    let within = piece.chars().take(SHORT_CHUNK).map(u32::from);
    chars.extend(once(BOUNDARY).chain(within).chain(once(BOUNDARY)));
    grams(&chars, |slot, _, _| take(slot));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn features(text: &str) -> Vec<(Family, String)> {
        let comment = Normalized::new(text);
        let mut all = Vec::new();
        visit(text, &comment, &mut Chunk::default(), &mut |feature: Feature| {
            assert!(feature.slot < 1 << SLOT_BITS);
            all.push((feature.family, comment.text()[feature.start as usize..feature.end as usize].to_owned()));
        });
        all
    }

    #[test]
    fn words_come_alone_and_in_pairs() {
        let words: Vec<_> = features("You, fool!!").into_iter().filter(|(f, _)| *f == Family::Words).collect();
        let texts: Vec<_> = words.iter().map(|(_, text)| text.as_str()).collect();
        let expected = ["you", ",", "you,", "fool", ", fool", "you, fool", "fool", "!!", "fool!!", "you, fool!!", "!!"];
        assert_eq!(texts, expected, "the second fool and the second !! are those near a you");
    }

    #[test]
    fn names_of_groups_are_one_word_in_company_and_nothing_alone() {
        let slots = |text: &str| {
            let mut slots = Vec::new();
            let mut take = |feature: Feature| {
                if feature.family != Family::Manner {
                    slots.push(feature.slot);
                }
            };
            visit(text, &Normalized::new(text), &mut Chunk::default(), &mut take);
            slots
        };
        assert_eq!(slots("all muslims are fine"), slots("all gays are fine"));
        assert_ne!(slots("all muslims are fine"), slots("all idiots are fine"));
        assert!(slots("Muslims").is_empty());
        assert_eq!(slots("all musilms are fine"), slots("all muslims are fine"));
        assert_eq!(slots("a Muslim"), slots("a"));
        // The word beside it keeps its letters.
        assert!(slots("idiots,").iter().all(|slot| slots("idiots,black").contains(slot)));
        assert!(slots("idiots").iter().all(|slot| slots("idiots black").contains(slot)));
    }

    #[test]
    fn a_disguised_word_keeps_the_company_of_its_reading() {
        let pairs: Vec<_> = features("you 1d10t there").into_iter().filter(|(f, _)| *f == Family::Words).collect();
        let texts: Vec<_> = pairs.iter().map(|(_, text)| text.as_str()).collect();
        assert!(texts.contains(&"you 1d10t") && texts.contains(&"1d10t there"), "{texts:?}");
    }

    #[test]
    fn pieces_stay_within_a_chunk() {
        let pieces = features("ab c");
        let texts: Vec<_> =
            pieces.iter().filter(|(f, _)| *f == Family::Pieces).map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["ab", "ab", "ab", "c"], "with the boundaries: ‹ab, ‹ab›, ab›, ‹c›");
    }

    #[test]
    fn an_endless_word_costs_no_more_than_its_length() {
        let count = features(&"x".repeat(100_000)).len();
        assert!(count < 100_000 * LONGEST_GRAM, "{count}");
    }

    #[test]
    fn an_evasive_spelling_has_the_features_of_its_reading() {
        let slots = |text: &str| {
            let mut slots = Vec::new();
            visit(text, &Normalized::new(text), &mut Chunk::default(), &mut |feature: Feature| {
                slots.push(feature.slot)
            });
            slots
        };
        let evasive = slots("1d10t");
        // The word and its pieces: five of three characters, four of four, three of five.
        let plain = slots("idiot");
        assert!(plain[..13].iter().all(|slot| evasive.contains(slot)));
    }
}
