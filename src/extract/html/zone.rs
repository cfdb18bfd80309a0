//! Which parts of a page hold comments by their names, and which cannot hold any.

use super::evidence::{BESIDE, COMMENT, NEWEST, OTHER_KIND, of_names};
use super::heading::{self, Heading};
use super::survey::Page;
use super::tag::Tag;
use super::tree::{NodeId, Tree};

/// What each node stands in, handed down from parent to child in one pass.
pub(super) struct Zones {
    flags: Vec<u8>,
    headings: Vec<Heading>,
}

/// A page has few headings of comments; of a page full of them only the nearest are looked at.
const NEAREST: usize = 8;

const VETOED: u8 = 1;
const COMMENTS: u8 = 2;
/// Vetoed by a name alone: a place inside that has an id of its own for comments is not.
const SOFT: u8 = 4;

enum Veto {
    Hard,
    Soft,
}

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
                let own_id = evidence & COMMENT != 0
                    && tree.attribute(id, "id").is_some_and(|id| of_names(id) & (COMMENT | NEWEST) == COMMENT);
                if flag & SOFT != 0 && own_id && page.size(id) >= 60 {
                    flag &= !(VETOED | SOFT);
                }
                if flag & VETOED == 0 {
                    match beside(page, id, whole) {
                        Some(Veto::Hard) => flag |= VETOED,
                        Some(Veto::Soft) => flag |= VETOED | SOFT,
                        None => {}
                    }
                }
            }
            flags.push(flag);
        }
        let mut zones = Self { flags, headings: Vec::new() };
        zones.headings = heading::find(page, &zones);
        zones
    }

    /// The nearest heading of comments that an element stands under, if any.
    pub(super) fn heading(&self, id: NodeId) -> Option<&Heading> {
        let before = self.headings.partition_point(|heading| heading.from <= id);
        let near = self.headings.get(before.saturating_sub(NEAREST)..before).unwrap_or_default();
        near.iter().rev().find(|heading| id < heading.to)
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

fn beside(page: &Page<'_>, id: NodeId, whole: u32) -> Option<Veto> {
    let tree = &page.tree;
    let evidence = page.evidence(id);
    let named = evidence & COMMENT != 0;
    let size = page.size(id);
    let hard = match tree.tag(id) {
        Tag::Template => tree.has(id, Tree::HIDDEN),
        Tag::Nav => size * 2 < whole,
        Tag::Aside => !named && size * 2 < whole,
        Tag::Form => size * 10 < whole * 3 && has_text_field(page, id),
        _ => evidence & NEWEST != 0 && size * 2 < whole && (!named || leads_elsewhere(page, id)),
    };
    if hard {
        return Some(Veto::Hard);
    }
    let soft =
        !named && (evidence & OTHER_KIND != 0 && size * 10 < whole * 9 || evidence & BESIDE != 0 && size * 2 < whole);
    soft.then_some(Veto::Soft)
}

fn has_text_field(page: &Page<'_>, id: NodeId) -> bool {
    page.tree.descendants(id).any(|inner| matches!(page.tree.tag(inner), Tag::Textarea | Tag::Input))
}

/// A list of the site's newest comments: its links lead to other pages.
fn leads_elsewhere(page: &Page<'_>, id: NodeId) -> bool {
    page.link_size(id, page.tree.end(id)) * 3 > page.size(id)
}
