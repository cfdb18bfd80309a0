//! The distinct n-grams of one comment.

use super::ngrams::{Chunk, FAMILIES, Family, Feature, SLOT_BITS, Visitor, visit};
use crate::text::Normalized;

/// The distinct slots of a comment, family by family.
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
#[derive(Debug, Clone, Default)]
pub struct RowMaker {
    chunk: Chunk,
    distinct: Distinct,
}

impl RowMaker {
    /// Makes the row of a comment; `original` is the text that was normalised. It stays valid until the next call.
    pub fn make(&mut self, original: &str, comment: &Normalized) -> &Ngrams {
        let Self { chunk, distinct } = self;
        distinct.row.families.iter_mut().for_each(Vec::clear);
        visit(original, comment, chunk, distinct);
        for (seen, slots) in distinct.seen.iter_mut().zip(&distinct.row.families) {
            seen.clear(slots);
        }
        &distinct.row
    }
}

/// Numbers that hold one bit a slot: 64 KiB, which stay in the second-level cache.
const NUMBERS: usize = (1 << SLOT_BITS) / 64;

/// A set of slots.
#[derive(Debug, Clone)]
pub struct Slots(Box<[u64; NUMBERS]>);

impl Default for Slots {
    fn default() -> Self {
        Self(Box::new([0; NUMBERS]))
    }
}

impl Slots {
    /// Puts a slot in; tells whether it is new.
    #[inline]
    pub fn insert(&mut self, slot: u32) -> bool {
        self.bits().insert(slot)
    }

    /// Returns the set to put many slots in, one after the other: where it lies is then looked up once.
    #[inline]
    pub fn bits(&mut self) -> Bits<'_> {
        Bits(&mut self.0)
    }

    /// Empties the set, when it holds these slots and no others.
    pub fn clear(&mut self, slots: &[u32]) {
        let bits = self.bits();
        slots.iter().for_each(|slot| bits.0[*slot as usize / 64 % NUMBERS] = 0);
    }
}

/// A set of slots that is being filled.
#[derive(Debug)]
pub struct Bits<'a>(&'a mut [u64; NUMBERS]);

impl Bits<'_> {
    /// Puts a slot in; tells whether it is new.
    #[inline]
    pub fn insert(&mut self, slot: u32) -> bool {
        // A slot is below the number of slots: the remainder costs less than to make sure of that.
        let (number, bit) = (&mut self.0[slot as usize / 64 % NUMBERS], 1 << (slot % 64));
        let new = *number & bit == 0;
        *number |= bit;
        new
    }
}

/// Takes each feature once.
#[derive(Debug, Clone, Default)]
struct Distinct {
    seen: [Slots; FAMILIES],
    row: Ngrams,
}

impl Visitor for Distinct {
    #[inline]
    fn take(&mut self, feature: Feature) {
        if self.seen[feature.family as usize].insert(feature.slot) {
            self.row.families[feature.family as usize].push(feature.slot);
        }
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
        for slots in first.families() {
            let mut sorted = slots.to_vec();
            sorted.sort_unstable();
            sorted.dedup();
            assert_eq!(sorted.len(), slots.len());
        }
        row(&mut maker, "something else");
        assert_eq!(first, row(&mut maker, "no no no, 1d10t"));
    }

    #[test]
    fn a_comment_without_words_has_no_words() {
        let row = row(&mut RowMaker::default(), " \n ");
        assert!(row.family(Family::Words).is_empty() && row.family(Family::Pieces).is_empty());
    }
}
