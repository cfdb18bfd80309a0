//! From a path to a stream of UTF-8 or page bytes: opened, unpacked, counted and sniffed.

use crate::error::{Error, Result};
use crate::extract::{Format, sniff_in};
use encoding_rs::{Decoder, Encoding, UTF_16BE, UTF_16LE};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How much of an input is looked at to decide what it is.
const HEAD: usize = 64 << 10;
const BUFFER: usize = 64 << 10;

/// A stream whose first bytes were read and put back.
pub(super) type Stream = BufReader<Chain<Cursor<Vec<u8>>, Box<dyn Read + Send>>>;

/// An opened input.
pub(super) struct Source {
    /// What it holds; `None` for an empty input.
    pub(super) format: Option<Format>,
    /// The unpacked bytes, from the first.
    pub(super) stream: Stream,
    /// In which encoding rows are written: UTF-8 where this is `None`.
    pub(super) encoding: Option<&'static Encoding>,
    /// The unpacked first bytes.
    pub(super) head: Vec<u8>,
    /// How many bytes of the file were read, packed as they are there.
    pub(super) read: Arc<AtomicU64>,
    /// How long the file is, where that is known.
    pub(super) total: Option<u64>,
}

impl Source {
    /// Opens a file, or standard input for `-`.
    ///
    /// # Errors
    /// One sentence for what is missing, a directory, not permitted, damaged or binary.
    pub(super) fn open(path: &Path, rows_expected: bool) -> Result<Self> {
        let read = Arc::new(AtomicU64::new(0));
        if path.as_os_str() == "-" {
            return Self::from_stream(path, Box::new(io::stdin()), read, None, rows_expected);
        }
        let refuse = |what: String| Error::input(Some(path), None, None, what);
        let file = File::open(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => refuse("there is no such file; check the path".into()),
            io::ErrorKind::PermissionDenied => refuse("reading it is not permitted; change its permissions".into()),
            _ => Error::io(path, error),
        })?;
        let metadata = file.metadata().map_err(|error| Error::io(path, error))?;
        if metadata.is_dir() {
            return Err(refuse("this is a directory; name the files in it".into()));
        }
        let total = metadata.is_file().then_some(metadata.len());
        Self::from_stream(path, Box::new(file), read, total, rows_expected)
    }

    /// Unpacks and sniffs `raw`.
    pub(super) fn from_stream(
        path: &Path,
        raw: Box<dyn Read + Send>,
        read: Arc<AtomicU64>,
        total: Option<u64>,
        rows_expected: bool,
    ) -> Result<Self> {
        let mut counted = BufReader::with_capacity(BUFFER, Counted { inner: raw, read: Arc::clone(&read) });
        let failed = |error: io::Error| Error::input(Some(path), None, None, describe(&error));
        let magic = counted.fill_buf().map_err(failed)?;
        let mut unpacked: Box<dyn Read + Send> = if magic.starts_with(&[0x1f, 0x8b]) {
            Box::new(flate2::bufread::MultiGzDecoder::new(counted))
        } else if magic.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            Box::new(zstd::stream::read::Decoder::with_buffer(counted).map_err(failed)?)
        } else {
            Box::new(counted)
        };
        let mut head = Vec::new();
        match unpacked.by_ref().take(HEAD as u64).read_to_end(&mut head) {
            Err(error) if head.is_empty() => return Err(failed(error)),
            // The rows before the damage are read.
            Err(error) => unpacked = Box::new(Damaged(Some(error))),
            Ok(_) => {}
        }
        let format = if head.is_empty() { None } else { Some(decide(path, &head, rows_expected)?) };
        let encoding = utf_16(&head);
        let rows = matches!(format, Some(Format::Jsonl | Format::Csv));
        if rows && encoding.is_none() && !head.contains(&b'\n') && head.contains(&b'\r') {
            feed_lines(&mut head);
            unpacked = Box::new(Returns(unpacked));
        }
        Ok(Self {
            format,
            encoding,
            stream: BufReader::with_capacity(BUFFER, Cursor::new(head.clone()).chain(unpacked)),
            head,
            read,
            total,
        })
    }
}

