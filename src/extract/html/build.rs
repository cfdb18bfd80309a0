//! Makes a tree of a page's bytes: a scanner for tags and the standard's rules for what closes what.

use super::tag::Tag;
use super::tree::{Attribute, Node, NodeId, Tree};
use memchr::{memchr, memmem};
use std::ops::Range;

/// Deeper elements become children of the last one that still fits, as in browsers.
const MAX_DEPTH: usize = 512;
/// What follows is ignored; real pages of 20 MB have half a million.
const MAX_NODES: usize = 2_000_000;
const MAX_ATTRIBUTES: u8 = 64;

impl Node {
    /// A node without attributes; where it stands is told when it is added.
    fn bare(tag: Tag, flags: u8, source: Range<usize>) -> Self {
        let (start, stop) = (source.start as u32, source.end as u32);
        Self { tag, flags, attribute_count: 0, parent: 0, end: 0, start, stop, first_attribute: 0 }
    }
}

/// An element that is still open.
#[derive(Clone, Copy)]
struct Open {
    tag: Tag,
    node: NodeId,
    flags: u8,
}

pub(super) struct Builder<'a> {
    bytes: &'a [u8],
    tree: Tree<'a>,
    open: Vec<Open>,
    /// How many elements of each name are open, to ignore end tags that close nothing.
    open_count: [u32; 256],
    /// Elements that were too deep to be opened, whose end tags close nothing either.
    too_deep: [u32; 256],
    /// No further quote of this kind follows: not looked for again.
    quotes_end: [bool; 2],
}

