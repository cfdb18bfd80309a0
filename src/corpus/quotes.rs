//! Quotes of a CSV record, line by line: whether the record goes on in the next line, and whether they are sound.
//!
//! The `csv` crate takes any quotes as they come. A text whose quotes were not doubled, or never closed, would lose some
//! of them or swallow the rows behind it in silence; here that is found out beforehand, by the crate's own rules.

use super::lines::{Place, length};

/// What a line does to the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ending {
    /// The record ends with it.
    Whole,
    /// A quoted field goes on in the next line; whether it began in this one.
    Open { here: bool },
    /// No reader can know what was meant.
    Broken(Flaw),
}

/// What is wrong with the quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flaw {
    pub(super) place: Place,
    pub(super) what: String,
    /// Whether the field began in an earlier line, so that the lines since then are probably rows of their own.
    pub(super) swallowed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    FieldStart,
    Field,
    Quoted,
    /// After a quote inside a quoted field: its end, or the first of two that stand for one.
    Quote,
    /// After blanks behind a quoted field.
    Blank,
}

/// Follows the quotes of one record.
#[derive(Debug, Clone)]
pub(super) struct Quotes<'a> {
    separators: &'a [u8],
    at: At,
    /// Where the quoted field begins.
    opened: Option<Place>,
    /// Whether blanks stand behind a quoted field.
    blanks: bool,
}

impl<'a> Quotes<'a> {
    /// Begins a record whose fields any of `separators` keep apart.
    pub(super) fn new(separators: &'a [u8]) -> Self {
        Self { separators, at: At::FieldStart, opened: None, blanks: false }
    }

    /// Reads a line without its line feed, which begins at `place`; `wide` says that the input is UTF-16.
    pub(super) fn line(&mut self, line: &[u8], place: Place, wide: bool) -> Ending {
        let end = line.iter().rposition(|byte| *byte != b'\r').map_or(0, |last| last + 1);
        let body = line.get(..end).unwrap_or(line);
        if self.at != At::Quoted && memchr::memchr2(b'"', b'\r', body).is_none() {
            return Ending::Whole;
        }
        let start = place.byte;
        let place =
            |at: usize| Place { line: place.line, byte: start + length(body.get(..at).unwrap_or_default(), wide) };
        let mut here = false;
        for (at, &byte) in body.iter().enumerate() {
            self.at = match (self.at, byte) {
                (At::Quoted, b'"') => At::Quote,
                (At::Quoted, _) | (At::Quote, b'"') => At::Quoted,
                (At::FieldStart, b'"') => {
                    (self.opened, here) = (Some(place(at)), true);
                    At::Quoted
                }
                (_, byte) if self.separators.contains(&byte) => At::FieldStart,
                (At::Quote | At::Blank, b' ') => {
                    self.blanks = true;
                    At::Blank
                }
                (_, b'\r') => {
                    let what = "a carriage return stands by itself outside quotes and would end the row there; \
                        remove it, or put the field in quotes";
                    return Ending::Broken(Flaw { place: place(at), what: what.to_owned(), swallowed: false });
                }
                (At::Quote | At::Blank, _) => return Ending::Broken(self.followed(body, at, here, place)),
                (At::FieldStart | At::Field, _) => At::Field,
            };
        }
        if self.at == At::Quoted { Ending::Open { here } } else { Ending::Whole }
    }

    /// Takes the blanks behind quoted fields out of a record that is whole: they belong to no value, but the `csv` crate adds
    /// them to it, and "1 " would be another id than "1".
    pub(super) fn drop_blanks(&self, record: &mut Vec<u8>) {
        if !self.blanks {
            return;
        }
        let mut at = At::FieldStart;
        record.retain(|&byte| {
            at = match (at, byte) {
                (At::Quoted, b'"') => At::Quote,
                (At::Quoted, _) | (At::Quote | At::FieldStart, b'"') => At::Quoted,
                (_, byte) if self.separators.contains(&byte) => At::FieldStart,
                (At::Quote | At::Blank, b' ') => At::Blank,
                _ => At::Field,
            };
            at != At::Blank
        });
    }

