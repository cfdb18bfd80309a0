//! Where words end.
//!
//! Common letters take a table-driven path; anything it does not know goes to the general implementation of UAX #29, one
//! segment at a time.

use super::TokenKind;
use super::packed::small_letters_end;
use unicode_normalization::char::canonical_combining_class;
use unicode_segmentation::UnicodeSegmentation;

/// A piece of text between two word boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment {
    /// One past the last byte.
    pub end: usize,
    /// None for white space.
    pub kind: Option<TokenKind>,
    /// A word with digits, underscores or dots in it, or beyond ASCII.
    pub odd: bool,
}

/// The segment that starts at `at`, for what most texts are made of: words of plain letters, blanks and signs, with
/// nothing near them that may change where they end.
#[inline(always)]
pub(super) fn plain_segment(bytes: &[u8], at: usize) -> Option<Segment> {
    let class = |at: usize| match bytes.get(at) {
        Some(&byte) => ASCII.get(usize::from(byte)).copied().unwrap_or(Class::Unknown),
        None => Class::Break,
    };
    match class(at) {
        Class::Letter => {
            let end = small_letters_end(bytes, at + 1);
            let ends = match class(end) {
                Class::Space | Class::Break | Class::Sign | Class::MidNumber => true,
                Class::MidLetter | Class::MidBoth => {
                    matches!(class(end + 1), Class::Space | Class::Break | Class::Sign)
                }
                _ => false,
            };
            ends.then_some(Segment { end, kind: Some(TokenKind::Word), odd: false })
        }
        Class::Space | Class::Break if bytes.get(at + 1).is_none_or(u8::is_ascii) => {
            Some(Segment { end: at + 1, kind: None, odd: false })
        }
        Class::Sign | Class::MidLetter | Class::MidNumber | Class::MidBoth
            if bytes.get(at + 1).is_none_or(u8::is_ascii) =>
        {
            Some(Segment { end: at + 1, kind: Some(TokenKind::Punctuation), odd: false })
        }
        _ => None,
    }
}

/// How a character behaves at word boundaries, as far as the short path knows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    /// Letters with quotation rules of their own.
    Hebrew,
    /// Marks that belong to what stands before.
    Mark,
    Digit,
    Underscore,
    /// Joins letters: `:` `·`.
    MidLetter,
    /// Joins digits: `,` `;`.
    MidNumber,
    /// Joins either: `.` `'` `’`.
    MidBoth,
    Space,
    /// White space that never makes a run.
    Break,
    /// Punctuation and signs.
    Sign,
    /// A word of its own.
    Ideograph,
    Emoji,
    Unknown,
}

const ASCII: [Class; 128] = {
    let mut table = [Class::Sign; 128];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => Class::Letter,
            b'0'..=b'9' => Class::Digit,
            b'_' => Class::Underscore,
            b':' => Class::MidLetter,
            b',' | b';' => Class::MidNumber,
            b'.' | b'\'' => Class::MidBoth,
            b' ' => Class::Space,
            b'\t' | b'\n' | 0x0b | 0x0c => Class::Break,
            // Carriage returns pair with line feeds.
            b'\r' => Class::Unknown,
            _ => Class::Sign,
        };
        byte += 1;
    }
    table
};

/// The class and length of the character at `at`; the end of the text breaks like a sign.
#[inline]
fn class_at(text: &str, at: usize) -> (Class, usize) {
    match text.as_bytes().get(at) {
        None => (Class::Sign, 0),
        Some(&byte) if byte < 128 => (ASCII[byte as usize], 1),
        Some(_) => {
            let c = text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or('\u{fffd}');
            (wide_class(c), c.len_utf8())
        }
    }
}

