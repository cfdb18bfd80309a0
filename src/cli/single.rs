//! One comment, from standard input or a file: its text, or a JSON row with its context.

use super::inputs::{is_stdin, refuse_terminal};
use anyhow::{Context, bail};
use gruff::corpus::SingleRow;
use gruff::extract::{self, Format};
use gruff::thread::{Comment, Row};
use serde::de::IgnoredAny;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// More bytes than this are no comment.
const LIMIT: u64 = 16 << 20;

/// Reads standard input, or `path`, as one comment.
pub(super) fn read(path: Option<&Path>) -> anyhow::Result<Row> {
    let (name, bytes) = read_bytes(path)?;
    row(&name, &bytes)
}

/// Reads bytes, called `name`, as one comment.
pub(super) fn row(name: &str, bytes: &[u8]) -> anyhow::Result<Row> {
    if is_thread(bytes) {
        bail!("{name}: this is a thread and not one comment; `gruff score` judges threads");
    }
    parse(bytes).with_context(|| name.to_owned())
}

/// Tells whether bytes begin with a thread as `gruff extract` prints it.
pub(super) fn is_thread(bytes: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Keys {
        text: Option<IgnoredAny>,
        comments: Option<Vec<IgnoredAny>>,
    }
    let first = serde_json::Deserializer::from_slice(bytes).into_iter::<Keys>().next();
    matches!(first, Some(Ok(Keys { text: None, comments: Some(_) })))
}

/// Reads at most [`LIMIT`] bytes, with the input's name for messages.
pub(super) fn read_bytes(path: Option<&Path>) -> anyhow::Result<(String, Vec<u8>)> {
    let path = path.filter(|path| !is_stdin(path));
    let name = path.map_or_else(|| "standard input".to_owned(), |path| path.display().to_string());
    path.map_or(Ok(()), super::small::refuse_folder)?;
    let mut bytes = Vec::new();
    let read = match path {
        Some(path) => File::open(path).and_then(|file| file.take(LIMIT + 1).read_to_end(&mut bytes)),
        None => {
            refuse_terminal()?;
            io::stdin().lock().take(LIMIT + 1).read_to_end(&mut bytes)
        }
    };
    read.with_context(|| name.clone())?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LIMIT) {
        bail!("{name}: larger than {} MiB, which is no comment; `gruff score` reads files of many", LIMIT >> 20);
    }
    if bytes.is_empty() {
        // A hook that broke sends nothing; that must not pass for a comment.
        bail!("{name}: there is not one byte to read; an empty comment is a line break or {{\"text\": \"\"}}");
    }
    Ok((name, bytes))
}

/// Reads bytes as one comment: JSON where they begin as a JSON object does, else the text itself.
fn parse(bytes: &[u8]) -> anyhow::Result<Row> {
    let text = extract::decode(bytes, Format::FlatText)?;
    if is_json(&text) {
        return SingleRow::parse(&text).map(|SingleRow(row)| row).context("no row");
    }
    if text.contains('\0') {
        bail!("the text holds a NUL character; remove it");
    }
    let text = text.strip_suffix('\n').map_or(&*text, |text| text.strip_suffix('\r').unwrap_or(text));
    if text.len() > Comment::LONGEST {
        bail!("the text is longer than {} MiB, which no comment is; shorten it", Comment::LONGEST >> 20);
    }
    Ok(Row { text: text.to_owned(), ..Row::default() })
}

/// A comment may well begin with a brace, but hardly with the beginning of an object: `{"`.
fn is_json(text: &str) -> bool {
    text.trim_start().strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with(['"', '}']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_told_from_comments() {
        for text in [r#"{"text":"a"}"#, " \n{ \"text\"", "{}"] {
            assert!(is_json(text), "{text}");
        }
        for text in ["", "{", "{laughs} no", "\"{\"", "text"] {
            assert!(!is_json(text), "{text}");
        }
    }
}
