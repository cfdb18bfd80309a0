//! Reads one comment out of the part of a page that holds it: who, when, what.

use super::byline;
use super::date;
use super::evidence::{ACTION, AUTHOR, AVATAR, BODY, COMMENT, DATE, META, PINGBACK, SIGNATURE, TITLE, of_names};
use super::paragraphs;
use super::reference::decode;
use super::select::Selector;
use super::survey::{Page, machine_date};
use super::tag::Tag;
use super::tree::NodeId;
use crate::extract::chrome;
use std::collections::HashSet;

/// A part of a page that holds one comment, perhaps with its answers as items inside.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// The element that stands for it.
    pub(super) node: NodeId,
    /// The first node of its range and one past the last.
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    /// The page's own id for it.
    pub(super) id: Option<String>,
}

/// Where the parts of a comment are, as far as a rule knows.
#[derive(Debug, Default)]
pub(super) struct Hints {
    pub(super) author: Vec<Hint>,
    pub(super) date: Vec<Hint>,
    pub(super) text: Vec<Selector>,
    pub(super) drop: Vec<Selector>,
}

/// An element, or an attribute of one: `.age@title`.
#[derive(Debug)]
pub(super) struct Hint {
    pub(super) selector: Selector,
    pub(super) attribute: Option<String>,
}

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) author: Option<String>,
    pub(super) date: Option<String>,
    pub(super) text: String,
    pub(super) pingback: bool,
}

/// Longer names are none.
const LONGEST_NAME: u32 = 120;

/// Reads the item at `index` of `items`, which are sorted; items inside it are left out.
pub(super) fn read(page: &Page<'_>, items: &[Item], index: usize, hints: &Hints) -> Draft {
    let Some(item) = items.get(index) else { return Draft::default() };
    let whole = (item.from == item.node && item.to == page.tree.end(item.node)).then_some(item.node);
    Reading { page, item, whole, own: own_nodes(page, items, index), dropped: HashSet::new() }.run(hints)
}

/// The nodes of an item without those of the items inside it.
fn own_nodes(page: &Page<'_>, items: &[Item], index: usize) -> Vec<NodeId> {
    let Some(item) = items.get(index) else { return Vec::new() };
    let mut inner =
        items.get(index + 1..).unwrap_or_default().iter().take_while(|inner| inner.from < item.to).peekable();
    let mut own = Vec::new();
    let mut id = item.from;
    while id < item.to.min(page.tree.len()) {
        while inner.peek().is_some_and(|inner| inner.from < id) {
            inner.next();
        }
        match inner.peek() {
            Some(found) if found.from == id => id = found.to.max(id + 1),
            _ => {
                own.push(id);
                id += 1;
            }
        }
    }
    own
}

struct Reading<'r, 'a> {
    page: &'r Page<'a>,
    item: &'r Item,
    /// The item's element, if the item is just that.
    whole: Option<NodeId>,
    own: Vec<NodeId>,
    /// Elements whose text is not the comment's.
    dropped: HashSet<NodeId>,
}

impl Reading<'_, '_> {
    fn run(mut self, hints: &Hints) -> Draft {
        self.drop_chrome(hints);
        let author = self.author(hints);
        let date = self.date(hints, author.as_ref().map(|found| found.0));
        let author = author.or_else(|| date.as_ref().and_then(|(node, _)| self.name_before_date(*node)));
        let metadata: Vec<NodeId> =
            author.iter().map(|found| found.0).chain(date.iter().map(|found| found.0)).collect();
        let mut text = self.text_without(&metadata, hints, true);
        if text.is_empty() {
            text = self.text_without(&metadata, hints, false);
        }
        let author = author.map(|(_, name)| name).filter(|name| !name.is_empty());
        let date = date.map(|(_, date)| date);
        let text = without_byline(&text, author.as_deref(), date.as_deref());
        let pingback = self.is_pingback(&text);
        Draft { author, date, text, pingback }
    }

