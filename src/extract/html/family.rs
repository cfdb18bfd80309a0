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
use super::survey::Page;
use super::tag::Tag;
use super::tree::{NodeId, Tree};
use super::zone::Zones;
use crate::extract::{chrome, flat};
use std::collections::BTreeMap;

/// How many families of each strength are read.
const READ: usize = 5;
/// A page with more members in a family is read only so far.
const MOST_ITEMS: usize = 200_000;

/// What speaks for a family before it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
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
            let items = if key.starts_with(BYLINE) { after_bylines(page, members) } else { to_items(page, members) };
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
            for name in tree.attribute(id, "class").unwrap_or_default().split_ascii_whitespace() {
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
                families.entry((Strength::Headed, key)).or_default().push(id);
            }
        }
    }
    families
}

/// Marks families of lines after each of which a comment stands, in no element of its own.
const BYLINE: &str = "~";

/// A short line with a date.
fn is_byline(page: &Page<'_>, id: NodeId, dates: usize) -> bool {
    use Tag::*;
    let tag = page.tree.tag(id);
    (1..=2).contains(&dates)
        && (matches!(tag, Dt | P | Div | Tr | Header | Li) || tag.is_heading())
        && page.size(id) <= 200
        && !page.tree.has(id, Tree::HIDDEN | Tree::LINK)
}

/// Items that reach from each line to the next, or, where the lines stand after the texts, from the line before.
fn after_bylines(page: &Page<'_>, members: Vec<NodeId>) -> Vec<Item> {
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
        let mut from = parent + 1;
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
            .filter(|name| {
                !name.bytes().any(|b| b.is_ascii_digit()) && !name.split(['-', '_']).any(|part| PLACES.contains(&part))
            })
            .collect();
        names.sort_unstable();
        format!("{}.{}", tree.name(id).to_ascii_lowercase(), names.join("."))
    };
    let own = of(id);
    if own.ends_with('.') { format!("{}>{own}", of(tree.parent(id))) } else { own }
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

/// How many members have one date of their own; nothing if they are containers of many.
fn promise(page: &Page<'_>, items: &[Item], strength: Strength) -> Option<f64> {
    if items.is_empty() || strength == Strength::Shape && items.len() < 2 {
        return None;
    }
    let (mut one, mut many, mut none) = (0u32, 0u32, 0u32);
    for (index, item) in items.iter().enumerate() {
        match own_dates(page, items, index, item) {
            0 if is_answerable(page, items, index, item) => one += 1,
            0 => none += 1,
            1..=3 => one += 1,
            _ => many += 1,
        }
    }
    if many > one + none {
        return None;
    }
    let weight = match strength {
        Strength::Name => 1.0,
        Strength::Place => 0.9,
        Strength::Headed => 0.85,
        Strength::Talk => 0.8,
        Strength::Shape => 0.5,
    };
    Some((f64::from(one) + 0.3 * f64::from(none) - f64::from(many)) * weight)
}

fn own_dates(page: &Page<'_>, items: &[Item], index: usize, item: &Item) -> usize {
    own(items, index, item, |from, to| page.dates(from, to).len())
}

/// Whether one or a few buttons to answer with stand in an item.
fn is_answerable(page: &Page<'_>, items: &[Item], index: usize, item: &Item) -> bool {
    (1..=4).contains(&own(items, index, item, |from, to| page.answers(from, to).len()))
}

/// How many of something an item has without the items inside it.
fn own(items: &[Item], index: usize, item: &Item, count: impl Fn(NodeId, NodeId) -> usize) -> usize {
    let mut all = count(item.from, item.to);
    let mut until = 0;
    for inner in items.get(index + 1..).unwrap_or_default().iter().take_while(|inner| inner.from < item.to) {
        if inner.from >= until {
            all -= count(inner.from, inner.to).min(all);
            until = inner.to;
        }
    }
    all
}

