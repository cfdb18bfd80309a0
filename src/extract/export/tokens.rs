//! JSON as a stream of tokens, of any length and however broken.
//!
//! A parser of whole documents ends at the first fault, and holds what it read. An export of a gigabyte with one byte
//! wrong must still be read, so that this only tells strings, numbers and brackets apart; strings are decoded by
//! serde_json when they are wanted. A string ends at a line break at the latest, which JSON does not allow in one: a
//! quote that is missing costs one line.

use super::window::{Again, Window};
use super::{Place, Platform, wording};
use std::borrow::Cow;
use std::io::{self, Read};

/// The longest string that is kept.
pub(super) const LONGEST: usize = 4 << 20;
/// How much of a line is looked at to tell what it is.
const LINE: usize = 16 << 10;

/// A token; the strings and numbers themselves are in [`Tokens::source`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Open {
        list: bool,
    },
    Close {
        list: bool,
    },
    Comma,
    Colon,
    Text,
    /// A string of more than [`LONGEST`] bytes; it was passed over.
    LongText,
    /// A string that a line break or the end of the file ended.
    OpenText,
    /// A number, `true`, `false` or `null`.
    Word,
    /// Bytes that are none of these.
    Stray,
    /// A line break outside strings.
    Line,
    End,
}

/// Reads tokens.
pub(super) struct Tokens<R> {
    window: Window<R>,
    /// Where the last token began.
    began: Place,
    source: Vec<u8>,
}

impl<R: Read> Tokens<R> {
    /// Begins to read `stream`, whose first byte stands at `place`.
    pub(super) fn new(stream: R, place: Place) -> Self {
        Self { window: Window::new(stream, place), began: place, source: Vec::new() }
    }

    /// Where the last token began.
    pub(super) fn began(&self) -> Place {
        self.began
    }

    /// The last string, without its quotes and undecoded, or the last word.
    pub(super) fn source(&self) -> &[u8] {
        &self.source
    }

    /// Reads the next token.
    pub(super) fn next(&mut self) -> io::Result<Token> {
        loop {
            let Some(byte) = self.window.byte()? else { return Ok(Token::End) };
            self.began = self.window.place;
            self.window.skip(1);
            return Ok(match byte {
                b'\n' => {
                    self.window.place.line += 1;
                    Token::Line
                }
                b' ' | b'\t' | b'\r' => continue,
                b'{' => Token::Open { list: false },
                b'[' => Token::Open { list: true },
                b'}' => Token::Close { list: false },
                b']' => Token::Close { list: true },
                b',' => Token::Comma,
                b':' => Token::Colon,
                b'"' => self.string()?,
                b'0'..=b'9' | b'-' | b'+' | b'.' | b'a'..=b'z' | b'A'..=b'Z' => self.word(byte)?,
                0xef if self.window.peek(2)? == b"\xbb\xbf" => {
                    // A byte-order mark; a second one stands where files were put together.
                    self.window.skip(2);
                    continue;
                }
                _ => Token::Stray,
            });
        }
    }

    /// Between documents: passes blanks, and tells of an export of another platform than `own` that begins behind them.
    pub(super) fn other(&mut self, own: Platform, lines: bool) -> io::Result<Option<Platform>> {
        loop {
            match self.window.byte()? {
                Some(b' ' | b'\t' | b'\r') => self.window.skip(1),
                Some(b'{' | b'[' | b'<') => break,
                _ => return Ok(None),
            }
        }
        let mut most = usize::MAX;
        if lines {
            // A line is a document; one of the same platform is told by its own marks, which costs little.
            let head = self.window.peek(LINE)?;
            let length = memchr::memchr(b'\n', head).unwrap_or(head.len());
            // One that does not end with the line is looked at as far as may be.
            if length < head.len() && head.get(..length).is_some_and(|line| line.trim_ascii_end().ends_with(b"}")) {
                most = length;
            }
            let own = |head: &str| own.is_marked(head);
            if self.window.look(length, own)?.unwrap_or(true) {
                return Ok(None);
            }
        }
        Ok(self.window.platform(most)?.filter(|found| *found != own))
    }

    fn string(&mut self) -> io::Result<Token> {
        self.source.clear();
        // One long string must not keep its memory for the rest of the file.
        self.source.shrink_to(256 << 10);
        let mut long = false;
        loop {
            if self.window.byte()?.is_none() {
                return Ok(Token::OpenText);
            }
            let rest = self.window.rest();
            let found = memchr::memchr3(b'"', b'\\', b'\n', rest);
            let plain = rest.get(..found.unwrap_or(rest.len())).unwrap_or(rest);
            long |= self.source.len() + plain.len() > LONGEST;
            if !long {
                self.source.extend_from_slice(plain);
            }
            let length = plain.len();
            self.window.skip(length);
            match found.and_then(|_| self.window.rest().first().copied()) {
                None => {}
                Some(b'"') => {
                    self.window.skip(1);
                    return Ok(if long { Token::LongText } else { Token::Text });
                }
                // It is read again as a token of its own.
                Some(b'\n') => return Ok(Token::OpenText),
                Some(escape) => {
                    self.window.skip(1);
                    let next = self.window.byte()?.filter(|next| *next != b'\n');
                    if !long {
                        self.source.push(escape);
                        self.source.extend(next);
                    }
                    self.window.skip(usize::from(next.is_some()));
                }
            }
        }
    }

    fn word(&mut self, first: u8) -> io::Result<Token> {
        self.source.clear();
        self.source.push(first);
        while let Some(byte) = self.window.byte()? {
            if !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.')) {
                break;
            }
            if self.source.len() < 64 {
                self.source.push(byte);
            }
            self.window.skip(1);
        }
        Ok(Token::Word)
    }
}

