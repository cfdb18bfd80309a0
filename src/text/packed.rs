//! Short words as numbers: to compare or look up a few bytes without copying them one by one.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_bytes_are_read_as_many() {
        let bytes: Vec<u8> = (1..=17).collect();
        for length in 0..=16 {
            let mut padded = [0; 16];
            padded[..length].copy_from_slice(&bytes[..length]);
            assert_eq!(as_number(&bytes[..length]), Some(u128::from_le_bytes(padded)), "{length}");
        }
        assert_eq!(as_number(&bytes), None);
    }
}
