//! The page's tags and texts, as the standard's tokenizer tells them, handed to the tree's builder.
//!
//! html5gum tokenizes as the WHATWG standard says, in linear time, and lets its user decide what to keep. Here that is
//! where names, values and texts lie in the page: nothing is copied, and character references are decoded when read.

use super::build::{Builder, Content};
use super::tag::Tag;
use super::tree::{Attribute, NodeId};
use html5gum::{Emitter, Error, State, Tokenizer};
use memchr::memchr;
use std::ops::Range;

/// Tokenizes the builder's page into it.
pub(super) fn read(builder: &mut Builder<'_>) {
    let source = builder.source();
    let sink = Sink {
        builder,
        bytes: source.as_bytes(),
        position: 0,
        less: 0,
        text_from: 0,
        kind: None,
        self_closing: false,
        first_attribute: 0,
        attribute: None,
        last_start: 0..0,
        raw: None,
        drawing: None,
        stopped: false,
    };
    // The first token says that the tree is full.
    let _ = Tokenizer::new_with_emitter(source, sink).next();
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Start,
    End,
}

struct Sink<'b, 'a> {
    builder: &'b mut Builder<'a>,
    bytes: &'a [u8],
    /// How much of the page the tokenizer has read.
    position: usize,
    /// Where the current tag, or what may become one, begins.
    less: usize,
    /// Where the text begins that has not been handed on.
    text_from: usize,
    /// The tag that is being read.
    kind: Option<Kind>,
    self_closing: bool,
    first_attribute: u32,
    /// Where the current attribute's name and value begin.
    attribute: Option<(usize, Option<usize>)>,
    /// The name of the last start tag.
    last_start: Range<usize>,
    /// The element whose text is read, if it holds no markup, and whether that is kept.
    raw: Option<(NodeId, bool)>,
    /// Inside an `svg`, how many are open: drawings are of no interest.
    drawing: Option<u32>,
    stopped: bool,
}

impl Sink<'_, '_> {
    /// The name that begins at `from`.
    fn name(&self, from: usize) -> Range<usize> {
        let rest = self.bytes.get(from..self.position).unwrap_or_default();
        let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'/' | b'>');
        from..from + rest.iter().position(ends).unwrap_or(rest.len())
    }

    fn tag_name(&self, kind: Kind) -> Range<usize> {
        self.name(self.less + if kind == Kind::End { 2 } else { 1 })
    }

    fn lower(&self, name: &Range<usize>) -> Tag {
        let mut lower = [0u8; 12];
        match (self.bytes.get(name.clone()), lower.get_mut(..name.len())) {
            (Some(name), Some(lower)) => {
                lower.copy_from_slice(name);
                lower.make_ascii_lowercase();
                Tag::from_lower(lower)
            }
            _ => Tag::Other,
        }
    }

    /// Hands the text before `end` on; what follows `self.position` is the next.
    fn flush_text(&mut self, end: usize) {
        let text = self.text_from..end.max(self.text_from);
        self.text_from = self.position;
        match self.raw {
            _ if self.drawing.is_some() => {}
            Some((id, true)) => self.builder.raw_text(id, text),
            Some((_, false)) => {}
            None => self.builder.text(text.start, text.end),
        }
    }

    fn flush_attribute(&mut self) {
        let Some((from, value_from)) = self.attribute.take() else { return };
        if self.kind != Some(Kind::Start) || self.drawing.is_some() {
            return;
        }
        // The first byte is part of the name even if it is "=".
        let rest = self.bytes.get(from + 1..).unwrap_or_default();
        let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'/' | b'>' | b'=');
        let to = from + 1 + rest.iter().position(ends).unwrap_or(rest.len());
        let value = value_from.map_or(to..to, |from| self.value(from));
        let span = |range: Range<usize>| (range.start as u32, range.end as u32);
        self.builder.attribute(self.first_attribute, Attribute { name: span(from..to), value: span(value) });
    }

    /// The value that begins at `from`, after its quote if it has one.
    fn value(&self, from: usize) -> Range<usize> {
        let rest = self.bytes.get(from..self.position).unwrap_or_default();
        let length = match from.checked_sub(1).and_then(|before| self.bytes.get(before)) {
            Some(quote @ (b'"' | b'\'')) => memchr(*quote, rest),
            _ => rest.iter().position(|b| b.is_ascii_whitespace() || *b == b'>'),
        };
        from..from + length.unwrap_or(rest.len())
    }

    fn start_tag(&mut self) -> Option<State> {
        let name = self.tag_name(Kind::Start);
        let tag = self.lower(&name);
        self.last_start = name.clone();
        if let Some(open) = self.drawing {
            if tag == Tag::Svg && !self.self_closing {
                self.drawing = Some(open + 1);
            }
            if !tag.ends_drawing() {
                return None;
            }
            self.drawing = None;
        }
        if tag == Tag::Svg {
            self.drawing = (!self.self_closing).then_some(1);
            return None;
        }
        match self.builder.start_tag(tag, name, self.first_attribute) {
            Content::Markup => None,
            Content::Raw { id, kept } => {
                self.raw = Some((id, kept));
                Some(match tag {
                    Tag::Title | Tag::Textarea => State::RcData,
                    Tag::Script => State::ScriptData,
                    _ => State::RawText,
                })
            }
        }
    }

    fn end_tag(&mut self) {
        let name = self.tag_name(Kind::End);
        let tag = self.lower(&name);
        if let Some(open) = self.drawing {
            if tag == Tag::Svg {
                self.drawing = open.checked_sub(1).filter(|open| *open > 0);
            }
        } else if self.raw.take().is_none() {
            self.builder.end_tag(tag, name);
        }
    }
}

