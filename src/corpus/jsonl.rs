//! Rows of JSON, an object a line; a thread that was extracted before may stand in place of a row.

use super::cell::Cell;
use super::fields::{Field, FieldsSeed};
use super::lines::{Found, LONGEST, Lines, Place};
use super::source::describe;
use super::{Columns, Fault, Record, halves, threads};
use serde::de::DeserializeSeed;
use std::borrow::Cow;

/// Reads JSON rows.
pub(super) struct Jsonl {
    lines: Lines,
    line: Vec<u8>,
    begun: bool,
    done: bool,
}

impl Jsonl {
    pub(super) fn new(lines: Lines) -> Self {
        Self { lines, line: Vec::new(), begun: false, done: false }
    }

    /// Reads the next row.
    pub(super) fn next(&mut self, columns: &Columns) -> Option<Result<Record, Fault>> {
        while !self.done {
            self.line.clear();
            // One huge line must not keep its memory for the rest of the file.
            self.line.shrink_to(1 << 20);
            let place = self.lines.place();
            match self.lines.append(&mut self.line) {
                Ok(Found::Line) => {}
                Ok(Found::TooLong) => {
                    let what = format!("the line is longer than {} MiB and was passed over", LONGEST >> 20);
                    return Some(Err(Fault { place, what: format!("{what}; shorten or split it") }));
                }
                Ok(Found::End) => break,
                Err(error) => {
                    self.done = true;
                    return Some(Err(Fault { place, what: describe(&error) }));
                }
            }
            if self.line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let first = !std::mem::replace(&mut self.begun, true);
            let opens = self.line.trim_ascii();
            let list = opens.strip_prefix(b"[").map(<[u8]>::trim_ascii_start);
            let list = list.is_some_and(|rest| matches!(rest.first(), None | Some(b'{' | b'[' | b'"' | b']')));
            if first && (opens == b"{" || list) {
                self.done = true;
                let how = if list { "jq -c '.[]'" } else { "jq -c ." };
                let what = format!("this is one JSON document and not one object a line; make it rows with {how}");
                return Some(Err(Fault { place, what }));
            }
            return Some(parse(&self.line, place, self.lines.wide(), columns));
        }
        self.done = true;
        None
    }
}

/// Returns JSON without halves of surrogate pairs, where it has some.
fn mended(json: &str) -> Option<String> {
    halves::mended(json.as_bytes()).and_then(|mended| String::from_utf8(mended).ok())
}

fn parse(line: &[u8], place: Place, wide: bool, columns: &Columns) -> Result<Record, Fault> {
    let (text, odd) = super::utf_8(line, place, wide)?;
    let fields = |json: &str| {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let fields = FieldsSeed(columns).deserialize(&mut deserializer)?;
        deserializer.end().map(|()| fields)
    };
    let mut text = text;
    let read = fields(&text).or_else(|error| {
        text = Cow::Owned(mended(&text).ok_or(error)?);
        fields(&text)
    });
    let fields = read.map_err(|error| {
        let column = error.column();
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        Fault { place, what: format!("no valid JSON object: {message} in column {column}; mend or delete the line") }
    })?;
    let mut thread = None;
    if fields.comments && matches!(fields.get(Field::Text), None | Some(Cell::Null)) {
        if let Some(what) = odd {
            return Err(Fault { place, what: format!("{what}; {}", super::CONVERT) });
        }
        let read = threads::thread(&text).or_else(|what| match mended(&text) {
            Some(text) => threads::thread(&text),
            None => Err(what),
        });
        thread = Some(Box::new(read.map_err(|what| Fault { place, what })?));
    }
    Ok(Record { place, fields, odd, thread })
}
