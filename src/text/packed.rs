//! Short words as numbers: to compare, hash or look up a few bytes without copying them one by one.

/// Reads at most seven bytes as a little-endian number.
#[inline]
pub(crate) fn few(bytes: &[u8]) -> u64 {
    let length = bytes.len();
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << (8 * (length - 4))
        }
        _ => match bytes {
            [] => 0,
            _ => {
                let at = |place: usize| u64::from(bytes[place]) << (8 * place);
                at(0) | at(length / 2) | at(length - 1)
            }
        },
    }
}

/// Adds a number to a hash.
#[inline]
pub(crate) fn step(hash: u64, value: u64) -> u64 {
    (hash.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95)
}

/// Hashes bytes, each `seed` in its own way.
pub(crate) fn hash_bytes(seed: u64, bytes: &[u8]) -> u64 {
    let mut hash = seed;
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        hash = step(hash, u64::from_le_bytes(*word));
    }
    // With whole words before the rest, the last eight bytes hold it; copying so few bytes would cost more.
    let rest = match (words, bytes.last_chunk::<8>()) {
        (_, _) if rest.is_empty() => 0,
        ([_, ..], Some(last)) => u64::from_le_bytes(*last) >> (64 - 8 * rest.len()),
        _ => few(rest),
    };
    step(step(hash, rest), bytes.len() as u64)
}

/// The seed that words are hashed with.
const WORD: u64 = 1;

/// Hashes a word by its letters.
#[inline]
pub(crate) fn word_hash(word: &[u8]) -> u64 {
    hash_bytes(WORD, word)
}

/// Hashes the word at a place of a text; where the text goes on, short words of any length take the same way.
#[inline]
pub(crate) fn word_hash_at(text: &[u8], start: usize, end: usize) -> u64 {
    let length = end - start;
    match text.get(start..).and_then(|rest| rest.first_chunk::<8>()) {
        Some(eight) if (1..8).contains(&length) => {
            let letters = u64::from_le_bytes(*eight) & (u64::MAX >> (64 - 8 * length));
            step(step(WORD, letters), length as u64)
        }
        _ => word_hash(&text[start..end]),
    }
}

/// Reads at most sixteen bytes as a little-endian number, with zeros after them.
pub(crate) fn as_number(bytes: &[u8]) -> Option<u128> {
    let length = bytes.len();
    match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        _ if length > 16 => None,
        (Some(first), Some(_)) if length == 8 => Some(u128::from(u64::from_le_bytes(*first))),
        (Some(first), Some(last)) => {
            let rest = u64::from_le_bytes(*last) >> (8 * (16 - length));
            Some(u128::from(u64::from_le_bytes(*first)) | u128::from(rest) << 64)
        }
        _ => Some(u128::from(few(bytes))),
    }
}

/// The same for a stretch of a text; where the text goes on, stretches of any length take the same way.
#[inline]
pub(crate) fn as_number_at(text: &[u8], start: usize, end: usize) -> Option<u128> {
    let length = end - start;
    match text.get(start..).and_then(|rest| rest.first_chunk::<16>()) {
        _ if length > 16 => None,
        Some(bytes) if length > 0 => Some(u128::from_le_bytes(*bytes) & (u128::MAX >> (128 - 8 * length))),
        _ => as_number(&text[start..end]),
    }
}

/// The end of the run of small letters of ASCII that starts at `at`; eight bytes are looked at together.
#[inline(always)]
pub(crate) fn small_letters_end(bytes: &[u8], mut at: usize) -> usize {
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    const fn all(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    while let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let eight = u64::from_le_bytes(*eight);
        let low = eight & !HIGH;
        // The high bit of each byte tells whether it is `a` or beyond, and whether it is beyond `z`.
        let letters = (low + all(0x80 - b'a')) & !(low + all(0x7f - b'z')) & !eight & HIGH;
        let others = letters ^ HIGH;
        if others != 0 {
            return at + others.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(u8::is_ascii_lowercase) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_letters_end_where_another_byte_begins() {
        for other in (0..=255_u8).filter(|byte| !byte.is_ascii_lowercase()) {
            for length in 0..20 {
                let mut text = vec![b'a' + length as u8; length];
                text.extend([other, b'z', b'a', other, b'b', b'c', b'd', b'e', b'f']);
                assert_eq!(small_letters_end(&text, 0), length, "{other}");
                assert_eq!(small_letters_end(&text[..length], 0), length);
            }
        }
    }

    #[test]
    fn few_bytes_are_read_as_many() {
        let bytes: Vec<u8> = (1..=17).collect();
        for length in 0..=16 {
            let mut padded = [0; 16];
            padded[..length].copy_from_slice(&bytes[..length]);
            assert_eq!(as_number(&bytes[..length]), Some(u128::from_le_bytes(padded)), "{length}");
            assert_eq!(as_number_at(&bytes, 0, length), Some(u128::from_le_bytes(padded)), "{length}");
            assert_eq!(as_number_at(&bytes, 1, length + 1), as_number(&bytes[1..=length]), "{length}");
        }
        assert_eq!((as_number(&bytes), as_number_at(&bytes, 0, 17)), (None, None));
    }

    #[test]
    fn a_word_has_one_hash_wherever_it_stands() {
        let bytes: Vec<u8> = (1..=40).collect();
        for (start, end) in [(0, 0), (0, 1), (0, 7), (3, 11), (20, 40), (39, 40), (33, 40), (32, 39), (5, 21)] {
            assert_eq!(word_hash_at(&bytes, start, end), word_hash(&bytes[start..end]), "{start}..{end}");
        }
    }
}
