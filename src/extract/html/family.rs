//! Finds comments on pages nobody wrote a rule for: repeated elements of one shape that hold a name, a date and a text.
//!
//! A family is all elements that share an id's stem (`kommentar_12`, `kommentar_13`), a class name that speaks of
//! comments, or their whole shape. The families that look best are read, and the one whose reading is best is taken.

use super::assemble::Depth;
use super::evidence::{
    ACTION, AUTHOR, AVATAR, BIOGRAPHY, BODY, COMMENT, COUNT, DATE, Evidence, FORM, META, OTHER_KIND, TALK, TITLE,
    of_names,
};
use super::item::{self, Draft, Hints, Item};
use super::platform::{own_id, reach_next, without_wrappers};
use super::quality::{promise, quality};
use super::survey::Page;
use super::tag::Tag;
use super::tree::{NodeId, Tree};
use super::zone::Zones;
use std::collections::BTreeMap;

/// How many families of each strength are read.
const READ: usize = 8;
/// A page with more members in a family is read only so far.
const MOST_ITEMS: usize = 200_000;

/// What speaks for a family before it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// Nothing but its shape.
    Shape,
    /// Its name says post, message, reply.
    Talk,
    /// It stands under a heading that says that comments follow.
    Headed,
    /// It stands in something that is named for comments.
    Place,
    /// Its name says comment.
    Name,
}

/// What was found.
pub(super) struct Found {
    pub(super) items: Vec<Item>,
    pub(super) drafts: Vec<Draft>,
    pub(super) name: &'static str,
    pub(super) confidence: f64,
}

/// How depth is told where no platform is known.
pub(super) const DEPTH: Depth = Depth::Found { flat: true };

/// Finds the page's comments, if it has any.
pub(super) fn find(page: &Page<'_>, zones: &Zones) -> Option<Found> {
    let mut families: Vec<(f64, Strength, Vec<Item>)> = gather(page, zones)
        .into_iter()
        .filter_map(|((strength, key), members)| {
            let items = if key.starts_with(BYLINE) {
                after_bylines(page, zones, members)
            } else if key.starts_with(RULE) {
                between_rules(page, zones, members)
            } else {
                to_items(page, members)
            };
            promise(page, &items, strength).map(|promise| (promise, strength, items))
        })
        .collect();
    // Stable, and the map's order was fixed: equal promises stay in one order.
    families.sort_by(|a, b| b.1.cmp(&a.1).then(b.0.total_cmp(&a.0)));
    let mut seen: Vec<(Strength, Vec<(NodeId, NodeId)>)> = Vec::new();
    families.retain(|(_, strength, items)| {
        let ranges: Vec<_> = items.iter().map(|item| (item.from, item.to)).collect();
        let new = seen.iter().filter(|(other, _)| other == strength).count() < READ
            && seen.iter().all(|(_, other)| *other != ranges);
        if new {
            seen.push((*strength, ranges));
        }
        new
    });
    let mut best: Option<(f64, Found)> = None;
    for (_, strength, items) in families {
        let drafts: Vec<Draft> =
            (0..items.len()).map(|index| item::read(page, &items, index, &Hints::default())).collect();
        let (items, drafts) = without_bare(items, drafts);
        let Some(quality) = quality(page, zones, &items, &drafts, strength) else { continue };
        if best.as_ref().is_none_or(|(found, _)| quality > *found + 1e-9) {
            let (name, confidence) = match strength {
                Strength::Name => ("family-named", 0.85),
                Strength::Place => ("family-placed", 0.75),
                Strength::Headed => ("family-headed", 0.7),
                Strength::Talk => ("family-talk", 0.65),
                Strength::Shape => ("family-shape", 0.5),
            };
            best = Some((quality, Found { items, drafts, name, confidence }));
        }
    }
    best.map(|(_, found)| found)
}

/// Where nearly all members name somebody or a date, those that do neither are notices.
fn without_bare(items: Vec<Item>, drafts: Vec<Draft>) -> (Vec<Item>, Vec<Draft>) {
    let is_bare = |draft: &Draft| draft.author.is_none() && draft.date.is_none();
    let bare = drafts.iter().filter(|draft| is_bare(draft)).count();
    if bare * 2 > drafts.len() {
        return (items, drafts);
    }
    items.into_iter().zip(drafts).filter(|(_, draft)| !is_bare(draft)).unzip()
}

type Families = BTreeMap<(Strength, String), Vec<NodeId>>;

