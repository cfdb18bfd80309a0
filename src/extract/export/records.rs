//! Records out of JSON tokens: the objects that a format asks for, flat, with the few values that it asks for.
//!
//! Objects and lists inside a record become part of a value's path: `author.name`, `revisions[].body`. Records inside
//! records (an answer in its comment) are records of their own and are complete before the outer one.

use super::record::{Flaw, Record, Value};
use super::tokens::{Token, Tokens, decoded};
use super::window::Again;
use super::{Place, Platform};
use std::collections::VecDeque;
use std::io::{self, Read};

/// The deepest nesting that is followed; what is nested deeper is passed over, and that is told once.
const DEEPEST: usize = 4096;
const TOO_DEEP: &str = "what is nested in more than 4096 brackets was passed over, comments too";

/// How many flaws of a record are told.
const MOST_FLAWS: usize = 4;
/// The last parts of the paths under which comments have their texts.
const TEXTS: &[&str] = &[
    "text",
    "body",
    "markdown",
    "html",
    "content",
    "rendered",
    "raw",
    "orig",
    "cooked",
    "comment_text",
    "textDisplay",
];

/// Which records and values a format has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// Objects in lists of these keys are records: `comments[]`; `[]` is a list that is the document. An object that is
    /// itself a document or a line is always one.
    pub(super) records: &'static [&'static str],
    /// The paths of the values that are kept.
    pub(super) values: &'static [&'static str],
}

/// What was found.
#[derive(Debug)]
pub(super) enum Found {
    Record(Record),
    /// A fault, and what it is.
    Fault(Place, &'static str),
    /// An export of another platform begins here.
    Other(Platform),
    /// All was read; brackets were open or not.
    End {
        whole: bool,
    },
}

struct Frame {
    list: bool,
    /// How long the path was before this one's own part.
    path_length: usize,
    /// In an object: the key whose value comes next.
    keyed: bool,
}

/// Reads records.
pub(super) struct Records<R> {
    tokens: Tokens<R>,
    platform: Platform,
    shape: Shape,
    frames: Vec<Frame>,
    /// Where the next value stands: keys with dots before them, `[]` behind those of lists.
    path: String,
    open: Vec<Record>,
    closed: VecDeque<Record>,
    next_order: u64,
    /// How many brackets are open that were nested too deep.
    passed: usize,
    /// Whether it was told that something is.
    told_depth: bool,
    /// In which line the document began that is read.
    began: u64,
    /// Whether each line is a document.
    lines: bool,
    /// Whether nothing but spaces came in this line yet.
    line_start: bool,
    /// Whether a fault of this line was told.
    told: bool,
    /// Whether the input ended inside a document.
    cut: bool,
    /// Whether a document was read, so that the next one may be of another platform.
    begun: bool,
}

impl<R: Read> Records<R> {
    /// Begins to read `stream`, whose first byte stands at `place`, as an export of `platform`.
    pub(super) fn new(stream: R, place: Place, platform: Platform, shape: Shape) -> Self {
        Self {
            tokens: Tokens::new(stream, place),
            platform,
            shape,
            frames: Vec::new(),
            path: String::new(),
            open: Vec::new(),
            closed: VecDeque::new(),
            next_order: 0,
            passed: 0,
            told_depth: false,
            began: 0,
            lines: false,
            line_start: true,
            told: false,
            cut: false,
            begun: false,
        }
    }

    /// The records around the one that was found last, the outermost first.
    pub(super) fn around(&self) -> &[Record] {
        &self.open
    }

    /// Where the reading is.
    pub(super) fn place(&self) -> Place {
        self.tokens.began()
    }

