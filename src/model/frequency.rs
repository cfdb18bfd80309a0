//! How common each n-gram slot was among the rows of training.
//!
//! Rare n-grams say more: an entry is weighed by the square root of its inverse document frequency,
//! idf = 1 + ln((1 + rows) / (1 + rows with it)) (Spärck Jones 1972, in scikit-learn's form). A slot's frequency is kept
//! as one byte, so that a comment's length, Σ idf over its known slots, is a sum of small integers: exact in any order.
//! Slots that training did not know have no length; a comment of unknown words is not made fainter by them.

use super::sparse::{SparseRow, SparseRows};
use crate::features::{FAMILIES, SLOT_BITS};

/// Steps of idf a unit.
const STEPS: f64 = 16.;

/// One byte a slot: 0 for unknown, else 1 + 16 · ln(rows / rows with it), rounded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frequencies(Vec<u8>);

impl Frequencies {
    /// Counts in how many rows each slot stands; slots in fewer than `least_rows` count as unknown.
    pub fn count(rows: &SparseRows, least_rows: u32) -> (Self, Vec<u32>) {
        let mut counts = vec![0_u32; 1 << SLOT_BITS];
        let mut total = 0;
        for row in rows.rows() {
            total += 1;
            for (slot, _) in row.entries() {
                counts[slot] += 1;
            }
        }
        let code = |&count: &u32| {
            if count < least_rows.max(1) {
                return 0;
            }
            let idf = ((1. + f64::from(total)) / (1. + f64::from(count))).ln();
            (1. + (idf * STEPS).round()).clamp(1., 255.) as u8
        };
        (Self(counts.iter().map(code).collect()), counts)
    }

    /// Takes stored bytes, one a slot.
    pub(super) fn stored(codes: Vec<u8>) -> Self {
        Self(codes)
    }

    /// Returns the bytes, one a slot.
    pub fn codes(&self) -> &[u8] {
        &self.0
    }

    /// Returns the weight of an entry, √idf; 1 for an unknown slot.
    pub fn weight(&self, slot: usize) -> f64 {
        self.0.get(slot).map_or(1., |&code| (length(code.max(1)) as f64 / STEPS).sqrt())
    }

    /// Returns what the entries of each family of a row count: 1 / √(Σ idf of its known slots), so that a family has length
    /// 1 whatever the comment's; long comments are not surer by their length alone.
    pub fn scales(&self, row: SparseRow<'_>) -> [f64; FAMILIES] {
        std::array::from_fn(|family| scale(row.family(family).map(|slot| length(self.0[slot])).sum()))
    }
}

/// Returns 16 · idf of a code, 0 for an unknown slot.
#[inline]
pub(super) fn length(code: u8) -> u64 {
    if code == 0 { 0 } else { u64::from(code) + STEPS as u64 - 1 }
}

/// Returns what the entries of a block count, of the sum of its lengths.
#[inline]
pub(super) fn scale(length: u64) -> f64 {
    if length == 0 { 0. } else { (STEPS / length as f64).sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_slots_weigh_more_and_unknown_ones_have_no_length() {
        let mut rows = SparseRows::new(1 << SLOT_BITS);
        for at in 0..100 {
            rows.push([if at < 10 { &[1, 2] } else { &[1] }, &[], &[]], [1.; 3]);
        }
        let (frequencies, counts) = Frequencies::count(&rows, 2);
        assert_eq!((counts[1], counts[2], counts[3]), (100, 10, 0));
        assert!(frequencies.weight(2) > 1.7 && (frequencies.weight(1) - 1.).abs() < 0.05);
        rows.push([&[1, 3], &[3], &[]], [1.; 3]);
        let [known, empty, _] = frequencies.scales(rows.row(100));
        assert!((known - 1.).abs() < 0.05 && empty == 0.);
    }
}
