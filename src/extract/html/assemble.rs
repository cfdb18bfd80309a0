//! Makes a thread's comments of the items that were read: ids, depths, parents.

use super::evidence::{self, CHILDREN, COMMENT, TALK};
use super::item::{Draft, Item};
use super::select::{Selector, number_after};
use super::survey::Page;
use super::tag::Tag;
use super::tree::NodeId;
use crate::thread::Comment;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// How a rule tells an item's depth.
#[derive(Debug)]
pub(super) enum Depth {
    /// The markup does not tell.
    Unknown,
    /// A class or attribute that tells, else nesting; `flat` says that no nesting at all means that all are at depth 0.
    Found { flat: bool },
    /// The attribute of an element in the item.
    Attribute { selector: Selector, attribute: String },
    /// The number of elements around the item that match.
    Ancestors(Selector),
}

/// Attributes that state a depth.
const DEPTH_ATTRIBUTES: &[&str] = &[
    "data-depth",
    "data-level",
    "data-indent",
    "data-nesting-level",
    "data-comment-depth",
    "data-comment-level",
    "indent",
    "depth",
    "level",
    "aria-level",
];

/// Makes comments of items and what was read of them, both in document order; items without text and pingbacks are left out.
pub(super) fn comments(page: &Page<'_>, items: &[Item], drafts: Vec<Draft>, rule: &Depth) -> Vec<Comment> {
    let (items, drafts): (Vec<&Item>, Vec<Draft>) =
        items.iter().zip(drafts).filter(|(_, draft)| !draft.text.trim().is_empty() && !draft.pingback).unzip();
    let Depths { depths, answered } = depths(page, &items, rule);
    let mut ids = Ids::default();
    let mut open: Vec<(u32, String)> = Vec::new();
    let mut out: Vec<Comment> = Vec::new();
    for (place, ((item, draft), depth)) in items.into_iter().zip(drafts).zip(depths).enumerate() {
        let id = ids.give(item.id.clone(), out.len() + 1);
        let mut parent = None;
        if !answered.is_empty() {
            let above = answered.get(place).copied().flatten().and_then(|at| out.get(at));
            parent = above.map(|above| above.id.clone());
        } else if let Some(depth) = depth {
            while open.last().is_some_and(|(above, _)| *above >= depth) {
                open.pop();
            }
            parent = open.last().map(|(_, id)| id.clone());
            open.push((depth, id.clone()));
        }
        let Draft { author, date, text, quotes, .. } = draft;
        out.push(Comment { id, author, date, text, quotes, depth, parent, ..Comment::default() });
    }
    out
}

/// The ids that comments have been given.
#[derive(Debug, Default)]
pub(super) struct Ids {
    used: HashSet<String>,
    /// No number below it is free.
    next: usize,
}

impl Ids {
    /// The page's own id, or the comment's number where the page has none or gave it to two.
    pub(super) fn give(&mut self, own: Option<String>, number: usize) -> String {
        if let Some(own) = own.filter(|own| self.used.insert(own.clone())) {
            return own;
        }
        let mut free = number.max(self.next);
        // The page's own ids may be numbers too.
        while !self.used.insert(free.to_string()) {
            free += 1;
        }
        self.next = free + 1;
        free.to_string()
    }
}

/// How deep each item is, and which one it answers where the page says so of each.
struct Depths {
    depths: Vec<Option<u32>>,
    answered: Vec<Option<usize>>,
}

fn depths(page: &Page<'_>, items: &[&Item], rule: &Depth) -> Depths {
    let tree = &page.tree;
    let depths = match rule {
        Depth::Unknown => vec![None; items.len()],
        Depth::Attribute { selector, attribute } => items
            .iter()
            .map(|item| {
                let inner = (item.from..item.to)
                    .find(|id| selector.matches(tree, *id) && tree.attribute(*id, attribute).is_some())?;
                tree.attribute(inner, attribute)?.trim().parse().ok()
            })
            .collect(),
        Depth::Ancestors(selector) => items
            .iter()
            .map(|item| Some(tree.ancestors(item.node).filter(|id| selector.matches(tree, *id)).count() as u32))
            .collect(),
        Depth::Found { flat } => return found_depths(page, items, *flat),
    };
    Depths { depths, answered: Vec::new() }
}