    fn is_pingback(&self, text: &str) -> bool {
        let tree = &self.page.tree;
        std::iter::once(self.item.node)
            .chain(tree.ancestors(self.item.node).take(3))
            .any(|id| self.page.evidence(id) & PINGBACK != 0)
            || chrome::is_pingback(text)
            || chrome::is_pingback(&self.first_line())
    }

    fn first_line(&self) -> String {
        let text = |id: &&NodeId| self.page.tree.tag(**id) == Tag::Text;
        self.own
            .iter()
            .filter(text)
            .map(|id| decode(self.page.tree.raw_text(*id)).trim().to_owned())
            .find(|line| !line.is_empty())
            .unwrap_or_default()
    }

    /// Marks links, buttons, pictures and what a rule names.
    fn drop_chrome(&mut self, hints: &Hints) {
        let page = self.page;
        let whole: u32 = self
            .own
            .iter()
            .map(|id| if page.tree.tag(*id) == Tag::Text { page.text_size(*id, id + 1) } else { 0 })
            .sum();
        for &id in &self.own {
            let tag = page.tree.tag(id);
            if tag == Tag::Text || Some(id) == self.whole {
                continue;
            }
            let size = page.size(id);
            let drop = match tag {
                Tag::Button
                | Tag::Select
                | Tag::Textarea
                | Tag::Label
                | Tag::Nav
                | Tag::Iframe
                | Tag::Input
                | Tag::Noembed => true,
                Tag::Form => size * 10 < whole * 6,
                _ => {
                    let evidence = page.evidence(id);
                    evidence & (BODY | AUTHOR | DATE) == 0
                        && size * 10 < whole * 9
                        && (evidence & ACTION != 0 && self.is_action(id)
                            || evidence & AVATAR != 0 && size <= 60 && size * 2 < whole
                            || evidence & SIGNATURE != 0)
                        && !self.holds_metadata(id)
                }
            };
            let text = || hints.text.iter().any(|selector| selector.matches(&page.tree, id));
            if drop && !text() || hints.drop.iter().any(|selector| selector.matches(&page.tree, id)) {
                self.dropped.insert(id);
            }
        }
    }

    /// A short element of links, buttons, counters or known phrases.
    fn is_action(&self, id: NodeId) -> bool {
        let (page, end) = (self.page, self.page.tree.end(id));
        let (size, link) = (page.size(id), page.link_size(id, self.page.tree.end(id)));
        if link * 2 > size {
            return size <= 300;
        }
        let pressed = || {
            page.tree
                .descendants(id)
                .any(|inner| matches!(page.tree.tag(inner), Tag::Button | Tag::Input | Tag::A) && inner < end)
        };
        size <= 12 || size <= 100 && (pressed() || chrome::is_chrome(&page.line(id)))
    }

    /// Whether a name or date stands in an element: what would be dropped is then only what surrounds them.
    fn holds_metadata(&self, id: NodeId) -> bool {
        let end = self.page.tree.end(id);
        !self.page.dates(id, end).is_empty()
            || self.page.tree.descendants(id).take(40).any(|inner| {
                self.page.evidence(inner) & (AUTHOR | COMMENT) == AUTHOR | COMMENT || is_name_class(self.page, inner)
            })
    }

    fn is_dropped(&self, id: NodeId) -> bool {
        self.dropped.contains(&id) || self.is_in(id, &self.dropped)
    }

    fn author(&self, hints: &Hints) -> Option<(NodeId, String)> {
        for hint in &hints.author {
            for &id in self.own.iter().filter(|id| hint.selector.matches(&self.page.tree, **id)) {
                let name = match &hint.attribute {
                    Some(attribute) => self.page.attribute(id, attribute).unwrap_or_default(),
                    None if self.page.size(id) <= LONGEST_NAME * 2 => byline::name(&self.page.line(id)),
                    None => String::new(),
                };
                if !name.is_empty() {
                    // An attribute of the item itself must not make the whole item a name.
                    return Some((if hint.attribute.is_some() { self.item.to } else { id }, name));
                }
            }
        }
        let (weight, node, name) = self.best_name()?;
        // A heading or bold word may be the comment's title: a name on the date's line is surer.
        if weight <= 45 {
            let first_date =
                self.page.dates(self.item.from, self.item.to).iter().find(|id| self.own.binary_search(id).is_ok());
            if let Some(found) = first_date.and_then(|date| self.name_before_date(*date)) {
                return Some(found);
            }
        }
        Some((node, name))
    }

