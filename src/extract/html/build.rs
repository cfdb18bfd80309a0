//! Makes a tree of a page's tags: the standard's rules for what closes what, with a bound on depth and size.

use super::tag::Tag;
use super::tokens;
use super::tree::{Attribute, Node, NodeId, Tree};
use std::ops::Range;

/// Deeper elements become children of the last one that still fits, as in browsers.
const MAX_DEPTH: usize = 512;
/// What follows is ignored; real pages of 20 MB have half a million.
const MAX_NODES: usize = 2_000_000;
const MAX_ATTRIBUTES: usize = 64;

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

/// What stands between an element's tags.
#[derive(Debug, Clone, Copy)]
pub(super) enum Content {
    Markup,
    /// Text up to the end tag, which is kept or of no interest.
    Raw {
        id: NodeId,
        kept: bool,
    },
}

pub(super) struct Builder<'a> {
    tree: Tree<'a>,
    open: Vec<Open>,
    /// How many elements of each name are open, to ignore end tags that close nothing.
    open_count: [u32; 256],
    /// Elements that were too deep to be opened, whose end tags close nothing either.
    too_deep: [u32; 256],
}

impl<'a> Builder<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        let mut nodes = Vec::with_capacity(source.len() / 24 + 8);
        nodes.push(Node::bare(Tag::Other, 0, 0..0));
        Self {
            tree: Tree {
                source,
                nodes,
                attributes: Vec::with_capacity(source.len() / 32 + 8),
                cut: false,
                flattened: false,
            },
            open: vec![Open { tag: Tag::Html, node: 0, flags: 0 }],
            open_count: [0; 256],
            too_deep: [0; 256],
        }
    }

    pub(super) fn finish(mut self) -> Tree<'a> {
        self.pop_to(0);
        let end = self.tree.nodes.len() as NodeId;
        self.tree.nodes[0].end = end;
        self.tree
    }

    /// Reads the whole page through the standard's tokenizer.
    pub(super) fn run(&mut self) {
        tokens::read(self);
    }

    /// A start tag: its name, its attributes, which must already be in the tree from `first_attribute` on, and what
    /// content the tokenizer is to expect.
    pub(super) fn start_tag(&mut self, tag: Tag, name: Range<usize>, first_attribute: u32) -> Content {
        let attribute_count = (self.tree.attributes.len() as u32 - first_attribute) as u8;
        if matches!(tag, Tag::Html | Tag::Body) && self.open_count[tag as usize] > 0 {
            return Content::Markup;
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
        let id = self.push(Node { attribute_count, first_attribute, ..Node::bare(tag, flags, name) });
        // What a template holds is shown where the page says that it is an element's shadow.
        let shadow = tag == Tag::Template
            && ["shadowrootmode", "shadowroot"].iter().any(|name| self.tree.attribute(id, name).is_some());
        if shadow && self.open.last().is_none_or(|open| open.flags & Tree::HIDDEN == 0) {
            flags &= !Tree::HIDDEN;
        }
        let hidden = self.tree.attribute(id, "hidden").is_some();
        if hidden || shadow {
            flags |= if hidden { Tree::HIDDEN } else { 0 };
            if let Some(node) = self.tree.nodes.get_mut(id as usize) {
                node.flags = flags;
            }
        }
        if tag.is_raw() {
            let data = tag == Tag::Script && self.tree.attribute(id, "type").is_some_and(is_linked_data);
            return Content::Raw { id, kept: data || tag == Tag::Title };
        }
        if tag.is_void() {
            return Content::Markup;
        }
        if self.open.len() >= MAX_DEPTH {
            self.too_deep[tag as usize] += 1;
            self.tree.flattened = true;
        } else {
            self.open.push(Open { tag, node: id, flags });
            self.open_count[tag as usize] += 1;
        }
        Content::Markup
    }

    /// Keeps the text of an element that holds no markup.
    pub(super) fn raw_text(&mut self, id: NodeId, source: Range<usize>) {
        if source.is_empty() {
            return;
        }
        let flags = self.tree.node(id).flags;
        let text = self.push(Node::bare(Tag::Text, flags | Tree::HIDDEN, source));
        if let Some(node) = self.tree.nodes.get_mut(text as usize) {
            node.parent = id;
        }
        if let Some(node) = self.tree.nodes.get_mut(id as usize) {
            node.end = text + 1;
        }
    }

    pub(super) fn end_tag(&mut self, tag: Tag, name: Range<usize>) {
        if tag == Tag::Br {
            self.push_element(Tag::Br, name.start, name.end);
        } else if !matches!(tag, Tag::Html | Tag::Body) && !tag.is_void() {
            self.close(tag, name.start, name.end);
        }
    }

    /// Keeps an attribute, unless the tag has plenty.
    pub(super) fn attribute(&mut self, first_attribute: u32, attribute: Attribute) {
        if self.tree.attributes.len() < first_attribute as usize + MAX_ATTRIBUTES {
            self.tree.attributes.push(attribute);
        }
    }

    pub(super) fn first_attribute(&self) -> u32 {
        self.tree.attributes.len() as u32
    }

    pub(super) fn source(&self) -> &'a str {
        self.tree.source
    }

    /// Whether the tree has as many nodes as it may; notes that it was cut.
    pub(super) fn is_full(&mut self) -> bool {
        self.tree.cut |= self.tree.nodes.len() >= MAX_NODES;
        self.tree.cut
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

    /// A run of text.
    pub(super) fn text(&mut self, start: usize, stop: usize) {
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
        assert_eq!(tree.attribute_range(1).len(), MAX_ATTRIBUTES);
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