    /// Reads up to the end of the next record, or a fault.
    pub(super) fn next(&mut self) -> io::Result<Found> {
        loop {
            if let Some(record) = self.closed.pop_front() {
                return Ok(Found::Record(record));
            }
            if self.frames.is_empty()
                && self.begun
                && let Some(platform) = self.tokens.other(self.platform, self.lines)?
            {
                return Ok(Found::Other(platform));
            }
            let token = self.tokens.next()?;
            let fault = match token {
                Token::Line => {
                    self.told = false;
                    self.line_start = true;
                    if self.lines && !self.frames.is_empty() {
                        self.begin_anew();
                        let what = "the line ends before the object in it does";
                        return Ok(Found::Fault(self.tokens.began(), what));
                    }
                    continue;
                }
                Token::End => {
                    self.cut |= !self.frames.is_empty();
                    self.frames.clear();
                    // The innermost is cut; those around it were read as far as their answers.
                    let outer = self.open.len().saturating_sub(usize::from(self.open.len() > 1));
                    self.open.truncate(outer);
                    let Some(record) = self.open.pop() else { return Ok(Found::End { whole: !self.cut }) };
                    return Ok(Found::Record(record));
                }
                token => self.take(token),
            };
            self.line_start = false;
            if let Some(what) = fault
                && (what == TOO_DEEP || !std::mem::replace(&mut self.told, true))
            {
                return Ok(Found::Fault(self.tokens.began(), what));
            }
        }
    }

    /// Takes a token; says what is wrong with it.
    fn take(&mut self, token: Token) -> Option<&'static str> {
        match token {
            Token::Open { list } => return self.open(list),
            Token::Close { .. } if self.passed > 0 => self.passed -= 1,
            Token::Close { list } => {
                let top = self.frames.last().map(|frame| frame.list);
                // A list that is closed closes the objects in it; a brace too many closes nothing.
                if top.is_none()
                    || top == Some(true) && !list
                    || !self.frames.iter().rev().any(|frame| frame.list == list)
                {
                    return Some("a bracket is closed that was not opened");
                }
                self.close(list);
                if top != Some(list) {
                    return Some("a list is closed before the object in it");
                }
            }
            Token::Text | Token::LongText | Token::OpenText | Token::Colon if self.frames.is_empty() => {
                return Some("what stands here is no JSON object");
            }
            // Hacker News has null for what was deleted.
            Token::Word if self.frames.is_empty() && self.tokens.source() != b"null" => {
                return Some("what stands here is no JSON object");
            }
            Token::Comma => self.end_value(),
            Token::Text => match self.frames.last_mut() {
                Some(frame) if !frame.list && !frame.keyed => {
                    frame.keyed = true;
                    self.push_key();
                    self.know();
                }
                _ => {
                    self.keep_text();
                    self.end_value();
                }
            },
            Token::LongText => {
                self.flaw(Flaw::TooLong);
                self.end_value();
            }
            Token::OpenText => {
                self.flaw(Flaw::Open);
                self.end_value();
                return Some("a text begins that is never closed");
            }
            Token::Word => {
                self.keep_word();
                self.end_value();
            }
            Token::Stray => return Some("what stands here is no JSON"),
            Token::Colon | Token::Line | Token::End => {}
        }
        None
    }

    fn begin_anew(&mut self) {
        self.frames.clear();
        self.open.clear();
        self.path.clear();
        self.passed = 0;
    }

