//! The main text: NFKC, caseless, with typed quotation marks, without default-ignorable characters, and stable under another
//! round of the same.
//!
//! The text is cut before characters that never interact with what stands before them. Each piece is then normalised
//! on its own, so that its place in the author's text is known. A character that stands alone (nearly all do) is looked
//! up in a table that is filled, 256 characters at a time, by the general method.

use super::alignment::Alignment;
use caseless::Caseless;
use std::sync::OnceLock;
use unicode_normalization::char::{canonical_combining_class, decompose_compatible};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The longest text that is read, in bytes; NFKC makes a text at most 11 times longer, so offsets always fit `u32`.
pub(super) const MAX_ORIGINAL: usize = 256 << 20;

/// Bytes of plain ASCII that make it worth while to leave the loop over characters.
const BULK: usize = 16;

/// A place in the main text where something invisible stood in the author's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hidden {
    /// The byte of the main text before which it stood.
    pub at: u32,
    /// Whether it was a zero-width joiner, which emoji sequences are made with.
    pub joiner: bool,
}

/// Buffers for pieces that have to be normalised by the general method.
#[derive(Clone, Default)]
pub(super) struct Normalizer {
    current: String,
    next: String,
}

impl Normalizer {
    /// Appends the main text of `original` to `text`, its places to `alignment`, what was invisible to `hidden`.
    pub fn fill(&mut self, original: &str, text: &mut String, alignment: &mut Alignment, hidden: &mut Vec<Hidden>) {
        let bytes = original.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if byte.is_ascii() && bytes.get(at..at + BULK).is_some_and(<[u8]>::is_ascii) {
                // The last character of the run may take a combining mark: it is left to the careful path.
                let run = ascii_prefix(&bytes[at..]);
                let run = if at + run == bytes.len() { run } else { run - 1 };
                push_ascii(&original[at..at + run], text);
                alignment.push(at, 1, 1, run);
                at += run;
                continue;
            }
            let (c, entry) = char_at(original, at);
            let end = at + c.len_utf8();
            if let Some(mapped) = entry.mapped()
                && starts_piece(original, end)
            {
                push_char(mapped, c, at, text, alignment);
                at = end;
            } else {
                at = self.piece(original, at, text, alignment, hidden);
            }
        }
    }

    /// Normalises the piece that starts at `at` and returns its end.
    fn piece(
        &mut self,
        original: &str,
        at: usize,
        text: &mut String,
        alignment: &mut Alignment,
        hidden: &mut Vec<Hidden>,
    ) -> usize {
        // Ignorable characters at either edge belong to no character of the main text.
        let (mut end, mut first, mut last) = (at, None, at);
        let (mut stable, mut class) = (true, 0);
        let mut invisible = None;
        while end < original.len() {
            let (c, entry) = char_at(original, end);
            if end > at && entry.starts() {
                break;
            }
            if entry.ignorable() {
                if !is_selector(c) {
                    invisible = Some(invisible == Some(true) || c == '\u{200d}');
                }
            } else {
                first = first.or(Some(end));
                // Where an ignorable stood in between, the piece is not what it will be.
                stable &= last == end || first == Some(end);
                last = end + c.len_utf8();
                stable &= entry.mapped() == Some(c) && !entry.composes();
                stable &= entry.class() == 0 || entry.class() >= class;
                class = entry.class();
            }
            end += c.len_utf8();
        }
        let Some(first) = first else {
            note_hidden(invisible, text, hidden);
            return end;
        };
        let visible = &original[first..last];
        if stable || is_one_stable(visible) {
            text.push_str(visible);
            alignment.push(first, 1, 1, visible.len());
        } else {
            self.settle(visible);
            if self.current == visible {
                text.push_str(visible);
                alignment.push(first, 1, 1, visible.len());
            } else if !self.current.is_empty() {
                text.push_str(&self.current);
                alignment.push(first, self.current.len(), visible.len(), 1);
            }
        }
        note_hidden(invisible, text, hidden);
        end
    }

    /// Leaves in `current` what `piece` becomes when it is folded and normalised until nothing changes.
    fn settle(&mut self, piece: &str) {
        self.current.clear();
        self.current.push_str(piece);
        // Two rounds settle every character there is; the bound is against tables that should ever disagree.
        for _ in 0..8 {
            self.next.clear();
            let typed = self.current.chars().map(as_typed).nfkc();
            let folded = typed.default_case_fold().filter(|&c| !is_default_ignorable(c));
            self.next.extend(folded.nfkc().map(as_typed));
            if self.next == self.current {
                break;
            }
            std::mem::swap(&mut self.next, &mut self.current);
        }
    }
}

