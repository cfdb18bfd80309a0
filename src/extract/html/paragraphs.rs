//! The text of a part of a page, a paragraph or line break to a line.

use super::reference::decode;
use super::survey::push_collapsed;
use super::tag::Tag;
use super::tree::{NodeId, Tree};

/// The text of a range of nodes in document order; `skip` says of a node where to go on if it is left out.
pub(super) fn text(
    tree: &Tree<'_>,
    from: NodeId,
    to: NodeId,
    mut skip: impl FnMut(NodeId) -> Option<NodeId>,
) -> String {
    let mut writer = Writer::default();
    let mut blocks: Vec<NodeId> = Vec::new();
    let mut id = from;
    while id < to {
        while blocks.last().is_some_and(|end| *end <= id) {
            blocks.pop();
            writer.end_line();
        }
        if let Some(after) = skip(id) {
            id = after.max(id + 1);
            continue;
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
}

impl Writer {
    fn inline(&mut self, text: &str) {
        push_collapsed(&mut self.line, text);
    }

    fn preformatted(&mut self, text: &str) {
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                self.end_line();
            }
            self.line.push_str(line.trim_end());
        }
    }

    fn end_line(&mut self) {
        let line = self.line.trim_end();
        if !line.trim().is_empty() {
            if !self.out.is_empty() {
                self.out.push('\n');
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
