//! The body of the article: the block with most prose.

use super::article::Outside;
use super::evidence::{BODY, COMMENT};
use super::paragraphs;
use super::survey::Page;
use super::tag::Tag;
use super::tree::{NodeId, Tree};
use std::collections::BTreeMap;

/// The paragraphs of the block with most prose.
pub(super) fn body(page: &Page<'_>, outside: &Outside<'_>) -> Option<String> {
    let tree = &page.tree;
    let mut scores: BTreeMap<NodeId, f64> = BTreeMap::new();
    let mut measure = Measure::new(page, outside);
    for id in 1..tree.len() {
        let score = if tree.tag(id) == Tag::Text { loose_prose(page, id) } else { paragraph(page, id) };
        if score <= 0.0 || !outside.holds(id) {
            continue;
        }
        measure.add_prose(id, page.text_size(id, tree.end(id)));
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
    let best = measure.widen(page, best);
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

/// How much text stands outside the comments before each node, how much of it in links, how much of it is prose.
struct Measure {
    text: Vec<u32>,
    link: Vec<u32>,
    prose: Vec<(NodeId, u32)>,
}

impl Measure {
    fn new(page: &Page<'_>, outside: &Outside<'_>) -> Self {
        let (mut text, mut link) = (Vec::new(), Vec::new());
        let (mut text_sum, mut link_sum) = (0, 0);
        for id in 0..page.tree.len() {
            text.push(text_sum);
            link.push(link_sum);
            let size = page.text_size(id, id + 1);
            if size > 0 && outside.holds(id) {
                text_sum += size;
                link_sum += page.link_size(id, id + 1);
            }
        }
        text.push(text_sum);
        link.push(link_sum);
        Self { text, link, prose: Vec::new() }
    }

    fn add_prose(&mut self, id: NodeId, size: u32) {
        self.prose.push((id, size));
    }

    fn of(sums: &[u32], page: &Page<'_>, id: NodeId) -> u32 {
        let at = |id: NodeId| sums.get(id as usize).copied().unwrap_or(0);
        at(page.tree.end(id)) - at(id)
    }

    fn prose_in(&self, page: &Page<'_>, id: NodeId) -> u32 {
        let first = self.prose.partition_point(|(at, _)| *at < id);
        let within = self.prose.get(first..).unwrap_or_default().iter().take_while(|(at, _)| *at < page.tree.end(id));
        within.map(|(_, size)| size).sum()
    }

    /// The largest element around the best block whose further text is prose too: a lead, a second column.
    fn widen(&self, page: &Page<'_>, best: NodeId) -> NodeId {
        let mut found = best;
        for up in page.tree.ancestors(best).take(6) {
            if matches!(page.tree.tag(up), Tag::Body | Tag::Html) {
                break;
            }
            let more = Self::of(&self.text, page, up) - Self::of(&self.text, page, found);
            let links = Self::of(&self.link, page, up) - Self::of(&self.link, page, found);
            let prose = self.prose_in(page, up).saturating_sub(self.prose_in(page, found));
            if more == 0 {
                continue;
            }
            if links * 4 > more || prose * 10 < more * 6 {
                break;
            }
            found = up;
        }
        found
    }
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
