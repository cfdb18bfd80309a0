//! The scores of comments one after the other, fast: what a chunk of letters comes to is remembered.
//!
//! Most words of a comment were in a comment before. Their pieces are kept, beside the sums of the pieces' weights. A
//! piece counts once in a comment, so that what an earlier chunk of the same comment has brought is taken off again. Sums
//! are of whole numbers: the scores are exactly those of [`Weights::score`].

use super::columns::Columns;
use super::memory::{COLUMNS, Key, MOST_PIECES, Memory};
use super::weights::Weights;
use crate::features::{Chunk, FAMILIES, Family, Feature, Slots, Visitor, visit};
use crate::text::Normalized;
use std::ops::Range;

/// Chunks fetched at a time.
const FETCHED: usize = 32;
const WORDS: usize = Family::Words as usize;
const PIECES: usize = Family::Pieces as usize;
const MANNER: usize = Family::Manner as usize;

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
    /// Pairs of words that stand in two sentences; then the words that stand in the comment more than once.
    across: Vec<u32>,
    /// Chunks that may be remembered.
    chunks: Vec<Key>,
    /// Where stretches of one sentence begin in these lists; the last one is where they end. None for a single sentence.
    stretches: Vec<Stretch>,
    /// The first byte of the sentence at hand.
    start: u32,
    /// Where the pieces of the last chunk that is not remembered begin.
    loose: usize,
    /// The sums of lengths of each sentence.
    lengths: Vec<[u64; FAMILIES]>,
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

/// Where a stretch of a comment begins that lies in one sentence.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    sentence: usize,
    words: usize,
    pieces: usize,
    chunks: usize,
}

impl Tally {
    /// Computes the raw score of every column and family for a comment, as [`Weights::score`] does of its rows; `original`
    /// is the text that was normalised. Those of its sentences where `by_sentence` asks for them.
    pub fn score(
        &mut self,
        weights: &Weights,
        (original, comment): (&str, &Normalized),
        by_sentence: bool,
        scores: &mut Columns,
    ) {
        let Self { chunk, sums } = self;
        sums.begin(weights);
        let has_zero = |text: &str| memchr::memchr(0, text.as_bytes()).is_some();
        let zeros = has_zero(comment.text()) || comment.views().iter().any(|view| has_zero(&view.reading));
        let remembers = weights.columns() <= COLUMNS;
        visit(original, comment, chunk, &mut Summing { sums, remembers, by_sentence, zeros });
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
        self.across.clear();
        self.chunks.clear();
        self.stretches.clear();
        self.brought.count = 0;
        self.again.count = 0;
        self.totals = [0; COLUMNS];
        (self.length, self.start, self.loose) = (0, 0, 0);
    }

    fn end(&mut self, weights: &Weights, scores: &mut Columns) {
        let sentences = self.stretches.iter().map(|stretch| stretch.sentence + 1).max().unwrap_or(0);
        scores.begin(weights.columns(), sentences);
        self.lengths.clear();
        self.lengths.resize(sentences, [0; FAMILIES]);
        if sentences > 0 {
            // Ends the last one.
            self.sentence(0, 0);
        }
        let mut lengths = [self.words(weights, scores), 0, 0];
        lengths[MANNER] = self.distinct(weights, MANNER, scores);
        self.loose_pieces(weights, scores);
        lengths[PIECES] = self.pieces(weights, scores);
        weights.scale(lengths, &mut scores.whole);
        for (number, &lengths) in self.lengths.iter().enumerate() {
            weights.scale(lengths, scores.sentence(number));
        }
        scores.share_manner();
    }

    /// Adds each slot of a family once; returns the sum of their lengths.
    fn distinct(&mut self, weights: &Weights, family: usize, scores: &mut Columns) -> u64 {
        let slots = &mut self.slots[family];
        keep_distinct(slots, 0, &mut self.seen);
        let length = weights.sum(slots, family, &mut scores.whole);
        self.seen.clear(slots);
        length
    }