/// Elements that may hold a comment, by what they share.
fn gather(page: &Page<'_>, zones: &Zones) -> Families {
    let tree = &page.tree;
    let mut families = Families::new();
    for id in 1..tree.len() {
        if zones.is_vetoed(id) {
            continue;
        }
        let evidence = page.evidence(id);
        let dates = page.dates(id, tree.end(id)).len();
        // A date, or a button to answer with: either makes an element worth a look.
        let dated = dates > 0 || !page.answers(id, tree.end(id)).is_empty();
        if is_byline(page, id, dates) {
            let strength = if zones.is_for_comments(id) || evidence & COMMENT != 0 {
                Some(Strength::Place)
            } else {
                zones.heading(id).map(|_| Strength::Headed)
            };
            if let Some(strength) = strength {
                families.entry((strength, format!("{BYLINE}{}", shape(page, id)))).or_default().push(id);
            }
        }
        if tree.tag(id) == Tag::Hr {
            let strength = if zones.is_for_comments(id) {
                Some(Strength::Place)
            } else {
                zones.heading(id).map(|_| Strength::Headed)
            };
            if let Some(strength) = strength {
                families.entry((strength, format!("{RULE}{}", tree.parent(id)))).or_default().push(id);
            }
        }
        if !may_be_item(page, id) {
            continue;
        }
        if !dated && evidence & (COMMENT | TALK) == 0 {
            continue;
        }
        let placed = zones.is_for_comments(tree.parent(id));
        let heading = zones.heading(id);
        if let Some((stem, of_stem)) = id_stem(page, id) {
            let strength =
                if of_stem & COMMENT != 0 || known_stem(&stem) { Strength::Name } else { strength(of_stem, placed) };
            families.entry((strength, format!("#{stem}"))).or_default().push(id);
        }
        if evidence & (COMMENT | TALK) != 0 {
            let element = if tree.tag(id) == Tag::Other { tree.name(id) } else { "" };
            for name in tree.attribute(id, "class").unwrap_or_default().split_ascii_whitespace().chain([element]) {
                let of_name = of_names(name);
                if of_name & (COMMENT | TALK) != 0
                    && of_name
                        & (AUTHOR | DATE | BODY | COUNT | FORM | ACTION | AVATAR | META | TITLE)
                        & !(BODY * u32::from(of_name & TALK != 0 && of_name & COMMENT == 0))
                        == 0
                {
                    families.entry((strength(of_name, placed), format!(".{name}"))).or_default().push(id);
                }
            }
        }
        if dated {
            let strength = if placed { Strength::Place } else { Strength::Shape };
            families.entry((strength, shape(page, id))).or_default().push(id);
            if let Some(heading) = heading.filter(|_| !placed) {
                // Only what stands under one heading belongs together.
                let key = format!("{}<{}", shape(page, id), heading.from);
                if let Some(beginning) = beginning(page, id) {
                    // Answers may stand in another kind of list.
                    let anywhere = format!("{}{beginning}<{}", tree.name(id).to_ascii_lowercase(), heading.from);
                    families.entry((Strength::Headed, anywhere)).or_default().push(id);
                    families.entry((Strength::Headed, key.clone() + &beginning)).or_default().push(id);
                }
                families.entry((Strength::Headed, key)).or_default().push(id);
            }
        }
    }
    families
}

/// Marks families of lines after each of which a comment stands, in no element of its own.
const BYLINE: &str = "~";

/// Marks families of lines drawn between comments that stand in no elements of their own.
const RULE: &str = "=";

/// Items from each drawn line to the next, the first from the heading, or the beginning of what all stand in, on.
fn between_rules(page: &Page<'_>, zones: &Zones, members: Vec<NodeId>) -> Vec<Item> {
    let tree = &page.tree;
    let mut items: Vec<Item> = members
        .into_iter()
        .take(MOST_ITEMS)
        .map(|node| Item { node, from: node + 1, to: node + 1, id: None })
        .collect();
    let Some(first) = items.first().map(|item| item.node) else { return items };
    let parent = tree.parent(first);
    let heading = zones.heading(first).map_or(0, |heading| heading.from);
    let begin = heading.max(parent + 1);
    if begin < first && !page.dates(begin, first).is_empty() {
        items.insert(0, Item { node: begin, from: begin, to: first, id: None });
    }
    let starts: Vec<NodeId> = items.iter().map(|item| item.node).collect();
    for (index, item) in items.iter_mut().enumerate() {
        item.to = starts.get(index + 1).copied().unwrap_or(tree.end(parent)).max(item.from);
    }
    items.retain(|item| page.text_size(item.from, item.to) > 0);
    items
}

/// A short line with a date.
fn is_byline(page: &Page<'_>, id: NodeId, dates: usize) -> bool {
    use Tag::*;
    let tag = page.tree.tag(id);
    (1..=2).contains(&dates)
        && (matches!(tag, Dt | P | Div | Tr | Header | Li) || tag.is_heading())
        && page.size(id) <= 200
        && !page.tree.has(id, Tree::HIDDEN | Tree::LINK)
        && page.evidence(id) & (BIOGRAPHY | OTHER_KIND) == 0
}

