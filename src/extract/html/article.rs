//! The article that comments stand under: title, body, byline, date.

use super::byline;
use super::evidence::{ACTION, AUTHOR, AVATAR, BIOGRAPHY, COMMENT, DATE};
use super::item::Item;
use super::prose;
use super::survey::{Page, machine_date};
use super::tag::Tag;
use super::tree::NodeId;
use super::zone::Zones;
use crate::extract::chrome;
use crate::thread::Article;

/// Reads what is known of the article; `stated` is what the page's JSON-LD says.
pub(super) fn read(page: &Page<'_>, zones: &Zones, items: &[Item], stated: Article) -> Article {
    let outside = Outside::new(page, zones, items);
    let (title, heading) = title(page, &outside, stated.title);
    Article {
        text: prose::body(page, &outside),
        author: stated.author.or_else(|| author(page, &outside, heading)),
        date: stated.date.or_else(|| date(page, &outside, heading)),
        title,
    }
}

/// Tells what stands outside the comments.
pub(super) struct Outside<'z> {
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

    pub(super) fn holds(&self, id: NodeId) -> bool {
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

/// The heading that the page's title repeats, else what the page's data says, else the first heading; and where it is.
fn title(page: &Page<'_>, outside: &Outside<'_>, stated: Option<String>) -> (Option<String>, Option<NodeId>) {
    let tree = &page.tree;
    let of_page = (1..tree.len()).find(|id| tree.tag(*id) == Tag::Title).map(|id| raw_title(page, id));
    let of_page = of_page.filter(|title| !title.is_empty());
    let shared = meta(page, outside, &["og:title", "twitter:title"]);
    let heading = |wanted: Tag| {
        let fits = move |id: &NodeId| tree.tag(*id) == wanted && (1..=400).contains(&page.size(*id));
        (1..tree.len()).filter(fits).filter(|id| !outside.in_comments(*id)).take(40).map(|id| (id, page.line(id)))
    };
    let headings: Vec<(NodeId, String)> = heading(Tag::H1).chain(heading(Tag::H2)).collect();
    let known: Vec<String> = [&shared, &of_page, &stated].into_iter().flatten().map(|title| letters(title)).collect();
    // Of the site's name and the article's, which both stand in the page's title, the longer is the article's.
    let mut repeated: Option<&(NodeId, String)> = None;
    for candidate in &headings {
        let heading = letters(&candidate.1);
        let fits = heading.len() >= 8 && known.iter().any(|title| title.contains(&heading));
        if fits && repeated.is_none_or(|(_, best)| best.len() < candidate.1.len()) {
            repeated = Some(candidate);
        }
    }
    let first = headings.iter().find(|(id, _)| tree.tag(*id) == Tag::H1 && outside.holds(*id));
    let place = repeated.or(first).map(|(id, _)| *id);
    let title = repeated.map(|(_, line)| line.clone()).or(stated).or_else(|| first.map(|(_, line)| line.clone()));
    (title.or(shared).or(of_page), place)
}

/// Stands shortly after the article's heading, or just before it.
fn is_near(page: &Page<'_>, id: NodeId, heading: Option<NodeId>) -> bool {
    heading.is_some_and(|heading| {
        let after = id > heading && page.text_size(page.tree.end(heading), id) < 500;
        after || id < heading && page.text_size(id, heading) < 200
    })
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

fn author(page: &Page<'_>, outside: &Outside<'_>, heading: Option<NodeId>) -> Option<String> {
    let tree = &page.tree;
    let weight = |id: NodeId| {
        let evidence = page.evidence(id);
        let named = |attribute: &str| {
            tree.attribute(id, attribute).is_some_and(|value| value.to_ascii_lowercase().contains("author"))
        };
        if named("itemprop") {
            4
        } else if !is_near(page, id, heading) {
            0
        } else if named("rel") {
            3
        } else {
            u32::from(evidence & AUTHOR != 0 && evidence & (COMMENT | AVATAR | BIOGRAPHY | ACTION) == 0)
        }
    };
    let mut best: Option<(u32, String)> = None;
    let places = (1..tree.len()).filter(|id| tree.tag(*id) != Tag::Text && (2..=80).contains(&page.size(*id)));
    for id in places.filter(|id| outside.holds(*id)) {
        let weight = weight(id);
        if weight > 0 && best.as_ref().is_none_or(|(found, _)| *found < weight) {
            let name = byline::name(&page.line(id));
            if !name.is_empty() && name.split_whitespace().count() <= 6 && !chrome::is_chrome(&name) {
                best = Some((weight, name));
            }
        }
    }
    best.map(|(_, name)| name).or_else(|| {
        let stated =
            meta(page, outside, &["author", "article:author", "parsely-author", "dc.creator", "sailthru.author"]);
        stated.filter(|name| !name.contains("://")).map(|name| byline::name(&name)).filter(|name| !name.is_empty())
    })
}

const DATES: &[&str] = &[
    "article:published_time",
    "datePublished",
    "date",
    "dc.date.issued",
    "dc.date",
    "parsely-pub-date",
    "og:published_time",
];

fn date(page: &Page<'_>, outside: &Outside<'_>, heading: Option<NodeId>) -> Option<String> {
    let tree = &page.tree;
    meta(page, outside, DATES).or_else(|| {
        let dates: Vec<NodeId> = page.dates(0, tree.len()).iter().copied().filter(|id| outside.holds(*id)).collect();
        let near = dates.iter().filter(|id| is_near(page, **id, heading));
        let machine = near.clone().chain(&dates).find_map(|id| machine_date(tree, *id));
        machine.map(|date| super::reference::decode(date).trim().to_owned()).or_else(|| {
            let named = |id: &&NodeId| tree.ancestors(**id).take(2).any(|up| page.evidence(up) & DATE != 0);
            let line = near.chain(dates.iter().filter(named)).map(|id| page.line(*id)).next()?;
            super::date::find(&line).and_then(|found| line.get(found)).map(str::to_owned)
        })
    })
}