    /// The element that most probably is the writer's name.
    fn best_name(&self) -> Option<(u32, NodeId, String)> {
        let page = self.page;
        let mut best: Option<(u32, NodeId, String)> = None;
        let mut text_so_far = 0;
        for &id in &self.own {
            if page.tree.tag(id) == Tag::Text {
                text_so_far += page.text_size(id, id + 1);
                continue;
            }
            let size = page.size(id);
            if Some(id) == self.whole
                || size == 0
                || size > LONGEST_NAME
                || page.tree.has(id, super::tree::Tree::HIDDEN)
            {
                continue;
            }
            let weight = self.name_weight(id, text_so_far);
            let inside_best = best.as_ref().is_some_and(|(_, outer, _)| id < page.tree.end(*outer));
            if weight == 0
                || best.as_ref().is_some_and(|(found, ..)| *found > weight || *found == weight && !inside_best)
                || self.is_dropped(id)
            {
                continue;
            }
            let name = byline::name(&page.line(id));
            // "Guest" is a phrase of pages and what some call themselves.
            if !name.is_empty() && name.chars().count() <= 80 && (weight >= 80 || !chrome::is_chrome(&name)) {
                best = Some((weight, id, name));
            }
        }
        best
    }

    /// How much speaks for an element's being a name; 0 if nothing does.
    fn name_weight(&self, id: NodeId, text_before: u32) -> u32 {
        let (page, tree) = (self.page, &self.page.tree);
        let property = tree.attribute(id, "itemprop").or_else(|| tree.attribute(id, "property")).unwrap_or_default();
        if ["author", "creator", "schema:author"].iter().any(|name| property.eq_ignore_ascii_case(name)) {
            return 95;
        }
        if property.eq_ignore_ascii_case("name") && text_before < 200 {
            return 96;
        }
        let evidence = page.evidence(id);
        if is_name_class(page, id) {
            return 94;
        }
        if tree.attribute(id, "rel").is_some_and(|rel| rel.to_ascii_lowercase().contains("author")) {
            return 90;
        }
        if evidence & (BODY | ACTION | AVATAR | TITLE) != 0 && evidence & AUTHOR == 0
            || evidence & (BODY | AVATAR | ACTION) != 0 && evidence & COMMENT != 0 && evidence & AUTHOR == 0
        {
            return 0;
        }
        if evidence & AUTHOR != 0 && evidence & (AVATAR | BODY) == 0 {
            let doubt = u32::from(evidence & (META | DATE) != 0) * 6 + u32::from(evidence & ACTION != 0) * 8;
            return 80 + u32::from(evidence & COMMENT != 0) * 2 - doubt;
        }
        let href = tree.attribute(id, "href").unwrap_or_default();
        if tree.tag(id) == Tag::A && is_profile_address(&decode(href)) && text_before < 120 {
            return 60;
        }
        if text_before > 60 {
            return 0;
        }
        match tree.tag(id) {
            Tag::Cite => 50,
            Tag::B | Tag::Strong => 45,
            tag if tag.is_heading() && text_before < 20 => 40,
            _ => 0,
        }
    }

