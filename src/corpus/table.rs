//! Rows of CSV: separated by commas, semicolons, tabs or bars, with a header.
//!
//! Lines are joined to records here, so that a record's size is bounded and its place exact; the fields are taken
//! apart by the `csv` crate.

use super::cell::Cell;
use super::fields::{Field, Fields, Known, Slot};
use super::lines::{Found, LONGEST, Lines, Place};
use super::quotes::{Ending, Flaw, Quotes};
use super::source::describe;
use super::{Columns, Fault, Record, rows};
use std::io::{self, Read};

/// How many bytes may be read a second time in search of the next good row after quotes that were never closed.
const SECOND_READING: usize = 256 << 20;

/// What columns may be separated by.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Reads CSV rows.
pub(super) struct Table {
    lines: Lines,
    record: Vec<u8>,
    parser: csv::Reader<Feed>,
    fields: csv::ByteRecord,
    separator: u8,
    /// What may separate columns: one, once the header was read.
    separators: Vec<u8>,
    /// What each column holds; `None` before the header.
    slots: Option<Vec<Option<Slot>>>,
    names: Vec<String>,
    /// Which of the caller's label columns there are.
    given: Vec<usize>,
    /// Which of the caller's further columns each column is.
    kept: Vec<Option<usize>>,
    again: usize,
    done: bool,
}

/// The line of a record in which the quoted field begins that is open.
#[derive(Clone, Copy)]
struct Again {
    line: Place,
    /// Where it ends in the record.
    end: usize,
    /// Where the next line begins.
    next: Place,
}

/// Hands the CSV parser one record.
#[derive(Default)]
struct Feed {
    record: Vec<u8>,
    at: usize,
}

impl Read for Feed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.record.get(self.at..).unwrap_or_default().read(buffer)?;
        self.at += count;
        Ok(count)
    }
}

fn parser(separator: u8) -> csv::Reader<Feed> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(Feed::default())
}

impl Table {
    pub(super) fn new(lines: Lines) -> Self {
        Self {
            lines,
            record: Vec::new(),
            parser: parser(b','),
            fields: csv::ByteRecord::new(),
            separator: b',',
            separators: SEPARATORS.to_vec(),
            slots: None,
            names: Vec::new(),
            given: Vec::new(),
            kept: Vec::new(),
            again: SECOND_READING,
            done: false,
        }
    }

    /// Reads the next row.
    pub(super) fn next(&mut self, columns: &Columns) -> Option<Result<Record, Fault>> {
        if self.slots.is_none() && !self.done {
            match self.header(columns)? {
                Ok(slots) => self.slots = Some(slots),
                Err(fault) => {
                    self.done = true;
                    return Some(Err(fault));
                }
            }
        }
        let place = match self.record()? {
            Ok(place) => place,
            Err(fault) => return Some(Err(fault)),
        };
        Some(
            self.mended(place)
                .and_then(|odd| self.fields(place).map(|fields| Record { place, fields, odd, thread: None })),
        )
    }

