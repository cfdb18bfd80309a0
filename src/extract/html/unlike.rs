//! What speaks against a family of elements that has names, dates and texts like comments: it stands in another section
//! of the page, leads to other pages, or is about goods, events and episodes.

use super::evidence::{COMMENT, NEWEST, of_names};
use super::family::Strength;
use super::heading::{Heading, rank};
use super::item::{Draft, Item};
use super::remarks;
use super::survey::Page;
use super::tag::Tag;
use super::tree::{NodeId, Tree};
use super::zone::Zones;
use crate::extract::flat;
use std::collections::BTreeSet;

/// Between a heading and what it heads no more is looked through.
const FURTHEST: NodeId = 4000;
/// An item may hold all others: so much of it is looked at.
const MOST_NODES: NodeId = 400;
/// The most links of an item that are looked at.
const MOST_LINKS: usize = 12;

/// Tells whether a family is something else than this page's comments.
pub(super) fn is_other_matter(
    page: &Page<'_>,
    zones: &Zones,
    items: &[Item],
    drafts: &[Draft],
    strength: Strength,
    answerable: bool,
) -> bool {
    let Some(first) = items.first() else { return true };
    let of_other_pages = leads_to_other_pages(page, items);
    if strength == Strength::Name {
        return of_other_pages && !answerable;
    }
    if of_other_pages || is_of_other_type(page, items) {
        return true;
    }
    let heading = zones.heading(first.node);
    if strength == Strength::Headed
        && let Some(heading) = heading
        && (heading.count == Some(0) || is_cut_off(page, zones, heading, first.from))
    {
        return true;
    }
    let exact = heading.and_then(|heading| heading.count) == Some(items.len() as u64);
    !answerable && !exact && (has_titles(page, items, drafts) || has_ratings(drafts))
}

/// Whether another section begins between a heading and an item: a heading as high as the first that is not of comments,
/// or the place that a script fills with them.
fn is_cut_off(page: &Page<'_>, zones: &Zones, heading: &Heading, item: NodeId) -> bool {
    let tree = &page.tree;
    (heading.from..item.min(heading.from + FURTHEST)).any(|id| {
        if remarks::is_scripted_place(page, id) {
            return true;
        }
        let size = page.size(id);
        rank(tree.tag(id)).is_some_and(|rank| rank <= heading.rank)
            && (2..=200).contains(&size)
            && tree.end(id) <= item
            && !zones.is_vetoed(id)
            && !tree.has(id, Tree::HIDDEN)
            && {
                let line = page.line(id);
                let says = of_names(&line);
                // A heading that speaks of comments, but of no others, belongs to them: thanks, rules, an order.
                !(says & COMMENT != 0 && says & NEWEST == 0 || flat::is_form_line(&line))
                    && flat::title_of_comments(&line).is_none()
            }
    })
}

/// Most items link to the comments of a page of their own: a list of the site's newest comments.
fn leads_to_other_pages(page: &Page<'_>, items: &[Item]) -> bool {
    let tree = &page.tree;
    let mut pages: BTreeSet<&str> = BTreeSet::new();
    let mut leading = 0usize;
    for item in items {
        let links =
            (item.from..item.to.min(item.from + MOST_NODES)).filter(|id| tree.tag(*id) == Tag::A).take(MOST_LINKS);
        let mut to_comment = links.filter_map(|id| {
            let (address, place) = tree.attribute(id, "href")?.trim().split_once('#')?;
            let numbered = place.bytes().any(|b| b.is_ascii_digit()) || place.to_ascii_lowercase().contains("comment");
            // `/comment/12#comment-12` is the comment's own address.
            let digits = place.bytes().rev().take_while(u8::is_ascii_digit).count();
            let number = place.get(place.len() - digits..).unwrap_or_default();
            let own = !number.is_empty() && address.trim_end_matches('/').ends_with(number);
            (!address.is_empty() && numbered && !own).then(|| address.split('?').next().unwrap_or_default())
        });
        if let Some(address) = to_comment.next() {
            leading += 1;
            pages.insert(address);
        }
    }
    leading * 5 >= items.len() * 3 && pages.len() >= 2 && pages.len() * 2 >= leading
}

/// What the page's data for machines calls an item, where that is no comment.
fn is_of_other_type(page: &Page<'_>, items: &[Item]) -> bool {
    const OTHERS: &[&str] = &[
        "/product",
        "/offer",
        "/event",
        "/person",
        "/jobposting",
        "/recipe",
        "/newsarticle",
        "/article",
        "/blogposting",
        "/videoobject",
        "/podcastepisode",
        "/review",
        "/howtostep",
        "/question",
        "/listitem",
        "/book",
        "/movie",
    ];
    let tree = &page.tree;
    let typed = |item: &&Item| {
        tree.attribute(item.node, "itemtype").is_some_and(|kind| {
            let kind = kind.trim().to_ascii_lowercase();
            OTHERS.iter().any(|other| kind.ends_with(other))
        })
    };
    items.iter().filter(typed).count() * 5 >= items.len() * 4
}

/// Most items have a heading of their own that names nobody: articles, episodes, goods.
fn has_titles(page: &Page<'_>, items: &[Item], drafts: &[Draft]) -> bool {
    let tree = &page.tree;
    let titled = |(item, draft): &(&Item, &Draft)| {
        (item.from..item.to.min(item.from + 60)).any(|id| {
            tree.tag(id).is_heading() && page.size(id) >= 12 && {
                let line = page.line(id);
                let author = draft.author.as_deref();
                author.is_none_or(|author| {
                    !line.contains(author) || line == author && line.split_whitespace().count() > 4
                })
            }
        })
    };
    items.iter().zip(drafts).filter(titled).count() * 5 >= items.len() * 4
}

/// Most texts begin or end with stars, a mark out of five, or a price: reviews and goods.
fn has_ratings(drafts: &[Draft]) -> bool {
    let rated = |draft: &&Draft| {
        draft.text.lines().take(3).chain(draft.text.lines().last()).any(|line| {
            let line = line.trim();
            line.chars().count() <= 12
                && (line.chars().filter(|c| matches!(c, '★' | '☆' | '⭐')).count() >= 3
                    || line.split_once('/').is_some_and(|(mark, best)| {
                        mark.trim().parse::<f32>().is_ok() && ["5", "10"].contains(&best.trim())
                    })
                    || line.contains(['€', '$', '£', '¥', '₹']) && line.bytes().any(|b| b.is_ascii_digit()))
        })
    };
    drafts.len() > 1 && drafts.iter().filter(rated).count() * 5 >= drafts.len() * 4
}