impl<'a> Builder<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        let mut nodes = Vec::with_capacity(source.len() / 24 + 8);
        nodes.push(Node::bare(Tag::Other, 0, 0..0));
        Self {
            bytes: source.as_bytes(),
            tree: Tree { source, nodes, attributes: Vec::with_capacity(source.len() / 32 + 8), cut: false },
            open: vec![Open { tag: Tag::Html, node: 0, flags: 0 }],
            open_count: [0; 256],
            too_deep: [0; 256],
            quotes_end: [false; 2],
        }
    }

    pub(super) fn finish(mut self) -> Tree<'a> {
        self.pop_to(0);
        let end = self.tree.nodes.len() as NodeId;
        self.tree.nodes[0].end = end;
        self.tree
    }

    pub(super) fn run(&mut self) {
        let bytes = self.bytes;
        let (mut text_from, mut at) = (0, 0);
        while let Some(offset) = bytes.get(at..).and_then(|rest| memchr(b'<', rest)) {
            let less = at + offset;
            let after = match bytes.get(less + 1) {
                Some(byte) if byte.is_ascii_alphabetic() => {
                    self.text(text_from, less);
                    self.start_tag(less + 1)
                }
                Some(b'/') if bytes.get(less + 2).is_some_and(u8::is_ascii_alphabetic) => {
                    self.text(text_from, less);
                    self.end_tag(less + 2)
                }
                Some(b'!' | b'?' | b'/') => {
                    self.text(text_from, less);
                    self.markup_declaration(less)
                }
                _ => {
                    at = less + 1;
                    continue;
                }
            };
            (text_from, at) = (after, after);
            if self.tree.nodes.len() >= MAX_NODES {
                self.tree.cut = true;
                return;
            }
        }
        self.text(text_from, bytes.len());
    }

    /// Comments, doctypes, processing instructions: returns where they end.
    fn markup_declaration(&self, less: usize) -> usize {
        let rest = self.bytes.get(less..).unwrap_or_default();
        if rest.starts_with(b"<!-->") {
            return less + 5;
        }
        let (skip, end): (usize, &[u8]) = if rest.starts_with(b"<!--") {
            (4, b"-->")
        } else if rest.starts_with(b"<![CDATA[") {
            (9, b"]]>")
        } else {
            (1, b">")
        };
        match rest.get(skip..).and_then(|rest| memmem::find(rest, end)) {
            Some(found) => less + skip + found + end.len(),
            None => self.bytes.len(),
        }
    }

    /// Reads a name from `from`: its end and its tag.
    fn tag_name(&self, from: usize) -> (usize, Tag) {
        let rest = self.bytes.get(from..).unwrap_or_default();
        let length =
            rest.iter().position(|b| b.is_ascii_whitespace() || matches!(b, b'/' | b'>')).unwrap_or(rest.len());
        let mut lower = [0u8; 12];
        let tag = match (rest.get(..length), lower.get_mut(..length)) {
            (Some(name), Some(lower)) => {
                lower.copy_from_slice(name);
                lower.make_ascii_lowercase();
                Tag::from_lower(lower)
            }
            _ => Tag::Other,
        };
        (from + length, tag)
    }

    fn start_tag(&mut self, name_from: usize) -> usize {
        let (name_end, tag) = self.tag_name(name_from);
        let first_attribute = self.tree.attributes.len() as u32;
        let (after, attribute_count, hidden) = self.attributes(name_end);
        if matches!(tag, Tag::Html | Tag::Body) && self.open_count[tag as usize] > 0 {
            return after;
        }
        self.close_implied(tag);
        let mut flags = self.open.last().map_or(0, |open| open.flags) & !Tree::LINK;
        if self.open_count[Tag::A as usize] > 0 || tag == Tag::A {
            flags |= Tree::LINK;
        }
        match tag {
            Tag::Head => flags |= Tree::HEAD,
            Tag::Body => flags &= !Tree::HEAD,
            Tag::Template | Tag::Select | Tag::Textarea => flags |= Tree::HIDDEN,
            Tag::Pre => flags |= Tree::PRE,
            _ => {}
        }
        if hidden {
            flags |= Tree::HIDDEN;
        }
        let id = self.push(Node {
            tag,
            flags,
            attribute_count,
            parent: 0,
            end: 0,
            start: name_from as u32,
            stop: name_end as u32,
            first_attribute,
        });
        if tag.is_raw() {
            return self.raw_content(id, tag, name_from..name_end, after);
        }
        if tag.is_void() {
            return after;
        }
        if self.open.len() >= MAX_DEPTH {
            self.too_deep[tag as usize] += 1;
        } else {
            self.open.push(Open { tag, node: id, flags });
            self.open_count[tag as usize] += 1;
        }
        after
    }

    /// Reads attributes up to the tag's `>`: where that ends, how many are kept, and whether they hide the element.
    fn attributes(&mut self, from: usize) -> (usize, u8, bool) {
        let bytes = self.bytes;
        let byte = |at: usize| bytes.get(at).copied();
        let (mut at, mut count, mut hidden) = (from, 0u8, false);
        loop {
            while byte(at).is_some_and(|b| b.is_ascii_whitespace() || b == b'/') {
                at += 1;
            }
            match byte(at) {
                None => return (at, count, hidden),
                Some(b'>') => return (at + 1, count, hidden),
                Some(_) => {}
            }
            let name_from = at;
            at += 1;
            while byte(at).is_some_and(|b| !b.is_ascii_whitespace() && !matches!(b, b'/' | b'>' | b'=')) {
                at += 1;
            }
            let name = (name_from as u32, at as u32);
            let mut next = at;
            while byte(next).is_some_and(|b| b.is_ascii_whitespace()) {
                next += 1;
            }
            let mut value = (at as u32, at as u32);
            if byte(next) == Some(b'=') {
                next += 1;
                while byte(next).is_some_and(|b| b.is_ascii_whitespace()) {
                    next += 1;
                }
                (value, at) = self.attribute_value(next);
            }
            if name.1 - name.0 == 6 && self.tree.slice(name).eq_ignore_ascii_case("hidden") {
                hidden = true;
            }
            if count < MAX_ATTRIBUTES {
                self.tree.attributes.push(Attribute { name, value });
                count += 1;
            }
        }
    }

    /// Reads a value: where it lies, and where the next attribute may begin.
    fn attribute_value(&mut self, from: usize) -> ((u32, u32), usize) {
        let rest = self.bytes.get(from..).unwrap_or_default();
        if let Some(&quote @ (b'"' | b'\'')) = rest.first() {
            let kind = usize::from(quote == b'"');
            if !self.quotes_end[kind] {
                if let Some(length) = rest.get(1..).and_then(|rest| memchr(quote, rest)) {
                    return (((from + 1) as u32, (from + 1 + length) as u32), from + length + 2);
                }
                self.quotes_end[kind] = true;
            }
        }
        let length = rest.iter().position(|b| b.is_ascii_whitespace() || *b == b'>').unwrap_or(rest.len());
        ((from as u32, (from + length) as u32), from + length)
    }

    /// Keeps or skips the content of an element that holds no markup; returns where its end tag ends.
    fn raw_content(&mut self, id: NodeId, tag: Tag, name: Range<usize>, from: usize) -> usize {
        let bytes = self.bytes;
        let name = bytes.get(name).unwrap_or_default();
        let mut at = from;
        let (stop, after) = loop {
            let Some(found) = bytes.get(at..).and_then(|rest| memmem::find(rest, b"</")) else {
                break (bytes.len(), bytes.len());
            };
            let end = at + found;
            let begin = end + 2;
            let same = bytes.get(begin..begin + name.len()).is_some_and(|other| other.eq_ignore_ascii_case(name));
            let closed =
                bytes.get(begin + name.len()).is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'));
            if same && closed {
                let close = bytes.get(begin..).and_then(|rest| memchr(b'>', rest));
                break (end, close.map_or(bytes.len(), |offset| begin + offset + 1));
            }
            at = begin;
        };
        let data = tag == Tag::Script && self.tree.attribute(id, "type").is_some_and(is_linked_data);
        if (data || tag == Tag::Title) && from < stop {
            let flags = self.tree.node(id).flags;
            let text = self.push(Node::bare(Tag::Text, flags | Tree::HIDDEN, from..stop));
            if let Some(node) = self.tree.nodes.get_mut(text as usize) {
                node.parent = id;
            }
            if let Some(node) = self.tree.nodes.get_mut(id as usize) {
                node.end = text + 1;
            }
        }
        after
    }

    fn end_tag(&mut self, name_from: usize) -> usize {
        let (name_end, tag) = self.tag_name(name_from);
        let after = match self.bytes.get(name_end..).and_then(|rest| memchr(b'>', rest)) {
            Some(offset) => name_end + offset + 1,
            None => self.bytes.len(),
        };
        if tag == Tag::Br {
            self.push_element(Tag::Br, name_from, name_end);
        } else if !matches!(tag, Tag::Html | Tag::Body) && !tag.is_void() {
            self.close(tag, name_from, name_end);
        }
        after
    }

    /// Closes the nearest open element of this name where the standard would.
    fn close(&mut self, tag: Tag, name_from: usize, name_end: usize) {
        if let Some(skipped) = self.too_deep.get_mut(tag as usize).filter(|count| **count > 0) {
            *skipped -= 1;
            return;
        }
        if self.open_count[tag as usize] == 0 {
            return;
        }
        let name = self.tree.slice((name_from as u32, name_end as u32));
        let mut through_special = false;
        for index in (1..self.open.len()).rev() {
            let Some(open) = self.open.get(index).copied() else { return };
            if open.tag == tag && (tag != Tag::Other || self.tree.name(open.node).eq_ignore_ascii_case(name)) {
                if through_special && (tag.is_formatting() || tag == Tag::Form) {
                    // `<a><div></a>`: the div stays open, what follows is no longer in the link.
                    self.open_count[tag as usize] -= 1;
                    if let Some(open) = self.open.get_mut(index) {
                        open.tag = Tag::Closed;
                    }
                } else {
                    self.pop_to(index);
                }
                return;
            }
            through_special |= open.tag.is_special();
            let cell = matches!(tag, Tag::Table | Tag::Tr | Tag::Tbody | Tag::Thead | Tag::Tfoot);
            if open.tag.is_scope() && !(cell && open.tag != Tag::Table)
                || through_special && !tag.is_special() && !tag.is_formatting()
                || tag == Tag::Li && matches!(open.tag, Tag::Ul | Tag::Ol)
            {
                return;
            }
        }
    }

    /// Closes what the start of `tag` closes without saying so.
    fn close_implied(&mut self, tag: Tag) {
        use Tag::*;
        if self.open_count[Head as usize] > 0 && !tag.is_metadata() {
            self.close_nearest(&[Head], &[]);
        }
        if tag.closes_paragraph() && self.open_count[P as usize] > 0 {
            self.close_nearest(&[P], &[Table, Td, Th, Caption, Object, Template, Button]);
        }
        match tag {
            Li => self.close_nearest(&[Li], &[Ul, Ol, Menu, Dir, Table, Td, Th, Section, Article, Aside, Blockquote]),
            Dt | Dd => self.close_nearest(&[Dt, Dd], &[Dl, Ul, Ol, Table, Td, Th]),
            Tr => self.close_nearest(&[Tr], &[Table]),
            Td | Th => self.close_nearest(&[Td, Th], &[Tr, Table]),
            Tbody | Thead | Tfoot => self.close_nearest(&[Tbody, Thead, Tfoot], &[Table]),
            Option | Optgroup => self.close_nearest(&[Option], &[Select]),
            A => self.close(A, 0, 0),
            H1 | H2 | H3 | H4 | H5 | H6 if self.open.last().is_some_and(|open| open.tag.is_heading()) => {
                self.pop_to(self.open.len() - 1);
            }
            _ => {}
        }
    }

    /// Closes the innermost of `tags` unless one of `walls` stands before it.
    fn close_nearest(&mut self, tags: &[Tag], walls: &[Tag]) {
        if tags.iter().all(|tag| self.open_count[*tag as usize] == 0) {
            return;
        }
        for index in (1..self.open.len()).rev() {
            let Some(open) = self.open.get(index) else { return };
            if tags.contains(&open.tag) {
                self.pop_to(index);
                return;
            }
            if walls.contains(&open.tag) {
                return;
            }
        }
    }

    /// Closes the open elements from `index` on.
    fn pop_to(&mut self, index: usize) {
        let end = self.tree.nodes.len() as NodeId;
        // What was closed out of turn ends with the last of what it holds.
        while self.open.len() > index.max(1) || self.open.last().is_some_and(|open| open.tag == Tag::Closed) {
            let Some(open) = self.open.pop() else { return };
            if open.tag != Tag::Closed {
                self.open_count[open.tag as usize] -= 1;
            }
            if let Some(node) = self.tree.nodes.get_mut(open.node as usize) {
                node.end = end;
            }
        }
    }

    fn push_element(&mut self, tag: Tag, start: usize, stop: usize) {
        let flags = self.open.last().map_or(0, |open| open.flags);
        self.push(Node::bare(tag, flags, start..stop));
    }

    fn text(&mut self, start: usize, stop: usize) {
        if start >= stop {
            return;
        }
        let mut flags = self.open.last().map_or(0, |open| open.flags) & !Tree::LINK;
        if self.open_count[Tag::A as usize] > 0 {
            flags |= Tree::LINK;
        }
        self.push(Node::bare(Tag::Text, flags, start..stop));
    }

    /// Adds a node under the innermost open element.
    fn push(&mut self, mut node: Node) -> NodeId {
        let id = self.tree.nodes.len() as NodeId;
        node.parent = self.open.last().map_or(0, |open| open.node);
        node.end = id + 1;
        self.tree.nodes.push(node);
        id
    }
}

