//! From bytes to threads.

pub(crate) mod chrome;
mod decode;
mod flat;
mod html;
mod sniff;

pub use decode::decode;
pub(crate) use decode::decode_in;
pub use html::{html, html_text};
pub use sniff::sniff;
pub(crate) use sniff::sniff_in;

use crate::thread::Thread;

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
}

/// Takes the article and the comments out of a text dump of a page.
pub fn flat_text(dump: &str) -> Thread {
    flat::flat_text(dump)
}
