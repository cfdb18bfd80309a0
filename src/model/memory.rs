//! What chunks of letters come to: their distinct pieces, and the sums of the pieces' weights, for those met lately.

use super::weights::Weights;
use crate::features::{FAMILIES, SLOT_BITS, pieces_of};
use crate::text::packed;
use std::ops::Range;

/// Most columns of weights that sums are kept of.
pub(super) const COLUMNS: usize = 10;
/// Binary logarithm of the number of sets at first: few comments need few.
const FEW_BITS: u32 = 10;
/// Binary logarithm of the number of sets from some thousand chunks on.
const MANY_BITS: u32 = 13;
/// Chunks that a set holds.
const WAYS: usize = 4;
/// Bytes of the longest chunk that is remembered: a number.
const LONGEST: usize = 16;
/// Pieces of a chunk of so many characters at most: 16 of three, 15 of four, 14 of five.
pub(super) const MOST_PIECES: usize = 45;
/// Slots that are kept in one number, and the bits of each.
const PACKED: usize = 3;
const PACKED_BITS: u32 = 21;
const _: () = assert!(SLOT_BITS <= PACKED_BITS && MOST_PIECES.is_multiple_of(PACKED));

/// The chunks met lately: 6 MB once some thousand were.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// The weights that the chunks were summed of.
    weights: u64,
    /// A part of each chunk's hash, 0 for none: which chunk of a set it is shows without reading what is known of all.
    tags: Vec<[u32; WAYS]>,
    known: Vec<Known>,
    pieces: Vec<Pieces>,
    /// How many chunks were learned since all was forgotten.
    learned: usize,
}

/// A chunk that is remembered: one cache line.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(64))]
pub(super) struct Known {
    /// Its bytes and zeros, as a number; 0 for none.
    key: u128,
    /// The sums of its pieces' weights.
    pub sums: [i32; COLUMNS],
    /// The comment it was last met in.
    pub met: u32,
    /// The sum of its pieces' lengths.
    pub length: u16,
    /// Numbers that hold its pieces.
    numbers: u8,
    /// Slots there that are no pieces of their own.
    pub spare: u8,
}

const _: () = assert!(size_of::<Known>() == 64);

/// The distinct pieces of a chunk, three slots a number: those of nine letters fit a cache line. The first one fills up the
/// last number.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(64))]
pub(super) struct Pieces([u64; MOST_PIECES / PACKED]);

/// Slots that were in one number.
pub(super) type Unpacked = [u32; PACKED];

impl Pieces {
    /// Takes the slots of a number apart.
    #[inline]
    fn unpack(number: u64) -> Unpacked {
        const MASK: u32 = (1 << PACKED_BITS) - 1;
        std::array::from_fn(|at| (number >> (PACKED_BITS * at as u32)) as u32 & MASK)
    }

    /// Packs distinct slots; returns how many numbers they take, and how many slots those hold beyond them.
    fn of(slots: &[u32]) -> (Self, usize, usize) {
        let mut pieces = Self::default();
        let numbers = slots.len().div_ceil(PACKED);
        let spare = numbers * PACKED - slots.len();
        let mut filled = slots.iter().chain(slots.iter().take(1).cycle().take(spare));
        for number in pieces.0.iter_mut().take(numbers) {
            for at in 0..PACKED as u32 {
                *number |= u64::from(filled.next().copied().unwrap_or_default()) << (PACKED_BITS * at);
            }
        }
        (pieces, numbers, spare)
    }
}

impl Known {
    /// Returns the chunk's slots, number by number; the last [`Known::spare`] of them repeat the first.
    #[inline]
    pub fn slots(&self, pieces: &Pieces) -> impl Iterator<Item = Unpacked> {
        pieces.0.iter().take(usize::from(self.numbers)).map(|number| Pieces::unpack(*number))
    }
}

/// A chunk that can be remembered, and what tells its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    key: u128,
    hash: u64,
}

impl Key {
    /// Makes the key of a chunk; `None` for chunks that are too long, and for those with zero bytes, which are looked for where
    /// there may be `zeros`: without them a number stands for one text.
    #[inline]
    pub fn of(text: &str, chunk: Range<usize>, zeros: bool) -> Option<Self> {
        let key = packed::as_number_at(text.as_bytes(), chunk.start, chunk.end)?;
        let mixed = (key as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (key >> 64) as u64;
        let hash = mixed.wrapping_mul(0x517c_c1b7_2722_0a95);
        (!zeros || !has_zero(key, chunk.len())).then_some(Self { key, hash })
    }

    /// The part of the hash that tells the chunks of a set apart; never 0.
    #[inline]
    fn tag(self) -> u32 {
        (self.hash >> 16) as u32 | 1
    }
}

/// Tells whether one of the first bytes of a number is zero.
#[inline]
fn has_zero(key: u128, length: usize) -> bool {
    let ones = u128::from_le_bytes([1; LONGEST]);
    let filled = if length < LONGEST { key | u128::MAX << (8 * length) } else { key };
    filled.wrapping_sub(ones) & !filled & (ones << 7) != 0
}

impl Memory {
    /// Makes ready for a comment that is scored with `weights`; `anew` forgets all chunks. Tells whether all is forgotten.
    pub fn begin(&mut self, weights: &Weights, anew: bool) -> bool {
        let anew = anew || self.weights != weights.identity();
        let full = self.tags.len() == 1 << FEW_BITS && self.learned > (WAYS / 2) << FEW_BITS;
        if anew || full {
            self.weights = weights.identity();
            self.forget(if full { MANY_BITS } else { FEW_BITS });
        }
        anew || full
    }

