//! Finds comments by the markup of known platforms.

use super::assemble::Depth;
use super::evidence::{self, COMMENT};
use super::item::{self, Draft, Hint, Hints, Item};
use super::markup::{DepthMarkup, Extent, Markup, RULES};
use super::select::Selector;
use super::survey::Page;
use super::tag::Tag;
use super::tree::NodeId;
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::sync::LazyLock;

/// A rule ready for use.
pub(super) struct Rule {
    pub(super) name: &'static str,
    item: Vec<Selector>,
    pub(super) hints: Hints,
    pub(super) depth: Depth,
    extent: Extent,
    pub(super) first_is_article: bool,
}

static READY: LazyLock<Vec<Rule>> = LazyLock::new(|| RULES.iter().map(Rule::new).collect());

impl Rule {
    fn new(markup: &Markup) -> Self {
        let selectors = |texts: &[&str]| texts.iter().filter_map(|text| Selector::parse(text)).collect();
        let hint = |text: &&str| {
            let (selector, attribute) = text
                .split_once('@')
                .map_or((*text, None), |(selector, attribute)| (selector, Some(attribute.to_owned())));
            Some(Hint { selector: Selector::parse(selector)?, attribute })
        };
        let hints = |texts: &[&str]| texts.iter().filter_map(hint).collect();
        Self {
            name: markup.name,
            item: selectors(markup.item),
            hints: Hints {
                author: hints(markup.author),
                date: hints(markup.date),
                text: selectors(markup.text),
                drop: selectors(markup.drop),
            },
            depth: match markup.depth {
                DepthMarkup::Unknown => Depth::Unknown,
                DepthMarkup::Flat => Depth::Found { flat: true },
                DepthMarkup::Nested => Depth::Found { flat: false },
                DepthMarkup::Attribute(selector, attribute) => Selector::parse(selector)
                    .map_or(Depth::Unknown, |selector| Depth::Attribute { selector, attribute: attribute.to_owned() }),
                DepthMarkup::Ancestors(selector) => Selector::parse(selector).map_or(Depth::Unknown, Depth::Ancestors),
            },
            extent: markup.extent,
            first_is_article: markup.first_is_article,
        }
    }

    /// The rule's items in a page, those without text of their own left out.
    fn items(&self, page: &Page<'_>) -> Vec<Item> {
        let tree = &page.tree;
        let matched = (1..tree.len()).filter(|id| {
            tree.tag(*id) != Tag::Text
                && (page.size(*id) > 0 || self.extent == Extent::UntilNext)
                && self.item.iter().any(|selector| selector.matches(tree, *id))
        });
        let mut items: Vec<Item> =
            matched.map(|node| Item { node, from: node, to: tree.end(node), id: own_id(page, node) }).collect();
        if self.extent == Extent::UntilNext {
            reach_next(page, &mut items);
        }
        without_wrappers(page, merge_same_ids(items))
    }
}

/// What a rule found.
pub(super) struct Found {
    pub(super) rule: &'static Rule,
    pub(super) items: Vec<Item>,
    pub(super) drafts: Vec<Draft>,
}

/// Applies the rules whose marks occur; the one that finds most comments wins, the more specific if two find as many.
pub(super) fn find(page: &Page<'_>, vetoed: impl Fn(NodeId) -> bool) -> Option<Found> {
    let mut best: Option<(usize, Found)> = None;
    let marked = marked(page.names());
    for (rule, _) in READY.iter().zip(marked).filter(|(_, marked)| *marked) {
        let mut items = rule.items(page);
        items.retain(|item| !vetoed(item.node));
        let drafts: Vec<Draft> = (0..items.len()).map(|index| item::read(page, &items, index, &rule.hints)).collect();
        let sound = drafts
            .iter()
            .filter(|draft| {
                !draft.text.is_empty() && !draft.pingback && (draft.author.is_some() || draft.date.is_some())
            })
            .count();
        if sound > 0 && best.as_ref().is_none_or(|(count, _)| sound > *count) {
            best = Some((sound, Found { rule, items, drafts }));
        }
    }
    best.map(|(_, found)| found)
}