fn wide_class(c: char) -> Class {
    match c {
        '\u{d7}' | '\u{f7}' => Class::Sign,
        '\u{c0}'..='\u{2af}' => Class::Letter,
        '\u{38b}' | '\u{38d}' | '\u{3a2}' | '\u{3f6}' => Class::Unknown,
        '\u{388}'..='\u{481}' | '\u{48a}'..='\u{52f}' | '\u{1e00}'..='\u{1eff}' => Class::Letter,
        '\u{ac00}'..='\u{d7a3}' | '\u{620}'..='\u{64a}' | '\u{671}'..='\u{6d3}' => Class::Letter,
        '\u{904}'..='\u{939}' => Class::Letter,
        '\u{5d0}'..='\u{5ea}' => Class::Hebrew,
        '\u{300}'..='\u{36f}' | '\u{5b0}'..='\u{5bd}' | '\u{64b}'..='\u{65f}' | '\u{670}' => Class::Mark,
        '\u{900}'..='\u{903}' | '\u{93a}'..='\u{93c}' | '\u{93e}'..='\u{94f}' => Class::Mark,
        '\u{b7}' => Class::MidLetter,
        '\u{2018}' | '\u{2019}' => Class::MidBoth,
        '\u{a1}'..='\u{a7}' | '\u{ab}' | '\u{b0}' | '\u{b1}' | '\u{b6}' | '\u{bb}' | '\u{bf}' => Class::Sign,
        '\u{2010}'..='\u{2016}' | '\u{201a}'..='\u{2023}' | '\u{20ac}' | '\u{3001}' | '\u{3002}' => Class::Sign,
        '\u{4e00}'..='\u{9fff}' | '\u{3041}'..='\u{3096}' => Class::Ideograph,
        '\u{1f300}'..='\u{1f3fa}' | '\u{1f400}'..='\u{1f64f}' | '\u{1f680}'..='\u{1f6ff}' => Class::Emoji,
        '\u{1f900}'..='\u{1f9ff}' => Class::Emoji,
        _ => Class::Unknown,
    }
}

/// The segment that starts at `at`, by the table where it suffices.
pub(super) fn next_segment<const SHORT: bool>(text: &str, at: usize) -> Segment {
    let short = if SHORT { short_segment(text, at) } else { None };
    short.unwrap_or_else(|| general_segment(text, at))
}

/// The segment that starts at `at`, or None where the table does not know enough.
#[inline]
fn short_segment(text: &str, at: usize) -> Option<Segment> {
    let (first, len) = class_at(text, at);
    let end = at + len;
    let kind = match first {
        Class::Unknown | Class::Mark => return None,
        Class::Letter | Class::Hebrew | Class::Digit | Class::Underscore => return short_word(text, first, at, end),
        Class::Space | Class::Break => None,
        Class::Ideograph => Some(TokenKind::Word),
        Class::Emoji => Some(TokenKind::Emoji),
        Class::Sign | Class::MidLetter | Class::MidNumber | Class::MidBoth => Some(TokenKind::Punctuation),
    };
    // An unknown character may be a mark that belongs to this one.
    let unmarked = !matches!(class_at(text, end).0, Class::Unknown | Class::Mark);
    unmarked.then_some(Segment { end, kind, odd: false })
}

fn short_word(text: &str, first: Class, at: usize, mut end: usize) -> Option<Segment> {
    let bytes = text.as_bytes();
    let is_letter = |class| matches!(class, Class::Letter | Class::Hebrew);
    let (mut letters, mut digits, mut odd) = (is_letter(first), first == Class::Digit, end > at + 1);
    odd |= first == Class::Underscore;
    let mut previous = first;
    loop {
        while previous == Class::Letter && bytes.get(end).is_some_and(u8::is_ascii_alphabetic) {
            end += 1;
        }
        let (class, len) = class_at(text, end);
        match class {
            Class::Letter | Class::Hebrew => {
                letters = true;
                odd |= len > 1;
            }
            Class::Mark if !is_letter(previous) => return None,
            Class::Mark => {
                odd = true;
                end += len;
                continue;
            }
            Class::Digit => digits = true,
            Class::Underscore => odd = true,
            Class::MidLetter | Class::MidNumber | Class::MidBoth | Class::Sign if previous == Class::Hebrew => {
                return None;
            }
            Class::MidLetter | Class::MidNumber | Class::MidBoth => {
                let joins = |side: Class| {
                    (side == Class::Letter && class != Class::MidNumber)
                        || (side == Class::Digit && class != Class::MidLetter)
                };
                match class_at(text, end + len).0 {
                    Class::Unknown | Class::Mark | Class::Hebrew => return None,
                    next if next == previous && joins(previous) => odd |= matches!(bytes[end], b'.' | b':'),
                    _ => break,
                }
            }
            Class::Unknown => return None,
            _ => break,
        }
        if !matches!(class, Class::MidLetter | Class::MidNumber | Class::MidBoth) {
            previous = class;
        }
        end += len;
    }
    let kind = if letters {
        TokenKind::Word
    } else if digits {
        TokenKind::Number
    } else {
        TokenKind::Punctuation
    };
    Some(Segment { end, kind: Some(kind), odd: odd || (letters && digits) })
}

