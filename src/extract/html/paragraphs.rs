//! The text of a part of a page, a paragraph or line break to a line.

use super::quotes;
use super::reference::decode;
use super::survey::push_collapsed;
use super::tag::Tag;
use super::tree::{NodeId, Tree};

/// The text of a range of nodes in document order; `skip` says of a node where to go on if it is left out.
pub(super) fn text(tree: &Tree<'_>, from: NodeId, to: NodeId, skip: impl FnMut(NodeId) -> Option<NodeId>) -> String {
    with_quotes(tree, from, to, skip, |_| false)
}

/// The same, with [`quotes::MARK`] before each line in an element that `is_quote` calls a quotation.
pub(super) fn with_quotes(
    tree: &Tree<'_>,
    from: NodeId,
    to: NodeId,
    mut skip: impl FnMut(NodeId) -> Option<NodeId>,
    is_quote: impl Fn(NodeId) -> bool,
) -> String {
    let mut writer = Writer::default();
    let mut blocks: Vec<NodeId> = Vec::new();
    let mut quoted_until = 0;
    let mut id = from;
    while id < to {
        while blocks.last().is_some_and(|end| *end <= id) {
            blocks.pop();
            writer.end_line();
        }
        if id >= quoted_until {
            writer.set_quoted(false);
        }
        if let Some(after) = skip(id) {
            id = after.max(id + 1);
            continue;
        }
        if id >= quoted_until && is_quote(id) {
            quoted_until = tree.end(id);
            writer.set_quoted(true);
        }
        let tag = tree.tag(id);
        if tag == Tag::Text {
            if tree.has(id, Tree::PRE) {
                writer.preformatted(&decode(tree.raw_text(id)));
            } else if !tree.has(id, Tree::HIDDEN) {
                writer.inline(&decode(tree.raw_text(id)));
            }
        } else if tag == Tag::Br {
            writer.end_line();
        } else if tag.is_block() {
            writer.end_line();
            blocks.push(tree.end(id));
        }
        id += 1;
    }
    writer.finish()
}

#[derive(Default)]
struct Writer {
    out: String,
    line: String,
    quoted: bool,
}

impl Writer {
    fn set_quoted(&mut self, quoted: bool) {
        if self.quoted != quoted {
            self.end_line();
            self.quoted = quoted;
        }
    }

    fn inline(&mut self, text: &str) {
        push_collapsed(&mut self.line, text);
    }

    fn preformatted(&mut self, text: &str) {
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                self.end_line();
            }
            self.line.extend(line.trim_end().chars().filter(|c| *c != quotes::MARK));
        }
    }

    fn end_line(&mut self) {
        let line = self.line.trim_end();
        if !line.trim().is_empty() {
            if !self.out.is_empty() {
                self.out.push('\n');
            }
            if self.quoted {
                self.out.push(quotes::MARK);
            }
            self.out.push_str(line);
        }
        self.line.clear();
    }

    fn finish(mut self) -> String {
        self.end_line();
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(page: &str) -> String {
        let tree = Tree::parse(page);
        text(&tree, 0, tree.len(), |_| None)
    }

    #[test]
    fn paragraphs_and_breaks_are_lines() {
        assert_eq!(whole("<p>a  b<br>c</p>\n <p>d <i>e</i>f<div>g</div>h"), "a b\nc\nd ef\ng\nh");
        assert_eq!(whole("a&nbsp;b<pre>x\n  y</pre>z"), "a b\nx\n  y\nz");
        assert_eq!(whole("<p> </p><br><br>"), "");
    }
}
