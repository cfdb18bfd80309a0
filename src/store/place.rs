//! Which file is at a path: a file that was removed can still be written to, and what is written is lost.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// What tells a file from another of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity(u64, u64);

impl Identity {
    /// Returns that of the file at a path; `None` where there is none.
    #[cfg(unix)]
    pub(super) fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        fs::metadata(path).ok().map(|file| Self(file.dev(), file.ino()))
    }

    /// Returns what is known of the file at a path; `None` where there is none.
    #[cfg(not(unix))]
    pub(super) fn of(path: &Path) -> Option<Self> {
        let made = fs::metadata(path).ok()?.created().ok();
        let since = made.and_then(|made| made.duration_since(std::time::UNIX_EPOCH).ok()).unwrap_or_default();
        Some(Self(since.as_secs(), since.subsec_nanos().into()))
    }
}

/// What every SQLite file begins with.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Returns how long the file at a path is, in bytes; `None` where it is no SQLite file (any more).
///
/// # Errors
/// When it cannot be read, which says nothing about what it is.
pub(super) fn length(path: &Path) -> io::Result<Option<u64>> {
    let mut file = File::open(path)?;
    let mut begins = [0; MAGIC.len()];
    match file.read_exact(&mut begins) {
        Ok(()) if begins == *MAGIC => Ok(Some(file.metadata()?.len())),
        Ok(()) => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

/// Where SQLite keeps what is not yet in the file itself: `-wal`, `-shm`.
pub(super) fn companion(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
