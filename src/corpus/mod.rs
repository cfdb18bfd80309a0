//! Files and streams of rows, pages, dumps and exports, read one entry at a time.
//!
//! What an input is, is decided by its first bytes, and for rows by the name's ending too. A file of rows is an
//! **export** when its first row names an author, a date or a parent's id (`author`, `created_at`, `parent_id` …) and
//! none of the things that only rows have: labels, a list of earlier comments, or a parent that reads as a text. The
//! comments of an export become [`Thread`]s: consecutive rows with the same thread, page or article are one. In any
//! other file each row stands for itself.

mod account;
mod cell;
mod entry;
mod fields;
mod gather;
mod halves;
mod jsonl;
mod lines;
mod paths;
mod quotes;
mod rows;
mod single;
mod source;
mod table;
mod threads;
mod write;

pub use entry::{Body, Entry};
pub(crate) use halves::mended;
pub use paths::open_paths;
pub use single::SingleRow;
pub use write::RowWriter;

use crate::error::{Error, Result};
use crate::extract::export::{self, Export};
use crate::extract::{self, Format};
use crate::text::echo::shown;
use crate::thread::{Comment, Thread};
use account::Account;
use cell::Cell;
use fields::{Field, Fields};
use gather::{Gathered, Gatherer};
use jsonl::Jsonl;
use lines::{Lines, Place};
use source::{Source, Stream, Transcoder};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use table::Table;

/// The largest page or dump that is read.
const LARGEST_PAGE: usize = 64 << 20;

/// Remarks on an input that are told.
const MOST_REMARKS: usize = 20;

/// Which columns of a CSV file, or keys of a JSON row, hold what; `None` looks for the usual names.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    /// The comment.
    pub text: Option<String>,
    /// Its id.
    pub id: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// When.
    pub date: Option<String>,
    /// The id of the comment it answers.
    pub parent: Option<String>,
    /// What tells one thread from another: an id, or the page's address.
    pub thread: Option<String>,
    /// The title of what it was written under.
    pub title: Option<String>,
    /// What the platform calls its state: `approved`, `spam` …
    pub status: Option<String>,
    /// Column or key → label, beside `labels` and the known label names.
    pub labels: Vec<(String, crate::label::Label)>,
    /// The labels that are read; the values of others are not looked at. `None` reads all, and each must be sound.
    pub wanted: Option<Vec<crate::label::Label>>,
    /// Further columns or keys whose values rows keep as text.
    pub kept: Vec<String>,
}

/// How far the reading of an input has come; may be asked from another thread.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    read: Arc<AtomicU64>,
    total: Option<u64>,
}

impl Progress {
    /// Returns how many bytes of the input were read, packed as they are there.
    pub fn bytes_read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Returns how many bytes the input has; `None` for streams.
    pub fn total(&self) -> Option<u64> {
        self.total
    }
}

/// A row as its file has it.
struct Record {
    place: Place,
    fields: Fields,
    /// What is wrong with its bytes, which were read as windows-1252: a row is refused then, a comment of an export is
    /// kept.
    odd: Option<String>,
    /// The thread that stands in place of a row.
    thread: Option<Box<Thread>>,
}

/// What is wrong with a row.
struct Fault {
    place: Place,
    what: String,
}

/// Reads one input entry by entry, holding no more than one entry in memory.
///
/// An `Err` item is one thing that could not be read; reading goes on with the next one where that is possible.
pub struct Reader {
    file: PathBuf,
    path: Arc<str>,
    columns: Columns,
    format: Option<Format>,
    progress: Progress,
    input: Input,
    /// Whether the rows are an export's; `None` before the first.
    export: Option<bool>,
    gatherer: Gatherer,
    /// What is wrong with the thread that was handed out last.
    faults: VecDeque<Fault>,
    /// What of threads was left out.
    left_out: VecDeque<Error>,
    /// What is to be handed out before more is read.
    ready: VecDeque<Entry>,
    /// What should be known though nothing was left out, and how many times such a thing may still be told.
    remarks: VecDeque<String>,
    remarks_left: usize,
    account: Account,
    /// How many rows were read, good or bad.
    rows: u64,
    /// Whether nothing was handed out yet, no error either.
    silent: bool,
}