    fn date(&self, hints: &Hints, author: Option<NodeId>) -> Option<(NodeId, String)> {
        let page = self.page;
        for hint in &hints.date {
            for &id in self.own.iter().filter(|id| hint.selector.matches(&page.tree, **id)) {
                if let Some(attribute) = &hint.attribute {
                    if let Some(value) = page.attribute(id, attribute) {
                        return Some((if page.size(id) > 80 { self.item.to } else { id }, value));
                    }
                    continue;
                }
                if let Some(date) = self.date_in(id).or_else(|| self.short_line(id)) {
                    return Some((id, date));
                }
            }
        }
        let own = |id: &&NodeId| self.own.binary_search(id).is_ok();
        let candidates = page.dates(self.item.from, self.item.to).iter().filter(own);
        candidates
            .filter_map(|&id| {
                let weight = self.date_weight(id, author);
                (weight > 0).then(|| self.date_in(id).map(|date| (weight, id, date))).flatten()
            })
            .fold(
                None,
                |best: Option<(u32, NodeId, String)>, found| {
                    if best.as_ref().is_some_and(|best| best.0 >= found.0) { best } else { Some(found) }
                },
            )
            .map(|(_, id, date)| (id, date))
    }

    fn date_weight(&self, id: NodeId, author: Option<NodeId>) -> u32 {
        let (page, tree) = (self.page, &self.page.tree);
        if tree.tag(id) != Tag::Text {
            return 90;
        }
        let inside = |id: &NodeId| *id >= self.item.from && Some(*id) != self.whole;
        let around: Vec<NodeId> = tree.ancestors(id).take_while(inside).take(3).collect();
        if around.iter().any(|id| tree.tag(*id) == Tag::Time) {
            return 80;
        }
        if around.iter().any(|id| page.evidence(*id) & DATE != 0 && page.size(*id) < 80) {
            return 70;
        }
        if around.iter().any(|id| page.evidence(*id) & META != 0 && page.size(*id) < 160) {
            return 60;
        }
        // A line that is a date and little else.
        let text = decode(tree.raw_text(id));
        let text = text.trim();
        let Some(found) = date::find(text) else { return 0 };
        let rest = text.len() - found.len();
        let near_author = author.is_some_and(|author| page.text_size(author.min(id), author.max(id)) < 160);
        match rest {
            0..=12 => 50,
            13..=60 if near_author || author.is_none() => 30,
            _ => 0,
        }
    }

    /// The date that an element or text holds.
    fn date_in(&self, id: NodeId) -> Option<String> {
        let page = self.page;
        let machine = (id..page.tree.end(id).min(id + 30)).find_map(|inner| machine_date(&page.tree, inner));
        if let Some(date) = machine {
            return Some(decode(date).trim().to_owned());
        }
        // The day and the time may stand in neighbours of one parent.
        let parent = page.tree.parent(id);
        let wider = page.tree.tag(id) == Tag::Text && parent > self.item.from && page.size(parent) <= 60;
        for id in wider.then_some(parent).into_iter().chain([id]) {
            if page.size(id) <= 200 {
                let line = page.line(id);
                if let Some(found) = date::find(&line) {
                    return line.get(found).map(|date| date.trim().to_owned());
                }
            }
        }
        None
    }

    fn short_line(&self, id: NodeId) -> Option<String> {
        (1..=40)
            .contains(&self.page.size(id))
            .then(|| self.page.line(id))
            .filter(|line| line.chars().any(|c| c.is_ascii_digit()))
    }

    /// "Par X, le 15 mai 2019", "written by X on …", "X | 21.4.2020": the name before the date on its line.
    fn name_before_date(&self, date: NodeId) -> Option<(NodeId, String)> {
        let page = self.page;
        let inside = |id: &NodeId| *id >= self.item.from && Some(*id) != self.whole;
        for id in std::iter::once(date).chain(page.tree.ancestors(date).take_while(inside).take(3)) {
            if page.size(id) > 160 {
                return None;
            }
            let line = page.line(id);
            let Some(found) = date::find(&line) else { continue };
            let name = byline::before_date(line.get(..found.start)?);
            if !name.is_empty() && name.chars().count() <= 60 && !chrome::is_chrome(&name) {
                return Some((id, name));
            }
        }
        None
    }

