//! How good a family of elements looks as comments, before and after it is read.

use super::evidence::{COMMENT, OTHER_KIND, TALK, TITLE, of_names};
use super::family::Strength;
use super::item::{Draft, Item};
use super::survey::Page;
use super::tag::Tag;
use super::tree::NodeId;
use super::unlike::is_other_matter;
use super::zone::Zones;
use crate::extract::{chrome, flat};

/// How many members have one date of their own; nothing if they are containers of many.
pub(super) fn promise(page: &Page<'_>, items: &[Item], strength: Strength) -> Option<f64> {
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

/// How often buttons to answer with stand again in an item's own part: more often than in others where the item holds
/// answers that are no items.
fn repeated_answers(page: &Page<'_>, items: &[Item], index: usize, item: &Item) -> usize {
    let inner = items.get(index + 1..).unwrap_or_default().iter().take_while(|inner| inner.from < item.to).take(1000);
    let inner: Vec<(NodeId, NodeId)> = inner.map(|inner| (inner.from, inner.to)).collect();
    let is_own = |id: &&NodeId| {
        let before = inner.partition_point(|(from, _)| from <= id);
        !inner.iter().take(before).rev().take(8).any(|(_, to)| *id < to)
    };
    let answers = page.answers(item.from, item.to).iter().filter(is_own).take(24);
    let mut labels: Vec<&str> = answers.map(|id| page.tree.raw_text(*id).trim()).collect();
    let all = labels.len();
    labels.sort_unstable();
    labels.dedup();
    all - labels.len()
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
pub(super) fn quality(
    page: &Page<'_>,
    zones: &Zones,
    items: &[Item],
    drafts: &[Draft],
    strength: Strength,
) -> Option<f64> {
    let (mut both, mut one, mut bare, mut empty, mut teasers) = (0u32, 0u32, 0u32, 0u32, 0u32);
    let mut answerable = 0u32;
    let repeats: Vec<usize> =
        items.iter().enumerate().map(|(index, item)| repeated_answers(page, items, index, item)).collect();
    let least = repeats.iter().min().copied().unwrap_or(0);
    let mut size = 0;
    for (index, (item, draft)) in items.iter().zip(drafts).enumerate() {
        if draft.pingback {
            continue;
        }
        // "Name *" is a field that must be filled in.
        if draft.author.as_deref().is_some_and(|name| name.ends_with('*')) {
            empty += 1;
            continue;
        }
        let nothing = draft.text.trim().is_empty()
            || is_byline_alone(draft)
            || chrome::is_chrome(&draft.text)
            || is_form(&draft.text);
        if nothing || own_dates(page, items, index, item) > 6 || repeats.get(index).is_some_and(|n| *n > least) {
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
    if strength != Strength::Name && is_monologue(drafts)
        || is_other_matter(page, zones, items, drafts, strength, answerable * 2 >= count)
    {
        return None;
    }
    let stated = items.first().and_then(|item| zones.heading(item.node)).and_then(|heading| heading.count);
    let exact = stated == Some(u64::from(count));
    let placed = items.first().is_some_and(|item| zones.is_for_comments(page.tree.parent(item.node)));
    let enough = match strength {
        Strength::Name => {
            both > 0 || one * 2 > count && (count > 1 || placed && drafts.iter().any(|draft| draft.date.is_some()))
        }
        Strength::Place => both > 0 && both * 2 >= count || one * 3 > count * 2 && count > 2,
        Strength::Headed => {
            both * 3 >= count * 2 && (count > 1 || exact) || exact && count > 1 && (both + one) * 3 >= count * 2
        }
        Strength::Talk => {
            both > 1
                && both * 3 >= count * 2
                && !items.iter().any(|item| holds_heading(page, item))
                && (headed(page, items) || items.iter().all(numbered) || answerable * 5 >= count * 4)
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
    let inside = |item: &&Item| item.to <= page.tree.end(item.node);
    let width = items.iter().filter(inside).map(|item| f64::from(item.to - item.from)).sum::<f64>() / 1e9;
    let wide = width + size.min(100_000) as f64 / 1e9;
    let tie = if count == 1 { -wide } else { wide };
    // A reading that finds as many as the page says is probably the right one.
    let weight = weight * if exact { 1.1 } else { 1.0 };
    (sum > 0.0).then_some(sum * weight + tie)
}

/// A text that says who and when, and nothing else.
fn is_byline_alone(draft: &Draft) -> bool {
    let text = draft.text.trim();
    if text.len() > 300 {
        return false;
    }
    let rest = text.replacen(draft.author.as_deref().unwrap_or("\u{0}"), "", 1);
    let rest = rest.replacen(draft.date.as_deref().unwrap_or("\u{0}"), "", 1);
    rest.len() < text.len()
        && draft.date.as_deref().is_some_and(|date| text.contains(date))
        && !rest.contains(char::is_alphabetic)
}

/// One and the same person in all of many: entries of a ticker, versions of a program. Guests may share a name.
fn is_monologue(drafts: &[Draft]) -> bool {
    let mut names = drafts.iter().map(|draft| draft.author.as_deref());
    let first = names.next().flatten();
    drafts.len() >= 5 && first.is_some_and(|name| !chrome::is_chrome(name)) && names.all(|name| name == first)
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
        // What stands beyond a form is headed by something else.
        if page.tree.tag(id) == Tag::Textarea {
            return false;
        }
        let size = page.text_size(id, id + 1);
        seen += size;
        if size > 0 && size <= 80 {
            let line = super::reference::decode(page.tree.raw_text(id));
            let heading = page.tree.ancestors(id).take(3).any(|up| page.tree.tag(up).is_heading());
            let says = of_names(&line);
            if says & (COMMENT | if heading { TALK } else { 0 }) != 0
                && says & OTHER_KIND == 0
                && !flat::is_form_line(&line)
            {
                return true;
            }
        }
        if seen > 300 {
            break;
        }
    }
    false
}