    /// Adds the words: of a comment of several sentences what each brings, and to the whole what is new in it.
    fn words(&mut self, weights: &Weights, scores: &mut Columns) -> u64 {
        if self.stretches.is_empty() {
            return self.distinct(weights, WORDS, scores);
        }
        for (stretch, next) in self.stretches.iter().zip(&self.stretches[1..]) {
            let slots = &self.slots[WORDS][stretch.words..next.words];
            let length = weights.sum(slots, WORDS, scores.sentence(stretch.sentence));
            self.lengths[stretch.sentence][WORDS] += length;
        }
        // The whole: all that was there more than once is taken off again.
        let (slots, again) = (&mut self.slots[WORDS], &mut self.across);
        slots.append(again);
        again.resize(slots.len(), 0);
        let (mut kept, mut bits, written) = (0, self.seen.bits(), again.as_mut_slice());
        // Every slot is written: whether it was there is not to be predicted.
        for &slot in slots.iter() {
            written[kept] = slot;
            kept += usize::from(!bits.insert(slot));
        }
        again.truncate(kept);
        self.seen.clear(slots);
        let taken_off = weights.sum(again, WORDS, &mut scores.whole);
        scores.whole.iter_mut().for_each(|score| score[WORDS] = -score[WORDS]);
        weights.sum(slots, WORDS, &mut scores.whole) - taken_off
    }

    /// Adds the pieces of chunks that are not remembered to their sentences.
    fn loose_pieces(&mut self, weights: &Weights, scores: &mut Columns) {
        for (stretch, next) in self.stretches.iter().zip(self.stretches.iter().skip(1)) {
            let slots = &self.slots[PIECES][stretch.pieces..next.pieces];
            let length = weights.sum(slots, PIECES, scores.sentence(stretch.sentence));
            self.lengths[stretch.sentence][PIECES] += length;
        }
    }

    /// Adds the pieces to the whole, and those of remembered chunks to their sentences.
    fn pieces(&mut self, weights: &Weights, scores: &mut Columns) -> u64 {
        keep_distinct(&mut self.slots[PIECES], 0, &mut self.seen);
        self.chunks(weights, scores);
        let taken_off = weights.sum(self.again.written(), PIECES, &mut scores.whole);
        for (score, total) in scores.whole.iter_mut().zip(self.totals) {
            // Whole numbers below 2^53: exact.
            score[PIECES] = total as f64 - score[PIECES];
        }
        let loose = weights.sum(&self.slots[PIECES], PIECES, &mut scores.whole);
        self.seen.clear(&self.slots[PIECES]);
        self.seen.clear(self.brought.written());
        self.length - taken_off + loose
    }

    /// Adds the chunks of the comment.
    fn chunks(&mut self, weights: &Weights, scores: &mut Columns) {
        let chunks = std::mem::take(&mut self.chunks);
        let mut places = [0; FETCHED];
        let (mut at, mut stretch, mut part) = (0, 0, Part::default());
        for chunks in chunks.chunks(FETCHED) {
            for (place, &key) in places.iter_mut().zip(chunks) {
                *place = self.memory.find(key, weights);
            }
            // What is remembered lies outside the caches near the core: many chunks are waited for at once.
            let touch = |touched, &place| touched ^ self.memory.touch(place);
            std::hint::black_box(places[..chunks.len()].iter().fold(0, touch));
            let mut totals = [0; COLUMNS];
            for (&place, &key) in places.iter().zip(chunks) {
                while self.stretches.get(stretch + 1).is_some_and(|next| next.chunks <= at) {
                    self.settle(stretch, &mut part, scores);
                    stretch += 1;
                }
                self.add(place, key, weights, &mut totals, &mut part);
                at += 1;
            }
            self.totals.iter_mut().zip(totals).for_each(|(total, sum)| *total += i64::from(sum));
        }
        if !self.stretches.is_empty() {
            self.settle(stretch, &mut part, scores);
        }
        self.chunks = chunks;
    }

    /// Adds what the chunks of a stretch have brought to its sentence.
    fn settle(&mut self, stretch: usize, part: &mut Part, scores: &mut Columns) {
        let sentence = self.stretches[stretch].sentence;
        let Part { sums, length } = std::mem::take(part);
        for (score, sum) in scores.sentence(sentence).iter_mut().zip(sums) {
            score[PIECES] += sum as f64;
        }
        if let Some(lengths) = self.lengths.get_mut(sentence) {
            lengths[PIECES] += length;
        }
    }