/// Items that reach from each line to the next, or, where the lines stand after the texts, from the line before.
fn after_bylines(page: &Page<'_>, zones: &Zones, members: Vec<NodeId>) -> Vec<Item> {
    let mut items: Vec<Item> = members
        .into_iter()
        .take(MOST_ITEMS)
        .map(|node| Item { node, from: node, to: page.tree.end(node), id: own_id(page, node) })
        .collect();
    let (Some(first), Some(last)) = (items.first().cloned(), items.last().cloned()) else { return items };
    let parent = page.tree.parent(first.node);
    let before = page.text_size(parent + 1, first.from);
    let after = page.text_size(last.to, page.tree.end(page.tree.parent(last.node)));
    if after == 0 && before > 0 {
        let mut from = zones.heading(first.node).map_or(0, |heading| heading.from).max(parent + 1).min(first.from);
        for item in &mut items {
            if page.tree.parent(item.node) == parent {
                item.from = from;
                from = item.to;
            }
        }
    } else {
        reach_next(page, &mut items);
    }
    items
}

fn strength(evidence: Evidence, placed: bool) -> Strength {
    if evidence & COMMENT != 0 {
        Strength::Name
    } else if placed {
        Strength::Place
    } else if evidence & TALK != 0 {
        Strength::Talk
    } else {
        Strength::Shape
    }
}

fn may_be_item(page: &Page<'_>, id: NodeId) -> bool {
    use Tag::*;
    let tree = &page.tree;
    let tag = tree.tag(id);
    matches!(tag, Div | Li | Article | Section | Tr | Td | Dl | Dd | Table | Blockquote | P | Other | Ul | Details)
        && !tree.has(id, Tree::HIDDEN | Tree::LINK)
        && page.size(id) >= 2
        && (tag != P || page.evidence(id) & COMMENT != 0)
        && page.evidence(id) & (BIOGRAPHY | OTHER_KIND) == 0
}

/// The stem of an id that ends in a number, and what the stem speaks for.
fn id_stem(page: &Page<'_>, id: NodeId) -> Option<(String, Evidence)> {
    let name = page.tree.attribute(id, "id")?.trim();
    let digits = name.bytes().rev().take_while(u8::is_ascii_digit).count();
    let stem = name.get(..name.len() - digits)?;
    (digits > 0 && stem.len() <= 60).then(|| (stem.to_ascii_lowercase(), of_names(stem)))
}

/// Stems that speak of comments without a word for them.
fn known_stem(stem: &str) -> bool {
    matches!(stem, "cid-" | "t1_" | "bb_message_" | "cmt" | "cmt-")
}

/// Parts of class names that tell an element's place in its list, and not its kind.
const PLACES: &[&str] = &["even", "odd", "alt", "first", "last", "active", "new", "parent", "bypostauthor", "byuser"];

/// Element, classes and, where it has none, the parent's.
fn shape(page: &Page<'_>, id: NodeId) -> String {
    let tree = &page.tree;
    let of = |id: NodeId| {
        let mut names: Vec<&str> = tree
            .attribute(id, "class")
            .unwrap_or_default()
            .split_ascii_whitespace()
            .filter(|name| !is_numbered(name) && !name.split(['-', '_']).any(|part| PLACES.contains(&part)))
            .collect();
        names.sort_unstable();
        format!("{}.{}", tree.name(id).to_ascii_lowercase(), names.join("."))
    };
    let own = of(id);
    if own.ends_with('.') { format!("{}>{own}", of(tree.parent(id))) } else { own }
}

/// A name with a number of its own: `comment-12`, `item3`; in `_3fTq` the digit is a letter like others.
fn is_numbered(name: &str) -> bool {
    name.ends_with(|c: char| c.is_ascii_digit())
        || name.split(['-', '_']).any(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

/// The elements that a nameless element begins with, one inside the other: they tell a box from the boxes in it.
fn beginning(page: &Page<'_>, id: NodeId) -> Option<String> {
    let tree = &page.tree;
    let named = |id: NodeId| tree.attribute(id, "class").is_some_and(|class| !class.trim().is_empty());
    if named(id) {
        return None;
    }
    let mut names = String::new();
    let mut inner = id;
    for _ in 0..3 {
        let first = (inner + 1..tree.end(inner).min(inner + 4)).find(|id| tree.tag(*id) != Tag::Text);
        let Some(first) = first else { break };
        names.push('/');
        names.push_str(&tree.name(first).to_ascii_lowercase());
        inner = first;
    }
    Some(names)
}

fn to_items(page: &Page<'_>, members: Vec<NodeId>) -> Vec<Item> {
    let items = members.into_iter().take(MOST_ITEMS).map(|node| Item {
        node,
        from: node,
        to: page.tree.end(node),
        id: own_id(page, node),
    });
    without_wrappers(page, items.collect())
}
