//! What a page holds, measured once for all finders: how much text, which evidence, where dates and names stand.

use super::date;
use super::evidence::{self, Evidence};
use super::quotes;
use super::reference::decode;
use super::tag::Tag;
use super::tree::{NodeId, Tree};
use crate::extract::chrome;

/// The tree with its measures; all of them are filled in one pass.
#[derive(Debug)]
pub(super) struct Page<'a> {
    pub(super) tree: Tree<'a>,
    /// What each element's class and id speak for.
    evidence: Vec<Evidence>,
    /// Bytes of visible text before each node.
    text_before: Vec<u32>,
    /// Bytes of visible text in links before each node.
    link_before: Vec<u32>,
    /// Dates in short texts, in document order.
    dates: Vec<NodeId>,
    /// Links and buttons to answer a comment with, in document order.
    answers: Vec<NodeId>,
    /// What elements are called, in any of the attributes that platforms name them with, and custom elements' names.
    names: Vec<&'a str>,
}

/// Attributes beside class and id that say what an element is.
const NAMING: &[&str] = &["itemtype", "typeof", "about", "name", "data-fullname"];

impl<'a> Page<'a> {
    /// Reads and measures a page.
    pub(super) fn read(source: &'a str) -> Self {
        let tree = Tree::parse(source);
        let count = tree.nodes.len();
        let mut reader = evidence::Reader::default();
        let mut evidence = Vec::with_capacity(count);
        let (mut text_before, mut link_before) = (Vec::with_capacity(count + 1), Vec::with_capacity(count + 1));
        let (mut text, mut link) = (0u32, 0u32);
        let (mut dates, mut answers, mut names) = (Vec::new(), Vec::new(), Vec::new());
        let mut dated_until = 0;
        for id in 0..tree.len() {
            text_before.push(text);
            link_before.push(link);
            if tree.tag(id) == Tag::Text {
                evidence.push(0);
                if tree.has(id, Tree::HIDDEN | Tree::HEAD) {
                    continue;
                }
                let raw = tree.raw_text(id);
                let trimmed = raw.trim();
                if trimmed.is_empty() || trimmed == "&nbsp;" {
                    continue;
                }
                let size = trimmed.len() as u32;
                text += size;
                if tree.has(id, Tree::LINK) {
                    link += size;
                }
                if chrome::is_answer(trimmed) {
                    answers.push(id);
                }
                if id >= dated_until && trimmed.len() <= 200 && date::find(&decode(trimmed)).is_some() {
                    dates.push(id);
                }
            } else {
                let of_class = tree.attribute(id, "class").map_or(0, |names| reader.read(names));
                let of_id = tree.attribute(id, "id").map_or(0, |names| reader.read(names));
                // Custom elements say in their names what others say in classes.
                let name = tree.name(id);
                let of_name = if tree.tag(id) == Tag::Other && name.contains('-') { reader.read(name) } else { 0 };
                evidence.push(of_class | of_id | of_name);
                for attribute in tree.attribute_range(id) {
                    if NAMING.contains(&tree.slice(attribute.name)) {
                        names.push(tree.slice(attribute.value));
                    }
                }
                if machine_date(&tree, id).is_some() && !tree.has(id, Tree::HEAD) {
                    dates.push(id);
                    dated_until = tree.end(id);
                }
            }
        }
        text_before.push(text);
        link_before.push(link);
        names.extend(reader.into_names());
        Self { tree, evidence, text_before, link_before, dates, answers, names }
    }

    /// What an element's class and id speak for.
    pub(super) fn evidence(&self, id: NodeId) -> Evidence {
        self.evidence.get(id as usize).copied().unwrap_or(0)
    }

    /// Bytes of visible text in a range of nodes.
    pub(super) fn text_size(&self, from: NodeId, to: NodeId) -> u32 {
        span(&self.text_before, from, to)
    }

    /// Bytes of visible link text in a range of nodes.
    pub(super) fn link_size(&self, from: NodeId, to: NodeId) -> u32 {
        span(&self.link_before, from, to)
    }

    /// Bytes of visible text under an element.
    pub(super) fn size(&self, id: NodeId) -> u32 {
        self.text_size(id, self.tree.end(id))
    }

    /// The dates in a range of nodes.
    pub(super) fn dates(&self, from: NodeId, to: NodeId) -> &[NodeId] {
        let first = self.dates.partition_point(|date| *date < from);
        let last = self.dates.partition_point(|date| *date < to);
        self.dates.get(first..last).unwrap_or_default()
    }