    /// Opens a list or an object; says where that is too deep for the first time.
    fn open(&mut self, list: bool) -> Option<&'static str> {
        let place = self.tokens.began();
        // An object where a key belongs, at the start of a line: the line before it was cut.
        if !list && self.line_start && self.frames.last().is_some_and(|frame| !frame.list && !frame.keyed) {
            self.begin_anew();
        }
        if self.passed > 0 || self.frames.len() >= DEEPEST {
            self.passed += 1;
            return (!std::mem::replace(&mut self.told_depth, true)).then_some(TOO_DEEP);
        }
        self.expect_text(list);
        let path_length = self.path.len();
        let in_list = self.frames.last().is_some_and(|frame| frame.list);
        let document = self.frames.is_empty();
        if in_list {
            self.path.push_str("[]");
        }
        if document {
            self.began = place.line;
            self.begun = true;
        }
        if !list {
            let own = self.path.rsplit('.').next().unwrap_or_default();
            let listed = self.shape.records.iter().copied().find(|name| *name == own);
            if document || in_list && listed.is_some() {
                self.open.push(Record {
                    order: self.next_order,
                    place,
                    list: listed,
                    values: Vec::new(),
                    flaws: Vec::new(),
                    known: false,
                    path_length: self.path.len(),
                    depth: self.frames.len(),
                });
                self.next_order += 1;
            }
        }
        self.frames.push(Frame { list, path_length, keyed: false });
        None
    }

    /// Closes the innermost list or object, and what is open inside it.
    fn close(&mut self, list: bool) {
        while let Some(frame) = self.frames.pop() {
            self.path.truncate(frame.path_length);
            let depth = self.frames.len();
            self.closed.extend(self.open.pop_if(|record| record.depth == depth));
            self.end_value();
            if frame.list == list {
                break;
            }
        }
        if self.frames.is_empty() {
            self.lines = !list && self.began == self.tokens.began().line;
        }
    }

    /// Takes the key of a value that has ended off the path.
    fn end_value(&mut self) {
        if self.passed > 0 {
            return;
        }
        if let Some(frame) = self.frames.last_mut()
            && frame.keyed
        {
            frame.keyed = false;
            let length = self.path.rfind('.').unwrap_or(0);
            self.path.truncate(length);
        }
    }

    fn push_key(&mut self) {
        self.path.push('.');
        let source = self.tokens.source();
        // A dot in a key would look like two keys; no format has one.
        let short = source.get(..source.len().min(80)).unwrap_or_default();
        let key = String::from_utf8_lossy(short);
        self.path.extend(key.chars().map(|c| if c == '.' { '_' } else { c }));
    }

    /// The wanted path of the value that stands here, in the innermost record.
    fn wanted(&self) -> Option<&'static str> {
        let record = self.open.last()?;
        if self.passed > 0 {
            return None;
        }
        let path = self.path.get(record.path_length..)?.trim_start_matches('.');
        let listed = self.frames.last().is_some_and(|frame| frame.list);
        self.shape.values.iter().copied().find(|wanted| !listed && *wanted == path)
    }

    /// Notes that the innermost record has a key that the format knows.
    fn know(&mut self) {
        if self.wanted().is_some()
            && let Some(record) = self.open.last_mut()
        {
            record.known = true;
        }
    }

    fn put(&mut self, path: &'static str, value: Value) {
        if let Some(record) = self.open.last_mut() {
            match record.values.iter_mut().find(|(known, _)| *known == path) {
                Some((_, known)) => *known = value,
                None => record.values.push((path, value)),
            }
        }
    }

    fn keep_text(&mut self) {
        let Some(path) = self.wanted() else { return };
        let (mut text, mended) = decoded(self.tokens.source());
        if let Some(mended) = mended {
            self.flaw(Flaw::Mended(mended));
        }
        if text.contains('\0') {
            text.retain(|c| c != '\0');
            self.flaw(Flaw::Nul);
        }
        self.put(path, Value::Text(text));
    }

    fn keep_word(&mut self) {
        let Some(path) = self.wanted() else { return };
        let word = String::from_utf8_lossy(self.tokens.source()).into_owned();
        let value = match word.as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            _ => Value::Number(word),
        };
        let last = path.rsplit('.').next().unwrap_or_default();
        if matches!(value, Value::Bool(_)) && TEXTS.contains(&last) {
            self.flaw(Flaw::NoText);
        }
        self.put(path, value);
    }

    fn flaw(&mut self, what: Flaw) {
        if let Some(path) = self.wanted()
            && let Some(record) = self.open.last_mut()
            && record.flaws.len() < MOST_FLAWS
        {
            record.flaws.push((path, what));
        }
    }

    /// Looks at the path of a list or object that begins: one that holds records or values is as it should be.
    fn expect_text(&mut self, list: bool) {
        let Some(record) = self.open.last_mut() else { return };
        let path = self.path.get(record.path_length..).unwrap_or_default().trim_start_matches('.');
        let own = path.rsplit('.').next().unwrap_or_default();
        let holds = |name: &str| name.strip_suffix("[]") == Some(own);
        if list && self.shape.records.iter().copied().any(holds) {
            record.known = true;
        } else if self.wanted().is_some_and(|wanted| {
            !self
                .shape
                .values
                .iter()
                .any(|other| other.strip_prefix(wanted).is_some_and(|rest| rest.starts_with(['.', '['])))
        }) {
            self.flaw(Flaw::NoText);
        }
    }
}