impl Emitter for Sink<'_, '_> {
    type Token = ();

    fn set_last_start_tag(&mut self, _: Option<&[u8]>) {}

    fn emit_eof(&mut self) {
        // An unfinished tag is none, and no text either.
        let end = if self.kind.is_some() { self.less } else { self.bytes.len() };
        self.flush_text(end);
    }

    fn emit_error(&mut self, _: Error) {}

    fn should_emit_errors(&mut self) -> bool {
        false
    }

    fn pop_token(&mut self) -> Option<()> {
        self.stopped.then_some(())
    }

    fn emit_string(&mut self, _: &[u8]) {
        // What looked like a tag was text.
        self.kind = None;
    }

    fn init_start_tag(&mut self) {
        self.kind = Some(Kind::Start);
        self.self_closing = false;
        self.first_attribute = self.builder.first_attribute();
    }

    fn init_end_tag(&mut self) {
        self.kind = Some(Kind::End);
    }

    fn init_comment(&mut self) {
        self.kind = None;
    }

    fn emit_current_tag(&mut self) -> Option<State> {
        self.flush_attribute();
        self.flush_text(self.less);
        let state = match self.kind.take() {
            Some(Kind::Start) => self.start_tag(),
            Some(Kind::End) => {
                self.end_tag();
                None
            }
            None => None,
        };
        self.stopped = self.builder.is_full();
        state
    }

    fn emit_current_comment(&mut self) {
        self.flush_text(self.less);
    }

    fn emit_current_doctype(&mut self) {
        self.flush_text(self.less);
    }

    fn set_self_closing(&mut self) {
        self.self_closing = true;
    }

    fn set_force_quirks(&mut self) {}

    fn push_tag_name(&mut self, _: &[u8]) {}

    fn push_comment(&mut self, _: &[u8]) {}

    fn push_doctype_name(&mut self, _: &[u8]) {}

    fn init_doctype(&mut self) {}

    fn init_attribute(&mut self) {
        self.flush_attribute();
        self.attribute = Some((self.position.saturating_sub(1), None));
    }

    fn init_attribute_value(&mut self) {
        if let Some((_, value)) = &mut self.attribute {
            *value = Some(self.position);
        }
    }

    fn push_attribute_name(&mut self, _: &[u8]) {}

    fn push_attribute_value(&mut self, _: &[u8]) {}

    fn set_doctype_public_identifier(&mut self, _: &[u8]) {}

    fn set_doctype_system_identifier(&mut self, _: &[u8]) {}

    fn push_doctype_public_identifier(&mut self, _: &[u8]) {}

    fn push_doctype_system_identifier(&mut self, _: &[u8]) {}

    fn start_open_tag(&mut self) {
        self.less = self.position.saturating_sub(1);
    }

    fn current_is_appropriate_end_tag_token(&mut self) -> bool {
        let bytes = |range: Range<usize>| self.bytes.get(range).unwrap_or_default();
        let current = self.tag_name(Kind::End);
        self.kind == Some(Kind::End) && bytes(current).eq_ignore_ascii_case(bytes(self.last_start.clone()))
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&mut self) -> bool {
        self.drawing.is_some()
    }

    fn move_position(&mut self, offset: isize) {
        self.position = self.position.saturating_add_signed(offset);
    }
}
