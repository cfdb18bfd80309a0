//! The scores of comments one after the other, fast: what a chunk of letters comes to is remembered.
//!
//! Most words of a comment were in a comment before. Their pieces are kept, beside the sums of the pieces' weights. A
//! piece counts once in a comment, so that what an earlier chunk of the same comment has brought is taken off again. Sums
//! are of whole numbers: the scores are exactly those of [`Weights::score`].

use super::weights::{UNROLLED, Weights};
use crate::features::{Chunk, FAMILIES, Family, Feature, Slots, Visitor, pieces_of, visit};
use crate::text::{Normalized, packed};

/// Binary logarithm of the number of chunks that are remembered.
const KEPT_BITS: u32 = 13;
/// Bytes of the longest chunk that is remembered: a number.
const LONGEST: usize = 16;
/// Pieces of a chunk of so many characters at most: 16 of three, 15 of four, 14 of five, and one over to fill 192 bytes.
const MOST_PIECES: usize = 46;
/// Chunks fetched at a time.
const FETCHED: usize = 32;
const PIECES: usize = Family::Pieces as usize;

/// Scores comments, reusing its memory: about 2.5 MB once it is used.
#[derive(Debug, Default)]
pub struct Tally {
    chunk: Chunk,
    /// Where chunks that are new are read.
    new: Chunk,
    sums: Sums,
}

/// What is known of the comment at hand, and of the chunks of those before.
#[derive(Debug, Default)]
struct Sums {
    /// The weights that the chunks were summed of.
    weights: u64,
    known: Vec<Known>,
    pieces: Vec<Pieces>,
    /// The number of the comment.
    now: u32,
    seen: [Slots; FAMILIES],
    /// What is in `seen`, but of the pieces more than once.
    slots: [Vec<u32>; FAMILIES],
    /// Chunks that may be remembered, and their places.
    chunks: Vec<(u128, u32)>,
    /// Pieces of chunks that are not.
    loose: Vec<u32>,
    /// Pieces that remembered chunks brought though they had been there.
    again: Vec<u32>,
    totals: [i64; UNROLLED],
    length: u64,
}

/// A chunk that is remembered.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(64))]
struct Known {
    /// Its bytes and zeros, as a number; 0 for none.
    key: u128,
    /// The sums of its pieces' weights.
    sums: [i32; UNROLLED],
    /// The comment it was last met in.
    met: u32,
}

/// The distinct pieces of a chunk, and the sum of their lengths.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Pieces {
    count: u32,
    length: u32,
    slots: [u32; MOST_PIECES],
}

impl Tally {
    /// Computes the raw score of every column and family for a comment, as [`Weights::score`] does of its row; `original`
    /// is the text that was normalised.
    pub fn score(
        &mut self,
        weights: &Weights,
        original: &str,
        comment: &Normalized,
        scores: &mut Vec<[f64; FAMILIES]>,
    ) {
        let Self { chunk, new, sums } = self;
        sums.begin(weights);
        visit(original, comment, chunk, &mut Summing { sums, remembers: weights.columns() <= UNROLLED });
        sums.chunks(weights, new);
        sums.end(weights, scores);
    }
}

impl Sums {
    fn begin(&mut self, weights: &Weights) {
        self.now = self.now.wrapping_add(1);
        if self.weights != weights.identity() || self.now == 0 {
            self.weights = weights.identity();
            self.known.clear();
            self.known.resize(1 << KEPT_BITS, Known::default());
            self.pieces.resize(1 << KEPT_BITS, Pieces { count: 0, length: 0, slots: [0; MOST_PIECES] });
            self.now = 1;
        }
        self.loose.clear();
        self.again.clear();
        self.totals = [0; UNROLLED];
        self.length = 0;
    }

    fn end(&mut self, weights: &Weights, scores: &mut Vec<[f64; FAMILIES]>) {
        scores.clear();
        scores.resize(weights.columns(), [0.; FAMILIES]);
        let mut lengths = [0; FAMILIES];
        let taken_off = weights.sum(&self.again, PIECES, scores);
        for (score, total) in scores.iter_mut().zip(self.totals) {
            // Whole numbers below 2^53: exact.
            score[PIECES] = total as f64 - score[PIECES];
        }
        lengths[PIECES] = self.length - taken_off + weights.sum(&self.loose, PIECES, scores);
        for family in [Family::Words as usize, Family::Manner as usize] {
            lengths[family] = weights.sum(&self.slots[family], family, scores);
        }
        weights.scale(lengths, scores);
        for (seen, slots) in self.seen.iter_mut().zip(&mut self.slots) {
            seen.clear(slots);
            slots.clear();
        }
    }

    /// Adds the chunks of the comment.
    fn chunks(&mut self, weights: &Weights, new: &mut Chunk) {
        let chunks = std::mem::take(&mut self.chunks);
        let mut fetched = [0; FETCHED];
        for chunks in chunks.chunks(FETCHED) {
            // What is remembered lies outside the caches near the core: many chunks are waited for at once.
            for (fetched, &(_, place)) in fetched.iter_mut().zip(chunks) {
                let place = place as usize;
                *fetched = u64::from(self.known[place].met) + u64::from(self.pieces[place].count);
            }
            std::hint::black_box(&fetched);
            for &(key, place) in chunks {
                self.chunk(key, place as usize, weights, new);
            }
        }
        self.chunks = chunks;
        self.chunks.clear();
    }

    fn chunk(&mut self, key: u128, place: usize, weights: &Weights, new: &mut Chunk) {
        let known = &self.known[place];
        if known.key != key {
            let bytes = key.to_le_bytes();
            let length = LONGEST - key.leading_zeros() as usize / 8;
            // Always so: the number was made of a text.
            if let Ok(text) = std::str::from_utf8(&bytes[..length]) {
                self.learn(place, key, text, weights, new);
            }
        } else if known.met == self.now {
            return;
        }
        self.add(place);
    }