enum Input {
    Page(Format, Stream),
    Jsonl(Jsonl),
    Table(Box<Table>),
    Export(Box<Export>),
    Done,
}

impl Reader {
    /// Opens a file, or standard input for `-`; `.gz` and `.zst` are unpacked as they are read.
    ///
    /// # Errors
    /// When it is missing, a directory, unreadable or binary.
    pub fn open(path: &Path, columns: &Columns) -> Result<Self> {
        Self::from_source(path, columns, Source::open(path, expects_rows(columns))?)
    }

    /// Reads `stream` as an input that is called `name`.
    ///
    /// # Errors
    /// When it is unreadable or binary.
    pub fn from_stream(name: &str, stream: Box<dyn Read + Send>, columns: &Columns) -> Result<Self> {
        let path = Path::new(name);
        let source = Source::from_stream(path, stream, Arc::default(), None, expects_rows(columns))?;
        Self::from_source(path, columns, source)
    }

    fn from_source(path: &Path, columns: &Columns, source: Source) -> Result<Self> {
        let progress = Progress { read: Arc::clone(&source.read), total: source.total };
        let format = source.format;
        let failed = |error: io::Error| Error::input(Some(path), None, None, source::describe(&error));
        let input = match format {
            None => Input::Done,
            Some(Format::Jsonl) => Input::Jsonl(Jsonl::new(Lines::new(source).map_err(failed)?)),
            Some(Format::Csv) => Input::Table(Box::new(Table::new(Lines::new(source).map_err(failed)?))),
            Some(Format::Export(platform)) => {
                let stream: Box<dyn Read + Send> = match source.encoding {
                    Some(encoding) => Box::new(Transcoder::new(source.stream, encoding)),
                    None => Box::new(source.stream),
                };
                Input::Export(Box::new(Export::new(platform, stream)))
            }
            Some(page) => Input::Page(page, source.stream),
        };
        Ok(Self {
            file: path.to_owned(),
            path: path.to_string_lossy().into(),
            columns: columns.clone(),
            format,
            progress,
            input,
            export: None,
            gatherer: Gatherer::default(),
            faults: VecDeque::new(),
            left_out: VecDeque::new(),
            ready: VecDeque::new(),
            remarks: VecDeque::new(),
            remarks_left: MOST_REMARKS,
            account: Account::new(columns),
            rows: 0,
            silent: true,
        })
    }

    /// Returns what the input was found to be; `None` for an empty one.
    pub fn format(&self) -> Option<Format> {
        self.format
    }

    /// Returns a handle that tells how far the reading has come.
    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// Says of an input that was read to its end, and of which there was nothing to hand out, why that is so.
    pub fn emptiness(&self) -> Option<String> {
        let what = match self.format {
            _ if !self.silent => return None,
            None => "this is empty".to_owned(),
            Some(Format::Export(platform)) => {
                format!(
                    "this is an export ({}) in which no comment has a text; was all of it exported?",
                    platform.name()
                )
            }
            Some(_) => "there are no rows in this".to_owned(),
        };
        Some(format!("{}: {what}", self.path))
    }

    /// Returns what a person should know of what was handed out since the last call, though nothing is lost: a sentence a
    /// call.
    pub fn remark(&mut self) -> Option<String> {
        self.remarks.pop_front()
    }

    /// Tells whether a column that the caller named is in no row; known once that was handed out as an error, at the end.
    pub fn lacks_columns(&self) -> bool {
        self.account.lacks()
    }

    fn note(&mut self, remark: &Error) {
        if let Some(left) = self.remarks_left.checked_sub(1) {
            self.remarks_left = left;
            self.remarks.push_back(remark.to_string());
        }
    }

    fn fault(&self, fault: Fault) -> Error {
        Error::input(Some(&self.file), Some(fault.place.line), Some(fault.place.byte), fault.what)
    }

