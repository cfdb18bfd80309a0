//! Lines of a stream, with their places, in bounded memory.

use super::source::{Source, Stream, Transcoder};
use memchr::memchr;
use std::io::{self, BufRead, BufReader};

/// The longest line or CSV record that is read.
pub(super) const LONGEST: usize = 64 << 20;

/// Where a line begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// From 1.
    pub(super) line: u64,
    /// From 0, in the unpacked input.
    pub(super) byte: u64,
}

/// What [`Lines::append`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// A line, appended without its line feed.
    Line,
    /// A line that would not fit; all of it was passed over, some of it may have been appended.
    TooLong,
    /// Nothing: the end of the input.
    End,
}

/// Reads lines; can be told to read some again.
pub(super) struct Lines {
    stream: Box<dyn BufRead + Send>,
    /// Whether the input is UTF-16, so that places are counted in its bytes and not in those of its UTF-8 form.
    wide: bool,
    next: Place,
    /// Bytes to read before the stream, from `again_at`.
    again: Vec<u8>,
    again_at: usize,
    longest: usize,
}

impl Lines {
    /// Reads the lines of `source`, without a byte-order mark.
    pub(super) fn new(source: Source) -> io::Result<Self> {
        let mut mark = 0;
        let stream: Box<dyn BufRead + Send> = match source.encoding {
            Some(encoding) => {
                mark = if matches!(source.head.as_slice(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) { 2 } else { 0 };
                Box::new(BufReader::new(Transcoder::new(source.stream, encoding)))
            }
            None => {
                let mut stream: Stream = source.stream;
                if source.head.starts_with(b"\xef\xbb\xbf") {
                    mark = 3;
                    io::copy(&mut io::Read::take(&mut stream, 3), &mut io::sink())?;
                }
                Box::new(stream)
            }
        };
        Ok(Self {
            stream,
            wide: source.encoding.is_some(),
            next: Place { line: 1, byte: mark },
            again: Vec::new(),
            again_at: 0,
            longest: LONGEST,
        })
    }

    /// Where the next line begins.
    pub(super) fn place(&self) -> Place {
        self.next
    }

    /// Appends the next line to `record`, as long as that stays within the longest allowed.
    pub(super) fn append(&mut self, record: &mut Vec<u8>) -> io::Result<Found> {
        let mut found = Found::End;
        loop {
            let replay = self.again_at < self.again.len();
            let chunk =
                if replay { self.again.get(self.again_at..).unwrap_or_default() } else { self.stream.fill_buf()? };
            if chunk.is_empty() {
                return Ok(found);
            }
            if found == Found::End {
                found = Found::Line;
                self.next.line += 1;
            }
            let feed = memchr(b'\n', chunk);
            let body = chunk.get(..feed.unwrap_or(chunk.len())).unwrap_or(chunk);
            let used = body.len() + usize::from(feed.is_some());
            self.next.byte += length(chunk.get(..used).unwrap_or(chunk), self.wide);
            if found == Found::Line && record.len() + body.len() <= self.longest {
                record.extend_from_slice(body);
            } else {
                found = Found::TooLong;
            }
            if replay {
                self.again_at += used;
            } else {
                self.stream.consume(used);
            }
            if feed.is_some() {
                return Ok(found);
            }
        }
    }

    /// Puts back the bytes of lines that were read (line feeds between them and, if `fed`, after the last), so that
    /// reading goes on at `place`.
    pub(super) fn read_again(&mut self, bytes: &[u8], fed: bool, place: Place) {
        let mut again = bytes.to_vec();
        if fed {
            again.push(b'\n');
        }
        again.extend_from_slice(self.again.get(self.again_at..).unwrap_or_default());
        self.again = again;
        self.again_at = 0;
        self.next = place;
    }

    /// Whether the input is UTF-16.
    pub(super) fn wide(&self) -> bool {
        self.wide
    }

    /// Allows lines of no more than `longest` bytes.
    #[cfg(test)]
    pub(super) fn set_longest(&mut self, longest: usize) {
        self.longest = longest;
    }
}

/// How many bytes of the input a piece of its UTF-8 form stands for.
pub(super) fn length(bytes: &[u8], wide: bool) -> u64 {
    if !wide {
        return bytes.len() as u64;
    }
    // Counted by first bytes, since a piece may end inside a character.
    bytes
        .iter()
        .map(|byte| match byte {
            0x80..=0xbf => 0,
            0xf0.. => 4,
            _ => 2,
        })
        .sum()
}
