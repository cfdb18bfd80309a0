//! The table of n-gram weights: all labels side by side in a slot.

use super::file::Bytes;
use crate::features::{Ngrams, SLOT_BITS};

/// Weights of all n-gram heads, quantised to 16 bits, read where they lie.
///
/// A slot's weights stand side by side, so that a feature costs one cache line for all labels. A column's scale is its
/// largest weight over 32,767; the error is below 1/65,000 of that.
#[derive(Debug, Clone)]
pub struct Weights {
    bytes: Bytes,
    offset: usize,
    scales: Vec<f32>,
}

impl Weights {
    /// Quantises one dense column a head, each of one weight a slot.
    pub fn quantise(columns: &[Vec<f64>]) -> Self {
        let largest = |column: &Vec<f64>| column.iter().fold(0_f64, |most, weight| most.max(weight.abs()));
        let scales: Vec<f32> = columns.iter().map(|column| (largest(column) / f64::from(i16::MAX)) as f32).collect();
        let mut bytes = Vec::with_capacity((columns.len() << SLOT_BITS) * 2);
        for slot in 0..1 << SLOT_BITS {
            for (column, &scale) in columns.iter().zip(&scales) {
                let value = if scale > 0. { (column[slot] / f64::from(scale)).round() } else { 0. };
                bytes.extend_from_slice(&(value as i16).to_le_bytes());
            }
        }
        Self { bytes: Bytes::Owned(bytes.into()), offset: 0, scales }
    }

    /// Uses a stored table; `None` when `bytes` from `offset` on is too short for it.
    pub(super) fn stored(bytes: Bytes, offset: usize, scales: Vec<f32>) -> Option<Self> {
        let length = scales.len() << SLOT_BITS << 1;
        bytes.get(offset..offset.checked_add(length)?)?;
        Some(Self { bytes, offset, scales })
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
        &self.bytes[self.offset..self.offset + (self.scales.len() << SLOT_BITS << 1)]
    }

    /// Returns one weight.
    pub fn get(&self, slot: u32, column: usize) -> f64 {
        let at = (slot as usize * self.scales.len() + column) * 2;
        let table = self.table();
        f64::from(i16::from_le_bytes([table[at], table[at + 1]])) * f64::from(self.scales[column])
    }

    /// Returns one column in full.
    pub fn column(&self, column: usize) -> Vec<f64> {
        (0..1 << SLOT_BITS).map(|slot| self.get(slot, column)).collect()
    }

    /// Computes the raw score of every column for a row, without intercepts.
    pub fn score(&self, row: &Ngrams, scores: &mut Vec<f64>) {
        let columns = self.scales.len();
        scores.clear();
        scores.resize(columns, 0.);
        // Integer sums are exact, so their order does not matter; 2^31 / 2^15 slots fit an i64 with ease.
        let mut sums = [vec![0_i64; columns], vec![0_i64; columns]];
        let table = self.table();
        for (sums, slots) in sums.iter_mut().zip([row.words(), row.pieces()]) {
            for &slot in slots {
                let at = slot as usize * columns * 2;
                for (sum, pair) in sums.iter_mut().zip(table[at..at + columns * 2].as_chunks::<2>().0) {
                    *sum += i64::from(i16::from_le_bytes(*pair));
                }
            }
        }
        let (words, pieces) = row.scales();
        for (at, score) in scores.iter_mut().enumerate() {
            *score = (sums[0][at] as f64 * words + sums[1][at] as f64 * pieces) * f64::from(self.scales[at]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantised_scores_are_close_to_exact_ones() {
        let column = |seed: u32| -> Vec<f64> {
            (0..1_u32 << SLOT_BITS).map(|slot| f64::from(slot.wrapping_mul(seed) % 2001) / 1000. - 1.).collect()
        };
        let columns = [column(7919), column(104_729)];
        let weights = Weights::quantise(&columns);
        let row = Ngrams { slots: vec![1, 17, 4242, 99_999], words: 2 };
        let mut scores = Vec::new();
        weights.score(&row, &mut scores);
        let (words, pieces) = row.scales();
        for (at, column) in columns.iter().enumerate() {
            let exact = words * (column[1] + column[17]) + pieces * (column[4242] + column[99_999]);
            assert!((scores[at] - exact).abs() < 1e-3);
        }
        assert!((weights.get(17, 1) - columns[1][17]).abs() < 1e-4);
    }
}