    fn forget(&mut self, bits: u32) {
        self.learned = 0;
        self.tags = vec![[0; WAYS]; 1 << bits];
        self.known = vec![Known::default(); WAYS << bits];
        self.pieces = vec![Pieces::default(); WAYS << bits];
    }

    #[inline]
    fn set(&self, key: Key) -> usize {
        // The number of sets is a power of two.
        (key.hash >> 48) as usize & (self.tags.len() - 1)
    }

    /// Returns where a chunk is remembered; where it is not, it is learned.
    #[inline]
    pub fn find(&mut self, key: Key, weights: &Weights) -> usize {
        let (set, tag) = (self.set(key), key.tag());
        let tags = self.tags[set];
        // All are compared: which it is cannot be predicted.
        let way = usize::from(tags[1] == tag) + 2 * usize::from(tags[2] == tag) + 3 * usize::from(tags[3] == tag);
        if tags[way % WAYS] == tag { set * WAYS + way % WAYS } else { self.learn(set, key, weights) }
    }

    /// Reads a little of what is remembered at a place, so that it is fetched meanwhile.
    #[inline]
    pub fn touch(&self, place: usize) -> u64 {
        u64::from(self.known[place].met) ^ self.pieces[place].0[0]
    }

    /// Returns what is remembered of a chunk that was found at a place.
    #[inline]
    pub fn get(&mut self, mut place: usize, key: Key, weights: &Weights) -> (&mut Known, &Pieces) {
        // Chunks that were found since may have taken its place, and another one may have its tag.
        if self.known[place].key != key.key {
            place = self.learn(self.set(key), key, weights);
        }
        (&mut self.known[place], &self.pieces[place])
    }

    /// Learns a chunk, and returns its place.
    #[inline(never)]
    fn learn(&mut self, set: usize, key: Key, weights: &Weights) -> usize {
        let (tag, key) = (key.tag(), key.key);
        // What was not met for longest makes room.
        let way = (0..WAYS).min_by_key(|way| self.known[set * WAYS + way].met).unwrap_or(0);
        let place = set * WAYS + way;
        let bytes = key.to_le_bytes();
        let size = LONGEST - key.leading_zeros() as usize / 8;
        let (mut slots, mut count) = ([0; MOST_PIECES], 0);
        // Always a text: the number was made of one.
        pieces_of(std::str::from_utf8(&bytes[..size]).unwrap_or_default(), |slot| {
            if !slots[..count].contains(&slot) && count < MOST_PIECES {
                slots[count] = slot;
                count += 1;
            }
        });
        let mut sums = [[0.; FAMILIES]; COLUMNS];
        let slots = &slots[..count];
        let length = weights.sum(slots, 0, &mut sums[..weights.columns()]) as u16;
        let sums = sums.map(|[sum, ..]| sum as i32);
        self.tags[set][way] = tag;
        let (pieces, numbers, spare) = Pieces::of(slots);
        self.known[place] = Known { key, sums, met: 0, length, numbers: numbers as u8, spare: spare as u8 };
        self.pieces[place] = pieces;
        self.learned += 1;
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_slots_come_back() {
        for count in 0..=MOST_PIECES {
            let slots: Vec<u32> = (0..count as u32).map(|at| ((1 << SLOT_BITS) - 1) ^ (at * 7919)).collect();
            let (pieces, numbers, spare) = Pieces::of(&slots);
            let known = Known { numbers: numbers as u8, spare: spare as u8, ..Known::default() };
            let unpacked: Vec<u32> = known.slots(&pieces).flatten().collect();
            let (own, rest) = unpacked.split_at(count);
            assert_eq!(own, slots);
            assert_eq!(rest, vec![slots.first().copied().unwrap_or_default(); usize::from(known.spare)]);
        }
    }

    #[test]
    fn zero_bytes_make_no_key() {
        assert!(
            Key::of("a\0b", 0..3, true).is_none()
                && Key::of("abc\0", 0..4, true).is_none()
                && Key::of("abc\0", 0..3, true).is_some()
        );
        assert!(Key::of("seventeen letters", 0..17, false).is_none());
    }
}
