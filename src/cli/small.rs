//! Files that are small by nature – policies, configurations, recipes, lists: read whole, but not without bound.

use anyhow::{Context, bail};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The longest file of settings.
const SETTINGS: u64 = 4 << 20;

/// Reads a file of settings as text; pipes are read too, as `<(…)` makes them.
///
/// # Errors
/// When it cannot be read, is no UTF-8, or goes on behind all that a file of settings may have.
pub(super) fn settings(path: &Path) -> anyhow::Result<String> {
    String::from_utf8(file(path, SETTINGS)?).context("it is not UTF-8")
}

/// Reads a file of at most `most` bytes.
///
/// # Errors
/// When it cannot be read, or goes on behind them.
pub(super) fn file(path: &Path, most: u64) -> anyhow::Result<Vec<u8>> {
    bounded(File::open(path)?, most)
}

/// Reads a stream of at most `most` bytes.
///
/// # Errors
/// When it cannot be read, or goes on behind them.
pub(super) fn bounded(stream: impl Read, most: u64) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read: io::Result<usize> = stream.take(most + 1).read_to_end(&mut bytes);
    if u64::try_from(read?).is_ok_and(|read| read > most) {
        bail!("it is longer than {} MiB, which none is; check which file is named", most >> 20);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_end_is_refused() {
        assert_eq!(bounded(&b"abc"[..], 3).unwrap(), b"abc");
        assert!(bounded(&b"abcd"[..], 3).is_err());
        assert!(bounded(io::repeat(0), 1 << 20).unwrap_err().to_string().contains("longer than 1 MiB"));
        assert!(settings(Path::new("no/such/file")).is_err());
        #[cfg(unix)]
        assert!(settings(Path::new("/dev/zero")).is_err());
    }
}