impl Records<Again> {
    /// What is left of the stream, and where it begins.
    pub(super) fn left(self) -> (Again, Place) {
        self.tokens.left()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SHAPE: Shape = Shape { records: &["c[]", "[]"], values: &["id", "a.b", "r[].t"] };

    fn records(source: &str) -> Vec<String> {
        let platform = Platform::named("remark42").unwrap();
        let mut records = Records::new(source.as_bytes(), Place { line: 1, byte: 0 }, platform, SHAPE);
        let mut found = Vec::new();
        loop {
            match records.next().unwrap() {
                Found::Record(record) => {
                    let values: Vec<_> = SHAPE.values.iter().filter_map(|path| record.text(path)).collect();
                    let around: Vec<_> = records.around().iter().map(|outer| outer.order).collect();
                    found.push(format!("{} {} {around:?}", record.order, values.join(" ")));
                }
                Found::Fault(place, what) => found.push(format!("{}: {what}", place.line)),
                Found::Other(platform) => found.push(format!("{platform:?}")),
                Found::End { whole } => {
                    found.push(format!("{whole}"));
                    return found;
                }
            }
        }
    }

    #[test]
    fn records_bring_the_values_that_are_wanted() {
        let found = records(
            r#"{"id":0,"x":{"c":[1]},"c":[{"id":"1","a":{"b":2,"c":[{"id":"in"}]},"r":[{"t":"x"},{"t":"y"}]},{"id":"3"}]}"#,
        );
        assert_eq!(found, ["2 in [0, 1]", "1 1 2 y [0]", "3 3 [0]", "0 0 []", "true"]);
        assert_eq!(records("[{\"id\":1},\n{\"id\":2}]"), ["0 1 []", "1 2 []", "true"]);
        assert_eq!(records("{\"id\":1}\n{\"id\":2}\n"), ["0 1 []", "1 2 []", "true"]);
    }

    #[test]
    fn a_fault_costs_a_line_or_a_record() {
        let lines = "{\"id\":1}\n{\"id\":2,\"a\n{\"id\":3}\n{\"id\":4,\n{\"id\":5}\nx\u{1}\u{1}\n{\"id\":6}";
        let found = records(lines);
        assert_eq!(found[0], "0 1 []");
        assert!(found.contains(&"2 3 []".to_owned()) && found.contains(&"4 5 []".to_owned()), "{found:?}");
        assert!(found.contains(&"5 6 []".to_owned()) && found.last().unwrap() == "true", "{found:?}");
        let found = records("{\"c\":[{\"id\":1}},{\"id\":2},{\"id\":3],\"id\":9}");
        assert_eq!(found.iter().filter(|line| line.contains("bracket") || line.contains("list")).count(), 1);
        assert!(found.contains(&"3 3 [0]".to_owned()) && found.contains(&"0 9 []".to_owned()), "{found:?}");
        assert_eq!(records("{\"c\":[{\"id\":1},{\"id\":2"), ["1 1 [0]", "0  []", "false"]);
    }

    #[test]
    fn deep_nesting_is_passed_over_and_told_once() {
        let deep = format!("{{\"id\":1,\"d\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        let told = format!("1: {TOO_DEEP}");
        assert!(TOO_DEEP.contains(&DEEPEST.to_string()));
        assert_eq!(records(&deep), [&told, "0 1 []", "true"]);
        assert_eq!(records(&format!("{deep}\n{deep}")), [&told, "0 1 []", "1 1 []", "true"]);
        // Also in a line of which something else was told.
        let (open, close) = ("{\"c\":[".repeat(3000), "]}".repeat(3000));
        let found = records(&format!("{{\"id\":1}} ! {open}{close}"));
        assert!(found.iter().any(|line| line.contains("no JSON")) && found.contains(&told));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn any_bytes_come_to_an_end(source in "[{}\\[\\]\":,cid1\n\\\\ ]{0,200}") {
            let found = records(&source);
            prop_assert!(found.len() <= source.len() + 2);
        }
    }
}