fn found_depths(page: &Page<'_>, items: &[&Item], flat: bool) -> Depths {
    let nodes: HashSet<NodeId> = items.iter().map(|item| item.node).collect();
    let stated: Vec<Option<u32>> = items.iter().map(|item| stated_depth(page, item, &nodes)).collect();
    if stated.iter().flatten().count() * 2 > items.len() {
        // WordPress counts from 1, others from 0; and some state it for answers only.
        let all = stated.iter().all(Option::is_some);
        let least = if all { stated.iter().flatten().min().copied().unwrap_or(0) } else { 0 };
        let depths = stated.into_iter().map(|depth| Some(depth.unwrap_or(0) - least)).collect();
        return Depths { depths, answered: Vec::new() };
    }
    let mut open: Vec<NodeId> = Vec::new();
    let nested: Vec<u32> = items
        .iter()
        .map(|item| {
            while open.last().is_some_and(|end| *end <= item.from) {
                open.pop();
            }
            open.push(item.to);
            open.len() as u32 - 1
        })
        .collect();
    let boxes: Vec<u32> = items
        .iter()
        .map(|item| {
            page.tree
                .ancestors(item.node)
                .filter(|id| !nodes.contains(id) && page.evidence(*id) & CHILDREN != 0)
                .count() as u32
        })
        .collect();
    let least = boxes.iter().min().copied().unwrap_or(0);
    let mut depths: Vec<u32> = nested.iter().zip(&boxes).map(|(nested, boxes)| (*nested).max(boxes - least)).collect();
    if depths.iter().all(|depth| *depth == 0) {
        depths = ranks(items.iter().map(|item| page.tree.ancestors(item.node).count() as u32));
    }
    if depths.iter().all(|depth| *depth == 0) {
        depths = ranks(items.iter().map(|item| indent(page, item)));
    }
    if depths.iter().all(|depth| *depth == 0)
        && let Some(answered) = answered(page, items)
    {
        let mut depths: Vec<Option<u32>> = Vec::with_capacity(items.len());
        for above in &answered {
            let above = above.and_then(|at| depths.get(at).copied().flatten());
            depths.push(Some(above.map_or(0, |depth| depth + 1)));
        }
        return Depths { depths, answered };
    }
    if depths.iter().all(|depth| *depth == 0) {
        depths = numbered_names(page, items).unwrap_or(depths);
    }
    if depths.iter().all(|depth| *depth == 0) {
        depths = items.iter().map(|item| u32::from(says_answer(page, item.node))).collect();
    }
    let varied = depths.iter().any(|depth| *depth > 0) && depths.contains(&0);
    let depths = depths.into_iter().map(|depth| if varied { Some(depth) } else { flat.then_some(0) }).collect();
    Depths { depths, answered: Vec::new() }
}

/// Attributes that name the comment which is answered.
const ANSWERED: &[&str] = &[
    "data-parent-id",
    "data-parent",
    "data-parentid",
    "data-parent-comment-id",
    "data-parent-comment",
    "data-comment-parent",
    "data-reply-to",
    "data-replyto",
    "data-in-reply-to",
    "data-pid",
    "parent-id",
    "parentid",
];

/// Which earlier item each one answers: by an attribute, or by a link to it. Nothing where none does.
fn answered(page: &Page<'_>, items: &[&Item]) -> Option<Vec<Option<usize>>> {
    let tree = &page.tree;
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (place, item) in items.iter().enumerate() {
        let names = [item.id.as_deref(), tree.attribute(item.node, "id"), tree.attribute(item.node, "data-id")];
        for name in names.into_iter().flatten() {
            places.entry(name).or_insert(place);
        }
    }
    // `m501`, `t1_501`, `#comment-501`: the whole, or the number at its end.
    let place_of = |name: &str| {
        let digits = name.bytes().rev().take_while(u8::is_ascii_digit).count();
        places
            .get(name)
            .or_else(|| places.get(name.get(name.len() - digits..).filter(|number| !number.is_empty())?))
            .copied()
    };
    let nodes: HashSet<NodeId> = items.iter().map(|item| item.node).collect();
    let mut found = Vec::with_capacity(items.len());
    for (place, item) in items.iter().enumerate() {
        let own = || (item.from..item.to.min(item.from + 200)).take_while(|id| *id <= item.node || !nodes.contains(id));
        let stated = own().take(6).find_map(|id| {
            let named = ANSWERED.iter().find_map(|name| tree.attribute(id, name))?;
            place_of(named.trim())
        });
        let linked = || {
            own().filter(|id| tree.tag(*id) == Tag::A).take(12).find_map(|id| {
                let name = tree.attribute(id, "href")?.trim().strip_prefix('#')?;
                place_of(name).filter(|at| *at != place)
            })
        };
        found.push(stated.or_else(linked).filter(|at| *at < place));
    }
    // Links to the one before are for leafing, where all have them.
    let leafing = found.iter().enumerate().skip(1).all(|(place, at)| *at == Some(place - 1)) && items.len() > 2;
    (found.iter().any(Option::is_some) && !leafing).then_some(found)
}

