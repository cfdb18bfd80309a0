//! The table of n-gram weights: all labels side by side in a slot.

use super::columns::Columns;
use super::file::Bytes;
use super::frequency::{self, Frequencies};
use crate::features::{FAMILIES, Ngrams, SLOT_BITS};
use std::sync::atomic::{AtomicU64, Ordering};

/// Weights of all n-gram heads and the frequency of each slot, one byte each, read where they lie.
///
/// A slot's record is its frequency, then one weight a head: a feature costs one cache line for all labels. A weight is
/// the code q times its size, q·|q|, over 127² and times the column's scale, its largest weight: fine steps where most
/// weights are. What that costs is measured, not assumed: docs/experiments.md.
#[derive(Debug, Clone)]
pub struct Weights {
    /// Tells this table from all others of the process.
    identity: u64,
    bytes: Bytes,
    offset: usize,
    scales: Vec<f32>,
}

const LARGEST: f64 = 127.;
/// Slots summed before the sums are moved to wider integers: 2^16 · 127² is below 2^31.
const STRETCH: usize = 1 << 16;
/// Most columns that have a loop of their own; more are read by a general one.
const UNROLLED: usize = 11;

impl Weights {
    /// Quantises one dense column a head, each of one weight a slot.
    pub fn quantise(columns: &[Vec<f64>], frequencies: &Frequencies) -> Self {
        let largest = |column: &Vec<f64>| column.iter().fold(0_f64, |most, weight| most.max(weight.abs()));
        let scales: Vec<f32> = columns.iter().map(|column| largest(column) as f32).collect();
        let mut bytes = Vec::with_capacity((columns.len() + 1) << SLOT_BITS);
        for (slot, &frequency) in frequencies.codes().iter().enumerate() {
            bytes.push(frequency);
            for (column, &scale) in columns.iter().zip(&scales) {
                let share = if scale > 0. { column[slot] / f64::from(scale) } else { 0. };
                let code = (share.abs().sqrt() * LARGEST).round().min(LARGEST).copysign(share);
                bytes.push((code as i8).cast_unsigned());
            }
        }
        Self { identity: next(), bytes: Bytes::Owned(bytes.into()), offset: 0, scales }
    }

    /// Uses a stored table; `None` when `bytes` from `offset` on is too short for it.
    pub(super) fn stored(bytes: Bytes, offset: usize, scales: Vec<f32>) -> Option<Self> {
        let length = (scales.len() + 1) << SLOT_BITS;
        bytes.get(offset..offset.checked_add(length)?)?;
        Some(Self { identity: next(), bytes, offset, scales })
    }

    /// Returns what tells this table, and its clones, from all others of the process.
    pub(super) fn identity(&self) -> u64 {
        self.identity
    }

    /// Returns the number of n-gram heads.
    pub fn columns(&self) -> usize {
        self.scales.len()
    }

    /// Returns each column's scale.
    pub fn scales(&self) -> &[f32] {
        &self.scales
    }

    /// Returns the table's bytes.
    pub(super) fn table(&self) -> &[u8] {
        &self.bytes[self.offset..self.offset + ((self.scales.len() + 1) << SLOT_BITS)]
    }

    /// Returns one weight.
    pub fn get(&self, slot: u32, column: usize) -> f64 {
        let at = slot as usize * (self.scales.len() + 1) + 1 + column;
        f64::from(decode(self.table()[at])) * self.unit(column)
    }

    /// Returns one column in full.
    pub fn column(&self, column: usize) -> Vec<f64> {
        (0..1 << SLOT_BITS).map(|slot| self.get(slot, column)).collect()
    }

    /// Returns how common each slot was.
    pub fn frequencies(&self) -> Frequencies {
        let codes = self.table().iter().step_by(self.scales.len() + 1);
        Frequencies::stored(codes.copied().collect())
    }

    fn unit(&self, column: usize) -> f64 {
        f64::from(self.scales[column]) / (LARGEST * LARGEST)
    }

    /// Computes the raw score of every column and family for a row, and for those of its sentences, without intercepts and
    /// the heads' weights of families.
    pub fn score(&self, row: &Ngrams, sentences: &[Ngrams], scores: &mut Columns) {
        scores.begin(self.columns(), sentences.len());
        self.score_row(row, &mut scores.whole);
        for (number, row) in sentences.iter().enumerate() {
            self.score_row(row, scores.sentence(number));
        }
        scores.share_manner();
    }

    fn score_row(&self, row: &Ngrams, scores: &mut [[f64; FAMILIES]]) {
        let mut family = 0;
        let lengths = row.families().map(|slots| {
            family += 1;
            self.sum(slots, family - 1, scores)
        });
        self.scale(lengths, scores);
    }

    /// Makes scores of the sums of codes and of lengths.
    pub(super) fn scale(&self, lengths: [u64; FAMILIES], scores: &mut [[f64; FAMILIES]]) {
        let scales = lengths.map(frequency::scale);
        for (column, score) in scores.iter_mut().enumerate() {
            let unit = self.unit(column);
            score.iter_mut().zip(scales).for_each(|(score, scale)| *score *= scale * unit);
        }
    }

    /// Returns what an entry of each family counts in a row.
    pub fn row_scales(&self, row: &Ngrams) -> [f64; FAMILIES] {
        let (table, stride) = (self.table(), self.scales.len() + 1);
        row.families().map(|slots| {
            let length = |&slot: &u32| frequency::length(table[slot as usize * stride]);
            frequency::scale(slots.iter().map(length).sum())
        })
    }

