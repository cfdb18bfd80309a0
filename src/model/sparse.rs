//! Sparse rows as linfa records.

use linfa::dataset::Records;

/// A sparse matrix in compressed rows: what linfa calls records, for data that would not fit as a dense array.
///
/// The value of every stored entry of a row is the row's scale for its block: rows are kept as slots only, four bytes
/// an entry. A row has two blocks, each with a scale of its own.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SparseRows {
    features: usize,
    slots: Vec<u32>,
    ends: Vec<(usize, usize)>,
    scales: Vec<(f32, f32)>,
}

/// One row of [`SparseRows`].
#[derive(Debug, Clone, Copy)]
pub struct SparseRow<'a> {
    first: &'a [u32],
    second: &'a [u32],
    scales: (f64, f64),
}

impl SparseRows {
    /// Makes an empty matrix with `features` columns.
    pub fn new(features: usize) -> Self {
        Self { features, ..Self::default() }
    }

    /// Appends a row of two blocks of distinct slots, each with the value of its entries.
    ///
    /// # Panics
    /// When a slot is not below the number of columns.
    pub fn push(&mut self, first: &[u32], second: &[u32], scales: (f64, f64)) {
        assert!(first.iter().chain(second).all(|&slot| (slot as usize) < self.features), "slot beyond the last column");
        self.slots.extend_from_slice(first);
        let middle = self.slots.len();
        self.slots.extend_from_slice(second);
        self.ends.push((middle, self.slots.len()));
        self.scales.push((scales.0 as f32, scales.1 as f32));
    }

    /// Appends a row of another matrix with other scales.
    pub fn push_row(&mut self, row: SparseRow<'_>, scales: (f64, f64)) {
        self.push(row.first, row.second, scales);
    }

    /// Appends a row of another matrix with its slots renumbered; those mapped to `u32::MAX` are left out.
    pub fn push_mapped(&mut self, row: SparseRow<'_>, numbers: &[u32]) {
        let map = |slots: &[u32]| -> Vec<u32> {
            slots.iter().map(|&slot| numbers[slot as usize]).filter(|&number| number != u32::MAX).collect()
        };
        self.push(&map(row.first), &map(row.second), row.scales);
    }

    /// Returns a row.
    pub fn row(&self, index: usize) -> SparseRow<'_> {
        let start = if index == 0 { 0 } else { self.ends[index - 1].1 };
        let (middle, end) = self.ends[index];
        let (first, second) = self.scales[index];
        SparseRow {
            first: &self.slots[start..middle],
            second: &self.slots[middle..end],
            scales: (f64::from(first), f64::from(second)),
        }
    }

    /// Returns the rows in order.
    pub fn rows(&self) -> impl Iterator<Item = SparseRow<'_>> {
        (0..self.ends.len()).map(|index| self.row(index))
    }

    /// Returns the number of stored entries.
    pub fn entries(&self) -> usize {
        self.slots.len()
    }
}

impl Records for SparseRows {
    type Elem = f64;

    fn nsamples(&self) -> usize {
        self.ends.len()
    }

    fn nfeatures(&self) -> usize {
        self.features
    }
}

impl SparseRow<'_> {
    /// Returns the value of the entries of each block.
    pub fn scales(&self) -> (f64, f64) {
        self.scales
    }

    /// Returns the entries: slot and value.
    pub fn entries(&self) -> impl Iterator<Item = (usize, f64)> {
        let block = |slots, scale| <[u32]>::iter(slots).map(move |&slot| (slot as usize, scale));
        block(self.first, self.scales.0).chain(block(self.second, self.scales.1))
    }

    /// Returns the product with a dense vector.
    pub fn dot(&self, weights: &[f64]) -> f64 {
        let sum = |slots: &[u32]| slots.iter().map(|&slot| weights[slot as usize]).sum::<f64>();
        self.scales.0 * sum(self.first) + self.scales.1 * sum(self.second)
    }

    /// Adds `factor` times the row to a dense vector.
    pub fn add_to(&self, factor: f64, into: &mut [f64]) {
        for (slots, scale) in [(self.first, self.scales.0), (self.second, self.scales.1)] {
            let step = factor * scale;
            for &slot in slots {
                into[slot as usize] += step;
            }
        }
    }
}
