//! From bytes to threads.

mod case;
pub(crate) mod chrome;
mod decode;
pub(crate) mod export;
mod flat;
mod html;
mod iso;
mod numerals;
mod sniff;

pub use decode::decode;
pub(crate) use decode::decode_in;
pub use export::Platform;
pub use html::{Mechanisms, html, html_by, html_by_shape, html_text};
pub use iso::iso_date;
pub use sniff::sniff;
pub(crate) use sniff::sniff_in;

use crate::error::{Error, Result};
use crate::thread::Thread;
use std::io::Read;

/// What a piece of input is, judged by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// A web page.
    Html,
    /// A text dump of a page, or any plain text.
    FlatText,
    /// Rows, a JSON object a line.
    Jsonl,
    /// Rows with a header, separated by commas, semicolons, tabs or bars.
    Csv,
    /// A comment platform's export.
    Export(Platform),
}

/// Reads an export thread by thread, in bounded memory; what is not sorted by thread goes through temporary files.
///
/// # Errors
/// Each is about one thing that could not be read, and reading goes on behind it; a stream that fails is the last.
pub fn export(platform: Platform, stream: Box<dyn Read + Send>) -> impl Iterator<Item = Result<Thread>> {
    export::Export::new(platform, stream).filter_map(|item| match item {
        Ok(Ok(gathered)) => Some(Ok(gathered.thread)),
        // The notes of its thread say it too.
        Ok(Err(fault)) if fault.harmless => None,
        Ok(Err(export::Fault { place, what, .. })) => {
            Some(Err(Error::input(None, place.map(|place| place.line), place.map(|place| place.byte), what)))
        }
        Err(error) => Some(Err(Error::input(None, None, None, format!("reading failed: {error}")))),
    })
}

/// Takes the article and the comments out of a text dump of a page.
pub fn flat_text(dump: &str) -> Thread {
    flat::flat_text(dump)
}