/// What the input is: for files of rows the name's ending counts too, since a column of text looks like a dump.
fn decide(path: &Path, head: &[u8], rows_expected: bool) -> Result<Format> {
    let sniffed = sniff_in(Some(path), head);
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    let start = significant(head).first();
    let brace = start == Some(&b'{');
    let document = brace || start == Some(&b'[');
    let first_line = head.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let text = !first_line.contains(&0);
    match sniffed {
        // Whoever names columns means rows.
        Ok(Format::Export(_)) if document && rows_expected => Ok(Format::Jsonl),
        Ok(Format::Export(platform)) => Ok(Format::Export(platform)),
        // A stray NUL in one row must not make a whole file of rows binary.
        Err(_) if brace && (rows_expected || ends(&[".jsonl", ".ndjson"])) => Ok(Format::Jsonl),
        Err(_) if text && ends(&[".csv", ".tsv"]) => Ok(Format::Csv),
        Err(error) => Err(error),
        Ok(_) if ends(&[".jsonl", ".ndjson"]) || document && ends(&[".json"]) => Ok(Format::Jsonl),
        Ok(_) if ends(&[".csv", ".tsv"]) => Ok(Format::Csv),
        Ok(Format::FlatText) if rows_expected => Ok(if brace { Format::Jsonl } else { Format::Csv }),
        // Tags may stand in the texts of a table; a page begins with one.
        Ok(Format::Html) if rows_expected && start != Some(&b'<') && utf_16(head).is_none() => Ok(Format::Csv),
        Ok(format) => Ok(format),
    }
}

/// `head` from the first byte that is no byte-order mark, white space or half of a UTF-16 space.
fn significant(head: &[u8]) -> &[u8] {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let skip = head.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(head.len());
    head.get(skip..).unwrap_or_default()
}

/// Recognises UTF-16 by its mark, or by a first character that is ASCII.
fn utf_16(head: &[u8]) -> Option<&'static Encoding> {
    match head {
        [0xff, 0xfe, ..] => Some(UTF_16LE),
        [0xfe, 0xff, ..] => Some(UTF_16BE),
        [1..0x80, 0, 1..0x80, 0, ..] => Some(UTF_16LE),
        [0, 1..0x80, 0, 1..0x80, ..] => Some(UTF_16BE),
        _ => None,
    }
}

/// Says what an error while reading means to a person.
pub(super) fn describe(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "the packed data end too early; pack or copy the file again".into(),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            format!("the packed data are damaged ({error}); pack or copy the file again")
        }
        _ => format!("reading failed: {error}"),
    }
}

/// Turns carriage returns that end lines alone into line feeds.
fn feed_lines(bytes: &mut [u8]) {
    for byte in bytes.iter_mut().filter(|byte| **byte == b'\r') {
        *byte = b'\n';
    }
}

/// Lines that end with carriage returns alone, with line feeds instead.
struct Returns(Box<dyn Read + Send>);

impl Read for Returns {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(buffer)?;
        feed_lines(buffer.get_mut(..count).unwrap_or_default());
        Ok(count)
    }
}

/// Counts what is read.
struct Counted {
    inner: Box<dyn Read + Send>,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Fails once, then ends.
struct Damaged(Option<io::Error>);

impl Read for Damaged {
    fn read(&mut self, _buffer: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// UTF-16 turned into UTF-8 while it is read; lone surrogates become U+FFFD.
pub(super) struct Transcoder<R> {
    inner: R,
    decoder: Decoder,
    /// Decoded and not yet handed out.
    ready: Vec<u8>,
    at: usize,
    done: bool,
}

impl<R: BufRead> Transcoder<R> {
    pub(super) fn new(inner: R, encoding: &'static Encoding) -> Self {
        Self { inner, decoder: encoding.new_decoder_with_bom_removal(), ready: Vec::new(), at: 0, done: false }
    }
}

impl<R: BufRead> Read for Transcoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.ready.len() && !self.done {
            let input = self.inner.fill_buf()?;
            let last = input.is_empty();
            self.ready.resize(3 * BUFFER, 0);
            let (_, consumed, written, _) = self.decoder.decode_to_utf8(input, &mut self.ready, last);
            self.ready.truncate(written);
            self.at = 0;
            self.inner.consume(consumed);
            self.done = last;
        }
        let left = self.ready.get(self.at..).unwrap_or_default();
        let count = left.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), left.get(..count)) {
            to.copy_from_slice(from);
        }
        self.at += count;
        Ok(count)
    }
}
