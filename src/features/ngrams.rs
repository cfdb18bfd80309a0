//! Hashed n-grams: words, alone, in pairs and near one another; characters 3–5 within the bounds of a word; manner.
//!
//! Character n-grams run over whitespace-free chunks with one boundary character at each end (scikit-learn's
//! `char_wb`), because abuse is inflected, compounded and misspelled. Evasion views feed the same features as if their
//! reading had been written. Pairs with a gap, and words near a "you", tell insult from the same words about a thing.

use super::groups::{is_mention, names_a_group};
use super::manner;
use crate::text::{EvasionKind, Normalized, Token, TokenKind, packed};

/// Names this way of making features; models are refused where theirs differs.
pub const SCHEME: &str = "words1-2+gaps+you+marks+groups,chars3-5,manner,slots2^19,v5";
/// Binary logarithm of the number of slots that n-grams are hashed to.
pub const SLOT_BITS: u32 = 19;

/// Chunks longer than this many characters are cut, so that one endless word costs no more than many words.
const LONGEST_CHUNK: usize = 256;
const BOUNDARY: u32 = ' ' as u32;
const SHORTEST_GRAM: usize = 3;
const LONGEST_GRAM: usize = 5;
/// What every word that names a group of people counts as, beside others: a mention by itself says nothing.
pub(super) const GROUP: u64 = 0x6772_6f75_7073;
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

    /// Tells whether the pieces of a chunk, which come next, are wanted: a stretch of text without white space, or what
    /// such a stretch is read as; at most 256 characters.
    fn chunk(&mut self, _text: &str) -> bool {
        true
    }
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
    chars: Vec<u32>,
    starts: Vec<u32>,
}

#[inline]
pub(super) fn step(hash: u64, value: u64) -> u64 {
    (hash.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95)
}

#[inline]
pub(super) fn slot(hash: u64) -> u32 {
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> (64 - SLOT_BITS)) as u32
}

fn hash_bytes(seed: u64, bytes: &[u8]) -> u64 {
    let mut hash = seed;
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        hash = step(hash, u64::from_le_bytes(*word));
    }
    // With whole words before the rest, the last eight bytes hold it; copying so few bytes would cost more.
    let rest = match (words, bytes.last_chunk::<8>()) {
        (_, _) if rest.is_empty() => 0,
        ([_, ..], Some(last)) => u64::from_le_bytes(*last) >> (64 - 8 * rest.len()),
        _ => packed::few(rest),
    };
    step(step(hash, rest), bytes.len() as u64)
}

/// Hands every n-gram of a comment to `visitor`: words in order, pieces, those of the evasion views, then manner. `original`
/// is the text that was normalised. Linear in the length of the text.
pub fn visit(original: &str, comment: &Normalized, chunk: &mut Chunk, visitor: &mut impl Visitor) {
    words(comment, visitor);
    pieces(comment, chunk, visitor);
    for view in comment.views() {
        let (start, end) = (view.range.start as u32, view.range.end as u32);
        visitor.take(Feature { slot: slot(hash_bytes(1, view.reading.as_bytes())), family: Family::Words, start, end });
        stand_in(&view.reading, (start, end), chunk, visitor);
    }
    manner::visit(original, comment, &mut |feature| visitor.take(feature));
}

/// Hashes a token by itself, and tells whether it is a word of its own; commas and full stops are not.
pub(super) fn token_hash(text: &[u8], token: &Token) -> (u64, bool) {
    let bytes = &text[token.start as usize..token.end as usize];
    match token.kind {
        TokenKind::Word => {
            let hash = word_hash(bytes);
            (if names_a_group(hash) { GROUP } else { hash }, true)
        }
        TokenKind::Number | TokenKind::Emoji => (word_hash(bytes), true),
        // Of a long run of telling marks only the first two count: `!!!!!!` is as `!!`.
        TokenKind::Punctuation if is_telling(bytes[0]) => (hash_bytes(2, &bytes[..bytes.len().min(2)]), true),
        TokenKind::Punctuation => (hash_bytes(2, &bytes[..bytes.len().min(SIGNS)]), false),
        TokenKind::Url => (hash_bytes(3, b"url"), true),
        TokenKind::Mention => (hash_bytes(3, b"mention"), true),
    }
}