    /// The text without the names and dates at `metadata`, and, if `wide`, without what stands around those.
    fn text_without(&self, metadata: &[NodeId], hints: &Hints, wide: bool) -> String {
        let page = self.page;
        let mut dropped = self.dropped.clone();
        for &node in metadata {
            if node < self.item.to && (wide || page.tree.tag(node) != Tag::Text) {
                dropped.insert(if wide { self.climb(node, metadata) } else { node });
            }
        }
        let own: HashSet<NodeId> = self.own.iter().copied().collect();
        let text_of = |from: NodeId, to: NodeId| {
            paragraphs::text(&page.tree, from, to, |id| {
                if dropped.contains(&id) {
                    return Some(page.tree.end(id));
                }
                // What is not the item's own begins another item.
                (!own.contains(&id)).then(|| page.tree.end(id))
            })
        };
        let mut hinted = String::new();
        let mut until = 0;
        for &id in &self.own {
            if id >= until && hints.text.iter().any(|selector| selector.matches(&page.tree, id)) {
                until = page.tree.end(id);
                let part = text_of(id, until);
                if !part.is_empty() && !hinted.is_empty() {
                    hinted.push('\n');
                }
                hinted.push_str(&part);
            }
        }
        if !hinted.trim().is_empty() {
            return hinted;
        }
        let all = text_of(self.item.from, self.item.to);
        match self.body(&dropped) {
            Some(body) => {
                let text = self
                    .bodies(body, &dropped)
                    .into_iter()
                    .map(|body| text_of(body, page.tree.end(body)))
                    .filter(|text| !text.is_empty())
                    .collect::<Vec<_>>()
                    .join("\n");
                if text.len() * 2 < all.len() {
                    return all;
                }
                let title = self
                    .title(body, &dropped)
                    .map(|title| text_of(title, page.tree.end(title)))
                    .filter(|title| !chrome::is_chrome(title));
                title.filter(|title| !title.is_empty()).map_or(text.clone(), |title| format!("{title}\n{text}"))
            }
            None => all,
        }
    }

    /// The element that holds what was written, where its name says so.
    fn body(&self, dropped: &HashSet<NodeId>) -> Option<NodeId> {
        let page = self.page;
        let fits = |id: &&NodeId| self.may_be_body(**id, dropped);
        let largest = self.own.iter().filter(fits).map(|id| page.size(*id)).max()?;
        // The innermost of those that hold nearly all of it.
        self.own.iter().filter(fits).rfind(|id| page.size(**id) * 10 >= largest * 9).copied()
    }

    fn may_be_body(&self, id: NodeId, dropped: &HashSet<NodeId>) -> bool {
        let page = self.page;
        let evidence = page.evidence(id);
        Some(id) != self.whole
            && evidence & BODY != 0
            && evidence & (AUTHOR | DATE | ACTION | TITLE | AVATAR) == 0
            && page.size(id) > 0
            && !dropped.contains(&id)
            && page.dates(id, page.tree.end(id)).iter().all(|date| page.tree.tag(*date) != Tag::Time)
    }

    /// The body and its equals beside it: a title and a text may stand in two fields of one kind.
    fn bodies(&self, body: NodeId, dropped: &HashSet<NodeId>) -> Vec<NodeId> {
        let page = self.page;
        let class = |id: NodeId| {
            page.tree
                .attribute(id, "class")
                .and_then(|class| class.split_ascii_whitespace().find(|name| of_names(name) & BODY != 0))
        };
        let mut out = Vec::new();
        let mut until = 0;
        for &id in &self.own {
            let end = page.tree.end(id);
            let beside = (id >= until && end <= body || id >= page.tree.end(body).max(until))
                && self.may_be_body(id, dropped)
                && class(id).is_some_and(|name| {
                    page.tree
                        .attribute(body, "class")
                        .is_some_and(|names| names.split_ascii_whitespace().any(|other| other == name))
                });
            if id == body || beside && !self.is_in(id, dropped) {
                out.push(id);
                until = end;
            }
        }
        out
    }

    fn is_in(&self, id: NodeId, dropped: &HashSet<NodeId>) -> bool {
        self.page.tree.ancestors(id).take_while(|up| *up >= self.item.from).any(|up| dropped.contains(&up))
    }

