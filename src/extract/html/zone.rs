//! Which parts of a page hold comments by their names, and which cannot hold any.

use super::evidence::{BESIDE, COMMENT, OTHER_KIND};
use super::survey::Page;
use super::tag::Tag;
use super::tree::{NodeId, Tree};

/// What each node stands in, handed down from parent to child in one pass.
pub(super) struct Zones {
    flags: Vec<u8>,
}

const VETOED: u8 = 1;
const COMMENTS: u8 = 2;

impl Zones {
    pub(super) fn of(page: &Page<'_>) -> Self {
        let tree = &page.tree;
        let whole = page.size(0).max(1);
        let mut flags: Vec<u8> = Vec::with_capacity(tree.nodes.len());
        for id in 0..tree.len() {
            let mut flag = flags.get(tree.parent(id) as usize).copied().unwrap_or(0);
            let tag = tree.tag(id);
            if tag != Tag::Text && id > 0 && !matches!(tag, Tag::Html | Tag::Body) {
                let evidence = page.evidence(id);
                if evidence & COMMENT != 0 {
                    flag |= COMMENTS;
                }
                if flag & VETOED == 0 && is_beside(page, id, whole) {
                    flag |= VETOED;
                }
            }
            flags.push(flag);
        }
        Self { flags }
    }

    /// Cannot hold this page's comments: forms, sidebars, other pages' newest comments, live tickers.
    pub(super) fn is_vetoed(&self, id: NodeId) -> bool {
        self.flags.get(id as usize).is_some_and(|flag| flag & VETOED != 0)
    }

    /// Stands in something that is named for comments.
    pub(super) fn is_for_comments(&self, id: NodeId) -> bool {
        self.flags.get(id as usize).is_some_and(|flag| flag & COMMENTS != 0)
    }
}

fn is_beside(page: &Page<'_>, id: NodeId, whole: u32) -> bool {
    let tree = &page.tree;
    if tree.has(id, Tree::HIDDEN) && !tree.has(tree.parent(id), Tree::HIDDEN) && tree.tag(id) == Tag::Template {
        return true;
    }
    let evidence = page.evidence(id);
    let named = evidence & COMMENT != 0;
    let size = page.size(id);
    match tree.tag(id) {
        Tag::Nav => return size * 2 < whole,
        Tag::Aside => return !named && size * 2 < whole,
        Tag::Form => return size * 10 < whole * 3 && has_text_field(page, id),
        _ => {}
    }
    if evidence & OTHER_KIND != 0 && !named {
        return size * 10 < whole * 9;
    }
    evidence & BESIDE != 0 && size * 2 < whole && (!named || is_newest_of_all(page, id))
}

fn has_text_field(page: &Page<'_>, id: NodeId) -> bool {
    page.tree.descendants(id).any(|inner| matches!(page.tree.tag(inner), Tag::Textarea | Tag::Input))
}

/// A list of the site's newest comments: its links lead to other pages.
fn is_newest_of_all(page: &Page<'_>, id: NodeId) -> bool {
    page.link_size(id, page.tree.end(id)) * 3 > page.size(id)
}
