//! Rows of CSV: separated by commas, semicolons, tabs or bars, with a header.
//!
//! Lines are joined to records here, so that a record's size is bounded and its place exact; the fields are taken
//! apart by the `csv` crate.

use super::cell::Cell;
use super::fields::{Field, Fields, Known, Slot};
use super::lines::{Found, LONGEST, Lines, Place};
use super::source::describe;
use super::{Columns, Fault, Record, rows};
use std::io::{self, Read};

/// How many bytes may be read a second time in search of the next good row after quotes that were never closed.
const SECOND_READING: usize = 256 << 20;

/// Reads CSV rows.
pub(super) struct Table {
    lines: Lines,
    record: Vec<u8>,
    parser: csv::Reader<Feed>,
    fields: csv::ByteRecord,
    separator: u8,
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
        Some(self.mended(place).and_then(|odd| self.fields(place).map(|fields| Record { place, fields, odd })))
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
        let mut counts = [(b',', 0u32), (b';', 0), (b'\t', 0), (b'|', 0)];
        for &byte in &self.record {
            quoted ^= byte == b'"';
            for (separator, count) in &mut counts {
                *count += u32::from(!quoted && byte == *separator);
            }
        }
        self.separator = counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(separator, _)| *separator);
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
            let mut quotes = Quotes::Outside;
            let mut first_line = 0;
            loop {
                let from = self.record.len();
                let found = match self.lines.append(&mut self.record) {
                    Ok(found) => found,
                    Err(error) => {
                        self.done = true;
                        return Some(Err(Fault { place, what: describe(&error) }));
                    }
                };
                let whole = found == Found::Line;
                if whole {
                    quotes = quotes.after(self.record.get(from..).unwrap_or_default(), self.separator);
                    if first_line == 0 {
                        first_line = self.record.len();
                    }
                }
                match found {
                    Found::Line if quotes == Quotes::Inside => self.record.push(b'\n'),
                    Found::Line => break,
                    Found::End if from == 0 => {
                        self.done = true;
                        return None;
                    }
                    Found::End | Found::TooLong => return Some(Err(self.unclosed(place, first_line, found))),
                }
            }
            if !self.record.iter().all(u8::is_ascii_whitespace) {
                if self.record.last() == Some(&b'\r') {
                    self.record.pop();
                }
                return Some(Ok(place));
            }
        }
        None
    }

    /// A record whose end was not found: reading goes on with its second line, where that costs little enough.
    fn unclosed(&mut self, place: Place, first_line: usize, found: Found) -> Fault {
        let rest = self.record.get(first_line + 1..).unwrap_or_default();
        let size = format!("is longer than {} MiB", LONGEST >> 20);
        if first_line == 0 {
            return Fault { place, what: format!("the record {size} and was passed over; shorten or split it") };
        }
        if found == Found::End && rest.len() <= self.again {
            self.again -= rest.len();
            let used = super::lines::length(self.record.get(..=first_line).unwrap_or_default(), self.lines.wide());
            // The line feed pushed after the last line is part of `rest` already.
            self.lines.read_again(rest, false, Place { line: place.line + 1, byte: place.byte + used });
            return Fault { place, what: "a quote is opened here and never closed; close or remove it".to_owned() };
        }
        let what = format!("the record {size} and was passed over; a quote is probably opened here and not closed");
        Fault { place, what }
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

/// Where in a record's quoting a line ends; follows the `csv` crate's own rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quotes {
    Outside,
    Inside,
}

impl Quotes {
    fn after(self, line: &[u8], separator: u8) -> Self {
        if self == Self::Outside && memchr::memchr(b'"', line).is_none() {
            return self;
        }
        #[derive(Clone, Copy)]
        enum At {
            FieldStart,
            Field,
            Quoted,
            /// After a quote inside a quoted field: its end, or the first of two that stand for one.
            Quote,
        }
        let mut at = if self == Self::Inside { At::Quoted } else { At::FieldStart };
        for &byte in line {
            at = match (at, byte) {
                (At::FieldStart | At::Quote, b'"') | (At::Quoted, _) if byte != b'"' || !matches!(at, At::Quoted) => {
                    At::Quoted
                }
                (At::Quoted, _) => At::Quote,
                (_, byte) if byte == separator => At::FieldStart,
                _ => At::Field,
            };
        }
        if matches!(at, At::Quoted) { Self::Inside } else { Self::Outside }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quotes_open_only_where_a_field_begins() {
        let after = |line: &str| Quotes::Outside.after(line.as_bytes(), b',');
        assert_eq!(after("a,\"b"), Quotes::Inside);
        assert_eq!(after("a,b \"quoted\" c\""), Quotes::Outside);
        assert_eq!(after("\"a \"\" b"), Quotes::Inside);
        assert_eq!(after("\"a\"\"\""), Quotes::Outside);
        assert_eq!(Quotes::Inside.after(b"end\",\"next", b','), Quotes::Inside);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn records_end_where_the_csv_crate_ends_them(line in "[a,\"]{0,12}", more in "[a,\"]{0,12}") {
            let both = format!("{line}\n{more}\n");
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(both.as_bytes());
            let first = reader.byte_records().next();
            let end = if first.is_some() { reader.position().byte() } else { 0 };
            if !line.is_empty() {
                let inside = Quotes::Outside.after(line.as_bytes(), b',') == Quotes::Inside;
                prop_assert_eq!(end as usize > line.len() + 1, inside, "{:?}", both);
            }
        }
    }
}
