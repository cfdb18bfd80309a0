//! Reads one comment out of the part of a page that holds it: who, when, what.

use super::attribution::is_name_class;
use super::byline;
use super::evidence::{ACTION, AUTHOR, AVATAR, BODY, COMMENT, DATE, PINGBACK, SIGNATURE};
use super::quotes;
use super::reference::decode;
use super::select::Selector;
use super::survey::Page;
use super::tag::Tag;
use super::tree::NodeId;
use crate::extract::chrome;

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
    /// Where the text quotes.
    pub(super) quotes: Vec<(usize, usize)>,
    pub(super) pingback: bool,
}

/// Reads the item at `index` of `items`, which are sorted; items inside it are left out.
pub(super) fn read(page: &Page<'_>, items: &[Item], index: usize, hints: &Hints) -> Draft {
    let Some(item) = items.get(index) else { return Draft::default() };
    let whole = (item.from == item.node && item.to == page.tree.end(item.node)).then_some(item.node);
    Reading { page, item, whole, own: own_nodes(page, items, index), dropped: Nodes::default() }.run(hints)
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

/// A few of an item's nodes, sorted, and how far they reach: elements lie inside one another or apart, so that a node is
/// inside one of those before it if it stands before the furthest of their ends.
#[derive(Debug, Clone, Default)]
pub(super) struct Nodes {
    ids: Vec<NodeId>,
    /// For each of them the furthest end of it and those before it.
    reach: Vec<NodeId>,
}

impl Nodes {
    pub(super) fn contains(&self, id: NodeId) -> bool {
        self.ids.binary_search(&id).is_ok()
    }

    /// Adds a node that ends at `end`; most come in order.
    pub(super) fn insert(&mut self, id: NodeId, end: NodeId) {
        let Err(place) = self.ids.binary_search(&id) else { return };
        let before = place.checked_sub(1).and_then(|last| self.reach.get(last)).copied().unwrap_or_default();
        self.ids.insert(place, id);
        self.reach.insert(place, before.max(end));
        for reach in self.reach.iter_mut().skip(place + 1) {
            *reach = end.max(*reach);
        }
    }

    /// Tells whether a node stands inside one of these.
    pub(super) fn cover(&self, id: NodeId) -> bool {
        let before = self.ids.partition_point(|known| *known < id);
        before.checked_sub(1).and_then(|last| self.reach.get(last)).is_some_and(|reach| id < *reach)
    }
}

pub(super) struct Reading<'r, 'a> {
    pub(super) page: &'r Page<'a>,
    pub(super) item: &'r Item,
    /// The item's element, if the item is just that.
    pub(super) whole: Option<NodeId>,
    pub(super) own: Vec<NodeId>,
    /// Elements whose text is not the comment's.
    pub(super) dropped: Nodes,
}

impl Reading<'_, '_> {
    fn run(mut self, hints: &Hints) -> Draft {
        self.drop_chrome(hints);
        let author = self.author(hints);
        let date = self.date(hints, author.as_ref().map(|found| found.0));
        let author = author.or_else(|| date.as_ref().and_then(|(node, _)| self.name_before_date(*node)));
        let metadata: Vec<NodeId> =
            author.iter().map(|found| found.0).chain(date.iter().map(|found| found.0)).collect();
        let (mut text, mut whole) = self.text_without(&metadata, hints, true);
        if text.is_empty() {
            (text, whole) = self.text_without(&metadata, hints, false);
        }
        let author = author.map(|(_, name)| name).filter(|name| !name.is_empty());
        let date = date.map(|(_, date)| date);
        let (text, quotes) = quotes::taken_out(&without_byline(&text, whole, author.as_deref(), date.as_deref()));
        let pingback = self.is_pingback(&text);
        Draft { author, date, text, quotes, pingback }
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
        let is_text = |id: &NodeId| hints.text.iter().any(|selector| selector.matches(&page.tree, *id));
        let texts: Vec<NodeId> = self.own.iter().copied().filter(is_text).collect();
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
                Tag::Form => size * 10 < whole * 6 && self.has_control(id),
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
            // What a rule calls the text, and what holds it, stays.
            let first = texts.partition_point(|text| *text < id);
            let text = texts.get(first).is_some_and(|text| *text < page.tree.end(id))
                || texts.contains(&page.tree.parent(id)) && page.size(id) == page.size(page.tree.parent(id));
            if drop && !text || hints.drop.iter().any(|selector| selector.matches(&page.tree, id)) {
                self.dropped.insert(id, page.tree.end(id));
            }
        }
    }

    fn has_control(&self, id: NodeId) -> bool {
        let tree = &self.page.tree;
        self.page.size(id) <= 40
            || tree.descendants(id).any(|inner| matches!(tree.tag(inner), Tag::Button | Tag::Textarea | Tag::Select))
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

    pub(super) fn is_dropped(&self, id: NodeId) -> bool {
        self.dropped.contains(id) || self.dropped.cover(id)
    }
}

/// A text without first lines that repeat the name or date, and without lines that are chrome.
fn without_byline(text: &str, whole: bool, author: Option<&str>, date: Option<&str>) -> String {
    let mut text = chrome::trim(text, whole);
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
        text = chrome::trim(text.get(cut + 1..).unwrap_or_default(), whole);
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn a_node_is_covered_by_those_above_it(tags in "(<div>|</div>|<p>|<b>|</b>|x|<ul>|<li>){0,40}", chosen in proptest::collection::vec(0..60u32, 0..8)) {
            let page = Page::read(&tags);
            let tree = &page.tree;
            let mut nodes = Nodes::default();
            let chosen: Vec<NodeId> = chosen.into_iter().filter(|id| (1..tree.len()).contains(id)).collect();
            for &id in &chosen {
                nodes.insert(id, tree.end(id));
            }
            for id in 1..tree.len() {
                prop_assert_eq!(nodes.contains(id), chosen.contains(&id));
                prop_assert_eq!(nodes.cover(id), tree.ancestors(id).any(|up| chosen.contains(&up)), "{} {}", tags, id);
            }
        }
    }
}
