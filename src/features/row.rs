//! The distinct n-grams of one comment.

use super::ngrams::{Chunk, FAMILIES, Family, SLOT_BITS, visit};
use crate::text::Normalized;

/// The distinct slots of a comment, family by family. A slot that two families share counts for the first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ngrams {
    families: [Vec<u32>; FAMILIES],
}

impl Ngrams {
    /// Returns the slots of each family, in order of first occurrence.
    pub fn families(&self) -> [&[u32]; FAMILIES] {
        self.families.each_ref().map(Vec::as_slice)
    }

    /// Returns the number of distinct slots.
    pub fn len(&self) -> usize {
        self.families.iter().map(Vec::len).sum()
    }

    /// Tells whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Makes rows of n-grams, reusing its memory.
#[derive(Debug, Clone)]
pub struct RowMaker {
    chunk: Chunk,
    seen: Vec<u64>,
    row: Ngrams,
}

impl Default for RowMaker {
    fn default() -> Self {
        // One bit a slot: 64 KiB, which stay in the second-level cache.
        Self { chunk: Chunk::default(), seen: vec![0; (1 << SLOT_BITS) / 64], row: Ngrams::default() }
    }
}

impl RowMaker {
    /// Makes the row of a comment; `original` is the text that was normalised. It stays valid until the next call.
    pub fn make(&mut self, original: &str, comment: &Normalized) -> &Ngrams {
        let Self { chunk, seen, row } = self;
        row.families.iter_mut().for_each(Vec::clear);
        visit(original, comment, chunk, |feature| {
            let (word, bit) = (feature.slot as usize / 64, 1 << (feature.slot % 64));
            if seen[word] & bit == 0 {
                seen[word] |= bit;
                row.families[feature.family as usize].push(feature.slot);
            }
        });
        for slot in row.families.iter().flatten() {
            seen[*slot as usize / 64] = 0;
        }
        row
    }
}

impl Ngrams {
    /// Puts a row together again: all slots in the order of families, and how many of them are words and pieces. Counts
    /// beyond the slots are taken as what is there.
    pub fn from_slots(slots: &[u32], [words, pieces]: [usize; FAMILIES - 1]) -> Self {
        let (words, rest) = slots.split_at(words.min(slots.len()));
        let (pieces, manner) = rest.split_at(pieces.min(rest.len()));
        Self { families: [words, pieces, manner].map(<[u32]>::to_vec) }
    }

    /// Makes a row of given slots.
    #[cfg(test)]
    pub(crate) fn of(families: [&[u32]; FAMILIES]) -> Self {
        Self { families: families.map(<[u32]>::to_vec) }
    }

    /// Returns the slots of one family.
    pub fn family(&self, family: Family) -> &[u32] {
        &self.families[family as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(maker: &mut RowMaker, text: &str) -> Ngrams {
        maker.make(text, &Normalized::new(text)).clone()
    }

    #[test]
    fn slots_are_distinct_and_do_not_leak_into_the_next_row() {
        let mut maker = RowMaker::default();
        let first = row(&mut maker, "no no no, 1d10t");
        let mut sorted: Vec<u32> = first.families().concat();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), first.len());
        row(&mut maker, "something else");
        assert_eq!(first, row(&mut maker, "no no no, 1d10t"));
    }

    #[test]
    fn a_comment_without_words_has_no_words() {
        let row = row(&mut RowMaker::default(), " \n ");
        assert!(row.family(Family::Words).is_empty() && row.family(Family::Pieces).is_empty());
    }
}