    /// The quote before `at` ends a field, and something else than the next field follows.
    fn followed(&self, line: &[u8], at: usize, here: bool, place: impl Fn(usize) -> Place) -> Flaw {
        let end = line.get(..at).and_then(|before| before.iter().rposition(|byte| *byte == b'"')).unwrap_or(at);
        let quote = place(end);
        let rest = line.get(at..).unwrap_or_default();
        let next = String::from_utf8_lossy(rest.get(..rest.len().min(4)).unwrap_or_default()).chars().next();
        let next = next.unwrap_or('\u{fffd}');
        let escaped = end.checked_sub(1).and_then(|before| line.get(before)) == Some(&b'\\');
        let mend =
            if escaped { "write \"\" for each \\\" in the texts" } else { "write a quote inside a text twice, \"\"" };
        if let (false, Some(opened)) = (here, self.opened) {
            let what = format!(
                "a quote is opened here and ends on line {}, where {next:?} follows and no separator; close it in its own \
                 row, and {mend}",
                quote.line
            );
            return Flaw { place: opened, what, swallowed: true };
        }
        let what = format!("a quote ends a field and {next:?} follows, which is no separator; {mend}");
        Flaw { place: quote, what, swallowed: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLACE: Place = Place { line: 7, byte: 100 };

    fn after(line: &str) -> Ending {
        Quotes::new(b",").line(line.as_bytes(), PLACE, false)
    }

    fn flaw(ending: Ending) -> Flaw {
        let Ending::Broken(flaw) = ending else { panic!("{ending:?}") };
        flaw
    }

    #[test]
    fn quotes_open_only_where_a_field_begins() {
        assert_eq!(after("a,\"b"), Ending::Open { here: true });
        assert_eq!(after("a,b \"quoted\" c\""), Ending::Whole);
        assert_eq!(after("\"a \"\" b"), Ending::Open { here: true });
        assert_eq!(after("\"a\"\"\""), Ending::Whole);
        assert_eq!(after("\"a\",\"\",\"b\"\r"), Ending::Whole);
        assert_eq!(after("\"a\" ,\"b\"  \r"), Ending::Whole);
        let mut quotes = Quotes::new(b",;");
        let mut record = b"\"a \" ,b , \"c\";\"d \n \"\"e\"  \r".to_vec();
        for line in record.split(|byte| *byte == b'\n') {
            quotes.line(line, PLACE, false);
        }
        quotes.drop_blanks(&mut record);
        assert_eq!(record, b"\"a \",b , \"c\";\"d \n \"\"e\"\r");
        let mut quotes = Quotes::new(b",");
        assert_eq!(quotes.line(b"x,\"begin", PLACE, false), Ending::Open { here: true });
        assert_eq!(quotes.line(b"goes \"\"on\"\"\r", PLACE, false), Ending::Open { here: false });
        assert_eq!(quotes.line(b"end\",\"next", PLACE, false), Ending::Open { here: true });
        assert_eq!(quotes.opened, Some(Place { line: 7, byte: 105 }));
    }

    #[test]
    fn quotes_that_were_not_doubled_are_told_where_they_stand() {
        let found = flaw(after("2,\"a \"quoted\" word\""));
        assert_eq!((found.place, found.swallowed), (Place { line: 7, byte: 105 }, false));
        assert_eq!(
            found.what,
            "a quote ends a field and 'q' follows, which is no separator; write a quote inside a text twice, \"\""
        );
        assert_eq!(flaw(after("\"ok\"x")).place.byte, 103);
        assert_eq!(flaw(after("\"ok\"  x")).place.byte, 103);
        assert_eq!(flaw(after("\"ok\" \"x\"")).place.byte, 103);
        assert!(flaw(after("\"say \\\"no\\\" twice\"")).what.ends_with("write \"\" for each \\\" in the texts"));
        assert!(flaw(after("\"a 5\\\" long\"")).what.ends_with("write \"\" for each \\\" in the texts"));
        assert!(flaw(after("\"ok\"\u{1b}[2J")).what.contains("'\\u{1b}'"));
        let mut quotes = Quotes::new(b",");
        quotes.line(b"2,\"never closed", PLACE, false);
        let found = flaw(quotes.line("3,\"é".as_bytes(), Place { line: 8, byte: 116 }, false));
        assert_eq!((found.place, found.swallowed), (Place { line: 7, byte: 102 }, true));
        assert!(
            found.what.starts_with("a quote is opened here and ends on line 8, where 'é' follows"),
            "{}",
            found.what
        );
    }

    #[test]
    fn a_carriage_return_inside_a_row_is_told() {
        assert_eq!(flaw(after("1,fine\rstill")).place.byte, 106);
        assert_eq!(after("1,\"fine\rstill\"\r\r"), Ending::Whole);
        assert_eq!(flaw(after("1,\"fine\"\rstill")).place.byte, 108);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn records_end_where_the_csv_crate_ends_them(line in "[a,\" ]{0,12}", more in "[a,\" ]{0,12}") {
            let both = format!("{line}\n{more}\n");
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(both.as_bytes());
            let first = reader.byte_records().next();
            let end = if first.is_some() { reader.position().byte() } else { 0 };
            let ending = after(&line);
            if !line.is_empty() && !matches!(ending, Ending::Broken(_)) {
                let open = matches!(ending, Ending::Open { .. });
                prop_assert_eq!(end as usize > line.len() + 1, open, "{:?}", both);
            }
        }
    }
}