    /// A thread without the comments that are too long to be any.
    fn thread(&mut self, line: Option<u64>, mut thread: Thread) -> Entry {
        let too_long = |comment: &Comment| comment.text.len() > Comment::LONGEST;
        if let Some(first) = thread.comments.iter().find(|comment| too_long(comment)) {
            let (id, size) = (shown(&first.id, 64), Comment::LONGEST >> 20);
            let what = match thread.comments.iter().filter(|comment| too_long(comment)).count() {
                1 => format!("comment {id} is longer than {size} MiB and was left out; shorten it"),
                many => format!(
                    "{many} comments, {id} the first, are longer than {size} MiB and were left out; shorten them"
                ),
            };
            self.left_out.push_back(Error::input(Some(&self.file), line, None, what));
            thread.comments.retain(|comment| !too_long(comment));
        }
        // A thread that was extracted before says where.
        thread.path.get_or_insert_with(|| self.path.to_string());
        Entry { path: Arc::clone(&self.path), line, body: Body::Thread(thread) }
    }

    /// A thread of rows.
    fn gathered(&mut self, gathered: Gathered) -> Entry {
        let Gathered { line, mut thread, faults, remark } = gathered;
        self.faults.extend(faults);
        if let Some(remark) = remark.map(|remark| self.fault(remark)) {
            self.note(&remark);
        }
        thread.source = Some(if self.format == Some(Format::Csv) { "csv" } else { "jsonl" }.to_owned());
        thread.confidence = Some(1.0);
        self.thread(Some(line), thread)
    }

    /// A thread that was extracted before; what is gathered of rows goes before it.
    fn extracted(&mut self, place: Place, thread: Thread) -> Entry {
        if !thread.notes.is_empty() && !thread.comments.is_empty() {
            let path = thread.path.as_deref().unwrap_or(&self.path);
            let remark = Error::input(Some(Path::new(path)), None, None, thread.notes.join("; "));
            self.note(&remark);
        }
        let before = self.gatherer.finish(false).map(|gathered| self.gathered(gathered));
        let entry = self.thread(Some(place.line), thread);
        let Some(before) = before else { return entry };
        self.ready.push_back(entry);
        before
    }

    fn page(&mut self, format: Format, stream: Stream) -> Result<Entry> {
        let file = self.file.clone();
        let refuse = |what: String| Error::input(Some(&file), None, None, what);
        let mut bytes = Vec::new();
        let mut limited = stream.take(LARGEST_PAGE as u64 + 1);
        limited.read_to_end(&mut bytes).map_err(|error| refuse(source::describe(&error)))?;
        if bytes.len() > LARGEST_PAGE {
            let size = LARGEST_PAGE >> 20;
            return Err(refuse(format!(
                "this is larger than the {size} MiB a page may have; split it or make it rows"
            )));
        }
        let text = extract::decode_in(Some(&file), &bytes, format)?;
        let thread = if format == Format::Html { extract::html(&text) } else { extract::flat_text(&text) };
        Ok(self.thread(None, thread))
    }

    /// What the reader of an export found; `None` for a fault of a kind that was told often.
    fn exported(&mut self, item: io::Result<Result<export::Gathered, export::Fault>>) -> Option<Result<Entry>> {
        match item {
            Ok(Ok(export::Gathered { line, thread })) => Some(Ok(self.thread(Some(line), thread))),
            Ok(Err(export::Fault { place, what, harmless })) => {
                let (line, byte) = (place.map(|place| place.line), place.map(|place| place.byte));
                if harmless {
                    self.note(&Error::input(Some(&self.file), line, byte, what));
                    return None;
                }
                self.account.tells(&what).then(|| Err(Error::input(Some(&self.file), line, byte, what)))
            }
            Err(error) => Some(Err(Error::input(Some(&self.file), None, None, source::describe(&error)))),
        }
    }

    /// Turns a record into an entry; `None` while a thread of an export is gathered.
    fn entry(&mut self, record: Record) -> Option<Result<Entry>> {
        let Record { place, fields, odd, thread } = record;
        self.rows += 1;
        if let Some(thread) = thread {
            return Some(Ok(self.extracted(place, *thread)));
        }
        self.account.see(&fields, &self.columns);
        let export = *self.export.get_or_insert_with(|| is_export(&fields));
        let made = if export {
            if let Some(what) = odd {
                let what = format!("{what}; such bytes were read as windows-1252: {CONVERT}");
                self.faults.push_back(Fault { place, what });
            }
            gather::post(fields).map(|post| {
                let gathered = self.gatherer.add(post, place);
                gathered.map(|gathered| self.gathered(gathered))
            })
        } else if let Some(what) = odd {
            Err(format!("{what}; {CONVERT}"))
        } else {
            rows::row(fields, &self.columns, self.rows)
                .map(|row| Some(Entry { path: Arc::clone(&self.path), line: Some(place.line), body: Body::Row(row) }))
        };
        match made {
            Ok(entry) => entry.map(Ok),
            Err(what) if self.account.tells(&what) => Some(Err(self.fault(Fault { place, what }))),
            Err(_) => None,
        }
    }
}