    /// Adds a chunk to its stretch, and to the comment once: its sums to `totals`, which hold those of some dozen chunks.
    #[inline]
    fn add(&mut self, place: usize, key: Key, weights: &Weights, totals: &mut [i32; COLUMNS], part: &mut Part) {
        let Self { memory, now, brought, again, seen, length, stretches, .. } = self;
        let (known, pieces) = memory.get(place, key, weights);
        if !stretches.is_empty() {
            part.sums.iter_mut().zip(known.sums).for_each(|(total, sum)| *total += i64::from(sum));
            part.length += u64::from(known.length);
        }
        if known.met == *now {
            return;
        }
        known.met = *now;
        totals.iter_mut().zip(known.sums).for_each(|(total, sum)| *total += sum);
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

/// What the chunks of a stretch bring.
#[derive(Debug, Default)]
struct Part {
    sums: [i64; COLUMNS],
    length: u64,
}

/// Keeps the slots that are not in a set, from one of them on, each once, and puts them in.
fn keep_distinct(slots: &mut Vec<u32>, from: usize, seen: &mut Slots) {
    let (mut kept, mut bits, written) = (from, seen.bits(), slots.as_mut_slice());
    // Every slot is written: whether it is new is not to be predicted.
    for at in from..written.len() {
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
    by_sentence: bool,
    /// Whether there may be zero bytes in a chunk.
    zeros: bool,
}

impl Sums {
    /// Leaves of the pieces of the last chunk that is not remembered each once.
    fn end_loose_chunk(&mut self) {
        let pieces = &mut self.slots[PIECES];
        keep_distinct(pieces, self.loose, &mut self.seen);
        self.seen.clear(&pieces[self.loose..]);
        self.loose = pieces.len();
    }

    fn sentence(&mut self, sentence: usize, start: u32) {
        self.end_loose_chunk();
        let [words, pieces, _] = self.slots.each_ref().map(Vec::len);
        self.stretches.push(Stretch { sentence, words, pieces, chunks: self.chunks.len() });
        self.start = start;
    }
}

impl Visitor for Summing<'_> {
    #[inline]
    fn take(&mut self, feature: Feature) {
        let Sums { slots, across, start, .. } = &mut *self.sums;
        let in_two = (feature.start < *start) & (feature.family == Family::Words);
        let list = if in_two { across } else { &mut slots[feature.family as usize] };
        list.push(feature.slot);
    }

    #[inline]
    fn chunk(&mut self, text: &str, chunk: Range<usize>) -> bool {
        if self.remembers
            && let Some(key) = Key::of(text, chunk, self.zeros)
        {
            self.sums.chunks.push(key);
            return false;
        }
        self.sums.end_loose_chunk();
        true
    }

    fn hears_of_sentences(&self) -> bool {
        self.by_sentence
    }

    fn sentence(&mut self, number: usize, start: u32) {
        self.sums.sentence(number, start);
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
        let (mut fast, mut plain) = (Columns::default(), Columns::default());
        let mut maker = RowMaker::default();
        let sentences = maker.sentences(text, &comment);
        [false, true].into_iter().all(|by_sentence| {
            tally.score(weights, (text, &comment), by_sentence, &mut fast);
            let sentences = if by_sentence { &sentences[..] } else { &[] };
            weights.score(maker.make(text, &comment), sentences, &mut plain);
            fast == plain
        })
    }

    #[test]
    fn scores_are_those_of_rows_whatever_came_before() {
        let (mut tally, few, many) = (Tally::default(), weights(3), weights(COLUMNS + 2));
        let long = "internationalisations ".repeat(3);
        for text in [
            "sing singing sing ringing",
            "",
            "haha hahaha 1d10t idiot",
            &long,
            "sing\0 sing",
            "Größe größer",
            "You sing. Sing, you, sing!\nNo",
            "A. sing\0ing\0ing. 1d10t. sing\0ing You.",
        ] {
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
        fn scores_are_those_of_rows(texts in prop::collection::vec("([a-c.!é]{1,6}[ \n]){0,40}|.{0,60}", 1..40)) {
            let (mut tally, weights) = (Tally::default(), weights(2));
            for text in texts {
                prop_assert!(same(&mut tally, &weights, &text), "{}", text);
            }
        }
    }
}
