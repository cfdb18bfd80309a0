//! Who wrote an item, and when.

use super::byline;
use super::date;
use super::evidence::{ACTION, AUTHOR, AVATAR, BODY, COMMENT, DATE, META, TITLE};
use super::item::{Hints, Reading};
use super::reference::decode;
use super::survey::{Page, machine_date};
use super::tag::Tag;
use super::tree::NodeId;
use crate::extract::chrome;

/// Longer names are none.
const LONGEST_NAME: u32 = 120;

impl Reading<'_, '_> {
    pub(super) fn author(&self, hints: &Hints) -> Option<(NodeId, String)> {
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
        let first_date =
            || self.page.dates(self.item.from, self.item.to).iter().find(|id| self.own.binary_search(id).is_ok());
        let Some((weight, node, name)) = self.best_name() else {
            let dated =
                first_date().and_then(|date| self.name_before_date(*date).or_else(|| self.line_beside_date(*date)));
            return dated.or_else(|| first_date().and_then(|_| self.first_line_of_its_own()));
        };
        // A heading or bold word may be the comment's title: a name on the date's line is surer.
        if weight <= 45
            && let Some(found) = first_date().and_then(|date| self.name_before_date(*date))
        {
            return Some(found);
        }
        Some((node, name))
    }

    /// A few words in a line of their own right before the date, or right after it and before what was written.
    fn line_beside_date(&self, date: NodeId) -> Option<(NodeId, String)> {
        let (page, tree) = (self.page, &self.page.tree);
        let texts =
            |id: &NodeId| tree.tag(*id) == Tag::Text && page.text_size(*id, *id + 1) > 0 && !self.is_dropped(*id);
        let date_end = tree.end(date);
        let at = self.own.partition_point(|id| *id < date);
        let before = self.own.get(..at)?.iter().rev().copied().find(texts);
        let after = self.own.iter().copied().filter(|id| *id >= date_end).find(texts);
        let candidate = |id: NodeId, leads: bool| {
            let line = page.line(id);
            let name = byline::name(&line);
            let words = name.split_whitespace().count();
            let marks = words > 2 && is_sentence(&name);
            let fits = (1..=4).contains(&words)
                && line.chars().count() <= 40
                && line.chars().any(char::is_alphabetic)
                && !marks
                && !chrome::is_chrome(&line)
                && date::find(&line).is_none()
                && (leads || self.own.iter().any(|other| *other > id && page.text_size(*other, *other + 1) > 0));
            fits.then_some((id, name)).filter(|(_, name)| !name.is_empty())
        };
        let first = |id: &NodeId| !self.own.iter().take_while(|other| *other < id).any(&texts);
        before.filter(first).and_then(|id| candidate(id, true)).or_else(|| {
            // After the date only where nothing stands before it.
            let alone = before.is_none();
            after.filter(|_| alone).and_then(|id| candidate(id, false))
        })
    }

    /// A few words that begin the item in a box of their own, where the date stands elsewhere.
    fn first_line_of_its_own(&self) -> Option<(NodeId, String)> {
        let (page, tree) = (self.page, &self.page.tree);
        let mut texts = self
            .own
            .iter()
            .copied()
            .filter(|id| tree.tag(*id) == Tag::Text && page.text_size(*id, *id + 1) > 0 && !self.is_dropped(*id));
        let (first, second) = (texts.next()?, texts.next()?);
        let block = |id: NodeId| tree.ancestors(id).find(|up| tree.tag(*up).is_block());
        let (own, next) = (block(first)?, block(second)?);
        // Paragraphs beside each other are one text.
        let class = |id: NodeId| tree.attribute(id, "class").unwrap_or_default();
        let apart = own >= self.item.from
            && own != next
            && (tree.tag(own) != Tag::P
                && (tree.parent(own) != tree.parent(next) || class(own) != class(next) || tree.parent(first) != own)
                || tree.tag(own) != tree.tag(next));
        // The block may be what all items stand in: it is not read then.
        if !apart || page.size(own) > LONGEST_NAME || tree.end(own) - own > 40 {
            return None;
        }
        let line = page.line(own);
        let fits = (1..=4).contains(&line.split_whitespace().count())
            && line.chars().count() <= 40
            && line.chars().any(char::is_alphabetic)
            && !is_sentence(&line)
            && !line.ends_with(['!', '?', '…', ','])
            && !chrome::is_chrome(&line)
            && date::find(&line).is_none();
        fits.then(|| (own, byline::name(&line))).filter(|(_, name)| !name.is_empty())
    }