/// All rules' marks in one automaton.
static MARKS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(RULES.iter().flat_map(|rule| rule.marks)).ok()
});

/// Which rules' marks occur in what a page's elements are called.
fn marked(names: &[&str]) -> Vec<bool> {
    let owners: Vec<usize> =
        RULES.iter().enumerate().flat_map(|(rule, markup)| markup.marks.iter().map(move |_| rule)).collect();
    let mut marked = vec![false; RULES.len()];
    let occur = |name| MARKS.iter().flat_map(move |marks| marks.find_overlapping_iter(name));
    for found in names.iter().flat_map(|name| occur(*name)) {
        if let Some(marked) = owners.get(found.pattern().as_usize()).and_then(|rule| marked.get_mut(*rule)) {
            *marked = true;
        }
    }
    marked
}

/// The page's own id for an element: the number in its id, or what an attribute says.
pub(super) fn own_id(page: &Page<'_>, node: NodeId) -> Option<String> {
    let named = ["data-comment-id", "data-commentid", "data-id", "data-cid", "data-post-id"].iter();
    let stated = || named.clone().find_map(|name| page.attribute(node, name)).filter(|id| id.len() <= 64);
    let id = page
        .attribute(node, "id")
        .or_else(|| if page.tree.tag(node) == Tag::A { page.attribute(node, "name") } else { None });
    let Some(id) = id else { return stated() };
    // The longest number, the last of equals: 301 of `wpd-comm-301_0`.
    let numbers = id.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty());
    if let Some(number) = numbers.max_by_key(|number| number.len()) {
        return Some(number.to_owned());
    }
    stated().or_else(|| (evidence::of_names(&id) & COMMENT == 0 || id.len() > 12).then_some(id))
}

/// `li#li-comment-7 > article#comment-7 > div#div-comment-7` is one comment: the outermost stays.
fn merge_same_ids(items: Vec<Item>) -> Vec<Item> {
    let mut out: Vec<Item> = Vec::with_capacity(items.len());
    let mut open: Vec<usize> = Vec::new();
    for item in items {
        while open.last().and_then(|index| out.get(*index)).is_some_and(|outer| outer.to <= item.from) {
            open.pop();
        }
        let outer = open.last().and_then(|index| out.get(*index));
        if outer.is_some_and(|outer| item.id.is_some() && outer.id == item.id) {
            continue;
        }
        open.push(out.len());
        out.push(item);
    }
    out
}

/// Leaves out items that hold nothing but other items.
pub(super) fn without_wrappers(page: &Page<'_>, items: Vec<Item>) -> Vec<Item> {
    let mut keep = vec![true; items.len()];
    for (index, item) in items.iter().enumerate() {
        let mut own = page.text_size(item.from, item.to);
        let mut until = 0;
        for inner in items.get(index + 1..).unwrap_or_default().iter().take_while(|inner| inner.from < item.to) {
            if inner.from >= until {
                own = own.saturating_sub(page.text_size(inner.from, inner.to));
                until = inner.to;
            }
        }
        let has_inner = until > 0;
        if let Some(keep) = keep.get_mut(index) {
            *keep = own > 2 || own > 0 && !has_inner;
        }
    }
    items.into_iter().zip(keep).filter(|(_, keep)| *keep).map(|(item, _)| item).collect()
}

/// Lets each item reach to the next one, or to the end of what both stand in.
pub(super) fn reach_next(page: &Page<'_>, items: &mut [Item]) {
    let starts: Vec<NodeId> = items.iter().map(|item| item.from).collect();
    for (index, item) in items.iter_mut().enumerate() {
        let end = page.tree.end(page.tree.parent(item.node));
        item.to = starts.get(index + 1).copied().unwrap_or(end).min(end).max(item.from + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_selector_of_every_rule_can_be_read() {
        for markup in RULES {
            for text in [markup.item, markup.author, markup.date, markup.text, markup.drop].into_iter().flatten() {
                let selector = text.split('@').next().unwrap_or_default();
                assert!(Selector::parse(selector).is_some(), "{}: {text}", markup.name);
            }
        }
    }
}