/// Whether the caller named columns, so that an unclear input is one of rows.
fn expects_rows(columns: &Columns) -> bool {
    columns.named().into_iter().any(|(_, name)| name.is_some()) || !columns.labels.is_empty()
}

/// Decides by its first row whether a file is a platform's export; the rule stands at the top of this room.
fn is_export(first: &Fields) -> bool {
    let export = [Field::Author, Field::Date, Field::ParentId].iter().any(|field| first.get(*field).is_some());
    let labels = first.get(Field::Labels).is_some() || !first.labels.is_empty() || first.malformed.is_some();
    let thread = matches!(first.get(Field::Thread), Some(Cell::Texts(_)));
    let parent =
        matches!(first.get(Field::Parent), Some(Cell::Text(text)) if text.trim().contains(char::is_whitespace));
    export && !labels && !thread && !parent
}

impl Iterator for Reader {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.read();
        self.silent &= item.is_none();
        item
    }
}

impl Reader {
    fn read(&mut self) -> Option<Result<Entry>> {
        loop {
            if let Some(entry) = self.ready.pop_front() {
                return Some(Ok(entry));
            }
            if let Some(left_out) = self.left_out.pop_front() {
                return Some(Err(left_out));
            }
            while let Some(fault) = self.faults.pop_front() {
                if self.account.tells(&fault.what) {
                    return Some(Err(self.fault(fault)));
                }
            }
            let record = match &mut self.input {
                Input::Export(export) => {
                    let Some(item) = export.next() else {
                        self.input = Input::Done;
                        continue;
                    };
                    match self.exported(item) {
                        Some(item) => return Some(item),
                        None => continue,
                    }
                }
                Input::Jsonl(rows) => rows.next(&self.columns),
                Input::Table(rows) => rows.next(&self.columns),
                Input::Done => {
                    let what = self.account.close(&self.columns)?;
                    return Some(Err(Error::input(Some(&self.file), None, None, what)));
                }
                Input::Page(..) => {
                    let Input::Page(format, stream) = std::mem::replace(&mut self.input, Input::Done) else {
                        return None;
                    };
                    return Some(self.page(format, stream));
                }
            };
            match record {
                Some(Ok(record)) => {
                    if let Some(entry) = self.entry(record) {
                        return Some(entry);
                    }
                }
                Some(Err(fault)) => {
                    self.rows += 1;
                    if self.account.tells(&fault.what) {
                        return Some(Err(self.fault(fault)));
                    }
                }
                None => {
                    self.input = Input::Done;
                    if let Some(gathered) = self.gatherer.finish(false) {
                        return Some(Ok(self.gathered(gathered)));
                    }
                }
            }
        }
    }
}

/// How to mend a file in windows-1252.
const CONVERT: &str = "convert the file, as with iconv -f WINDOWS-1252 -t UTF-8";

/// Reads the bytes of a row as text; beside it what is wrong with them, if they are not UTF-8.
fn utf_8(bytes: &[u8], place: Place, wide: bool) -> Result<(Cow<'_, str>, Option<String>), Fault> {
    let at = |at: usize| place.byte + lines::length(bytes.get(..at).unwrap_or_default(), wide);
    if let Some(nul) = memchr::memchr(0, bytes) {
        return Err(Fault { place, what: format!("a NUL byte stands at byte {}; remove it", at(nul)) });
    }
    Ok(match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), None),
        Err(error) => {
            let what = format!("the row is not UTF-8 at byte {}", at(error.valid_up_to()));
            (Cow::Owned(export::lenient(bytes)), Some(what))
        }
    })
}

#[cfg(test)]
mod tests;