    /// The element that most probably is the writer's name.
    pub(super) fn best_name(&self) -> Option<(u32, NodeId, String)> {
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
    pub(super) fn name_weight(&self, id: NodeId, text_before: u32) -> u32 {
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
        if tree.tag(id) == Tag::A && text_before < 120 {
            if is_profile_address(&decode(href)) {
                return 60;
            }
            // Software marks commenters' own sites so, that they be not counted as the page's links.
            if tree.attribute(id, "rel").is_some_and(|rel| rel.contains("ugc") || rel.contains("external nofollow")) {
                return 58;
            }
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

    pub(super) fn date(&self, hints: &Hints, author: Option<NodeId>) -> Option<(NodeId, String)> {
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

    pub(super) fn date_weight(&self, id: NodeId, author: Option<NodeId>) -> u32 {
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
    pub(super) fn date_in(&self, id: NodeId) -> Option<String> {
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

    pub(super) fn short_line(&self, id: NodeId) -> Option<String> {
        (1..=40)
            .contains(&self.page.size(id))
            .then(|| self.page.line(id))
            .filter(|line| line.chars().any(|c| c.is_ascii_digit()))
    }

    /// The words from `from` up to a date, without buttons.
    fn said_before(&self, from: NodeId, date: NodeId) -> String {
        let (page, tree) = (self.page, &self.page.tree);
        let mut out = String::new();
        for id in from..=date {
            if tree.tag(id) != Tag::Text || page.text_size(id, id + 1) == 0 || id < date && self.is_dropped(id) {
                continue;
            }
            let text = page.line(id);
            let own = match date::find(&text) {
                Some(found) if id == date => text.get(..found.start).unwrap_or_default(),
                _ if id == date || chrome::is_button(&text) => "",
                _ => &text,
            };
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(own);
        }
        out
    }

    /// "Par X, le 15 mai 2019", "written by X on …", "X | 21.4.2020": the name before the date on its line.
    pub(super) fn name_before_date(&self, date: NodeId) -> Option<(NodeId, String)> {
        let page = self.page;
        let inside = |id: &NodeId| *id >= self.item.from && Some(*id) != self.whole;
        for id in std::iter::once(date).chain(page.tree.ancestors(date).take_while(inside).take(3)) {
            if page.size(id) > 160 {
                return None;
            }
            let line = page.line(id);
            let Some(found) = date::find(&line) else { continue };
            let before = if id == date { line.get(..found.start)?.to_owned() } else { self.said_before(id, date) };
            let name = byline::before_date(&before);
            let prose = name.split_whitespace().count() > 3 && is_sentence(&name);
            if name.contains(char::is_alphabetic) && !prose && name.chars().count() <= 60 && !chrome::is_chrome(&name) {
                // The smallest node that holds the name, so that no text goes with it.
                let holds = |inner: &NodeId| page.size(*inner) <= LONGEST_NAME && page.line(*inner).contains(&name);
                let smallest = (id..page.tree.end(id)).rfind(holds);
                return smallest.map(|node| (node, name));
            }
        }
        None
    }
}

/// Has a sentence's marks; a short word before a full stop is a title or an initial.
fn is_sentence(line: &str) -> bool {
    line.contains(['!', '?', ';', '…'])
        || line.split_whitespace().any(|word| word.ends_with('.') && word.chars().count() > 5)
        || line.ends_with('.') && line.split_whitespace().last().is_some_and(|word| word.chars().count() > 3)
}

/// The class that hCard gives to names, and WordPress to commenters'.
pub(super) fn is_name_class(page: &Page<'_>, id: NodeId) -> bool {
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
