//! Several inputs, one after the other.

use super::{Columns, Entry, Reader};
use crate::error::{Error, Result};
use std::path::PathBuf;

/// Reads several inputs one after the other; one that cannot be opened is an `Err` item.
pub fn open_paths<'a>(
    paths: impl IntoIterator<Item = PathBuf, IntoIter: 'a>,
    columns: &'a Columns,
) -> impl Iterator<Item = Result<Entry>> + 'a {
    paths.into_iter().flat_map(move |path| match Reader::open(&path, columns) {
        Ok(reader) => OneOrMany::Many(Box::new(reader)),
        Err(error) => OneOrMany::One(Some(error)),
    })
}

/// The entries of one input, or why there are none.
enum OneOrMany {
    One(Option<Error>),
    Many(Box<Reader>),
}

impl Iterator for OneOrMany {
    type Item = Result<Entry>;
    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::One(error) => error.take().map(Err),
            Self::Many(reader) => reader.next(),
        }
    }
}
