//! JSON as a stream of tokens, of any length and however broken.
//!
//! A parser of whole documents ends at the first fault, and holds what it read. An export of a gigabyte with one byte
//! wrong must still be read, so that this only tells strings, numbers and brackets apart; strings are decoded by
//! serde_json when they are wanted. A string ends at a line break at the latest, which JSON does not allow in one: a
//! quote that is missing costs one line.

use super::Place;
use std::io::{self, Read};

/// The longest string that is kept.
pub(super) const LONGEST: usize = 4 << 20;
const WINDOW: usize = 128 << 10;

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
    stream: R,
    window: Vec<u8>,
    at: usize,
    ended: bool,
    /// Where `at` is.
    place: Place,
    /// Where the last token began.
    began: Place,
    source: Vec<u8>,
}

impl<R: Read> Tokens<R> {
    pub(super) fn new(stream: R) -> Self {
        Self {
            stream,
            window: Vec::new(),
            at: 0,
            ended: false,
            place: Place { line: 1, byte: 0 },
            began: Place { line: 1, byte: 0 },
            source: Vec::new(),
        }
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
            let Some(byte) = self.byte()? else { return Ok(Token::End) };
            self.began = self.place;
            self.pass(1);
            return Ok(match byte {
                b'\n' => {
                    self.place.line += 1;
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
                0xef if self.began.byte == 0 => {
                    // A byte-order mark.
                    self.pass(2);
                    continue;
                }
                _ => Token::Stray,
            });
        }
    }

    fn string(&mut self) -> io::Result<Token> {
        self.source.clear();
        // One long string must not keep its memory for the rest of the file.
        self.source.shrink_to(256 << 10);
        let mut long = false;
        loop {
            if self.byte()?.is_none() {
                return Ok(Token::OpenText);
            }
            let rest = self.window.get(self.at..).unwrap_or_default();
            let found = memchr::memchr3(b'"', b'\\', b'\n', rest);
            let plain = rest.get(..found.unwrap_or(rest.len())).unwrap_or(rest);
            long |= self.source.len() + plain.len() > LONGEST;
            if !long {
                self.source.extend_from_slice(plain);
            }
            let length = plain.len();
            self.pass(length);
            match found.and_then(|_| self.window.get(self.at).copied()) {
                None => {}
                Some(b'"') => {
                    self.pass(1);
                    return Ok(if long { Token::LongText } else { Token::Text });
                }
                // It is read again as a token of its own.
                Some(b'\n') => return Ok(Token::OpenText),
                Some(escape) => {
                    self.pass(1);
                    let next = self.byte()?.filter(|next| *next != b'\n');
                    if !long {
                        self.source.push(escape);
                        self.source.extend(next);
                    }
                    self.pass(usize::from(next.is_some()));
                }
            }
        }
    }

    fn word(&mut self, first: u8) -> io::Result<Token> {
        self.source.clear();
        self.source.push(first);
        while let Some(byte) = self.byte()? {
            if !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.')) {
                break;
            }
            if self.source.len() < 64 {
                self.source.push(byte);
            }
            self.pass(1);
        }
        Ok(Token::Word)
    }

    /// The next byte, if there is one.
    fn byte(&mut self) -> io::Result<Option<u8>> {
        if self.at == self.window.len() && !self.ended {
            self.window.resize(WINDOW, 0);
            self.at = 0;
            let read = loop {
                match self.stream.read(&mut self.window) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    read => break read,
                }
            };
            self.window.truncate(read.as_ref().map_or(0, |count| *count));
            self.ended = !matches!(read, Ok(1..));
            read?;
        }
        Ok(self.window.get(self.at).copied())
    }

    fn pass(&mut self, count: usize) {
        self.at += count;
        self.place.byte += count as u64;
    }
}

/// Decodes what stands between the quotes of a string. `None` for bytes that are no UTF-8 or no sound escapes.
pub(super) fn decoded(source: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(source).ok()?;
    if memchr::memchr(b'\\', source).is_none() {
        return Some(text.to_owned());
    }
    // Control characters may not stand in a string, but do: tabs, mostly.
    let quoted: String = std::iter::once('"')
        .chain(text.chars().map(|c| if c.is_ascii_control() { ' ' } else { c }))
        .chain(std::iter::once('"'))
        .collect();
    serde_json::from_str(&quoted).ok().or_else(|| lenient(text))
}

/// Half of a surrogate pair, as programs that cut strings at a length leave behind, becomes U+FFFD.
fn lenient(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(rest.get(..at)?);
        let escape = rest.get(at..)?;
        let length = |count: usize| escape.get(..count).map(|_| count);
        let unit = |from: usize| u16::from_str_radix(escape.get(from + 2..from + 6)?, 16).ok();
        let whole = if escape.as_bytes().get(1) == Some(&b'u') {
            let first = unit(0)?;
            let second = if escape.get(6..8) == Some("\\u") { unit(6) } else { None };
            match char::decode_utf16([first].into_iter().chain(second)).next()? {
                Ok(c) => {
                    out.push(c);
                    length(if c.len_utf16() == 2 { 12 } else { 6 })?
                }
                Err(_) => {
                    out.push('\u{fffd}');
                    length(6)?
                }
            }
        } else {
            let mut chars = escape.chars().skip(1);
            let c = chars.next()?;
            out.push(match c {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' | 'f' => ' ',
                other => other,
            });
            1 + c.len_utf8()
        };
        rest = escape.get(whole..)?;
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tokens(source: &[u8]) -> Vec<(Token, String)> {
        let mut tokens = Tokens::new(source);
        let mut found = Vec::new();
        loop {
            let token = tokens.next().unwrap();
            let shown = matches!(token, Token::Text | Token::Word).then(|| decoded(tokens.source())).flatten();
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
    fn half_pairs_are_forgiven_and_bad_bytes_are_not() {
        assert_eq!(decoded(br"a\ud83d b\q").as_deref(), Some("a\u{fffd} bq"));
        assert_eq!(decoded("tab\there \\\"".as_bytes()).as_deref(), Some("tab here \""));
        assert_eq!(decoded(b"\xff"), None);
        assert_eq!(decoded(br"\u12"), None);
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
            prop_assert_eq!(decoded(&source.as_bytes()[1..source.len() - 1]), Some(text));
        }
    }
}
