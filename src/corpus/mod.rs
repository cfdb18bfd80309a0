//! Files and streams of rows, pages, dumps and exports, read one entry at a time.

use crate::error::Result;
use crate::thread::{Row, Thread};
use std::path::Path;

/// Which columns of a CSV file, or keys of a JSON row, hold what; `None` looks for the usual names.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    /// The comment.
    pub text: Option<String>,
    /// Its id.
    pub id: Option<String>,
    /// Column or key → label, beside `labels` and the known label names.
    pub labels: Vec<(String, crate::label::Label)>,
}

/// One thing read from an input.
#[derive(Debug)]
pub struct Entry {
    /// The input's path; `-` is standard input.
    pub path: std::sync::Arc<str>,
    /// Where it begins in the input, from 1; `None` for whole pages.
    pub line: Option<u64>,
    /// What was read.
    pub body: Body,
}

/// A thread or a row.
#[derive(Debug)]
pub enum Body {
    /// A page, a dump, or one thread of an export.
    Thread(Thread),
    /// A row that brings its own context.
    Row(Row),
}

/// Reads one input entry by entry, holding no more than one entry in memory.
///
/// An `Err` item is one thing that could not be read; reading goes on with the next one where that is possible.
pub struct Reader {}

impl Reader {
    /// Opens a file, or standard input for `-`; `.gz` and `.zst` are unpacked as they are read.
    ///
    /// # Errors
    /// When it is missing, a directory, unreadable or binary.
    pub fn open(_path: &Path, _columns: &Columns) -> Result<Self> {
        Ok(Self {})
    }
}

impl Iterator for Reader {
    type Item = Result<Entry>;
    fn next(&mut self) -> Option<Self::Item> {
        None
    }
}
