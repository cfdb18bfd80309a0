//! A range of bytes in the author's own text.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A half-open range of bytes, always on character boundaries of the text it was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// Makes the span `start..end`.
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end);
        Self { start, end }
    }

    /// Returns the piece of `text` under the span, or `""` where the span does not fit the text.
    pub fn slice(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or("")
    }

    /// Returns the smallest span that covers both.
    pub fn cover(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Tells whether the two share at least one byte.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Converts to counts of another unit in `text`, for clients that do not count bytes.
    pub fn convert(self, text: &str, unit: OffsetUnit) -> Self {
        let count = |piece: &str| match unit {
            OffsetUnit::Bytes => piece.len(),
            OffsetUnit::Chars => piece.chars().count(),
            OffsetUnit::Utf16 => piece.chars().map(char::len_utf16).sum(),
        };
        let start = count(text.get(..self.start).unwrap_or(text));
        Self { start, end: start + count(self.slice(text)) }
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// The unit in which offsets are given to a client.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OffsetUnit {
    /// Bytes of UTF-8: Rust, Go, C.
    #[default]
    Bytes,
    /// Unicode scalar values: Python.
    Chars,
    /// UTF-16 code units: JavaScript, Java, C#.
    Utf16,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_convert_between_units() {
        let text = "é😀 idiot";
        let span = Span::new(7, 12);
        assert_eq!(span.slice(text), "idiot");
        assert_eq!(span.convert(text, OffsetUnit::Chars), Span::new(3, 8));
        assert_eq!(span.convert(text, OffsetUnit::Utf16), Span::new(4, 9));
    }
}