/// Whether the piece is one character that maps to itself, followed by nothing visible.
fn is_one_stable(visible: &str) -> bool {
    let mut chars = visible.chars();
    chars.next().is_some_and(|c| chars.as_str().is_empty() && entry(c).mapped() == Some(c))
}

fn note_hidden(invisible: Option<bool>, text: &str, hidden: &mut Vec<Hidden>) {
    if let Some(joiner) = invisible {
        hidden.push(Hidden { at: text.len() as u32, joiner });
    }
}

fn push_ascii(run: &str, text: &mut String) {
    let start = text.len();
    text.push_str(run);
    if let Some(tail) = text.get_mut(start..) {
        tail.make_ascii_lowercase();
    }
}

#[inline]
fn push_char(mapped: char, c: char, at: usize, text: &mut String, alignment: &mut Alignment) {
    let (len, original) = (mapped.len_utf8(), c.len_utf8());
    text.push(mapped);
    if len == original {
        alignment.push(at, 1, 1, len);
    } else {
        alignment.push(at, len, original, 1);
    }
}

fn ascii_prefix(bytes: &[u8]) -> usize {
    let mut count = 0;
    for chunk in bytes.chunks(64) {
        if !chunk.is_ascii() {
            return count + chunk.iter().take_while(|b| b.is_ascii()).count();
        }
        count += chunk.len();
    }
    count
}

/// The character at a boundary before the end, and what the table says of it.
#[inline]
fn char_at(original: &str, at: usize) -> (char, Entry) {
    let c = original.get(at..).and_then(|rest| rest.chars().next()).unwrap_or('\0');
    (c, entry(c))
}

#[inline]
fn starts_piece(original: &str, at: usize) -> bool {
    original.as_bytes().get(at).is_none_or(|b| b.is_ascii() || char_at(original, at).1.starts())
}

/// What has to be known of a character, in 32 bits: the character it becomes where that is just one (21 bits), its
/// combining class (8), and three flags.
#[derive(Clone, Copy)]
struct Entry(u32);

impl Entry {
    const COMPOSES: u32 = 1 << 29;
    const STARTS: u32 = 1 << 30;
    const IGNORABLE: u32 = 1 << 31;

    fn of(c: char, normalizer: &mut Normalizer) -> Self {
        if is_default_ignorable(c) {
            return Self(Self::IGNORABLE);
        }
        let mut first = None;
        decompose_compatible(c, |d| first = first.or(Some(d)));
        let first = first.unwrap_or(c);
        let composes = |c: char| is_nfc_quick(std::iter::once(c)) == IsNormalized::Maybe;
        let mut bits = u32::from(canonical_combining_class(c)) << 21;
        // A character all of which is ignorable once decomposed (a half-width filler) must not end a piece either.
        normalizer.settle(c.encode_utf8(&mut [0; 4]));
        let starts = canonical_combining_class(first) == 0 && !composes(first) && !normalizer.current.is_empty();
        bits |= if starts { Self::STARTS } else { 0 };
        bits |= if composes(c) { Self::COMPOSES } else { 0 };
        let mut mapped = normalizer.current.chars();
        if let (Some(only), None) = (mapped.next(), mapped.next()) {
            bits |= only as u32;
        }
        Self(bits)
    }

    /// The one character it becomes, if it is one.
    #[inline]
    fn mapped(self) -> Option<char> {
        char::from_u32(self.0 & 0x1f_ffff).filter(|&c| c != '\0')
    }