impl Tokens<Again> {
    /// What is left of the stream, and where it begins.
    pub(super) fn left(self) -> (Again, Place) {
        self.window.left()
    }
}

/// Decodes what stands between the quotes of a string; beside it, what had to be mended.
pub(super) fn decoded(source: &[u8]) -> (String, Option<Mended>) {
    let (text, bytes) = match std::str::from_utf8(source) {
        Ok(text) => (Cow::Borrowed(text), None),
        Err(_) => (Cow::Owned(wording::lenient(source)), Some(Mended::Bytes)),
    };
    if memchr::memchr(b'\\', source).is_none() {
        return (text.into_owned(), bytes);
    }
    // Control characters may not stand in a string, but do: tabs, mostly.
    let quoted: String = std::iter::once('"')
        .chain(text.chars().map(|c| if c.is_ascii_control() { ' ' } else { c }))
        .chain(std::iter::once('"'))
        .collect();
    match serde_json::from_str(&quoted) {
        Ok(text) => (text, bytes),
        Err(_) => {
            let (text, escape) = lenient(&text);
            (text, bytes.or(escape.then_some(Mended::Escape)))
        }
    }
}

/// What was wrong with a string that could be read even so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mended {
    /// Bytes that are not UTF-8.
    Bytes,
    /// An escape that JSON does not know; it stays as it is written.
    Escape,
}

/// Half of a surrogate pair, as programs that cut strings at a length leave behind, becomes U+FFFD; an escape that is
/// none stays as it is written, which is told.
fn lenient(text: &str) -> (String, bool) {
    let (mut out, mut odd) = (String::with_capacity(text.len()), false);
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (plain, escape) = rest.split_at(at);
        out.push_str(plain);
        let unit = |from: usize| match escape.as_bytes().get(from..from + 6) {
            Some([b'\\', b'u', digits @ ..]) if digits.iter().all(u8::is_ascii_hexdigit) => {
                u16::from_str_radix(escape.get(from + 2..from + 6)?, 16).ok()
            }
            _ => None,
        };
        let mut chars = escape.chars().skip(1);
        let length = match (chars.next(), unit(0)) {
            (Some('u'), Some(first)) => match char::decode_utf16([first].into_iter().chain(unit(6))).next() {
                Some(Ok(c)) => {
                    out.push(c);
                    if c.len_utf16() == 2 { 12 } else { 6 }
                }
                _ => {
                    out.push('\u{fffd}');
                    6
                }
            },
            (None | Some('u'), _) => {
                odd = true;
                out.push('\\');
                1
            }
            (Some(c), _) => {
                out.push(match c {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'b' | 'f' => ' ',
                    other => other,
                });
                1 + c.len_utf8()
            }
        };
        rest = escape.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    (out, odd)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tokens(source: &[u8]) -> Vec<(Token, String)> {
        let mut tokens = Tokens::new(source, Place { line: 1, byte: 0 });
        let mut found = Vec::new();
        loop {
            let token = tokens.next().unwrap();
            let shown = matches!(token, Token::Text | Token::Word).then(|| decoded(tokens.source()).0);
            found.push((token, shown.unwrap_or_default()));
            if token == Token::End {
                return found;
            }
        }
    }

    #[test]
    fn strings_words_and_brackets_are_told_apart() {
        let found = tokens("{\"a\\n\\u00e9\\ud83d\\ude42\": [-1.5e3,true]}".as_bytes());
        let shown: Vec<_> = found.iter().map(|(token, text)| (*token, text.as_str())).collect();
        assert_eq!(shown[1], (Token::Text, "a\né🙂"));
        assert_eq!((shown[4], shown[6]), ((Token::Word, "-1.5e3"), (Token::Word, "true")));
        assert_eq!(shown.len(), 10);
    }

    #[test]
    fn faults_end_at_the_line() {
        let found: Vec<Token> = tokens(b"\"a\n\x01\"b\"").into_iter().map(|(token, _)| token).collect();
        assert_eq!(found, [Token::OpenText, Token::Line, Token::Stray, Token::Text, Token::End]);
        let long = format!("\"{}\"", "x".repeat(LONGEST + 1));
        assert_eq!(tokens(long.as_bytes())[0].0, Token::LongText);
        assert_eq!(tokens(b"\"a\\").first().unwrap().0, Token::OpenText);
    }

    #[test]
    fn half_pairs_bad_bytes_and_bad_escapes_are_forgiven() {
        let read = |source: &[u8]| decoded(source);
        assert_eq!(read(br"a\ud83d b\q"), ("a\u{fffd} bq".into(), None));
        assert_eq!(read(br"\ud83d\u0041"), ("\u{fffd}A".into(), None));
        assert_eq!(read("tab\there \\\"".as_bytes()), ("tab here \"".into(), None));
        assert_eq!(read(b"caf\xe9 \xc3\xa9 \x93\\n"), ("café é “\n".into(), Some(Mended::Bytes)));
        assert_eq!(read(br"\u12"), ("\\u12".into(), Some(Mended::Escape)));
        assert_eq!(read(br"\u12\u00e9 \u+123"), ("\\u12é \\u+123".into(), Some(Mended::Escape)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn any_bytes_come_to_an_end(source in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(tokens(&source).len() <= source.len() + 1);
            let _ = decoded(&source);
        }

        #[test]
        fn what_serde_writes_is_read(text in any::<String>()) {
            let source = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(decoded(&source.as_bytes()[1..source.len() - 1]), (text, None));
        }
    }
}
