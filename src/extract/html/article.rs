//! The article that comments stand under: title, body, byline, date.

use super::byline;
use super::evidence::{AUTHOR, BODY, COMMENT, DATE};
use super::item::Item;
use super::paragraphs;
use super::survey::{Page, machine_date};
use super::tag::Tag;
use super::tree::{NodeId, Tree};
use super::zone::Zones;
use crate::thread::Article;
use std::collections::BTreeMap;

/// Reads what is known of the article; `stated` is what the page's JSON-LD says.
pub(super) fn read(page: &Page<'_>, zones: &Zones, items: &[Item], stated: Article) -> Article {
    let outside = Outside::new(page, zones, items);
    Article {
        title: title(page, &outside, stated.title),
        text: body(page, &outside),
        author: stated.author.or_else(|| author(page, &outside)),
        date: stated.date.or_else(|| date(page, &outside)),
    }
}

/// Tells what stands outside the comments.
struct Outside<'z> {
    zones: &'z Zones,
    /// The ranges of outermost items.
    taken: Vec<(NodeId, NodeId)>,
    /// Places named for comments are left out too, unless nearly all of the page is in one.
    named: bool,
    metas: Vec<NodeId>,
}

impl<'z> Outside<'z> {
    fn new(page: &Page<'_>, zones: &'z Zones, items: &[Item]) -> Self {
        let mut taken: Vec<(NodeId, NodeId)> = Vec::new();
        for item in items {
            if taken.last().is_none_or(|last| last.1 <= item.from) {
                taken.push((item.from, item.to));
            }
        }
        let text = |wanted: bool| -> u64 {
            (1..page.tree.len())
                .filter(|id| zones.is_for_comments(*id) == wanted)
                .map(|id| u64::from(page.text_size(id, id + 1)))
                .sum()
        };
        let in_items: u64 = taken.iter().map(|(from, to)| u64::from(page.text_size(*from, *to))).sum();
        let named = text(true).saturating_sub(in_items) < text(false);
        let mut outside = Self { zones, taken, named, metas: Vec::new() };
        outside.metas =
            (1..page.tree.len()).filter(|id| page.tree.tag(*id) == Tag::Meta && !outside.in_comments(*id)).collect();
        outside
    }

    fn in_comments(&self, id: NodeId) -> bool {
        let before = self.taken.partition_point(|(from, _)| *from <= id);
        before.checked_sub(1).and_then(|at| self.taken.get(at)).is_some_and(|(_, to)| id < *to)
    }

    fn holds(&self, id: NodeId) -> bool {
        !(self.in_comments(id) || self.zones.is_vetoed(id) || self.named && self.zones.is_for_comments(id))
    }
}

/// What the page states in its head, or among its text but not in a comment.
fn meta(page: &Page<'_>, outside: &Outside<'_>, names: &[&str]) -> Option<String> {
    let tree = &page.tree;
    let named =
        |id: NodeId| ["property", "name", "itemprop"].iter().find_map(|attribute| tree.attribute(id, attribute));
    names.iter().find_map(|name| {
        let mut metas =
            outside.metas.iter().filter(|id| named(**id).is_some_and(|found| found.eq_ignore_ascii_case(name)));
        metas.find_map(|id| page.attribute(*id, "content"))
    })
}

