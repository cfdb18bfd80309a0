//! Files that are small by nature – policies, configurations, recipes, lists: read whole, but not without bound.

use anyhow::{anyhow, bail};
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
    String::from_utf8(file(path, SETTINGS)?).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count();
        anyhow!("line {line}: byte {at} is not UTF-8; convert the file, as with iconv -f WINDOWS-1252 -t UTF-8")
    })
}

/// Refuses a folder where a file is to be read: what the system says of one is of no help.
///
/// # Errors
/// For a folder.
pub(super) fn refuse_folder(path: &Path) -> anyhow::Result<()> {
    if path.is_dir() {
        bail!("{}: this is a directory; name a file in it", path.display());
    }
    Ok(())
}

/// Reads a file of at most `most` bytes.
///
/// # Errors
/// When it cannot be read, or goes on behind them.
pub(super) fn file(path: &Path, most: u64) -> anyhow::Result<Vec<u8>> {
    if path.is_dir() {
        bail!("this is a directory; name a file in it");
    }
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
        assert!(settings(Path::new(".")).unwrap_err().to_string().contains("this is a directory"));
        let latin = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(latin.path(), b"a = 1\nb = \"\xe9\"\n").unwrap();
        assert!(settings(latin.path()).unwrap_err().to_string().starts_with("line 2: byte 11 is not UTF-8; convert"));
        #[cfg(unix)]
        assert!(settings(Path::new("/dev/zero")).is_err());
    }
}
