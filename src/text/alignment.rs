//! Where each byte of the main text stands in the author's text.

use crate::span::Span;
use std::ops::Range;

/// A run of equal units, each `text_step` bytes of the main text made of `original_step` bytes of the original.
/// Characters that keep their length are units of one byte.
#[derive(Debug, Clone, Copy)]
struct Piece {
    text: u32,
    original: u32,
    text_step: u32,
    original_step: u32,
}

impl Piece {
    /// The unit of the run in which a byte of the main text lies.
    fn unit(&self, at: usize) -> usize {
        (at - self.text as usize) / self.text_step as usize
    }

    fn original_start(&self, unit: usize) -> usize {
        self.original as usize + unit * self.original_step as usize
    }

    fn text_start(&self, unit: usize) -> usize {
        self.text as usize + unit * self.text_step as usize
    }
}

/// The map from the main text back to the original, as runs.
#[derive(Debug, Clone, Default)]
pub(super) struct Alignment {
    pieces: Vec<Piece>,
    text_len: usize,
    original_end: usize,
    has_wide_units: bool,
}

impl Alignment {
    /// Forgets all runs and keeps the memory.
    pub fn clear(&mut self) {
        self.pieces.clear();
        self.text_len = 0;
        self.original_end = 0;
        self.has_wide_units = false;
    }

    /// Appends `units` units to the main text, made of the original from byte `original` on.
    #[inline]
    pub fn push(&mut self, original: usize, text_step: usize, original_step: usize, units: usize) {
        let continues = self.original_end == original
            && self.pieces.last().is_some_and(|last| {
                last.text_step as usize == text_step && last.original_step as usize == original_step
            });
        if !continues {
            self.has_wide_units |= text_step > 1;
            self.pieces.push(Piece {
                text: self.text_len as u32,
                original: original as u32,
                text_step: text_step as u32,
                original_step: original_step as u32,
            });
        }
        self.text_len += units * text_step;
        self.original_end = original + units * original_step;
    }

    /// Tells whether some characters of the original became several bytes that cannot be told apart.
    pub fn has_wide_units(&self) -> bool {
        self.has_wide_units
    }

    /// Returns the smallest range of the original that covers `range`, which must lie on character boundaries.
    pub fn span(&self, range: Range<usize>) -> Span {
        let Some((first, unit)) = self.unit_at(range.start) else {
            return Span::new(self.original_end, self.original_end);
        };
        let start = first.original_start(unit);
        match range.end.checked_sub(1).filter(|&last| last >= range.start).and_then(|last| self.unit_at(last)) {
            Some((last, unit)) => Span::new(start, last.original_start(unit + 1)),
            None => Span::new(start, start),
        }
    }

    /// Returns the smallest range of whole units that covers a range that is not empty.
    pub fn whole_units(&self, range: Range<usize>) -> Range<usize> {
        let start = self.unit_at(range.start).map_or(range.start, |(piece, unit)| piece.text_start(unit));
        let end =
            self.unit_at(range.end.saturating_sub(1)).map_or(range.end, |(piece, unit)| piece.text_start(unit + 1));
        start..end
    }

    fn unit_at(&self, at: usize) -> Option<(&Piece, usize)> {
        if at >= self.text_len {
            return None;
        }
        let index = self.pieces.partition_point(|piece| piece.text as usize <= at).checked_sub(1)?;
        self.pieces.get(index).map(|piece| (piece, piece.unit(at)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_equal_units_are_one_piece() {
        let mut alignment = Alignment::default();
        alignment.push(0, 1, 1, 5);
        alignment.push(5, 1, 3, 1);
        alignment.push(8, 1, 3, 1);
        alignment.push(14, 1, 1, 2);
        assert_eq!(alignment.pieces.len(), 3);
        assert_eq!(alignment.span(0..5), Span::new(0, 5));
        assert_eq!(alignment.span(4..6), Span::new(4, 8));
        assert_eq!(alignment.span(6..7), Span::new(8, 11));
        assert_eq!(alignment.span(6..8), Span::new(8, 15));
        assert_eq!(alignment.span(3..3), Span::new(3, 3));
        assert_eq!(alignment.span(9..9), Span::new(16, 16));
    }

    #[test]
    fn units_that_cannot_be_told_apart_are_covered_whole() {
        let mut alignment = Alignment::default();
        alignment.push(0, 1, 1, 1);
        alignment.push(1, 5, 2, 1);
        assert_eq!(alignment.span(2..3), Span::new(1, 3));
        assert_eq!(alignment.whole_units(0..2), 0..6);
        assert!(alignment.has_wide_units());
    }
}
