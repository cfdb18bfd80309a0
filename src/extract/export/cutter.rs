//! Cuts an XML stream of any length into the elements that a reader asked for, each of bounded size.
//!
//! An XML parser holds a token until its end: one unclosed CDATA section would make it hold the rest of the file. Here
//! only elements up to [`LONGEST`] are kept, what is longer or broken is passed over, and reading goes on behind it.
//! The pieces are parsed by a real parser then.

use super::Place;
use super::cut::{Cut, Names, Why};
use super::window::{Again, Window};
use memchr::memmem;
use std::io::{self, Read};

/// The longest element that is read.
pub(super) const LONGEST: usize = 4 << 20;
/// No tag is longer; what seems longer is a stray `<`.
const LONGEST_TAG: usize = 16 << 10;
/// A document type declaration that seems longer was never closed.
const LONGEST_DECLARATION: usize = 256 << 10;

/// The root elements of exports.
const ROOTS: [&[u8]; 2] = [b"rss", b"disqus"];

/// Reads a stream.
pub(super) struct Cutter<R> {
    window: Window<R>,
    names: Names,
    /// What is being kept: which element, where it began, and how.
    kept: Option<(usize, Place)>,
    piece: Vec<u8>,
    too_long: bool,
    open_data: bool,
    /// Whether the root element began, whether it was closed, and whether what stands behind it was looked at.
    rooted: bool,
    whole: bool,
    behind: bool,
    /// Whether the document type was declared.
    declared: bool,
    encoding: Option<&'static encoding_rs::Encoding>,
}

enum Tag {
    Start { name: (usize, usize), length: usize, empty: bool },
    End { name: (usize, usize), length: usize },
    Other,
}

impl<R: Read> Cutter<R> {
    /// Begins to read `stream`, whose first byte stands at `place`.
    pub(super) fn new(stream: R, place: Place, names: Names) -> Self {
        Self {
            window: Window::new(stream, place),
            names,
            kept: None,
            piece: Vec::new(),
            too_long: false,
            open_data: false,
            rooted: false,
            whole: false,
            behind: true,
            declared: false,
            encoding: None,
        }
    }

    /// The source of the last element, and where it began.
    pub(super) fn piece(&self) -> (&[u8], Place) {
        (&self.piece, self.place())
    }

    /// Where the reading is; of what was passed over, where that began.
    pub(super) fn place(&self) -> Place {
        self.kept.map_or(self.window.place, |(_, place)| place)
    }

