//! The distinct n-grams of one comment.

use super::ngrams::{Chunk, Family, SLOT_BITS, visit};
use crate::text::Normalized;

/// The distinct slots of a comment, words before pieces of words.
///
/// Every slot of a family counts 1/√(number of distinct slots in that family), so that a family's vector has length 1
/// whatever the comment's: long comments are not surer than short ones by their length alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ngrams {
    /// Slots in order of first occurrence; the first `words` of them are words.
    pub slots: Vec<u32>,
    /// How many of them are words and pairs of words.
    pub words: usize,
}

impl Ngrams {
    /// Returns the slots of words and pairs of words.
    pub fn words(&self) -> &[u32] {
        &self.slots[..self.words]
    }

    /// Returns the slots of pieces of words.
    pub fn pieces(&self) -> &[u32] {
        &self.slots[self.words..]
    }

    /// Returns what a slot of words and one of pieces count in this comment.
    pub fn scales(&self) -> (f64, f64) {
        let scale = |count: usize| if count == 0 { 0. } else { 1. / (count as f64).sqrt() };
        (scale(self.words), scale(self.slots.len() - self.words))
    }
}

/// Makes rows of n-grams, reusing its memory.
#[derive(Debug, Clone)]
pub struct RowMaker {
    chunk: Chunk,
    seen: Vec<u64>,
    late_words: Vec<u32>,
    row: Ngrams,
}

impl Default for RowMaker {
    fn default() -> Self {
        Self {
            chunk: Chunk::default(),
            // One bit a slot: 32 KiB, which stay in the first-level cache.
            seen: vec![0; (1 << SLOT_BITS) / 64],
            late_words: Vec::new(),
            row: Ngrams::default(),
        }
    }
}

impl RowMaker {
    /// Makes the row of a comment. It stays valid until the next call.
    pub fn make(&mut self, comment: &Normalized) -> &Ngrams {
        self.row.slots.clear();
        self.row.words = 0;
        self.late_words.clear();
        let Self { chunk, seen, late_words, row } = self;
        visit(comment, chunk, |feature| {
            let (word, bit) = (feature.slot as usize / 64, 1 << (feature.slot % 64));
            if seen[word] & bit != 0 {
                return;
            }
            seen[word] |= bit;
            match feature.family {
                Family::Words if row.words == row.slots.len() => {
                    row.slots.push(feature.slot);
                    row.words += 1;
                }
                // Words of evasion views come after the pieces; they are few.
                Family::Words => late_words.push(feature.slot),
                Family::Chars => row.slots.push(feature.slot),
            }
        });
        if !late_words.is_empty() {
            row.slots.splice(row.words..row.words, late_words.iter().copied());
            row.words += late_words.len();
        }
        for slot in &row.slots {
            seen[*slot as usize / 64] = 0;
        }
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_distinct_and_do_not_leak_into_the_next_row() {
        let mut maker = RowMaker::default();
        let first = maker.make(&Normalized::new("no no no, 1d10t")).clone();
        let mut sorted = first.slots.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), first.slots.len());
        maker.make(&Normalized::new("something else"));
        assert_eq!(&first, maker.make(&Normalized::new("no no no, 1d10t")));
    }

    #[test]
    fn a_comment_without_words_has_an_empty_row() {
        let mut maker = RowMaker::default();
        let row = maker.make(&Normalized::new(" \n "));
        assert!(row.slots.is_empty());
        assert_eq!(row.scales(), (0., 0.));
    }
}