    /// Adds the codes of one family to its scores, exactly; returns the sum of the lengths of its slots.
    pub(super) fn sum(&self, slots: &[u32], family: usize, scores: &mut [[f64; FAMILIES]]) -> u64 {
        macro_rules! unrolled {
            ($($columns:literal)*) => {
                match self.scales.len() {
                    $($columns => {
                        let mut total = [0_i64; $columns];
                        let mut length = 0;
                        for slots in slots.chunks(STRETCH) {
                            let (sums, part) = sum_records::<{ $columns + 1 }>(self.table(), slots);
                            length += part;
                            total.iter_mut().zip(&sums[1..]).for_each(|(total, sum)| *total += i64::from(*sum));
                        }
                        scores.iter_mut().zip(total).for_each(|(score, total)| score[family] += total as f64);
                        length
                    })*
                    _ => self.sum_many(slots, family, scores),
                }
            };
        }
        unrolled!(1 2 3 4 5 6 7 8 9 10 11)
    }

    /// The same for more columns than [`UNROLLED`].
    fn sum_many(&self, slots: &[u32], family: usize, scores: &mut [[f64; FAMILIES]]) -> u64 {
        debug_assert!(self.scales.is_empty() || self.scales.len() > UNROLLED);
        let (table, stride) = (self.table(), self.scales.len() + 1);
        let mut length = 0;
        for &slot in slots {
            let record = &table[slot as usize * stride..][..stride];
            length += frequency::length(record[0]);
            for (score, &code) in scores.iter_mut().zip(&record[1..]) {
                // Whole numbers far below 2^53: exact in any order.
                score[family] += f64::from(decode(code));
            }
        }
        length
    }
}

fn next() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}

/// Returns q·|q| of a stored code.
#[inline]
fn decode(code: u8) -> i32 {
    // 127² fits: sixteen bits are multiplied where thirty-two are not.
    let code = i16::from(code.cast_signed());
    i32::from(code.wrapping_mul(code.wrapping_abs()))
}

/// Records fetched at a time.
const FETCHED: usize = 64;

/// Numbers of a record that are decoded together: those of the longest, and zeros.
const LANES: usize = 16;
const _: () = assert!(UNROLLED < LANES);

/// Sums the records of slots, each number of a record by itself but the first, and the lengths.
#[inline]
fn sum_records<const STRIDE: usize>(table: &[u8], slots: &[u32]) -> ([i32; LANES], u64) {
    let records = table.as_chunks::<STRIDE>().0;
    let (mut sums, mut length) = ([0_i32; LANES], 0);
    // The table is larger than the caches near the core: many records are waited for at once, then read.
    let mut fetched = [[0_u8; LANES]; FETCHED];
    for slots in slots.chunks(FETCHED) {
        for (record, &slot) in fetched.iter_mut().zip(slots) {
            record[..STRIDE].copy_from_slice(&records[slot as usize]);
        }
        for record in &fetched[..slots.len()] {
            length += frequency::length(record[0]);
            // The first, a frequency, is no weight: to leave it out would cost more than to sum it for nothing.
            for (sum, code) in sums.iter_mut().zip(record) {
                *sum += decode(*code);
            }
        }
    }
    (sums, length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SparseRows;

    fn weights(columns: usize) -> (Vec<Vec<f64>>, Weights) {
        let column = |seed: u32| -> Vec<f64> {
            (0..1_u32 << SLOT_BITS).map(|slot| f64::from(slot.wrapping_mul(seed) % 2001) / 1000. - 1.).collect()
        };
        let columns: Vec<_> = (0..columns as u32).map(|at| column(7919 + 2 * at)).collect();
        let mut rows = SparseRows::new(1 << SLOT_BITS);
        rows.push([&[1, 17], &[4242, 99_999], &[]], [1.; FAMILIES]);
        let weights = Weights::quantise(&columns, &Frequencies::count(&rows, 1).0);
        (columns, weights)
    }

    #[test]
    fn quantised_scores_are_close_to_exact_ones() {
        for count in [1, 2, 9, UNROLLED + 2] {
            let (columns, weights) = weights(count);
            let row = Ngrams::of([&[1, 17], &[4242, 99_999], &[5]]);
            let mut scores = Columns::default();
            weights.score(&row, &[], &mut scores);
            let scores = scores.whole;
            let [words, pieces, manner] = weights.row_scales(&row);
            assert_eq!(manner, 0., "slot 5 is unknown");
            for (at, column) in columns.iter().enumerate() {
                assert!((scores[at][0] - words * (column[1] + column[17])).abs() < 1.5e-2);
                assert!((scores[at][1] - pieces * (column[4242] + column[99_999])).abs() < 1.5e-2);
                assert!((weights.get(17, at) - columns[at][17]).abs() < 1e-2);
            }
        }
    }

    #[test]
    fn many_slots_do_not_overflow() {
        let (columns, weights) = weights(2);
        let most = (0..1_u32 << SLOT_BITS).max_by(|a, b| columns[0][*a as usize].total_cmp(&columns[0][*b as usize]));
        let slots = vec![most.unwrap_or(0); 3 * STRETCH];
        let mut scores = vec![[0.; FAMILIES]; 2];
        weights.sum(&slots, 0, &mut scores);
        assert_eq!(scores[0][0], 127. * 127. * 3. * STRETCH as f64);
    }
}
