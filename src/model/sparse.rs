//! Sparse rows as linfa records, two bytes an entry.

use crate::features::FAMILIES;
use linfa::dataset::Records;

/// Columns that share the upper bits of their number; an entry is kept as the lower ones.
pub(super) const BUCKET: usize = 1 << 16;
/// Entries that are allocated at a time: rows are never moved, so that no second copy of them is there while they grow.
const SEGMENT: usize = 1 << 21;

/// A sparse matrix in compressed rows: what linfa calls records, for data that would not fit as a dense array.
///
/// The value of every stored entry of a row is the row's scale for its block: rows are kept as slots only. A row has one
/// block a family of features, each with a scale of its own. A block is kept bucket by bucket of 65,536 columns, in which
/// a slot takes two bytes, and the row begins with where each of them ends.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SparseRows {
    features: usize,
    segments: Vec<Vec<u16>>,
    /// Segment and start of each row.
    places: Vec<(u32, u32)>,
    scales: Vec<[f32; FAMILIES]>,
    entries: usize,
}

/// One row of [`SparseRows`].
#[derive(Debug, Clone, Copy)]
pub struct SparseRow<'a> {
    /// Two halves of a number for each bucket of each family: how many entries come before its end.
    ends: &'a [[u16; 2]],
    entries: &'a [u16],
    scales: [f64; FAMILIES],
}

impl SparseRows {
    /// Makes an empty matrix with `features` columns.
    pub fn new(features: usize) -> Self {
        Self { features, ..Self::default() }
    }

    /// Returns how many buckets of columns there are.
    pub(super) fn buckets(&self) -> usize {
        self.features.div_ceil(BUCKET)
    }

    /// Appends a row of blocks of slots, each with the value of its entries; a slot that is there twice counts twice.
    ///
    /// # Panics
    /// When a slot is not below the number of columns.
    pub fn push(&mut self, blocks: [&[u32]; FAMILIES], scales: [f64; FAMILIES]) {
        assert!(blocks.iter().copied().flatten().all(|&slot| (slot as usize) < self.features), "slot beyond the last");
        let (buckets, entries) = (self.buckets(), blocks.iter().map(|block| block.len()).sum::<usize>());
        let mut ends = vec![0_u32; FAMILIES * buckets];
        for (block, ends) in blocks.iter().zip(ends.chunks_mut(buckets.max(1))) {
            block.iter().for_each(|&slot| ends[slot as usize / BUCKET] += 1);
        }
        // First where each bucket begins; filling it moves that to where it ends.
        let mut before = 0;
        for end in &mut ends {
            before += std::mem::replace(end, before);
        }
        let header = 2 * ends.len();
        let (segment, start) = self.room(header + entries);
        let row = &mut segment[start..];
        for (block, ends) in blocks.iter().zip(ends.chunks_mut(buckets.max(1))) {
            for &slot in *block {
                let end = &mut ends[slot as usize / BUCKET];
                row[header + *end as usize] = slot as u16;
                *end += 1;
            }
        }
        for (halves, end) in row.chunks_mut(2).zip(ends) {
            halves.copy_from_slice(&[end as u16, (end >> 16) as u16]);
        }
        self.entries += entries;
        self.scales.push(scales.map(|scale| scale as f32));
    }

    /// Finds room for a row; returns the segment, grown by it, and where it starts.
    fn room(&mut self, length: usize) -> (&mut [u16], usize) {
        if self.segments.last().is_none_or(|last| last.capacity() - last.len() < length) {
            self.segments.push(Vec::with_capacity(length.max(SEGMENT)));
        }
        let number = self.segments.len() - 1;
        let segment = &mut self.segments[number];
        let start = segment.len();
        segment.resize(start + length, 0);
        self.places.push((number as u32, start as u32));
        (segment, start)
    }

    /// Returns the rows with their slots renumbered, in `features` columns; slots that are mapped to `u32::MAX` are left
    /// out. Memory of the old rows is given back as the new ones grow.
    #[must_use]
    pub fn renumbered(mut self, numbers: &[u32], features: usize) -> Self {
        let mut renumbered = Self::new(features);
        renumbered.places.reserve_exact(self.places.len());
        renumbered.scales.reserve_exact(self.places.len());
        let mut blocks: [Vec<u32>; FAMILIES] = Default::default();
        for index in 0..self.places.len() {
            let segment = self.places[index].0 as usize;
            if segment > 0 {
                self.segments[segment - 1] = Vec::new();
            }
            let row = self.row(index);
            for (family, block) in blocks.iter_mut().enumerate() {
                block.clear();
                let known = row.family(family).map(|slot| numbers[slot]).filter(|&number| number != u32::MAX);
                block.extend(known);
            }
            renumbered.push(blocks.each_ref().map(Vec::as_slice), row.scales);
        }
        renumbered
    }