/// Hashes a word by its letters.
pub(super) fn word_hash(word: &[u8]) -> u64 {
    hash_bytes(1, word)
}

fn is_telling(first: u8) -> bool {
    matches!(first, b'!' | b'?' | b'*' | b'#' | b'@' | b'$' | b'"') || first >= 0x80
}

/// Seeds of pairs, so that the same two words make different features when they are further apart.
const GAP: u64 = 0x6761_7070;
const BEFORE_YOU: u64 = 0x6c65_6674;
const AFTER_YOU: u64 = 0x7269_6768;

fn words(comment: &Normalized, visitor: &mut impl Visitor) {
    let text = comment.text().as_bytes();
    // The last words: hash and start, the latest first.
    let mut last = [(0_u64, 0_u32); NEAR];
    let mut known = 0;
    let mut since_you = usize::MAX;
    // The token before, word or mark.
    let mut neighbour: Option<(u64, u32, bool)> = None;
    // A word in disguise keeps its own company: the tokens of a view count in pairs as the word it is read as.
    let mut views = comment.views().iter().peekable();
    let mut disguised = 0;
    for token in comment.tokens() {
        let (mut hash, mut is_word) = token_hash(text, token);
        let mut give = |hash: u64, start: u32| {
            visitor.take(Feature { slot: slot(hash), family: Family::Words, start, end: token.end });
        };
        if token.start < disguised {
            continue;
        }
        let mut own = true;
        if views.peek().is_some() {
            while views.next_if(|view| view.range.start < token.start as usize).is_some() {}
            if let Some(view) = views.next_if(|view| view.range.start == token.start as usize) {
                (hash, is_word) = (hash_bytes(1, view.reading.as_bytes()), true);
                disguised = view.range.end as u32;
                own = !replaces(view.kind);
            }
        }
        // The view gives its reading by itself.
        if own && hash != GROUP {
            give(hash, token.start);
        }
        // A pair with a mark in it stands beside the pair that looks over the mark.
        if let Some((previous, start, was_word)) = neighbour
            && !(is_word && was_word)
            && previous != GROUP
            && hash != GROUP
        {
            give(step(previous, hash), start);
        }
        neighbour = Some((hash, token.start, is_word));
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
            give(step(AFTER_YOU, hash), token.start);
        }
        since_you = since_you.saturating_add(1);
        if is_you(&text[token.start as usize..token.end as usize]) {
            for &(previous, start) in last[..known].iter().filter(|(previous, _)| *previous != GROUP) {
                let slot = slot(step(BEFORE_YOU, previous));
                visitor.take(Feature { slot, family: Family::Words, start, end: token.end });
            }
            since_you = 0;
        }
        last.rotate_right(1);
        last[0] = (hash, token.start);
        known = (known + 1).min(NEAR);
    }
}

/// Tells whether a word addresses the reader.
fn is_you(word: &[u8]) -> bool {
    matches!(
        word,
        b"you" | b"your" | b"u" | b"ur" | b"you're" | b"you\xe2\x80\x99re" | b"youre" | b"yours" | b"yourself" | b"ya"
    )
}

/// Whether nothing is to be learned from the letters of a view as they stand: no two authors choose the same.
fn replaces(kind: EvasionKind) -> bool {
    matches!(
        kind,
        EvasionKind::Homoglyph | EvasionKind::Leet | EvasionKind::Spaced | EvasionKind::Turned | EvasionKind::Misspelt
    )
}