    /// What the XML declaration says, where that is not UTF-8.
    pub(super) fn encoding(&self) -> Option<&'static encoding_rs::Encoding> {
        self.encoding
    }

    /// Looks for the next thing.
    pub(super) fn next(&mut self) -> io::Result<Cut> {
        self.forget();
        loop {
            if !std::mem::replace(&mut self.behind, true)
                && let Some(cut) = self.look_behind()?
            {
                return Ok(cut);
            }
            if !self.advance_to_tag()? {
                let Some((element, _)) = self.kept else { return Ok(Cut::End { whole: self.whole }) };
                // That is told once.
                self.whole = true;
                return Ok(Cut::Passed(Why::Truncated(element)));
            }
            if self.window.peek(9)?.starts_with(b"<![CDATA[") {
                self.data()?;
                continue;
            }
            let head = self.window.peek(6)?;
            if head.starts_with(b"<?xml") && self.rooted {
                // A second document: another export that was put behind this one.
                if let Some(cut) = self.other()? {
                    return Ok(cut);
                }
                self.encoding = None;
            }
            let head = self.window.peek(4)?;
            if head == b"<!--" {
                self.advance(4);
                self.advance_past(b"-->", usize::MAX)?;
            } else if head.starts_with(b"<?") {
                self.declaration()?;
            } else if head.starts_with(b"<!") && self.kept.is_none() && !self.declared {
                if self.document_type()? {
                    return Ok(Cut::Passed(Why::Entities));
                }
            } else if let Some(cut) = self.tag()? {
                return Ok(cut);
            }
        }
    }

    /// Reads a tag; gives what it means to the reader, if anything.
    fn tag(&mut self) -> io::Result<Option<Cut>> {
        match self.look_at_tag()? {
            Tag::Other => self.advance(1),
            Tag::Start { name, length, empty } => {
                let (from, to) = name;
                let name = self.window.rest().get(from..to).unwrap_or_default();
                let group = self.names.group.is_some_and(|group| group.as_bytes() == name);
                let element = self.names.elements.iter().position(|known| known.as_bytes() == name);
                let root = name == self.names.root.as_bytes();
                if !root
                    && ROOTS.contains(&name)
                    && let Some(cut) = self.other()?
                {
                    return Ok(Some(cut));
                }
                self.rooted |= root || group || element.is_some();
                if let Some((kept, _)) = self.kept {
                    // What stands beside it or after it begins inside it: its end is missing.
                    if group || !empty && element.is_some_and(|element| element >= kept) {
                        return Ok(Some(Cut::Passed(Why::Unclosed(kept))));
                    }
                    self.advance(length);
                } else if group {
                    self.advance(length);
                    return Ok(Some(Cut::Open));
                } else if let Some(element) = element {
                    self.kept = Some((element, self.window.place));
                    self.advance(length);
                    if empty {
                        return Ok(Some(Cut::Element(element)));
                    }
                } else {
                    self.advance(length);
                }
            }
            Tag::End { name, length } => {
                let (from, to) = name;
                let name = self.window.rest().get(from..to).unwrap_or_default();
                let root = name == self.names.root.as_bytes();
                let group = self.names.group.is_some_and(|group| group.as_bytes() == name);
                match self.kept {
                    Some((kept, _)) if self.names.elements.get(kept).is_some_and(|known| known.as_bytes() == name) => {
                        self.advance(length);
                        return Ok(Some(match (self.too_long, self.open_data) {
                            (_, true) => Cut::Passed(Why::OpenData(kept)),
                            (true, _) => Cut::Passed(Why::TooLong(kept)),
                            _ => Cut::Element(kept),
                        }));
                    }
                    Some((kept, _)) if root || group => return Ok(Some(Cut::Passed(Why::Unclosed(kept)))),
                    Some(_) => self.advance(length),
                    None => {
                        self.whole |= root;
                        self.behind &= !root;
                        self.advance(length);
                        if group {
                            return Ok(Some(Cut::Close));
                        }
                    }
                }
            }
        }
        Ok(None)
    }

    /// Looks at the tag that begins here, without passing it.
    fn look_at_tag(&mut self) -> io::Result<Tag> {
        let mut looked = 0;
        let end = loop {
            let wanted = (looked + 256).min(LONGEST_TAG);
            let window = self.window.peek(wanted)?;
            // Up to the next `<` at most, so that a thousand of them are not each looked past to the end.
            let from = looked.max(1);
            match memchr::memchr2(b'<', b'>', window.get(from..).unwrap_or_default()) {
                Some(offset) if window.get(from + offset) == Some(&b'<') => return Ok(Tag::Other),
                Some(offset) => break from + offset + 1,
                None if window.len() < wanted || wanted == LONGEST_TAG => return Ok(Tag::Other),
                None => looked = window.len(),
            }
        };
        let window = self.window.peek(end + 1024)?;
        let mut source = window.get(..end).unwrap_or_default();
        // A `>` may stand in a value; a quote that is never closed may not swallow the next tag.
        if memchr::memchr_iter(b'"', source).count() % 2 == 1 {
            let rest = window.get(end..).unwrap_or_default();
            let rest = rest.get(..memchr::memchr(b'<', rest).unwrap_or(rest.len())).unwrap_or_default();
            let quote = memchr::memchr(b'"', rest);
            let close = quote.and_then(|quote| memchr::memchr(b'>', rest.get(quote..)?).map(|close| quote + close + 1));
            source = window.get(..end + close.unwrap_or(0)).unwrap_or_default();
        }
        let close = source.get(1) == Some(&b'/');
        let from = 1 + usize::from(close);
        let name = source.get(from..).unwrap_or_default();
        let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-' | b'.' | 0x80..);
        let size = name.iter().take_while(is_name).count();
        if size == 0 {
            return Ok(Tag::Other);
        }
        let (length, empty) = (source.len(), source.ends_with(b"/>"));
        let name = (from, from + size);
        Ok(if close { Tag::End { name, length } } else { Tag::Start { name, length, empty } })
    }

    /// Passes a CDATA section. A section inside which the element ends and another section begins was not closed.
    fn data(&mut self) -> io::Result<()> {
        self.advance(9);
        let from = self.piece.len();
        self.advance_past(b"]]>", usize::MAX)?;
        if let Some((kept, _)) = self.kept {
            let inside = self.piece.get(from..).unwrap_or_default();
            let end = self.names.elements.get(kept).map(|name| format!("</{name}>")).unwrap_or_default();
            if let Some(ended) = memmem::find(inside, end.as_bytes()) {
                let rest = inside.get(ended..).unwrap_or_default();
                self.open_data |= memmem::find(rest, b"<![CDATA[").is_some() || !inside.ends_with(b"]]>");
            }
        }
        Ok(())
    }

    fn declaration(&mut self) -> io::Result<()> {
        let unknown = self.encoding.is_none();
        let head = self.window.peek(256)?;
        if unknown && head.starts_with(b"<?xml") {
            let end = memmem::find(head, b"?>").unwrap_or(0);
            let declared = head.get(..end).unwrap_or_default();
            if let Some(at) = memmem::find(declared, b"encoding=") {
                let label: Vec<u8> = declared
                    .get(at + 9..)
                    .unwrap_or_default()
                    .iter()
                    .copied()
                    .skip_while(|byte| matches!(byte, b'"' | b'\''))
                    .take_while(|byte| !matches!(byte, b'"' | b'\''))
                    .collect();
                let is_unusual = |encoding: &&'static encoding_rs::Encoding| {
                    *encoding != encoding_rs::UTF_8
                        && *encoding != encoding_rs::UTF_16LE
                        && *encoding != encoding_rs::UTF_16BE
                };
                self.encoding = encoding_rs::Encoding::for_label(&label).filter(is_unusual);
            }
        }
        self.advance(2);
        self.advance_past(b"?>", LONGEST_DECLARATION)
    }

    /// Passes a document type; tells whether it declares entities.
    fn document_type(&mut self) -> io::Result<bool> {
        // There is one, so that this is not done again and again.
        if !self.window.peek(9)?.eq_ignore_ascii_case(b"<!doctype") {
            self.advance(2);
            return Ok(false);
        }
        self.declared = true;
        let source = self.window.peek(LONGEST_DECLARATION)?;
        let (mut quote, mut inside, mut end) = (None, false, None);
        for (place, &byte) in source.iter().enumerate() {
            match (quote, byte) {
                (Some(open), byte) if open == byte => quote = None,
                (Some(_), _) => {}
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'[') => inside = true,
                (None, b']') => inside = false,
                (None, b'>') if !inside => {
                    end = Some(place + 1);
                    break;
                }
                _ => {}
            }
        }
        let declared = source.get(..end.unwrap_or(2)).unwrap_or_default();
        let entities = memmem::find(declared, b"<!ENTITY").is_some();
        self.advance(end.unwrap_or(2));
        Ok(entities)
    }

    /// Forgets the last element.
    fn forget(&mut self) {
        self.kept = None;
        self.too_long = false;
        self.open_data = false;
        self.piece.clear();
        // One long element must not keep its memory for the rest of the file.
        self.piece.shrink_to(256 << 10);
    }

    /// Goes to the next `<`; `false` at the end.
    fn advance_to_tag(&mut self) -> io::Result<bool> {
        loop {
            let rest = self.window.rest();
            if let Some(offset) = memchr::memchr(b'<', rest) {
                self.advance(offset);
                return Ok(true);
            }
            let length = rest.len();
            self.advance(length);
            if !self.window.fill()? {
                return Ok(false);
            }
        }
    }

    /// Goes past the next `mark`, or where it does not come within `most` bytes, or at all, past what was looked at.
    fn advance_past(&mut self, mark: &[u8], most: usize) -> io::Result<()> {
        let mut passed = 0;
        loop {
            let rest = self.window.rest();
            if let Some(offset) = memmem::find(rest, mark) {
                self.advance(offset + mark.len());
                return Ok(());
            }
            let step = rest.len().saturating_sub(mark.len() - 1);
            passed += step;
            self.advance(step);
            if passed > most || !self.window.fill()? {
                let rest = self.window.rest().len();
                self.advance(if passed > most { 0 } else { rest });
                return Ok(());
            }
        }
    }

    /// Passes `count` bytes of the window, and keeps them where an element is kept.
    fn advance(&mut self, count: usize) {
        let passed = self.window.pass(count);
        if self.kept.is_some() {
            if self.piece.len() + passed.len() <= LONGEST {
                self.piece.extend_from_slice(passed);
            } else {
                self.too_long = true;
            }
        }
    }

    /// Tells of an export of another platform that begins here, after the element that it cut.
    fn other(&mut self) -> io::Result<Option<Cut>> {
        let Some(platform) = self.window.platform(usize::MAX)?.filter(|platform| platform.name() != self.names.format)
        else {
            return Ok(None);
        };
        let Some((element, _)) = self.kept else { return Ok(Some(Cut::Other { platform, whole: self.whole })) };
        // That is told once.
        self.whole = true;
        Ok(Some(Cut::Passed(Why::Truncated(element))))
    }

    /// Looks at what stands behind the root element: nothing, tags, or something that is no XML.
    fn look_behind(&mut self) -> io::Result<Option<Cut>> {
        loop {
            let rest = self.window.rest();
            let blank = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let all = blank == rest.len();
            self.advance(blank);
            if !all || !self.window.fill()? {
                break;
            }
        }
        Ok(match self.window.byte()? {
            None | Some(b'<') => None,
            Some(_) => Some(self.other()?.unwrap_or(Cut::Passed(Why::Behind))),
        })
    }
}