/// How good a reading is; nothing if it is not good enough to be taken for comments.
fn quality(page: &Page<'_>, zones: &Zones, items: &[Item], drafts: &[Draft], strength: Strength) -> Option<f64> {
    let (mut both, mut one, mut bare, mut empty, mut teasers) = (0u32, 0u32, 0u32, 0u32, 0u32);
    let mut answerable = 0u32;
    let mut size = 0;
    for (index, (item, draft)) in items.iter().zip(drafts).enumerate() {
        if draft.pingback {
            continue;
        }
        let nothing = draft.text.trim().is_empty() || chrome::is_chrome(&draft.text) || is_form(&draft.text);
        if nothing || own_dates(page, items, index, item) > 6 {
            empty += 1;
            continue;
        }
        size += draft.text.len();
        teasers += u32::from(is_teaser(page, item));
        let answered = is_answerable(page, items, index, item);
        answerable += u32::from(answered);
        match u32::from(draft.author.is_some()) + u32::from(draft.date.is_some()) + u32::from(answered) {
            0 => bare += 1,
            1 => one += 1,
            _ => both += 1,
        }
    }
    let count = both + one + bare;
    if count == 0 || teasers * 2 >= count && strength != Strength::Name || teasers * 10 >= count * 9 && count > 1 {
        return None;
    }
    let placed = items.first().is_some_and(|item| zones.is_for_comments(page.tree.parent(item.node)));
    let enough = match strength {
        Strength::Name => {
            both > 0 || one * 2 > count && (count > 1 || placed && drafts.iter().any(|draft| draft.date.is_some()))
        }
        Strength::Place => both > 0 && both * 2 >= count || one * 3 > count * 2 && count > 2,
        Strength::Headed => {
            let stated = items.first().and_then(|item| zones.heading(item.node)).and_then(|heading| heading.count);
            let exact = stated == Some(u64::from(count));
            both * 3 >= count * 2 && (count > 1 || exact) || exact && count > 1 && (both + one) * 3 >= count * 2
        }
        Strength::Talk => {
            both > 1
                && both * 3 >= count * 2
                && !items.iter().any(|item| holds_heading(page, item))
                && (headed(page, items) || items.iter().all(numbered))
        }
        Strength::Shape => {
            both > 2 && both * 5 >= count * 4 && headed(page, items)
                || both > 1 && both * 5 >= count * 4 && answerable * 5 >= count * 4
        }
    };
    if !enough {
        return None;
    }
    let weight = match strength {
        Strength::Name => 1.0,
        Strength::Place => 0.97,
        Strength::Headed => 0.9,
        Strength::Talk => 0.8,
        Strength::Shape => 0.6,
    };
    // Where some name a person and a date, those that do not are something else.
    let half = if both > 0 { -0.3 } else { 0.55 };
    let sum = f64::from(both) + half * f64::from(one) + 0.1 * f64::from(bare) - 0.6 * f64::from(empty);
    // Of two families that read alike the tighter single comment and the wider list are better.
    let width = items.iter().map(|item| f64::from(item.to - item.from)).sum::<f64>() / 1e9;
    let wide = width + size.min(100_000) as f64 / 1e9;
    let tie = if count == 1 { -wide } else { wide };
    (sum > 0.0).then_some(sum * weight + tie)
}

/// A teaser of another page: its heading, or most of it, is a link.
fn is_teaser(page: &Page<'_>, item: &Item) -> bool {
    let tree = &page.tree;
    let (size, link) = (page.text_size(item.from, item.to).max(1), page.link_size(item.from, item.to));
    if link * 10 > size * 7 {
        return true;
    }
    (item.from..item.to.min(item.from + 60)).any(|id| {
        let tag = tree.tag(id);
        (tag.is_heading() || page.evidence(id) & TITLE != 0 && tag != Tag::Text)
            && page.size(id) >= 20
            && page.link_size(id, tree.end(id)) * 10 >= page.size(id) * 9
    })
}

/// The form to write a comment with: every line of it is one of such forms' phrases.
fn is_form(text: &str) -> bool {
    text.len() <= 600 && text.lines().take(8).all(flat::is_form_line)
}

fn numbered(item: &Item) -> bool {
    item.id.as_ref().is_some_and(|id| id.bytes().all(|b| b.is_ascii_digit()))
}

/// Posts with headings are articles more often than comments.
fn holds_heading(page: &Page<'_>, item: &Item) -> bool {
    (item.from..item.to.min(item.from + 60))
        .any(|id| matches!(page.tree.tag(id), Tag::H1 | Tag::H2 | Tag::H3) && page.size(id) >= 12)
}

/// A heading that speaks of comments stands shortly before the first item.
fn headed(page: &Page<'_>, items: &[Item]) -> bool {
    let Some(first) = items.first() else { return false };
    let mut seen = 0;
    for id in (0..first.from).rev().take(400) {
        let size = page.text_size(id, id + 1);
        seen += size;
        if size > 0 && size <= 80 {
            let line = super::reference::decode(page.tree.raw_text(id));
            let heading = page.tree.ancestors(id).take(3).any(|up| page.tree.tag(up).is_heading());
            if of_names(&line) & (COMMENT | if heading { TALK } else { 0 }) != 0 {
                return true;
            }
        }
        if seen > 300 {
            break;
        }
    }
    false
}