    fn header(&mut self, columns: &Columns) -> Option<Result<Vec<Option<Slot>>, Fault>> {
        // The separator is not known yet: a quoted name that holds one of the others is told by its quotes.
        let place = match self.record()? {
            Ok(place) => place,
            Err(fault) => return Some(Err(fault)),
        };
        if let Err(fault) = self.mended(place) {
            return Some(Err(fault));
        }
        let mut quoted = false;
        let mut counts = SEPARATORS.map(|separator| (separator, 0u32));
        for &byte in &self.record {
            quoted ^= byte == b'"';
            for (separator, count) in &mut counts {
                *count += u32::from(!quoted && byte == *separator);
            }
        }
        self.separator = counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(separator, _)| *separator);
        self.separators = vec![self.separator];
        self.parser = parser(self.separator);
        if let Err(fault) = self.split(place) {
            return Some(Err(fault));
        }
        self.names = self.fields.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
        let slots: Vec<Option<Slot>> = self.names.iter().map(|name| columns.slot(name)).collect();
        if !slots.iter().any(|slot| matches!(slot, Some(Slot::Field(Field::Text, _)))) {
            let shown: Vec<String> = self.names.iter().take(30).map(|name| name.chars().take(40).collect()).collect();
            let looked = columns.text.as_ref().map_or_else(|| "of text".to_owned(), |name| format!("{name:?}"));
            let what = format!(
                "no column {looked} among {}; name the comments' column with --text-column",
                rows::listed(&shown)
            );
            return Some(Err(Fault { place, what }));
        }
        let mut known = Known::default();
        for (slot, name) in slots.iter().zip(&self.names) {
            if slot.as_ref().is_some_and(|slot| !known.add(slot, name)) {
                let name: String = name.chars().take(40).collect();
                return Some(Err(Fault {
                    place,
                    what: format!("the column {name:?} stands twice; rename or delete one"),
                }));
            }
        }
        self.kept = self.names.iter().map(|name| columns.kept_place(name)).collect();
        self.given = self.names.iter().filter_map(|name| columns.place(name)).collect();
        Some(Ok(slots))
    }

    /// Joins lines to the next record.
    fn record(&mut self) -> Option<Result<Place, Fault>> {
        while !self.done {
            self.record.clear();
            self.record.shrink_to(1 << 20);
            let place = self.lines.place();
            let mut quotes = Quotes::new(&self.separators);
            let mut again: Option<Again> = None;
            loop {
                let (from, line_place) = (self.record.len(), self.lines.place());
                let found = match self.lines.append(&mut self.record) {
                    Ok(found) => found,
                    Err(error) => {
                        self.done = true;
                        return Some(Err(Fault { place, what: describe(&error) }));
                    }
                };
                match found {
                    Found::End if from == 0 => {
                        self.done = true;
                        return None;
                    }
                    Found::End | Found::TooLong => {
                        return Some(Err(self.unclosed(place, again, found)));
                    }
                    Found::Line => {}
                }
                let line = self.record.get(from..).unwrap_or_default();
                match quotes.line(line, line_place, self.lines.wide()) {
                    Ending::Whole => {
                        quotes.drop_blanks(&mut self.record);
                        break;
                    }
                    Ending::Open { here } => {
                        if here || again.is_none() {
                            again = Some(Again { line: line_place, end: self.record.len(), next: self.lines.place() });
                        }
                        self.record.push(b'\n');
                    }
                    Ending::Broken(Flaw { place, mut what, swallowed }) => {
                        if swallowed && !self.read_again(again, true) {
                            what.push_str("; the lines between were passed over");
                        }
                        return Some(Err(Fault { place, what }));
                    }
                }
            }
            if !self.record.iter().all(u8::is_ascii_whitespace) {
                while self.record.last() == Some(&b'\r') {
                    self.record.pop();
                }
                return Some(Ok(place));
            }
        }
        None
    }

    /// A record whose end was not found: reading goes on behind the line in which its quote is opened.
    fn unclosed(&mut self, place: Place, again: Option<Again>, found: Found) -> Fault {
        let size = format!("is longer than {} MiB", LONGEST >> 20);
        let Some(Again { line: place, .. }) = again else {
            return Fault { place, what: format!("the record {size} and was passed over; shorten or split it") };
        };
        if found == Found::End && self.read_again(again, false) {
            return Fault { place, what: "a quote is opened here and never closed; close or remove it".to_owned() };
        }
        let what = format!("the record {size} and was passed over; a quote is probably opened here and not closed");
        Fault { place, what }
    }

    /// Reads lines of the record once more as rows of their own, where that costs little enough; `fed` says that a line
    /// feed follows the last of them.
    fn read_again(&mut self, again: Option<Again>, fed: bool) -> bool {
        let Some(Again { end, next, .. }) = again else { return false };
        let rest = self.record.get(end + 1..).unwrap_or_default();
        let Some(left) = self.again.checked_sub(rest.len()) else { return false };
        self.again = left;
        self.lines.read_again(rest, fed, next);
        true
    }

    /// Takes the record apart into `self.fields`.
    fn split(&mut self, place: Place) -> Result<(), Fault> {
        let feed = self.parser.get_mut();
        feed.record.clear();
        feed.record.extend_from_slice(&self.record);
        feed.record.push(b'\n');
        feed.at = 0;
        let read = self.parser.read_byte_record(&mut self.fields);
        if self.parser.is_done() {
            self.parser = parser(self.separator);
        }
        if matches!(read, Ok(true)) {
            return Ok(());
        }
        Err(Fault { place, what: "no valid CSV record; check its quotes".to_owned() })
    }

    /// Makes the record UTF-8; says what was wrong with its bytes.
    fn mended(&mut self, place: Place) -> Result<Option<String>, Fault> {
        let (text, odd) = super::utf_8(&self.record, place, self.lines.wide())?;
        if odd.is_some() {
            self.record = text.into_owned().into_bytes();
        }
        Ok(odd)
    }

    fn fields(&mut self, place: Place) -> Result<Fields, Fault> {
        self.split(place)?;
        let slots = self.slots.as_deref().unwrap_or_default();
        if self.fields.len() != slots.len() {
            let what = format!(
                "the row has {} columns and the header {}; check its quotes and separators",
                self.fields.len(),
                slots.len()
            );
            return Err(Fault { place, what });
        }
        let mut fields = Fields::default();
        fields.names.extend(self.names.iter().take(12).cloned());
        fields.given.extend_from_slice(&self.given);
        for (kept, value) in self.kept.iter().zip(self.fields.iter()).filter(|(kept, _)| kept.is_some()) {
            fields.keep(*kept, &Cell::Text(String::from_utf8_lossy(value).into_owned()));
        }
        for (slot, value) in slots.iter().zip(self.fields.iter()) {
            let Some(slot) = slot else { continue };
            fields.put(slot.clone(), cell(slot, &String::from_utf8_lossy(value)));
        }
        Ok(fields)
    }
}

/// What a field of the table says: lists and objects are written as JSON, and nothing is nothing but for a text.
fn cell(slot: &Slot, value: &str) -> Cell {
    let text = || Cell::Text(value.to_owned());
    match slot {
        Slot::Field(Field::Text, _) => text(),
        _ if value.is_empty() => Cell::Null,
        Slot::Field(Field::Labels | Field::Article | Field::Thread, _) if value.trim().is_empty() => Cell::Null,
        Slot::Field(Field::Labels | Field::Article | Field::Thread, _) if value.starts_with(['{', '[', '"']) => {
            Cell::parse(value).unwrap_or_else(|_| text())
        }
        _ => text(),
    }
}