impl Cutter<Again> {
    /// What is left of the stream, and where it begins.
    pub(super) fn left(self) -> (Again, Place) {
        self.window.left()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NAMES: Names = Names { elements: &["t", "p"], group: Some("g"), root: "r", format: "disqus" };

    fn cuts(source: &[u8]) -> Vec<(Cut, String, u64)> {
        let mut cutter = Cutter::new(source, Place { line: 1, byte: 0 }, NAMES);
        let mut found = Vec::new();
        loop {
            let cut = cutter.next().unwrap();
            let (piece, place) = cutter.piece();
            let piece = if matches!(cut, Cut::Element(_)) {
                String::from_utf8_lossy(piece).into_owned()
            } else {
                String::new()
            };
            found.push((cut, piece, place.line));
            if matches!(cut, Cut::End { .. }) || found.len() > 100 {
                return found;
            }
        }
    }

    fn only(source: &str) -> Vec<Cut> {
        cuts(source.as_bytes()).into_iter().map(|(cut, _, _)| cut).collect()
    }

    const END: Cut = Cut::End { whole: true };

    #[test]
    fn elements_are_cut_out_with_their_lines() {
        let found = cuts(b"junk<r>\n<g><t a='1'>x</t>\n<p><t/>y<![CDATA[</p>]]></p></g>\n</r>");
        let shown: Vec<_> = found.iter().map(|(cut, piece, line)| (*cut, piece.as_str(), *line)).collect();
        assert_eq!(
            shown,
            [
                (Cut::Open, "", 2),
                (Cut::Element(0), "<t a='1'>x</t>", 2),
                (Cut::Element(1), "<p><t/>y<![CDATA[</p>]]></p>", 3),
                (Cut::Close, "", 3),
                (END, "", 4)
            ]
        );
    }

    #[test]
    fn what_is_broken_is_passed_over_and_the_rest_is_cut() {
        assert_eq!(only("<r><p>a<p>b</p></r>"), [Cut::Passed(Why::Unclosed(1)), Cut::Element(1), END]);
        assert_eq!(
            only("<r><p><![CDATA[a</p><p><![CDATA[b]]></p><p>c</p></r>"),
            [Cut::Passed(Why::OpenData(1)), Cut::Element(1), END]
        );
        assert_eq!(only("<r><p>a"), [Cut::Passed(Why::Truncated(1)), END]);
        assert_eq!(only("<r><p a=\"1><x/></p></r>"), [Cut::Element(1), END]);
        assert_eq!(only("<r><p>a < b <3 <<x></p></r>"), [Cut::Element(1), END]);
        let long = format!("<r><p>{}</p><p>b</p></r>", "x".repeat(LONGEST + 1));
        assert_eq!(only(&long), [Cut::Passed(Why::TooLong(1)), Cut::Element(1), END]);
        let bomb = "<!DOCTYPE r [<!ENTITY a \"]>\"> <!ENTITY b '&a;&a;'>]><r><p>&b;</p></r>";
        assert_eq!(only(bomb), [Cut::Passed(Why::Entities), Cut::Element(1), END]);
        assert_eq!(only("<!DOCTYPE r [ <r><p>a</p></r>"), [Cut::Element(1), END]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn any_bytes_come_to_an_end(source in "[<>/!\\[\\]CDATArpgt \"'?=-]{0,300}") {
            let found = cuts(source.as_bytes());
            let ended = matches!(found.last(), Some((Cut::End { .. }, _, _)));
            prop_assert!(ended);
        }
    }
}