/// The heading that the page's title repeats, else what the page's data says, else the first heading.
fn title(page: &Page<'_>, outside: &Outside<'_>, stated: Option<String>) -> Option<String> {
    let tree = &page.tree;
    let of_page = (1..tree.len())
        .find(|id| tree.tag(*id) == Tag::Title)
        .map(|id| raw_title(page, id))
        .filter(|title| !title.is_empty());
    let shared = meta(page, outside, &["og:title", "twitter:title"]);
    let headings: Vec<String> = [Tag::H1, Tag::H2]
        .iter()
        .flat_map(|tag| {
            (1..tree.len())
                .filter(move |id| {
                    tree.tag(*id) == *tag && !outside.in_comments(*id) && (1..=400).contains(&page.size(*id))
                })
                .take(40)
        })
        .map(|id| page.line(id))
        .collect();
    let known: Vec<String> = [&shared, &of_page, &stated].into_iter().flatten().map(|title| letters(title)).collect();
    // Of the site's name and the article's, which both stand in the page's title, the longer is the article's.
    let fits = |heading: &&String| {
        let heading = letters(heading);
        heading.len() >= 8 && known.iter().any(|title| title.contains(&heading))
    };
    let repeated = headings.iter().filter(fits).fold(None, |best: Option<&String>, heading| {
        if best.is_some_and(|best| best.len() >= heading.len()) { best } else { Some(heading) }
    });
    let first_heading = || {
        let h1 = (1..tree.len())
            .filter(|id| tree.tag(*id) == Tag::H1 && outside.holds(*id) && page.size(*id) > 0)
            .map(|id| page.line(id));
        h1.into_iter().find(|line| !line.is_empty())
    };
    repeated.cloned().or(stated).or_else(first_heading).or(shared).or(of_page)
}