fn is_linked_data(kind: &str) -> bool {
    kind.trim().to_ascii_lowercase().starts_with("application/ld+json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The tree as nested brackets, text as itself.
    fn shape(page: &str) -> String {
        let tree = Tree::parse(page);
        let (mut out, mut ends) = (String::new(), Vec::new());
        for id in 1..tree.len() {
            while ends.last().is_some_and(|end| *end <= id) {
                ends.pop();
                out.push(')');
            }
            if tree.tag(id) == Tag::Text {
                out.push_str(tree.raw_text(id).trim());
            } else {
                out.push_str(&tree.name(id).to_lowercase());
                out.push('(');
                ends.push(tree.end(id));
            }
        }
        out.push_str(&")".repeat(ends.len()));
        out
    }

    #[test]
    fn closes_what_the_standard_closes() {
        assert_eq!(shape("<p>a<p>b<div>c</div>d"), "p(a)p(b)div(c)d");
        assert_eq!(shape("<ul><li>a<li>b<ul><li>c</ul><li>d</ul>e"), "ul(li(a)li(bul(li(c)))li(d))e");
        assert_eq!(shape("<dl><dt>a<dd>b<dt>c</dl>"), "dl(dt(a)dd(b)dt(c))");
        assert_eq!(shape("<table><tr><td>a<td>b<tr><td>c</table>d"), "table(tr(td(a)td(b))tr(td(c)))d");
        assert_eq!(shape("<div><span>a</div>b"), "div(span(a))b");
        assert_eq!(shape("<a>x<a>y"), "a(x)a(y)");
        assert_eq!(shape("<head><title>t</title><div>a"), "head(title(t))div(a)");
    }

    #[test]
    fn survives_misnested_and_stray_tags() {
        assert_eq!(shape("<div><a><div>x</a>y</div>z</div>w"), "div(a(div(xy))z)w");
        assert_eq!(shape("a</div></p>b"), "ab");
        assert_eq!(shape("<table><tr><td></div>a</td></tr></table>"), "table(tr(td(a)))");
        assert_eq!(shape("a < b <3 </ > <"), "a < b <3<");
        assert_eq!(shape("<!-- <p> --><!doctype html><?x?><b>k"), "b(k)");
    }

    #[test]
    fn reads_attributes_however_they_are_quoted() {
        let tree = Tree::parse("<p id=one CLASS='two three' hidden data-x = \"a>b\" title=>x");
        assert_eq!(tree.attribute(1, "id"), Some("one"));
        assert_eq!(tree.attribute(1, "class"), Some("two three"));
        assert_eq!(tree.attribute(1, "data-x"), Some("a>b"));
        assert_eq!(tree.attribute(1, "nothing"), None);
        assert!(tree.has(1, Tree::HIDDEN));
        assert_eq!(tree.raw_text(2), "x");
    }

    #[test]
    fn keeps_only_scripts_that_are_data() {
        let tree = Tree::parse("<script>a<b</script><script type='application/ld+json'>{\"a\":\"</b>\"}</script>c");
        let text: Vec<_> = (0..tree.len()).map(|id| tree.raw_text(id)).filter(|t| !t.is_empty()).collect();
        assert_eq!(text, ["{\"a\":\"</b>\"}", "c"]);
    }

    #[test]
    fn hostile_nesting_and_attributes_stay_bounded() {
        for piece in ["<div>", "<a b='", "<font x>", "<li><p>", "</p>x<b>", "<table><td>", "<p ", "<!--", "<svg>"] {
            let page = piece.repeat(100_000);
            let tree = Tree::parse(&page);
            assert!((0..tree.len()).all(|id| tree.ancestors(id).count() <= MAX_DEPTH));
        }
        let many: String = (0..100_000).map(|n| format!(" a{n}")).collect();
        let page = format!("<p{many}>x");
        let tree = Tree::parse(&page);
        assert_eq!(tree.attribute_range(1).len(), usize::from(MAX_ATTRIBUTES));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn nodes_nest_within_their_parents(page in "([a-z &]|</?(a|b|p|li|ul|td|tr|table|div|span|form|dt|title|script)( id=x)?>|<!--|-->|<|'){0,60}") {
            let tree = Tree::parse(&page);
            for id in 1..tree.len() {
                let parent = tree.parent(id);
                prop_assert!(parent < id);
                prop_assert!(tree.end(id) > id && tree.end(id) <= tree.end(parent));
            }
        }
    }
}
