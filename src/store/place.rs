//! Which file is at a path: a file that was removed can still be written to, and what is written is lost.

use std::fs;
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

/// Where SQLite keeps what is not yet in the file itself: `-wal`, `-shm`.
pub(super) fn companion(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