    /// Whether it never interacts with what stands before it.
    #[inline]
    fn starts(self) -> bool {
        self.0 & Self::STARTS != 0
    }

    fn composes(self) -> bool {
        self.0 & Self::COMPOSES != 0
    }

    fn ignorable(self) -> bool {
        self.0 & Self::IGNORABLE != 0
    }

    fn class(self) -> u32 {
        (self.0 >> 21) & 0xff
    }
}

type Block = Box<[Entry; 256]>;

static BLOCKS: [OnceLock<Block>; 0x1100] = [const { OnceLock::new() }; 0x1100];

#[inline]
fn entry(c: char) -> Entry {
    let code = c as u32;
    BLOCKS[(code >> 8) as usize].get_or_init(|| block(code >> 8))[(code & 0xff) as usize]
}

#[cold]
fn block(high: u32) -> Block {
    let mut normalizer = Normalizer::default();
    Box::new(std::array::from_fn(|low| {
        char::from_u32((high << 8) | low as u32).map_or(Entry(0), |c| Entry::of(c, &mut normalizer))
    }))
}

/// Returns the sign of a typewriter for a quotation mark or an apostrophe of a printer: which of them an author gets depends on
/// the device, and "don’t" is the word that "don't" is.
pub(crate) fn as_typed(c: char) -> char {
    match c {
        '\u{b4}' | '\u{2bc}' | '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' => '\'',
        '\u{201c}'..='\u{201f}' | '\u{2033}' => '"',
        c => c,
    }
}

/// Tells whether a character is a variation selector or a tag: parts of emoji, invisible in honest text too.
fn is_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
}

/// The property Default_Ignorable_Code_Point (UAX #44).
pub(super) fn is_default_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn main_text(original: &str) -> String {
        let (mut text, mut alignment, mut hidden) = (String::new(), Alignment::default(), Vec::new());
        Normalizer::default().fill(original, &mut text, &mut alignment, &mut hidden);
        text
    }

    /// The definition, on the text as a whole.
    fn by_definition(original: &str) -> String {
        let mut normalizer = Normalizer::default();
        normalizer.settle(original);
        normalizer.current
    }

    #[test]
    fn examples() {
        for (original, expected) in [
            ("Hello WORLD", "hello world"),
            ("ＩＤＩＯＴ 𝓲𝓭𝓲𝓸𝓽", "idiot idiot"),
            ("Straße ﬁne Cafe\u{301}", "strasse fine café"),
            ("i\u{200b}d\u{ad}iot\u{feff}", "idiot"),
            ("a\u{200b}\u{301}", "á"),
            ("Ζεύς ΣΊΣΥΦΟΣ", "ζεύσ σίσυφοσ"),
            ("½ … ™", "1⁄2 ... tm"),
            ("“Don’t” ‘now’ isn´t", "\"don't\" 'now' isn't"),
            ("가 \u{1100}\u{1161}\u{11a8}", "가 각"),
            ("", ""),
        ] {
            assert_eq!(main_text(original), expected, "{original:?}");
        }
    }

    #[test]
    fn every_character_alone_and_between_others_is_normalised_as_defined() {
        for c in '\u{80}'..=char::MAX {
            // Planes without characters are left out, and the ideographs are all alike.
            if matches!(c, '\u{3500}'..='\u{9f00}' | '\u{ad00}'..='\u{d600}' | '\u{e100}'..='\u{f8f0}')
                || (c as u32) > 0x2_0000 && !(0x2_f800..0x2_fa20).contains(&(c as u32)) && (c as u32) & 0x3ff != 0
            {
                continue;
            }
            let original = format!("{c}q{c}\u{301}\u{323}A{c}");
            let text = main_text(&original);
            assert_eq!(text, by_definition(&original), "{original:?}");
            assert_eq!(main_text(&text), text, "{original:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn the_main_text_is_as_defined_and_stable(original in super::super::tests::hostile_text()) {
            let text = main_text(&original);
            prop_assert_eq!(&text, &by_definition(&original));
            prop_assert_eq!(&main_text(&text), &text);
        }
    }
}