    /// Everything that elements are called, in no order.
    pub(super) fn names(&self) -> &[&'a str] {
        &self.names
    }

    /// The links and buttons to answer with in a range of nodes.
    pub(super) fn answers(&self, from: NodeId, to: NodeId) -> &[NodeId] {
        let first = self.answers.partition_point(|answer| *answer < from);
        let last = self.answers.partition_point(|answer| *answer < to);
        self.answers.get(first..last).unwrap_or_default()
    }

    /// The visible text of a short element on one line.
    pub(super) fn line(&self, id: NodeId) -> String {
        self.line_of(id, self.tree.end(id))
    }

    /// The visible text of a short range of nodes on one line.
    pub(super) fn line_of(&self, from: NodeId, to: NodeId) -> String {
        let mut out = String::new();
        // Where the element ends that holds the text before.
        let mut box_end = 0;
        for id in from..to {
            let tag = self.tree.tag(id);
            if tag == Tag::Text && !self.tree.has(id, Tree::HIDDEN) {
                let text = decode(self.tree.raw_text(id));
                // A day and a time, or a name and a date, in elements that only styles set apart.
                let set_apart = id >= box_end && text.starts_with(char::is_numeric);
                if set_apart && out.ends_with(char::is_alphanumeric) {
                    out.push(' ');
                }
                box_end = self.tree.end(self.tree.parent(id));
                push_collapsed(&mut out, &text);
            } else if tag.is_block() || tag == Tag::Br {
                push_collapsed(&mut out, " ");
            }
        }
        out.truncate(out.trim_end().len());
        out
    }

    /// An attribute with its character references decoded, trimmed; nothing if that is empty.
    pub(super) fn attribute(&self, id: NodeId, name: &str) -> Option<String> {
        let value = decode(self.tree.attribute(id, name)?);
        let value = value.trim();
        (!value.is_empty()).then(|| value.to_owned())
    }
}

fn span(before: &[u32], from: NodeId, to: NodeId) -> u32 {
    let at = |id: NodeId| before.get(id as usize).copied().unwrap_or(0);
    at(to).saturating_sub(at(from))
}

/// Appends text with every run of white space made one space, and none at the start.
pub(super) fn push_collapsed(out: &mut String, text: &str) {
    let mut from = 0;
    for (at, c) in text.char_indices() {
        let space = c.is_whitespace() || (c == '\u{200b}' && !is_within_a_word(text, at));
        if space || c == quotes::MARK {
            out.push_str(text.get(from..at).unwrap_or_default());
            from = at + c.len_utf8();
            if space && !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        }
    }
    out.push_str(text.get(from..).unwrap_or_default());
}

/// Whether letters or digits stand on both sides of the character at `at`: readers see one word there.
fn is_within_a_word(text: &str, at: usize) -> bool {
    let (before, from) = text.split_at_checked(at).unwrap_or_default();
    let is_part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    is_part(before.chars().next_back()) && is_part(from.chars().nth(1))
}

/// A date that an element states for machines.
pub(super) fn machine_date<'a>(tree: &Tree<'a>, id: NodeId) -> Option<&'a str> {
    let named = |attribute: &str| tree.attribute(id, attribute).filter(|value| date::is_machine_date(&decode(value)));
    match tree.tag(id) {
        Tag::Time => named("datetime").or_else(|| named("title")).or_else(|| named("content")),
        Tag::Abbr => named("title"),
        Tag::Text => None,
        _ => {
            let property = tree.attribute(id, "itemprop").or_else(|| tree.attribute(id, "property"))?;
            let property = property.to_ascii_lowercase();
            let dated = ["date", "time", "created", "published"].iter().any(|word| property.contains(word));
            if dated { named("content").or_else(|| named("datetime")) } else { None }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_text_links_and_dates() {
        let page = Page::read(
            "<div class=comment><a href=x>abc</a> <p>de  f <b>1.2.2024</b></div><time datetime=2024-01-02>x 1.1.2024</time>",
        );
        assert_eq!(page.size(1), 3 + 5 + 8);
        assert_eq!(page.link_size(1, page.tree.end(1)), 3);
        assert_eq!(page.dates(0, page.tree.len()).len(), 2);
        assert_eq!(page.line(1), "abc de f 1.2.2024");
        assert_eq!(page.evidence(1), evidence::COMMENT);
    }
}
