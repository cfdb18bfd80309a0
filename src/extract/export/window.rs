//! The piece of a stream that is looked at, where it stands, and what is left when another reader takes over.

use super::{Place, Platform};
use std::io::{self, Read};

/// How much is read in one go.
const WINDOW: usize = 128 << 10;
/// How much is looked at to tell which export begins.
const HEAD: usize = 64 << 10;
/// How many bytes may be looked at beside twice those that were passed: a hostile file must not make this slow.
const LOOKS: u64 = 4 << 20;

/// A stream that another reader looked at: what it did not use comes first.
pub(super) struct Again {
    head: Vec<u8>,
    at: usize,
    stream: Box<dyn Read + Send>,
}

impl Again {
    pub(super) fn new(stream: Box<dyn Read + Send>) -> Self {
        Self { head: Vec::new(), at: 0, stream }
    }

    /// Puts `bytes` before what is left.
    fn before(self, mut bytes: Vec<u8>) -> Self {
        bytes.extend_from_slice(self.head.get(self.at..).unwrap_or_default());
        Self { head: bytes, at: 0, stream: self.stream }
    }
}

impl Read for Again {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut head = self.head.get(self.at..).unwrap_or_default();
        if head.is_empty() {
            if self.at > 0 {
                (self.head, self.at) = (Vec::new(), 0);
            }
            return self.stream.read(buffer);
        }
        let count = head.read(buffer)?;
        self.at += count;
        Ok(count)
    }
}

/// A window on a stream.
pub(super) struct Window<R> {
    stream: R,
    bytes: Vec<u8>,
    at: usize,
    ended: bool,
    /// Where the window begins to be looked at; the line is counted by [`Window::pass`].
    pub(super) place: Place,
    /// How many bytes were looked at.
    looked: u64,
}

impl<R: Read> Window<R> {
    /// Begins to read `stream`, whose first byte stands at `place`.
    pub(super) fn new(stream: R, place: Place) -> Self {
        Self { stream, bytes: Vec::new(), at: 0, ended: false, place, looked: 0 }
    }

    /// What was read and not passed.
    pub(super) fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// The next bytes, up to `count`; fewer only at the end.
    pub(super) fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        while self.bytes.len() - self.at < count && self.fill()? {}
        let rest = self.rest();
        Ok(rest.get(..count.min(rest.len())).unwrap_or_default())
    }

    /// The next byte, if there is one.
    pub(super) fn byte(&mut self) -> io::Result<Option<u8>> {
        if self.at == self.bytes.len() {
            self.fill()?;
        }
        Ok(self.bytes.get(self.at).copied())
    }

    /// Passes `count` bytes, which are given back, and counts their lines.
    pub(super) fn pass(&mut self, count: usize) -> &[u8] {
        let passed = self.bytes.get(self.at..self.at + count).unwrap_or_default();
        self.place.line += memchr::memchr_iter(b'\n', passed).count() as u64;
        self.place.byte += passed.len() as u64;
        self.at += passed.len();
        passed
    }

    /// Passes `count` bytes in which no line ends.
    pub(super) fn skip(&mut self, count: usize) {
        self.at += count;
        self.place.byte += count as u64;
    }

    /// Reads more; `false` at the end.
    pub(super) fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.bytes.drain(..self.at);
        self.at = 0;
        let before = self.bytes.len();
        self.bytes.resize(before + WINDOW, 0);
        let read = loop {
            match self.stream.read(self.bytes.get_mut(before..).unwrap_or_default()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        self.bytes.truncate(before + read.as_ref().map_or(0, |count| *count));
        self.ended = !matches!(read, Ok(1..));
        read.map(|count| count > 0)
    }

    /// What `judge` says of the next `most` bytes; `None` where too much was looked at.
    pub(super) fn look<T>(&mut self, most: usize, judge: impl FnOnce(&str) -> T) -> io::Result<Option<T>> {
        let head = self.peek(most)?;
        let length = head.len() as u64;
        if self.looked + length > LOOKS + 2 * self.place.byte {
            return Ok(None);
        }
        self.looked += length;
        let head = String::from_utf8_lossy(self.peek(most)?);
        Ok(Some(judge(head.trim_start_matches('\u{feff}'))))
    }

    /// Tells which export begins here, if one does; `None` too where too much was looked at.
    pub(super) fn platform(&mut self, most: usize) -> io::Result<Option<Platform>> {
        Ok(self.look(most.min(HEAD), Platform::of)?.flatten())
    }
}

impl Window<Again> {
    /// What is left of the stream, and where it begins.
    pub(super) fn left(mut self) -> (Again, Place) {
        self.bytes.drain(..self.at);
        (self.stream.before(self.bytes), self.place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_read_by_another() {
        let source: Vec<u8> = (0..700_000u32).map(|number| (number * 31 % 251) as u8).collect();
        let mut stream = Again::new(Box::new(std::io::Cursor::new(source.clone())));
        let (mut place, mut seen) = (Place::default(), 0);
        for step in [0, 5, 300_000, 1] {
            let mut window = Window::new(stream, place);
            let next = window.peek(step + 1).unwrap().to_vec();
            assert_eq!(next, source[seen..=seen + step]);
            window.pass(step);
            seen += step;
            (stream, place) = window.left();
            assert_eq!(place.byte, seen as u64);
        }
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).unwrap();
        assert_eq!(rest, source[seen..]);
    }
}
