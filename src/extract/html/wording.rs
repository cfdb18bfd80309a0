//! What an item says: its text without names, dates and what surrounds them.

use super::evidence::{ACTION, AUTHOR, AVATAR, BODY, COMMENT, DATE, META, TITLE, of_names};
use super::item::{Hints, Nodes, Reading};
use super::paragraphs;
use super::quotes;
use super::tag::Tag;
use super::tree::NodeId;
use crate::extract::chrome;

impl Reading<'_, '_> {
    /// The text without the names and dates at `metadata`, and, if `wide`, without what stands around those; and whether
    /// it is from an element that holds what was written and nothing else.
    pub(super) fn text_without(&self, metadata: &[NodeId], hints: &Hints, wide: bool) -> (String, bool) {
        let page = self.page;
        let mut dropped = self.dropped.clone();
        for &node in metadata {
            if node < self.item.to && (wide || page.tree.tag(node) != Tag::Text) {
                let node = if wide { self.climb(node, metadata) } else { node };
                dropped.insert(node, page.tree.end(node));
            }
        }
        let text_of = |from: NodeId, to: NodeId| {
            let skip = |id| {
                if dropped.contains(id) {
                    return Some(page.tree.end(id));
                }
                // What is not the item's own begins another item.
                self.own.binary_search(&id).is_err().then(|| page.tree.end(id))
            };
            // A box around the whole comment, or around all of a part, quotes nothing.
            let quotes = |id| Some(id) != self.whole && id != from && quotes::is_quote(page, id);
            paragraphs::with_quotes(&page.tree, from, to, skip, quotes)
        };
        let mut hinted = String::new();
        let mut until = 0;
        for &id in &self.own {
            if id >= until && !dropped.cover(id) && hints.text.iter().any(|selector| selector.matches(&page.tree, id)) {
                until = page.tree.end(id);
                let part = text_of(id, until);
                if !part.is_empty() && !hinted.is_empty() {
                    hinted.push('\n');
                }
                hinted.push_str(&part);
            }
        }
        if !hinted.trim().is_empty() {
            return (hinted, true);
        }
        let all = text_of(self.item.from, self.item.to);
        match self.body(&dropped) {
            Some(body) => {
                let text = self
                    .bodies(body, &dropped)
                    .into_iter()
                    .map(|body| text_of(body, page.tree.end(body)))
                    .filter(|text| !text.is_empty())
                    .collect::<Vec<_>>()
                    .join("\n");
                if text.len() * 2 < all.len() {
                    return (all, false);
                }
                let title = self
                    .title(body, &dropped)
                    .map(|title| text_of(title, page.tree.end(title)))
                    .filter(|title| !chrome::is_chrome(title));
                let text = match title.filter(|title| !title.is_empty()) {
                    Some(title) => format!("{title}\n{text}"),
                    None => text,
                };
                (text, true)
            }
            None => (all, false),
        }
    }

    /// The element that holds what was written, where its name says so.
    pub(super) fn body(&self, dropped: &Nodes) -> Option<NodeId> {
        let page = self.page;
        let fits = |id: &&NodeId| self.may_be_body(**id, dropped);
        let largest = self.own.iter().filter(fits).map(|id| page.size(*id)).max()?;
        // The innermost of those that hold nearly all of it.
        self.own.iter().filter(fits).rfind(|id| page.size(**id) * 10 >= largest * 9).copied()
    }

    pub(super) fn may_be_body(&self, id: NodeId, dropped: &Nodes) -> bool {
        let page = self.page;
        let evidence = page.evidence(id);
        Some(id) != self.whole
            && evidence & BODY != 0
            && evidence & (AUTHOR | DATE | ACTION | TITLE | AVATAR) == 0
            && page.size(id) > 0
            && !dropped.contains(id)
            && page.dates(id, page.tree.end(id)).iter().all(|date| page.tree.tag(*date) != Tag::Time)
    }

    /// The body and its equals beside it: a title and a text may stand in two fields of one kind.
    pub(super) fn bodies(&self, body: NodeId, dropped: &Nodes) -> Vec<NodeId> {
        let page = self.page;
        let class = |id: NodeId| {
            page.tree
                .attribute(id, "class")
                .and_then(|class| class.split_ascii_whitespace().find(|name| of_names(name) & BODY != 0))
        };
        let mut out = Vec::new();
        let mut until = 0;
        for &id in &self.own {
            let end = page.tree.end(id);
            let beside = (id >= until && end <= body || id >= page.tree.end(body).max(until))
                && self.may_be_body(id, dropped)
                && class(id).is_some_and(|name| {
                    page.tree
                        .attribute(body, "class")
                        .is_some_and(|names| names.split_ascii_whitespace().any(|other| other == name))
                });
            if id == body || beside && !dropped.cover(id) {
                out.push(id);
                until = end;
            }
        }
        out
    }

    /// A heading of the comment before its body.
    pub(super) fn title(&self, body: NodeId, dropped: &Nodes) -> Option<NodeId> {
        let page = self.page;
        self.own.iter().copied().filter(|id| *id < body && page.tree.end(*id) <= body).find(|id| {
            let evidence = page.evidence(*id);
            (page.tree.tag(*id).is_heading()
                || evidence & TITLE != 0 && evidence & (ACTION | AVATAR | META | AUTHOR) == 0)
                && (1..=200).contains(&page.size(*id))
                && !dropped.contains(*id)
                && !dropped.cover(*id)
                && !page.tree.descendants(*id).any(|inner| dropped.contains(inner))
        })
    }

    /// The largest element around a name or date that holds nothing but names, dates and what joins them.
    pub(super) fn climb(&self, node: NodeId, metadata: &[NodeId]) -> NodeId {
        let tree = &self.page.tree;
        let mut found = node;
        for parent in tree.ancestors(node) {
            if parent < self.item.from
                || self.page.tree.end(parent) > self.item.to
                || Some(parent) == self.whole
                || !self.is_only_metadata(parent, metadata)
            {
                break;
            }
            found = parent;
        }
        found
    }

    pub(super) fn is_only_metadata(&self, id: NodeId, metadata: &[NodeId]) -> bool {
        let (page, tree) = (self.page, &self.page.tree);
        if page.size(id) > 400 || page.evidence(id) & BODY != 0 && page.evidence(id) & (META | AUTHOR | DATE) == 0 {
            return false;
        }
        let mut rest = 0;
        let mut at = id + 1;
        while at < tree.end(id) {
            if metadata.contains(&at) || self.dropped.contains(at) {
                at = tree.end(at);
                continue;
            }
            let size = page.text_size(at, at + 1);
            if size > 0 {
                rest += size;
                let body = tree.ancestors(at).take_while(|up| *up > id).any(|up| {
                    let holds = |node: &NodeId| up <= *node && *node < tree.end(up);
                    let block = matches!(tree.tag(up), Tag::P | Tag::Blockquote | Tag::Div | Tag::Section)
                        || tree.tag(up).is_heading();
                    let evidence = page.evidence(up);
                    (block || evidence & BODY != 0)
                        && evidence & (META | AUTHOR | DATE | COMMENT) & !COMMENT == 0
                        && !metadata.iter().any(holds)
                });
                if body || rest > 48 {
                    return false;
                }
            }
            at += 1;
        }
        true
    }
}
