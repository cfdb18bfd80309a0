//! The distinct n-grams of one comment.

use super::ngrams::{Chunk, FAMILIES, Family, Feature, SLOT_BITS, Visitor, visit};
use crate::text::Normalized;
use std::ops::Range;

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

    /// Makes the rows of the sentences of a comment, without its manner; none where it has one sentence only. A word or pair
    /// counts as often as it stands in its sentence, a piece once in every chunk; pairs across sentences are in neither.
    pub fn sentences(&mut self, original: &str, comment: &Normalized) -> Vec<Ngrams> {
        let mut taken = BySentence::default();
        visit(original, comment, &mut self.chunk, &mut taken);
        taken.rows
    }
}

/// Takes the features of each sentence by themselves: words as often as they stand there, pieces once in every chunk.
#[derive(Debug, Default)]
struct BySentence {
    rows: Vec<Ngrams>,
    /// The number of the sentence at hand, and its first byte.
    now: Option<(usize, u32)>,
    /// The pieces of the chunk at hand, and where they begin in the row of its sentence.
    seen: Slots,
    chunk: usize,
}

impl BySentence {
    /// Forgets the pieces of the chunk before.
    fn begin_chunk(&mut self) {
        let Some(row) = self.now.and_then(|(number, _)| self.rows.get(number)) else { return };
        let pieces = &row.families[Family::Pieces as usize];
        self.seen.clear(pieces.get(self.chunk..).unwrap_or_default());
        self.chunk = pieces.len();
    }
}

impl Visitor for BySentence {
    fn take(&mut self, feature: Feature) {
        let Some((number, start)) = self.now else { return };
        if feature.start < start || (feature.family == Family::Pieces && !self.seen.insert(feature.slot)) {
            return;
        }
        if feature.family != Family::Manner {
            self.rows[number].families[feature.family as usize].push(feature.slot);
        }
    }

    fn chunk(&mut self, _text: &str, _chunk: Range<usize>) -> bool {
        self.begin_chunk();
        true
    }

    fn hears_of_sentences(&self) -> bool {
        true
    }

    fn sentence(&mut self, number: usize, start: u32) {
        self.begin_chunk();
        self.rows.resize_with(self.rows.len().max(number + 1), Ngrams::default);
        self.now = Some((number, start));
        self.chunk = self.rows[number].families[Family::Pieces as usize].len();
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
    fn sentences_have_rows_of_their_own() {
        let mut maker = RowMaker::default();
        let mut rows = |text: &str| maker.sentences(text, &Normalized::new(text));
        assert!(rows("one sentence, no more").is_empty());
        let [first, second] = rows("Nice day. You 1d10t, you!").try_into().unwrap();
        let whole = row(&mut RowMaker::default(), "Nice day. You 1d10t, you!");
        let inside = |row: &Ngrams, family| row.family(family).iter().all(|slot| whole.family(family).contains(slot));
        for row in [&first, &second] {
            assert!(inside(row, Family::Words) && inside(row, Family::Pieces) && row.family(Family::Manner).is_empty());
        }
        // What hides a word counts nothing, nor does the word count twice.
        assert_eq!(rows("You idi\u{ad}ot. No."), rows("You idiot. No."));
        let [masked, _] = rows("You f**k. No.").try_into().unwrap();
        let mut distinct = masked.family(Family::Words).to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), masked.family(Family::Words).len());
        // Pairs across the stop are in no sentence.
        let apart = first.family(Family::Words).len() + second.family(Family::Words).len();
        let across: Vec<_> = whole
            .family(Family::Words)
            .iter()
            .filter(|slot| !first.family(Family::Words).contains(slot) && !second.family(Family::Words).contains(slot))
            .collect();
        assert!(!across.is_empty() && apart + across.len() > whole.family(Family::Words).len(), "you stands twice");
        // A piece counts once in a chunk and in every chunk.
        let [one, two] = rows("so banana\nso banana banana").try_into().unwrap();
        let mut pieces = Vec::new();
        super::super::pieces_of("banana", |slot| pieces.push(slot));
        pieces.sort_unstable();
        pieces.dedup();
        assert_eq!(two.family(Family::Pieces).len() - one.family(Family::Pieces).len(), pieces.len());
    }

    #[test]
    fn a_comment_without_words_has_no_words() {
        let row = row(&mut RowMaker::default(), " \n ");
        assert!(row.family(Family::Words).is_empty() && row.family(Family::Pieces).is_empty());
    }
}
