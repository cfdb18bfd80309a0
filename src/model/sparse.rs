//! Sparse rows as linfa records.

use crate::features::FAMILIES;
use linfa::dataset::Records;

/// A sparse matrix in compressed rows: what linfa calls records, for data that would not fit as a dense array.
///
/// The value of every stored entry of a row is the row's scale for its block: rows are kept as slots only, four bytes
/// an entry. A row has one block a family of features, each with a scale of its own.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SparseRows {
    features: usize,
    slots: Vec<u32>,
    ends: Vec<[usize; FAMILIES]>,
    scales: Vec<[f32; FAMILIES]>,
}

/// One row of [`SparseRows`].
#[derive(Debug, Clone, Copy)]
pub struct SparseRow<'a> {
    blocks: [&'a [u32]; FAMILIES],
    scales: [f64; FAMILIES],
}

impl SparseRows {
    /// Makes an empty matrix with `features` columns.
    pub fn new(features: usize) -> Self {
        Self { features, ..Self::default() }
    }

    /// Appends a row of blocks of distinct slots, each with the value of its entries.
    ///
    /// # Panics
    /// When a slot is not below the number of columns.
    pub fn push(&mut self, blocks: [&[u32]; FAMILIES], scales: [f64; FAMILIES]) {
        assert!(blocks.iter().copied().flatten().all(|&slot| (slot as usize) < self.features), "slot beyond the last");
        let ends = blocks.map(|block| {
            self.slots.extend_from_slice(block);
            self.slots.len()
        });
        self.ends.push(ends);
        self.scales.push(scales.map(|scale| scale as f32));
    }

    /// Appends a row of another matrix with its slots renumbered, its scales multiplied by `factors`; slots that are
    /// mapped to `u32::MAX` and blocks that are multiplied by 0 are left out.
    pub fn push_mapped(&mut self, row: SparseRow<'_>, numbers: &[u32], factors: [f64; FAMILIES]) {
        let mut family = 0;
        let ends = row.blocks.map(|block| {
            if factors[family] != 0. {
                let numbered = block.iter().map(|&slot| numbers[slot as usize]);
                self.slots.extend(numbered.filter(|&number| number != u32::MAX));
            }
            family += 1;
            self.slots.len()
        });
        self.ends.push(ends);
        self.scales.push(std::array::from_fn(|family| (row.scales[family] * factors[family]) as f32));
    }

    /// Sets the scales of every row to what `scale` makes of its blocks.
    pub fn rescale(&mut self, scale: impl Fn([&[u32]; FAMILIES]) -> [f64; FAMILIES]) {
        for index in 0..self.ends.len() {
            self.scales[index] = scale(self.row(index).blocks).map(|scale| scale as f32);
        }
    }

    /// Returns a row.
    pub fn row(&self, index: usize) -> SparseRow<'_> {
        let mut start = if index == 0 { 0 } else { self.ends[index - 1][FAMILIES - 1] };
        let blocks = self.ends[index].map(|end| {
            let block = &self.slots[start..end];
            start = end;
            block
        });
        SparseRow { blocks, scales: self.scales[index].map(f64::from) }
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

impl<'a> SparseRow<'a> {
    /// Returns the row with the value 1 for each entry.
    #[must_use]
    pub fn presence(self) -> SparseRow<'a> {
        SparseRow { scales: [1.; FAMILIES], ..self }
    }

    /// Returns the row with its scales multiplied.
    #[must_use]
    pub fn times(self, factors: [f64; FAMILIES]) -> SparseRow<'a> {
        SparseRow { scales: std::array::from_fn(|family| self.scales[family] * factors[family]), ..self }
    }

    /// Returns the entries: slot and value.
    pub fn entries(&self) -> impl Iterator<Item = (usize, f64)> {
        let blocks = self.blocks.into_iter().zip(self.scales);
        blocks.flat_map(|(slots, scale)| slots.iter().map(move |&slot| (slot as usize, scale)))
    }

    /// Returns the product with a dense vector.
    pub fn dot(&self, weights: &[f64]) -> f64 {
        let sum = |slots: &[u32]| slots.iter().map(|&slot| weights[slot as usize]).sum::<f64>();
        self.blocks.iter().zip(self.scales).map(|(slots, scale)| scale * sum(slots)).sum()
    }

    /// Adds `factor` times the row to a dense vector.
    pub fn add_to(&self, factor: f64, into: &mut [f64]) {
        for (slots, scale) in self.blocks.iter().zip(self.scales) {
            let step = factor * scale;
            for &slot in *slots {
                into[slot as usize] += step;
            }
        }
    }

    /// Returns the slots of the blocks that count anything.
    pub fn slots(&self) -> impl Iterator<Item = u32> {
        let blocks = self.blocks.into_iter().zip(self.scales).filter(|(_, scale)| *scale != 0.);
        blocks.flat_map(|(slots, _)| slots.iter().copied())
    }

    /// Returns the product with the first of each pair.
    pub(super) fn dot_first(&self, pairs: &[[f64; 2]]) -> f64 {
        let sum = |slots: &[u32]| slots.iter().map(|&slot| pairs[slot as usize][0]).sum::<f64>();
        self.blocks.iter().zip(self.scales).map(|(slots, scale)| scale * sum(slots)).sum()
    }

    /// Adds `factor` times the row to the second of each pair.
    pub(super) fn add_to_second(&self, factor: f64, pairs: &mut [[f64; 2]]) {
        for (slots, scale) in self.blocks.iter().zip(self.scales) {
            let step = factor * scale;
            for &slot in *slots {
                pairs[slot as usize][1] += step;
            }
        }
    }
}