    /// Sets the scales of every row to what `scale` makes of it.
    pub fn rescale(&mut self, scale: impl Fn(SparseRow<'_>) -> [f64; FAMILIES]) {
        for index in 0..self.places.len() {
            self.scales[index] = scale(self.row(index)).map(|scale| scale as f32);
        }
    }

    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Tells whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Returns a row.
    pub fn row(&self, index: usize) -> SparseRow<'_> {
        let (segment, start) = self.places[index];
        let (header, entries) =
            self.segments[segment as usize][start as usize..].split_at(2 * FAMILIES * self.buckets());
        let (ends, _) = header.as_chunks::<2>();
        let count = ends.last().map_or(0, |&end| whole(end));
        SparseRow { ends, entries: &entries[..count], scales: self.scales[index].map(f64::from) }
    }

    /// Returns the rows in order.
    pub fn rows(&self) -> impl Iterator<Item = SparseRow<'_>> {
        (0..self.places.len()).map(|index| self.row(index))
    }

    /// Returns the number of stored entries.
    pub fn entries(&self) -> usize {
        self.entries
    }
}

#[inline]
fn whole([low, high]: [u16; 2]) -> usize {
    usize::from(low) | usize::from(high) << 16
}

impl Records for SparseRows {
    type Elem = f64;

    fn nsamples(&self) -> usize {
        self.places.len()
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

    /// Returns what the entries of each family count.
    pub fn scales(&self) -> [f64; FAMILIES] {
        self.scales
    }

    /// Returns the entries of a family, bucket by bucket: the lower bits of their slots.
    #[inline]
    pub(super) fn buckets(&self, family: usize) -> impl Iterator<Item = &'a [u16]> + use<'a> {
        let buckets = self.ends.len() / FAMILIES;
        let (ends, entries) = (self.ends, self.entries);
        let first = family * buckets;
        let mut start = if first == 0 { 0 } else { whole(ends[first - 1]) };
        ends[first..first + buckets].iter().map(move |&end| {
            let bucket = &entries[start..whole(end)];
            start = whole(end);
            bucket
        })
    }

    /// Returns the slots of a family.
    pub fn family(&self, family: usize) -> impl Iterator<Item = usize> + use<'a> {
        let buckets = self.buckets(family).enumerate();
        buckets.flat_map(|(bucket, lows)| lows.iter().map(move |&low| bucket * BUCKET + usize::from(low)))
    }

    /// Returns the entries: slot and value.
    pub fn entries(&self) -> impl Iterator<Item = (usize, f64)> {
        (0..FAMILIES).flat_map(move |family| self.family(family).map(move |slot| (slot, self.scales[family])))
    }

    /// Returns the product with a dense vector.
    pub fn dot(&self, weights: &[f64]) -> f64 {
        let sum = |family| self.family(family).map(|slot| weights[slot]).sum::<f64>();
        (0..FAMILIES).map(|family| self.scales[family] * sum(family)).sum()
    }

    /// Adds `factor` times the row to a dense vector.
    pub fn add_to(&self, factor: f64, into: &mut [f64]) {
        for family in (0..FAMILIES).filter(|&family| self.scales[family] != 0.) {
            let step = factor * self.scales[family];
            for (bucket, lows) in self.buckets(family).enumerate() {
                for &low in lows {
                    into[bucket * BUCKET + usize::from(low)] += step;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn families(row: SparseRow<'_>) -> [Vec<u32>; FAMILIES] {
        std::array::from_fn(|family| {
            let mut slots: Vec<u32> = row.family(family).map(|slot| slot as u32).collect();
            slots.sort_unstable();
            slots
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn rows_come_back_as_they_went_in(
            rows in prop::collection::vec(prop::array::uniform3(prop::collection::btree_set(0_u32..300_000, 0..40)), 1..20),
        ) {
            let mut sparse = SparseRows::new(300_000);
            let rows: Vec<[Vec<u32>; FAMILIES]> =
                rows.into_iter().map(|row| row.map(|block| block.into_iter().collect())).collect();
            for row in &rows {
                sparse.push(row.each_ref().map(Vec::as_slice), [1., 2., 0.5]);
            }
            let evens: Vec<u32> = (0..300_000).map(|slot| if slot % 2 == 0 { slot / 2 } else { u32::MAX }).collect();
            let renumbered = sparse.clone().renumbered(&evens, 150_000);
            prop_assert_eq!(sparse.entries(), rows.iter().flatten().map(Vec::len).sum::<usize>());
            for (at, row) in rows.iter().enumerate() {
                prop_assert_eq!(&families(sparse.row(at)), row);
                let halves = row.each_ref().map(|block| -> Vec<u32> {
                    block.iter().filter(|slot| *slot % 2 == 0).map(|slot| slot / 2).collect()
                });
                prop_assert_eq!(families(renumbered.row(at)), halves);
                prop_assert_eq!(renumbered.row(at).scales(), [1., 2., 0.5]);
            }
        }
    }

    #[test]
    fn rows_of_many_entries_have_segments_of_their_own() {
        let all: Vec<u32> = (0..1 << 19).collect();
        let mut sparse = SparseRows::new(1 << 19);
        for _ in 0..3 {
            sparse.push([&all, &all, &all[..7]], [1.; FAMILIES]);
            sparse.push([&all[5..6], &[], &[]], [1.; FAMILIES]);
        }
        assert_eq!(families(sparse.row(4)), [all.clone(), all.clone(), all[..7].to_vec()]);
        assert_eq!(families(sparse.row(5)), [vec![5], vec![], vec![]]);
    }
}