fn pieces(comment: &Normalized, chunk: &mut Chunk, visitor: &mut impl Visitor) {
    let mut tokens = comment.tokens();
    for view in comment.views().iter().filter(|view| replaces(view.kind)) {
        let before = tokens.iter().take_while(|token| token.start < view.range.start as u32).count();
        pieces_among(comment, &tokens[..before], chunk, visitor);
        tokens = &tokens[before..];
        let inside = tokens.iter().take_while(|token| token.start < view.range.end as u32).count();
        tokens = &tokens[inside..];
    }
    pieces_among(comment, tokens, chunk, visitor);
}

fn pieces_among(comment: &Normalized, mut tokens: &[Token], chunk: &mut Chunk, visitor: &mut impl Visitor) {
    while let Some(first) = tokens.first() {
        let count = touching(tokens);
        if count == 0 {
            tokens = &tokens[1..];
            continue;
        }
        let (start, end) = (first.start, tokens[count - 1].end);
        let (chunk_tokens, rest) = tokens.split_at(count);
        tokens = rest;
        // The letters of a group's name would tell what the word does not.
        let text = comment.text().as_bytes();
        let named = |token: &Token| {
            token.kind == TokenKind::Word && names_a_group(word_hash(&text[token.start as usize..token.end as usize]))
        };
        if !chunk_tokens.iter().any(named) {
            whole_chunk(comment.text(), start, end, chunk, visitor);
        }
    }
}

/// Counts the tokens at the front that touch one another: a whitespace-free chunk. Addresses and names stay out.
fn touching(tokens: &[Token]) -> usize {
    let mut end = match tokens.first() {
        Some(token) => token.start,
        None => return 0,
    };
    let in_chunk = |token: &&Token| {
        let inside = token.start == end && !matches!(token.kind, TokenKind::Url | TokenKind::Mention);
        end = token.end;
        inside
    };
    tokens.iter().take_while(in_chunk).count()
}

/// Hands on the pieces of a text that is not there, for the one from `start` to `end`.
fn stand_in(reading: &str, (start, end): (u32, u32), chunk: &mut Chunk, visitor: &mut impl Visitor) {
    if visitor.chunk(reading) {
        bounded(reading, 0, chunk);
        grams(&chunk.chars, |slot, _, _| visitor.take(Feature { slot, family: Family::Pieces, start, end }));
    }
}

fn whole_chunk(text: &str, start: u32, end: u32, chunk: &mut Chunk, visitor: &mut impl Visitor) {
    let (mut rest, mut start) = (&text[start as usize..end as usize], start);
    while !rest.is_empty() {
        let cut = if rest.len() <= LONGEST_CHUNK { None } else { rest.char_indices().nth(LONGEST_CHUNK) };
        let (piece, after) = rest.split_at(cut.map_or(rest.len(), |(at, _)| at));
        rest = after;
        let end = start + piece.len() as u32;
        if visitor.chunk(piece) {
            bounded(piece, start, chunk);
            let starts = &chunk.starts;
            grams(&chunk.chars, |slot, from, to| {
                visitor.take(Feature { slot, family: Family::Pieces, start: starts[from], end: starts[to] });
            });
        }
        start = end;
    }
}

/// Lays a piece of text out as characters with a boundary at each end, and where each begins.
fn bounded(piece: &str, start: u32, chunk: &mut Chunk) {
    chunk.chars.clear();
    chunk.starts.clear();
    chunk.chars.push(BOUNDARY);
    chunk.starts.push(start);
    for (at, c) in piece.char_indices() {
        chunk.chars.push(u32::from(c));
        chunk.starts.push(start + at as u32);
    }
    let stop = start + piece.len() as u32;
    chunk.chars.push(BOUNDARY);
    chunk.starts.push(stop);
    chunk.starts.push(stop);
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

/// Hands on the slots of the pieces of one chunk, as [`visit`] makes them.
pub fn pieces_of(piece: &str, chunk: &mut Chunk, mut take: impl FnMut(u32)) {
    bounded(piece, 0, chunk);
    grams(&chunk.chars, |slot, _, _| take(slot));
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
        assert_eq!(slots("a Muslim"), slots("a"));
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
