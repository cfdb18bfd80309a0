//! The scores of comments one after the other, fast: what a chunk of letters comes to is remembered.
//!
//! Most words of a comment were in a comment before. Their pieces are kept, beside the sums of the pieces' weights. A
//! piece counts once in a comment, so that what an earlier chunk of the same comment has brought is taken off again. Sums
//! are of whole numbers: the scores are exactly those of [`Weights::score`].

use super::memory::{COLUMNS, Key, MOST_PIECES, Memory};
use super::weights::Weights;
use crate::features::{Chunk, FAMILIES, Family, Feature, Slots, Visitor, visit};
use crate::text::Normalized;
use std::ops::Range;

/// Chunks fetched at a time.
const FETCHED: usize = 32;
const PIECES: usize = Family::Pieces as usize;

/// Scores comments, reusing its memory: about 6.5 MB once it is used.
#[derive(Debug, Default)]
pub struct Tally {
    chunk: Chunk,
    sums: Sums,
}

/// What is known of the comment at hand, and of the chunks of those before.
#[derive(Debug, Default)]
struct Sums {
    memory: Memory,
    /// The number of the comment.
    now: u32,
    /// The slots of each family as they come; of the pieces those of chunks that are not remembered.
    slots: [Vec<u32>; FAMILIES],
    /// Chunks that may be remembered.
    chunks: Vec<Key>,
    /// The slots of the family at hand.
    seen: Slots,
    /// Pieces that remembered chunks brought, and those of them that had been there.
    brought: Slate,
    again: Slate,
    totals: [i64; COLUMNS],
    length: u64,
}

/// Slots that are written one chunk after the other. Its memory is not cleared in between.
#[derive(Debug, Default)]
struct Slate {
    slots: Vec<u32>,
    count: usize,
}

/// Slots that a chunk may write: a power of two, so that no place need be checked.
const ROOM: usize = MOST_PIECES.next_power_of_two();

impl Slate {
    /// Returns the room for another chunk.
    #[inline]
    fn room(&mut self) -> &mut [u32; ROOM] {
        let end = self.count + ROOM;
        if self.slots.len() < end {
            self.slots.resize(2 * end, 0);
        }
        self.slots[self.count..].first_chunk_mut().expect("as many were made above")
    }

    fn written(&self) -> &[u32] {
        &self.slots[..self.count]
    }
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
        let Self { chunk, sums } = self;
        sums.begin(weights);
        let has_zero = |text: &str| memchr::memchr(0, text.as_bytes()).is_some();
        let zeros = has_zero(comment.text()) || comment.views().iter().any(|view| has_zero(&view.reading));
        visit(original, comment, chunk, &mut Summing { sums, remembers: weights.columns() <= COLUMNS, zeros });
        sums.end(weights, scores);
    }
}

impl Sums {
    fn begin(&mut self, weights: &Weights) {
        self.now = self.now.wrapping_add(1);
        if self.memory.begin(weights, self.now == 0) {
            self.now = 1;
        }
        self.slots.iter_mut().for_each(Vec::clear);
        self.chunks.clear();
        self.brought.count = 0;
        self.again.count = 0;
        self.totals = [0; COLUMNS];
        self.length = 0;
    }

    fn end(&mut self, weights: &Weights, scores: &mut Vec<[f64; FAMILIES]>) {
        scores.clear();
        scores.resize(weights.columns(), [0.; FAMILIES]);
        let mut lengths = [0; FAMILIES];
        for family in [Family::Words as usize, Family::Manner as usize] {
            let slots = &mut self.slots[family];
            keep_distinct(slots, &mut self.seen);
            lengths[family] = weights.sum(slots, family, scores);
            self.seen.clear(slots);
        }
        keep_distinct(&mut self.slots[PIECES], &mut self.seen);
        self.chunks(weights);
        let taken_off = weights.sum(self.again.written(), PIECES, scores);
        for (score, total) in scores.iter_mut().zip(self.totals) {
            // Whole numbers below 2^53: exact.
            score[PIECES] = total as f64 - score[PIECES];
        }
        lengths[PIECES] = self.length - taken_off + weights.sum(&self.slots[PIECES], PIECES, scores);
        self.seen.clear(&self.slots[PIECES]);
        self.seen.clear(self.brought.written());
        weights.scale(lengths, scores);
    }

    /// Adds the chunks of the comment.
    fn chunks(&mut self, weights: &Weights) {
        let chunks = std::mem::take(&mut self.chunks);
        let mut places = [0; FETCHED];
        for chunks in chunks.chunks(FETCHED) {
            for (place, &key) in places.iter_mut().zip(chunks) {
                *place = self.memory.find(key, weights);
            }
            // What is remembered lies outside the caches near the core: many chunks are waited for at once.
            let touch = |touched, &place| touched ^ self.memory.touch(place);
            std::hint::black_box(places[..chunks.len()].iter().fold(0, touch));
            let mut parts = [0; COLUMNS];
            places.iter().zip(chunks).for_each(|(&place, &key)| self.add(place, key, weights, &mut parts));
            self.totals.iter_mut().zip(parts).for_each(|(total, part)| *total += i64::from(part));
        }
        self.chunks = chunks;
    }

    /// Adds a chunk to the comment, once; its sums to `parts`, which hold those of some dozen chunks.
    #[inline]
    fn add(&mut self, place: usize, key: Key, weights: &Weights, parts: &mut [i32; COLUMNS]) {
        let Self { memory, now, brought, again, seen, length, .. } = self;
        let (known, pieces) = memory.get(place, key, weights);
        if known.met == *now {
            return;
        }
        known.met = *now;
        parts.iter_mut().zip(known.sums).for_each(|(part, sum)| *part += sum);
        *length += u64::from(known.length);
        let (room, repeated, mut bits) = (brought.room(), again.room(), seen.bits());
        let (mut kept, mut count) = (0, 0);
        for (to, slots) in room.as_chunks_mut().0.iter_mut().zip(known.slots(pieces)) {
            *to = slots;
            count += slots.len();
            for slot in slots {
                // Every slot is written, and kept where it is known already: nothing to predict.
                repeated[kept % ROOM] = slot;
                kept += usize::from(!bits.insert(slot));
            }
        }
        brought.count += count;
        // The first piece filled the room up that the others left.
        again.count += kept - usize::from(known.spare);
    }
}

/// Keeps the slots that are not in a set, each once, and puts them in.
fn keep_distinct(slots: &mut Vec<u32>, seen: &mut Slots) {
    let (mut kept, mut bits, written) = (0, seen.bits(), slots.as_mut_slice());
    // Every slot is written: whether it is new is not to be predicted.
    for at in 0..written.len() {
        let slot = written[at];
        written[kept] = slot;
        kept += usize::from(bits.insert(slot));
    }
    slots.truncate(kept);
}

/// A comment on its way.
struct Summing<'a> {
    sums: &'a mut Sums,
    remembers: bool,
    /// Whether there may be zero bytes in a chunk.
    zeros: bool,
}

impl Visitor for Summing<'_> {
    #[inline]
    fn take(&mut self, feature: Feature) {
        self.sums.slots[feature.family as usize].push(feature.slot);
    }

    #[inline]
    fn chunk(&mut self, text: &str, chunk: Range<usize>) -> bool {
        let Some(key) = Key::of(text, chunk, self.zeros) else { return true };
        if self.remembers {
            self.sums.chunks.push(key);
        }
        !self.remembers
    }
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
        let (mut tally, few, many) = (Tally::default(), weights(3), weights(COLUMNS + 2));
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
