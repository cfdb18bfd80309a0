//! Headings that say that comments follow, in the words of some forty languages, and how far what they head reaches.
//!
//! A site may name its elements in any way, or not at all; what it tells its readers can be read.

use super::evidence::{COMMENT, COUNT};
use super::survey::Page;
use super::tag::Tag;
use super::tree::{NodeId, Tree};
use super::zone::Zones;
use crate::extract::flat;
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::sync::LazyLock;

/// A heading's longest text in bytes.
const LONGEST: u32 = 160;
/// What may stand beside a heading in its box: a link to the form, a picture's name.
const BESIDE: u32 = 60;
/// A form that stands beside a heading stands within so many nodes.
const FORM_WITHIN: usize = 400;

/// What a heading heads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Heading {
    /// The first node after it.
    pub(super) from: NodeId,
    /// One past the last node of what both stand in.
    pub(super) to: NodeId,
    /// The number of comments it states.
    pub(super) count: Option<u64>,
    /// 1 for `h1` … 6 for `h6`; what is no heading by its element ranks with `h4`.
    pub(super) rank: u8,
}

/// How high a heading stands.
pub(super) fn rank(tag: Tag) -> Option<u8> {
    Some(match tag {
        Tag::H1 => 1,
        Tag::H2 => 2,
        Tag::H3 => 3,
        Tag::H4 => 4,
        Tag::H5 => 5,
        Tag::H6 => 6,
        _ => return None,
    })
}

/// Parts of words without which no line is such a heading: nearly all lines are told by them.
static STEMS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let stems = [
        "omment",
        "omentar",
        "omentá",
        "omentář",
        "omento",
        "ntwort",
        "espons",
        "epl",
        "hought",
        "edank",
        "eakt",
        "éacti",
        "eacti",
        "eacci",
        "éponse",
        "rgänzung",
        "vis",
        "pini",
        "eitr",
        "einung",
        "eser",
        "iscuss",
        "iskuss",
        "iscusi",
        "iskusj",
        "iskuti",
        "svar",
        "espuesta",
        "espost",
        "ispost",
        "тзыв",
        "оммент",
        "оментар",
        "бсужд",
        "χόλια",
        "orum",
        "zzászól",
        "评论",
        "コメント",
        "댓글",
        "pmerking",
        "onversation",
        "talkback",
        "eedback",
        "astausta",
        "評論",
        "留言",
        "回应",
        "回應",
        "跟帖",
        "تعليق",
        "ردود",
        "دیدگاه",
        "نظر",
        "תגוב",
        "टिप्पण",
        "মন্তব্য",
        "ความ",
        "bình luận",
        "Bình luận",
        "ý kiến",
        "Ý kiến",
        "anggapan",
        "tsiliepim",
        "omentār",
        "ommentaar",
        "dgovor",
        "тговор",
        "élemény",
        "şərh",
        "omente",
        "ruzkin",
        "mmæli",
    ];
    AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(stems).ok()
});

/// Finds the headings of a page, in document order.
pub(super) fn find(page: &Page<'_>, zones: &Zones) -> Vec<Heading> {
    let tree = &page.tree;
    let mut found: Vec<Heading> = Vec::new();
    for id in 1..tree.len() {
        let raw = tree.raw_text(id);
        let may = (2..=LONGEST as usize).contains(&raw.trim().len())
            && !tree.has(id, Tree::HIDDEN | Tree::HEAD)
            && !zones.is_vetoed(id)
            && STEMS.as_ref().is_some_and(|stems| stems.is_match(raw));
        if !may {
            continue;
        }
        let linked = tree.has(id, Tree::LINK);
        let around = tree.ancestors(id).take(4).take_while(|up| page.size(*up) <= LONGEST && tree.end(*up) - up <= 40);
        // The widest element whose whole text is the heading.
        let element = around
            .filter_map(|up| {
                let line = page.line(up);
                let heading = if tree.tag(up).is_heading() || page.evidence(up) & COUNT != 0 {
                    flat::title_of_comments(&line)
                } else {
                    flat::heading_of_comments(&line)
                }?;
                Some((up, heading.count))
            })
            .filter(|(up, _)| !linked || tree.tag(*up).is_heading())
            .last();
        let Some((element, count)) = element else { continue };
        // The heading may stand in a box of its own.
        let rank = (element..=id).find_map(|inner| rank(tree.tag(inner))).unwrap_or(4);
        let heading = Heading { count, rank, ..reach(page, zones, element) };
        if heading.from < heading.to && found.last() != Some(&heading) {
            found.push(heading);
        }
    }
    found.sort_by_key(|heading| heading.from);
    found
}

/// From a heading's end to the end of the innermost element that holds more than the heading.
///
/// Not out of an element that is named for comments and holds the form to write one with.
fn reach(page: &Page<'_>, zones: &Zones, element: NodeId) -> Heading {
    let tree = &page.tree;
    let mut inner = element;
    for up in tree.ancestors(element) {
        let is_whole = || {
            page.evidence(up) & COMMENT != 0
                && zones.is_for_comments(up)
                && tree.descendants(up).take(FORM_WITHIN).any(|id| tree.tag(id) == Tag::Textarea)
        };
        if page.text_size(tree.end(inner), tree.end(up)) > BESIDE || tree.tag(up) == Tag::Body || is_whole() {
            return Heading { from: tree.end(inner), to: tree.end(up), count: None, rank: 4 };
        }
        inner = up;
    }
    Heading { from: tree.end(inner), to: tree.len(), count: None, rank: 4 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_under_a_heading_is_known() {
        let page = Page::read(
            "<div><h1>Trees</h1><p>Said 3 comments were made about the trees that the town will get in October.</p></div>\
             <div><div><h3><span>2 Kommentare</span></h3><a>melden</a></div><ul><li>one one one one one one one one one one \
             one one one one one one one one one</li></ul></div><p>after</p>",
        );
        let zones = Zones::of(&page);
        let list = (0..page.tree.len()).find(|id| page.tree.tag(*id) == Tag::Ul).unwrap_or_default();
        assert_eq!(zones.heading(list).and_then(|heading| heading.count), Some(2));
        assert_eq!(zones.heading(list - 6), None);
        assert_eq!(zones.heading(page.tree.len() - 1), None);
    }
}