/// Depths in the ends of class names that differ in nothing else: `row--l1`, `pl-8`. A count of the items is none.
fn numbered_names(page: &Page<'_>, items: &[&Item]) -> Option<Vec<u32>> {
    let numbers = |item: &Item| -> BTreeMap<String, u32> {
        let class = page.tree.attribute(item.node, "class").unwrap_or_default();
        let names = class.split_ascii_whitespace().take(20).filter_map(|name| {
            let digits = name.bytes().rev().take_while(u8::is_ascii_digit).count();
            let (stem, number) = name.split_at_checked(name.len() - digits)?;
            ((1..=2).contains(&digits) && !stem.is_empty()).then(|| Some((stem.to_owned(), number.parse().ok()?)))?
        });
        names.collect()
    };
    let all: Vec<BTreeMap<String, u32>> = items.iter().map(|item| numbers(item)).collect();
    let stems: BTreeSet<&String> = all.iter().flat_map(BTreeMap::keys).take(40).collect();
    stems.into_iter().find_map(|stem| {
        let values: Vec<u32> = all.iter().map(|names| names.get(stem).copied().unwrap_or(0)).collect();
        let kinds: BTreeSet<u32> = values.iter().copied().collect();
        // The first comment answers none; and a place in the list is another number for each, or for every other one.
        let least = kinds.first().copied()?;
        let first = values.first() == Some(&least);
        let steps = values.windows(2).all(|pair| match pair {
            [a, b] => b <= a || kinds.range(..b).next_back() == Some(a),
            _ => true,
        });
        let alternating = values.windows(2).all(|pair| pair.first() != pair.last());
        let counts = kinds.len() == values.len() || kinds.len() == 2 && alternating && values.len() > 3;
        let held = all.iter().filter(|names| names.contains_key(stem)).count() * 2 >= items.len() || least == 0;
        (kinds.len() > 1 && first && steps && !counts && held).then(|| ranks(values.into_iter()))
    })
}

/// Depths of items that each stand inside, or further right, than the ones they answer.
fn ranks(places: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut open: Vec<u32> = Vec::new();
    let rank = |place: u32| {
        while open.last().is_some_and(|above| *above >= place) {
            open.pop();
        }
        open.push(place);
        open.len() as u32 - 1
    };
    places.map(rank).collect()
}

/// How far an item, or what stands close around it, is moved to the right by its style, in whatever unit.
fn indent(page: &Page<'_>, item: &Item) -> u32 {
    let tree = &page.tree;
    std::iter::once(item.node)
        .chain(tree.ancestors(item.node).take(2))
        .filter_map(|id| tree.attribute(id, "style"))
        .filter_map(|style| {
            let style = style.get(..200).unwrap_or(style).to_ascii_lowercase();
            ["margin-left", "padding-left", "margin-inline-start"].iter().find_map(|name| {
                let value = style.split_once(name)?.1.trim_start().strip_prefix(':')?.trim_start();
                let digits = value.bytes().take_while(u8::is_ascii_digit).count();
                value.get(..digits)?.parse::<u32>().ok()
            })
        })
        .fold(0, u32::saturating_add)
}

/// A depth in a class (`depth-2`, `level2`) or attribute of the item, or of what stands close around it or begins it.
fn stated_depth(page: &Page<'_>, item: &Item, items: &HashSet<NodeId>) -> Option<u32> {
    let tree = &page.tree;
    let around = tree.ancestors(item.node).take(2).take_while(|id| !items.contains(id));
    let inside = (item.node + 1..item.to.min(item.node + 6)).take_while(|id| !items.contains(id));
    std::iter::once(item.node).chain(around).chain(inside).find_map(|id| {
        let class =
            tree.attribute(id, "class").and_then(|class| class.split_ascii_whitespace().find_map(depth_in_name));
        class.or_else(|| DEPTH_ATTRIBUTES.iter().find_map(|name| tree.attribute(id, name)?.trim().parse().ok()))
    })
}

/// `depth-2`, `comment-level-2`, `indent3`, `wc_comment_level-2`.
fn depth_in_name(name: &str) -> Option<u32> {
    let start = name.len() - name.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (head, digits) = (name.get(..start)?, name.get(start..)?);
    if digits.len() > 2 {
        return None;
    }
    let head = head.trim_end_matches(['-', '_']).to_ascii_lowercase();
    let known =
        ["depth", "level", "indent", "lvl", "niveau", "ebene", "nest", "tier"].iter().any(|word| head.ends_with(word));
    known.then(|| number_after(digits, "").and_then(|digits| digits.parse().ok())).flatten()
}

/// Tells whether an item's own class calls it an answer: `comment--reply`, `is-child`.
fn says_answer(page: &Page<'_>, node: NodeId) -> bool {
    page.tree.attribute(node, "class").is_some_and(|class| {
        class.split_ascii_whitespace().any(|name| {
            let lower = name.to_ascii_lowercase();
            let owner = ["has", "parent", "with", "can", "no", "allow"].iter().any(|word| lower.contains(word));
            let of_name = evidence::of_names(name);
            !owner
                && (of_name & CHILDREN != 0
                    || of_name & (COMMENT | TALK) != 0
                        && ["reply", "antwort", "respuesta", "reponse"].iter().any(|word| lower.contains(word)))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_depths_out_of_names() {
        assert_eq!(depth_in_name("depth-3"), Some(3));
        assert_eq!(depth_in_name("wc_comment_level-2"), Some(2));
        assert_eq!(depth_in_name("indent1"), Some(1));
        assert_eq!(depth_in_name("comment-12"), None);
        assert_eq!(depth_in_name("level-"), None);
        assert_eq!(depth_in_name("level-2019"), None);
    }
}
