//! From an author's text to the text that models read, and back.

use crate::span::Span;
use std::ops::Range;

/// A comment's text, made ready for features.
#[derive(Debug, Clone, Default)]
pub struct Normalized {}

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

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Letters (UAX #29 word), with inner apostrophes and marks; may hold digits.
    Word,
    /// Digits.
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
    /// The word it is read as, normalised as the main text is.
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
    /// Invisible characters inside a word.
    Invisible,
}

impl Normalized {
    /// Normalises `original`.
    pub fn new(original: &str) -> Self {
        let mut normalized = Self::default();
        normalized.refill(original);
        normalized
    }

    /// Normalises another text into the buffers of this one: no allocation once they are large enough.
    pub fn refill(&mut self, _original: &str) {}

    /// Returns the main text: NFKC, case folded, default-ignorables removed. Idempotent.
    pub fn text(&self) -> &str {
        ""
    }

    /// Returns the tokens of the main text, in order, not overlapping.
    pub fn tokens(&self) -> &[Token] {
        &[]
    }

    /// Returns the evasion views, by the start of their range.
    pub fn views(&self) -> &[EvasionView] {
        &[]
    }

    /// Returns the author's own bytes for a range of the main text.
    pub fn span(&self, _range: Range<usize>) -> Span {
        Span::new(0, 0)
    }
}

/// The language a text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Language {
    /// ISO 639-1, or `und` where the text is too short or mixed to tell.
    pub code: &'static str,
    /// Whether the detector vouches for it.
    pub reliable: bool,
}

impl Language {
    /// Detects the language of an author's text.
    pub fn detect(_original: &str) -> Self {
        Self { code: "und", reliable: false }
    }
}
