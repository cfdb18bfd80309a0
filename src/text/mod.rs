//! From an author's text to the text that models read, and back.

mod alignment;
mod boundary;
pub(crate) mod capitals;
mod confusable;
mod disguise;
pub(crate) mod echo;
mod english;
mod evasion;
mod known;
mod language;
mod lexicon;
mod misspelt;
mod normalize;
pub(crate) mod packed;
mod segment;
mod sentence;
mod spaced;

pub use language::Language;
pub use sentence::sentences;

use crate::span::Span;
use alignment::Alignment;
use evasion::ViewList;
use known::Known;
pub(crate) use normalize::as_typed;
use normalize::{Hidden, Normalizer};
use std::fmt;
use std::ops::Range;

/// A comment's text, made ready for features.
///
/// Texts beyond 256 MiB are read up to there.
#[derive(Clone, Default)]
pub struct Normalized {
    text: String,
    tokens: Vec<Token>,
    /// What is known of each token.
    known: Vec<Known>,
    views: ViewList,
    alignment: Alignment,
    /// First bytes of the tokens that evasive spellings may be part of.
    suspects: Vec<u32>,
    hidden: Vec<Hidden>,
    normalizer: Normalizer,
}

/// A word, number, run of punctuation, … of the main text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// First byte in the main text.
    pub start: u32,
    /// One past the last byte in the main text.
    pub end: u32,
    /// What it is.
    pub kind: TokenKind,
}

impl Token {
    /// Returns the token's bytes of the main text.
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Letters (UAX #29 word), with inner apostrophes and marks; may hold digits. Unlike there, `idiot.you` is cut at the
    /// full stop and `_this_` loses its outer underscores; a han or kana character is a word each.
    Word,
    /// Digits, also grouped or with a fraction.
    Number,
    /// A run of one punctuation character or of mixed `!?`.
    Punctuation,
    /// An emoji sequence.
    Emoji,
    /// A web address.
    Url,
    /// `@name`.
    Mention,
}

/// What an evasive spelling is read as, beside the main text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvasionView {
    /// By which trick it was written.
    pub kind: EvasionKind,
    /// The word it is read as, normalised as the main text is; at most 64 bytes.
    pub reading: String,
    /// The bytes of the main text it stands for (several tokens for spaced-out letters).
    pub range: Range<usize>,
}

/// A trick of spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvasionKind {
    /// Letters of another script that look the same: `іdіоt`.
    Homoglyph,
    /// Digits and signs for letters: `1d10t`.
    Leet,
    /// Letters set apart: `i d i o t`, `i.d.i.o.t`.
    Spaced,
    /// Letters covered: `sh##ty`, `f**k`.
    Masked,
    /// Letters drawn out: `idiooooot`.
    Repeated,
    /// Invisible characters inside a word, or marks laid over its letters.
    Invisible,
    /// A letter left out or two swapped: `idot`, `idoit`.
    Misspelt,
    /// Letters turned upside down: `ʇoıpı`.
    Turned,
}

impl Normalized {
    /// Normalises `original`.
    pub fn new(original: &str) -> Self {
        let mut normalized = Self::default();
        normalized.refill(original);
        normalized
    }

    /// Normalises another text into the buffers of this one: no allocation once they are large enough.
    pub fn refill(&mut self, original: &str) {
        self.normalize(original);
        self.segment();
        self.look(original);
    }

    /// The first stage of [`Normalized::refill`] alone: the main text, no tokens and views. For benches.
    #[doc(hidden)]
    pub fn normalize(&mut self, original: &str) {
        self.text.clear();
        self.tokens.clear();
        self.known.clear();
        self.views.clear();
        self.alignment.clear();
        self.suspects.clear();
        self.hidden.clear();
        let read = beginning(original, normalize::MAX_ORIGINAL);
        self.normalizer.fill(read, &mut self.text, &mut self.alignment, &mut self.hidden);
    }

    /// The second stage, after the first: the tokens. For benches.
    #[doc(hidden)]
    pub fn segment(&mut self) {
        segment::tokenize(&self.text, &mut self.tokens, &mut self.suspects);
        if self.alignment.has_wide_units() || !self.hidden.is_empty() {
            segment::join(&mut self.tokens, &self.alignment, &self.hidden);
        }
    }

    /// The third stage: what is known of the tokens, and the views.
    fn look(&mut self, original: &str) {
        let sum = known::look(&self.text, &self.tokens, &mut self.known);
        let words = evasion::Words { text: &self.text, tokens: &self.tokens, known: &self.known, sum };
        evasion::find(&words, &self.suspects, &self.hidden, &mut self.views);
        let written = |range: Range<usize>| self.alignment.span(range).slice(original);
        self.views.retain(|view| !misspelt::is_name(view, &self.text, written));
    }

    /// Returns the main text: NFKC, case folded, quotation marks as typed, default-ignorables removed. Idempotent.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the tokens of the main text, in order, not overlapping.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// Returns the hash of every token that is a word, number or emoji, as [`packed::word_hash`] makes it; 0 for others.
    pub(crate) fn hashes(&self) -> impl Iterator<Item = u64> + '_ {
        self.known.iter().map(|known| known.hash)
    }

    /// Returns the evasion views, by the start of their range; at most 1024.
    pub fn views(&self) -> &[EvasionView] {
        self.views.as_slice()
    }

    /// Returns the author's own bytes for a range of the main text: the smallest that cover it, on the boundaries of
    /// characters. What lies beyond the main text is cut off.
    pub fn span(&self, range: Range<usize>) -> Span {
        let start = beginning(&self.text, range.start).len();
        let boundary = |&at: &usize| self.text.is_char_boundary(at);
        let end = (range.end..self.text.len()).find(boundary).unwrap_or(self.text.len());
        self.alignment.span(start..end.max(start))
    }
}

/// At most `limit` bytes of a text, up to the boundary of a character.
fn beginning(text: &str, limit: usize) -> &str {
    let end = (0..=limit.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

/// Hides the text, as `Debug` of a comment does.
impl fmt::Debug for Normalized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Normalized")
            .field("bytes", &self.text.len())
            .field("tokens", &self.tokens.len())
            .field("views", &self.views.as_slice().len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