/// The segment that starts at `at`, by the general implementation.
fn general_segment(text: &str, at: usize) -> Segment {
    let segment = text.get(at..).and_then(|rest| rest.split_word_bounds().next()).unwrap_or_default();
    // Of blanks in a row only the last may have a mark to it.
    let segment = if segment.starts_with("  ") { " " } else { segment };
    let kind = classify(segment);
    let is_plain = |c: char| c.is_ascii_alphabetic() || matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{b7}');
    let odd = match kind {
        Some(TokenKind::Word) => !segment.chars().all(is_plain) && !is_ideograph(segment),
        Some(TokenKind::Number) => segment.contains('_'),
        _ => false,
    };
    Segment { end: at + segment.len().max(1), kind, odd }
}

fn is_ideograph(segment: &str) -> bool {
    let mut chars = segment.chars();
    chars.next().is_some_and(|c| wide_class(c) == Class::Ideograph) && chars.as_str().is_empty()
}

/// What a segment is; None for white space.
pub(super) fn classify(segment: &str) -> Option<TokenKind> {
    let mut chars = segment.chars();
    let first = chars.next()?;
    if segment.chars().all(char::is_whitespace) {
        return None;
    }
    // A key cap is a digit or sign under an enclosing mark.
    if is_emoji(first) || segment.ends_with('\u{20e3}') {
        return Some(TokenKind::Emoji);
    }
    if segment.chars().any(|c| c.is_alphabetic() && canonical_combining_class(c) == 0) {
        return Some(TokenKind::Word);
    }
    Some(if segment.chars().any(char::is_numeric) { TokenKind::Number } else { TokenKind::Punctuation })
}

/// Tells whether a character starts an emoji sequence (Extended_Pictographic without ASCII and letters, and flags).
fn is_emoji(c: char) -> bool {
    matches!(
        c,
        '\u{203c}'
            | '\u{2049}'
            | '\u{2194}'..='\u{2199}'
            | '\u{21a9}'..='\u{21aa}'
            | '\u{231a}'..='\u{231b}'
            | '\u{2328}'
            | '\u{23cf}'
            | '\u{23e9}'..='\u{23fa}'
            | '\u{25aa}'..='\u{25ab}'
            | '\u{25b6}'
            | '\u{25c0}'
            | '\u{25fb}'..='\u{25fe}'
            | '\u{2600}'..='\u{27bf}'
            | '\u{2934}'..='\u{2935}'
            | '\u{2b05}'..='\u{2b07}'
            | '\u{2b1b}'..='\u{2b1c}'
            | '\u{2b50}'
            | '\u{2b55}'
            | '\u{3030}'
            | '\u{303d}'
            | '\u{1f000}'..='\u{1f0ff}'
            | '\u{1f18e}'
            | '\u{1f191}'..='\u{1f19a}'
            | '\u{1f1e6}'..='\u{1f265}'
            | '\u{1f300}'..='\u{1f6ff}'
            | '\u{1f7e0}'..='\u{1f7ff}'
            | '\u{1f900}'..='\u{1faff}'
    )
}
