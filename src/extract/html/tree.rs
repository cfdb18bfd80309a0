//! A page as a tree: an arena of nodes in document order that borrow the page's text.
//!
//! Why not html5ever: its tree builder looks through all open elements at each start tag and its tokenizer through
//! all attributes at each attribute, so 200 kB of `<div>` took 5.9 s, and 39 kB of unclosed `<font>` made four million
//! nodes. Here the depth, the attributes of a tag and the number of nodes are bounded, every step is linear, and the
//! page's text is not copied. Misnested markup ends up where the standard's algorithm puts it in all but exotic cases.

use super::build::Builder;
use super::tag::Tag;

/// A node's place in the arena.
pub(super) type NodeId = u32;

#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub(super) tag: Tag,
    /// See the constants of [`Tree`].
    pub(super) flags: u8,
    pub(super) attribute_count: u8,
    pub(super) parent: NodeId,
    /// One past the last node of the subtree.
    pub(super) end: NodeId,
    /// A run of text in the source; of an element, the name in its start tag.
    pub(super) start: u32,
    pub(super) stop: u32,
    pub(super) first_attribute: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Attribute {
    pub(super) name: (u32, u32),
    pub(super) value: (u32, u32),
}

impl Attribute {
    /// Nearly all names are told apart by their length.
    fn is_named(&self, tree: &Tree<'_>, name: &str) -> bool {
        self.name.1.saturating_sub(self.name.0) as usize == name.len()
            && tree.slice(self.name).eq_ignore_ascii_case(name)
    }
}

/// The tree; node 0 is the root and stands for the document.
#[derive(Debug)]
pub(super) struct Tree<'a> {
    pub(super) source: &'a str,
    pub(super) nodes: Vec<Node>,
    pub(super) attributes: Vec<Attribute>,
    /// Whether the page was longer than the tree may be.
    pub(super) cut: bool,
    /// Whether elements were nested too deep to be opened.
    pub(super) flattened: bool,
}

impl<'a> Tree<'a> {
    /// Inside a link.
    pub(super) const LINK: u8 = 1;
    /// Inside the head.
    pub(super) const HEAD: u8 = 2;
    /// Inside an element that a reader does not see.
    pub(super) const HIDDEN: u8 = 4;
    /// Inside preformatted text.
    pub(super) const PRE: u8 = 8;

    /// Reads a page. Anything is a page; nothing fails.
    pub(super) fn parse(source: &'a str) -> Self {
        let mut length = source.len().min(u32::MAX as usize / 2);
        while !source.is_char_boundary(length) {
            length -= 1;
        }
        let mut builder = Builder::new(source.get(..length).unwrap_or_default());
        builder.run();
        let mut tree = builder.finish();
        tree.cut |= length < source.len();
        tree
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        self.nodes.get(id as usize).unwrap_or(&self.nodes[0])
    }

    pub(super) fn tag(&self, id: NodeId) -> Tag {
        self.node(id).tag
    }

    pub(super) fn end(&self, id: NodeId) -> NodeId {
        self.node(id).end
    }

    pub(super) fn parent(&self, id: NodeId) -> NodeId {
        self.node(id).parent
    }

    pub(super) fn len(&self) -> NodeId {
        self.nodes.len() as NodeId
    }

    pub(super) fn has(&self, id: NodeId, flag: u8) -> bool {
        self.node(id).flags & flag != 0
    }

    /// The source of a run of text, character references undecoded; nothing for elements.
    pub(super) fn raw_text(&self, id: NodeId) -> &'a str {
        let node = self.node(id);
        if node.tag == Tag::Text { self.slice((node.start, node.stop)) } else { "" }
    }

    /// An element's name as written.
    pub(super) fn name(&self, id: NodeId) -> &'a str {
        let node = self.node(id);
        if node.tag == Tag::Text { "" } else { self.slice((node.start, node.stop)) }
    }

    pub(super) fn slice(&self, (start, stop): (u32, u32)) -> &'a str {
        self.source.get(start as usize..stop as usize).unwrap_or_default()
    }

    pub(super) fn attribute_range(&self, id: NodeId) -> &[Attribute] {
        let node = self.node(id);
        let first = node.first_attribute as usize;
        self.attributes.get(first..first + node.attribute_count as usize).unwrap_or_default()
    }

    /// An attribute's value as written, character references undecoded.
    pub(super) fn attribute(&self, id: NodeId, name: &str) -> Option<&'a str> {
        self.attribute_range(id)
            .iter()
            .find(|attribute| attribute.is_named(self, name))
            .map(|attribute| self.slice(attribute.value))
    }

    /// The nodes under `id`, in document order.
    pub(super) fn descendants(&self, id: NodeId) -> std::ops::Range<NodeId> {
        id + 1..self.end(id)
    }

    /// The elements around `id`, innermost first, without the root.
    pub(super) fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let mut at = id;
        std::iter::from_fn(move || {
            at = self.parent(at);
            (at != 0).then_some(at)
        })
    }
}