fn raw_title(page: &Page<'_>, id: NodeId) -> String {
    let text = page.tree.descendants(id).find(|inner| page.tree.tag(*inner) == Tag::Text);
    let mut out = String::new();
    super::survey::push_collapsed(
        &mut out,
        &super::reference::decode(text.map_or("", |text| page.tree.raw_text(text))),
    );
    out.trim().to_owned()
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The paragraphs of the block with most prose.
fn body(page: &Page<'_>, outside: &Outside<'_>) -> Option<String> {
    let tree = &page.tree;
    let mut scores: BTreeMap<NodeId, f64> = BTreeMap::new();
    for id in 1..tree.len() {
        let score = if tree.tag(id) == Tag::Text { loose_prose(page, id) } else { paragraph(page, id) };
        if score <= 0.0 || !outside.holds(id) {
            continue;
        }
        let block = if tree.tag(id) == Tag::Text { id } else { tree.parent(id) };
        let mut weight = 1.0;
        for (step, up) in std::iter::once(block)
            .chain(tree.ancestors(block))
            .filter(|up| tree.tag(*up) != Tag::Text)
            .take(4)
            .enumerate()
        {
            if matches!(tree.tag(up), Tag::Body | Tag::Html) {
                break;
            }
            let named = page.evidence(up);
            let bonus =
                if tree.tag(up) == Tag::Article || named & BODY != 0 && named & COMMENT == 0 { 1.2 } else { 1.0 };
            *scores.entry(up).or_default() += score * weight * bonus;
            weight *= if step == 0 { 0.7 } else { 0.5 };
        }
    }
    let best =
        scores.iter().fold(
            None,
            |best: Option<(NodeId, f64)>, (id, score)| {
                if best.is_some_and(|best| best.1 >= *score) { best } else { Some((*id, *score)) }
            },
        );
    let Some((best, _)) = best else { return longest_text(page, outside) };
    let text = paragraphs::text(tree, best, tree.end(best), |id| {
        let tag = tree.tag(id);
        let drop = matches!(
            tag,
            Tag::Nav
                | Tag::Form
                | Tag::Button
                | Tag::Select
                | Tag::Aside
                | Tag::Figcaption
                | Tag::Iframe
                | Tag::Noscript
        ) || !outside.holds(id)
            || tag != Tag::Text
                && tag.is_block()
                && page.size(id) >= 3
                && page.link_size(id, tree.end(id)) * 10 > page.size(id) * 8;
        drop.then(|| tree.end(id))
    });
    (!text.is_empty()).then_some(text)
}

/// A page without paragraphs: the text of the smallest block that holds most of it.
fn longest_text(page: &Page<'_>, outside: &Outside<'_>) -> Option<String> {
    let tree = &page.tree;
    let longest = (1..tree.len())
        .filter(|id| tree.tag(*id) == Tag::Text && outside.holds(*id))
        .max_by_key(|id| (page.text_size(*id, id + 1), u32::MAX - id))?;
    (page.text_size(longest, longest + 1) >= 80).then(|| page.line(longest))
}

/// How much prose a paragraph holds: its text without its links.
fn paragraph(page: &Page<'_>, id: NodeId) -> f64 {
    if page.tree.tag(id) != Tag::P {
        return 0.0;
    }
    prose(page.size(id), page.link_size(id, page.tree.end(id)))
}

/// Text with line breaks that stands in no paragraph.
fn loose_prose(page: &Page<'_>, id: NodeId) -> f64 {
    let tree = &page.tree;
    let parent = tree.parent(id);
    if !matches!(tree.tag(parent), Tag::Div | Tag::Td | Tag::Article | Tag::Section | Tag::Span | Tag::Blockquote)
        || tree.has(id, Tree::LINK | Tree::HIDDEN | Tree::HEAD)
    {
        return 0.0;
    }
    let size = page.text_size(id, id + 1);
    if size < 60 { 0.0 } else { prose(size, 0) * 0.8 }
}

fn prose(size: u32, link: u32) -> f64 {
    let own = f64::from(size.saturating_sub(link * 2));
    if own < 25.0 { 0.0 } else { own.min(1500.0) + 20.0 }
}

fn author(page: &Page<'_>, outside: &Outside<'_>) -> Option<String> {
    let tree = &page.tree;
    let stated = meta(page, outside, &["author", "article:author", "parsely-author", "dc.creator", "sailthru.author"])
        .filter(|name| !name.contains("://"));
    if let Some(name) = stated.map(|name| byline::name(&name)).filter(|name| !name.is_empty()) {
        return Some(name);
    }
    let weight = |id: NodeId| {
        let property = tree.attribute(id, "itemprop").unwrap_or_default();
        if property.eq_ignore_ascii_case("author") {
            3
        } else if tree.attribute(id, "rel").is_some_and(|rel| rel.to_ascii_lowercase().contains("author")) {
            2
        } else {
            u32::from(page.evidence(id) & AUTHOR != 0 && page.evidence(id) & COMMENT == 0)
        }
    };
    let named = (1..tree.len())
        .filter(|id| tree.tag(*id) != Tag::Text && (2..=80).contains(&page.size(*id)) && outside.holds(*id));
    let best = named.map(|id| (weight(id), id)).filter(|(weight, _)| *weight > 1).fold(
        None,
        |best: Option<(u32, NodeId)>, found| {
            if best.is_some_and(|best| best.0 >= found.0) { best } else { Some(found) }
        },
    );
    best.map(|(_, id)| byline::name(&page.line(id))).filter(|name| !name.is_empty())
}

fn date(page: &Page<'_>, outside: &Outside<'_>) -> Option<String> {
    let tree = &page.tree;
    let stated = meta(
        page,
        outside,
        &[
            "article:published_time",
            "datePublished",
            "date",
            "dc.date.issued",
            "dc.date",
            "parsely-pub-date",
            "og:published_time",
        ],
    );
    stated.or_else(|| {
        let dates = page.dates(0, tree.len());
        let machine = dates
            .iter()
            .filter(|id| outside.holds(**id))
            .find_map(|id| machine_date(tree, *id))
            .map(|date| super::reference::decode(date).into_owned());
        machine.or_else(|| {
            let near = |id: &&NodeId| {
                outside.holds(**id) && tree.ancestors(**id).take(2).any(|up| page.evidence(up) & DATE != 0)
            };
            let line = dates.iter().find(near).map(|id| page.line(*id))?;
            super::date::find(&line).and_then(|found| line.get(found)).map(str::to_owned)
        })
    })
}