    /// A heading of the comment before its body.
    fn title(&self, body: NodeId, dropped: &HashSet<NodeId>) -> Option<NodeId> {
        let page = self.page;
        self.own.iter().copied().filter(|id| *id < body && page.tree.end(*id) <= body).find(|id| {
            let evidence = page.evidence(*id);
            (page.tree.tag(*id).is_heading()
                || evidence & TITLE != 0 && evidence & (ACTION | AVATAR | META | AUTHOR) == 0)
                && (1..=200).contains(&page.size(*id))
                && !dropped.contains(id)
                && !self.is_in(*id, dropped)
                && !page.tree.descendants(*id).any(|inner| dropped.contains(&inner))
        })
    }

    /// The largest element around a name or date that holds nothing but names, dates and what joins them.
    fn climb(&self, node: NodeId, metadata: &[NodeId]) -> NodeId {
        let tree = &self.page.tree;
        let mut found = node;
        for parent in tree.ancestors(node) {
            if parent < self.item.from
                || self.page.tree.end(parent) > self.item.to
                || Some(parent) == self.whole
                || !self.is_only_metadata(parent, metadata)
            {
                break;
            }
            found = parent;
        }
        found
    }

    fn is_only_metadata(&self, id: NodeId, metadata: &[NodeId]) -> bool {
        let (page, tree) = (self.page, &self.page.tree);
        if page.size(id) > 400 || page.evidence(id) & BODY != 0 && page.evidence(id) & (META | AUTHOR | DATE) == 0 {
            return false;
        }
        let mut rest = 0;
        let mut at = id + 1;
        while at < tree.end(id) {
            if metadata.contains(&at) || self.dropped.contains(&at) {
                at = tree.end(at);
                continue;
            }
            let size = page.text_size(at, at + 1);
            if size > 0 {
                rest += size;
                let body = tree.ancestors(at).take_while(|up| *up > id).any(|up| {
                    let holds = |node: &NodeId| up <= *node && *node < tree.end(up);
                    let block = matches!(tree.tag(up), Tag::P | Tag::Blockquote | Tag::Div | Tag::Section)
                        || tree.tag(up).is_heading();
                    let evidence = page.evidence(up);
                    (block || evidence & BODY != 0)
                        && evidence & (META | AUTHOR | DATE | COMMENT) & !COMMENT == 0
                        && !metadata.iter().any(holds)
                });
                if body || rest > 48 {
                    return false;
                }
            }
            at += 1;
        }
        true
    }
}

/// The class that hCard gives to names, and WordPress to commenters'.
fn is_name_class(page: &Page<'_>, id: NodeId) -> bool {
    page.tree.attribute(id, "class").is_some_and(|class| class.split_ascii_whitespace().any(|name| name == "fn"))
}

/// An address of a person's page.
fn is_profile_address(href: &str) -> bool {
    let href = href.to_ascii_lowercase();
    [
        "/user", "/profil", "/member", "/author", "/people/", "/u/", "profile.", "/autor", "/nutzer", "/users/",
        "user=", "/!ku",
    ]
    .iter()
    .any(|part| href.contains(part))
}

/// A text without first lines that repeat the name or date, and without lines that are chrome.
fn without_byline(text: &str, author: Option<&str>, date: Option<&str>) -> String {
    let mut text = chrome::trim(text);
    for _ in 0..2 {
        let Some(cut) = text.find('\n') else { break };
        let first = text.get(..cut).unwrap_or_default().trim();
        let rest = first.strip_prefix(author.unwrap_or("\u{0}")).unwrap_or(first).trim();
        let named = author.is_some_and(|author| {
            byline::name(first) == author || rest.len() < first.len() && (rest.is_empty() || chrome::is_chrome(rest))
        });
        let dated = date.is_some_and(|date| first == date);
        if !(named || dated) {
            break;
        }
        text = chrome::trim(text.get(cut + 1..).unwrap_or_default());
    }
    text.to_owned()
}