    /// Adds a remembered chunk to the comment.
    fn add(&mut self, place: usize) {
        let known = &mut self.known[place];
        known.met = self.now;
        self.totals.iter_mut().zip(known.sums).for_each(|(total, sum)| *total += i64::from(sum));
        let pieces = &self.pieces[place];
        self.length += u64::from(pieces.length);
        let slots = &pieces.slots[..(pieces.count as usize).min(MOST_PIECES)];
        self.slots[PIECES].extend_from_slice(slots);
        let seen = &mut self.seen[PIECES];
        // Every slot is written, and kept where it is known already: nothing to predict.
        let mut kept = self.again.len();
        self.again.resize(kept + slots.len(), 0);
        for &slot in slots {
            self.again[kept] = slot;
            kept += usize::from(!seen.insert(slot));
        }
        self.again.truncate(kept);
    }

    /// Remembers a chunk.
    fn learn(&mut self, place: usize, key: u128, piece: &str, weights: &Weights, chunk: &mut Chunk) {
        let Pieces { count, length, slots } = &mut self.pieces[place];
        *count = 0;
        pieces_of(piece, chunk, |slot| {
            if !slots[..*count as usize].contains(&slot) && (*count as usize) < MOST_PIECES {
                slots[*count as usize] = slot;
                *count += 1;
            }
        });
        let mut sums = [[0.; FAMILIES]; UNROLLED];
        *length = weights.sum(&slots[..*count as usize], 0, &mut sums[..weights.columns()]) as u32;
        self.known[place] = Known { key, sums: sums.map(|[sum, ..]| sum as i32), met: 0 };
    }
}

/// A comment on its way.
struct Summing<'a> {
    sums: &'a mut Sums,
    remembers: bool,
}

impl Visitor for Summing<'_> {
    #[inline]
    fn take(&mut self, feature: Feature) {
        let (slot, family) = (feature.slot, feature.family as usize);
        if self.sums.seen[family].insert(slot) {
            self.sums.slots[family].push(slot);
            if family == PIECES {
                self.sums.loose.push(slot);
            }
        }
    }

    fn chunk(&mut self, text: &str) -> bool {
        // Without zero bytes a number stands for one text.
        let Some(key) = packed::as_number(text.as_bytes()).filter(|key| !has_zero(*key, text.len())) else {
            return true;
        };
        if self.remembers {
            self.sums.chunks.push((key, place(key)));
        }
        !self.remembers
    }
}

/// Tells whether one of the first bytes of a number is zero.
fn has_zero(key: u128, length: usize) -> bool {
    let ones = u128::from_le_bytes([1; LONGEST]);
    let filled = if length < LONGEST { key | u128::MAX << (8 * length) } else { key };
    filled.wrapping_sub(ones) & !filled & (ones << 7) != 0
}

fn place(key: u128) -> u32 {
    let mixed = (key as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (key >> 64) as u64;
    (mixed.wrapping_mul(0x517c_c1b7_2722_0a95) >> (64 - KEPT_BITS)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{RowMaker, SLOT_BITS};
    use crate::model::{Frequencies, SparseRows};
    use proptest::prelude::*;

    fn weights(columns: usize) -> Weights {
        let column = |seed: u32| -> Vec<f64> {
            (0..1_u32 << SLOT_BITS).map(|slot| f64::from(slot.wrapping_mul(seed) % 2001) / 1000. - 1.).collect()
        };
        let columns: Vec<_> = (0..columns as u32).map(|at| column(7919 + 2 * at)).collect();
        let mut rows = SparseRows::new(1 << SLOT_BITS);
        for shift in 0..40 {
            let slots: Vec<u32> = (0..1 << SLOT_BITS).filter(|slot| slot % 41 > shift).collect();
            rows.push([&slots, &[], &[]], [1.; FAMILIES]);
        }
        Weights::quantise(&columns, &Frequencies::count(&rows, 2).0)
    }

    fn same(tally: &mut Tally, weights: &Weights, text: &str) -> bool {
        let comment = Normalized::new(text);
        let (mut fast, mut plain) = (Vec::new(), Vec::new());
        tally.score(weights, text, &comment, &mut fast);
        weights.score(RowMaker::default().make(text, &comment), &mut plain);
        fast == plain
    }

    #[test]
    fn scores_are_those_of_rows_whatever_came_before() {
        let (mut tally, few, many) = (Tally::default(), weights(3), weights(UNROLLED + 1));
        let long = "internationalisations ".repeat(3);
        for text in ["sing singing sing ringing", "", "haha hahaha 1d10t idiot", &long, "sing\0 sing", "Größe größer"]
        {
            assert!(same(&mut tally, &few, text) && same(&mut tally, &many, text), "{text}");
            assert!(same(&mut tally, &few, text), "{text}");
        }
    }

    #[test]
    fn chunks_that_share_a_place_drive_one_another_out() {
        let (mut tally, weights) = (Tally::default(), weights(2));
        let text: Vec<String> = (0..40_000).map(|number| format!("w{number} w{}", number / 2)).collect();
        assert!(same(&mut tally, &weights, &text.join(" ")));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]
        #[test]
        fn scores_are_those_of_rows(texts in prop::collection::vec("([a-c!é]{1,6}[ \n]){0,40}|.{0,60}", 1..40)) {
            let (mut tally, weights) = (Tally::default(), weights(2));
            for text in texts {
                prop_assert!(same(&mut tally, &weights, &text), "{}", text);
            }
        }
    }
}
