//! Web pages: the article and the comments under it.
//!
//! A page is read once into a tree ([`tree`]) and measured once ([`survey`]). Then comments are looked for by the
//! markup of known platforms ([`platform`]), by repeated shapes ([`family`]), and in what the page states as data
//! ([`linked_data`]). No part calls itself, so nesting cannot exhaust the stack, and all parts take time in proportion
//! to the page.

mod article;
mod assemble;
mod byline;
mod date;
mod evidence;
mod family;
mod item;
mod linked_data;
mod paragraphs;
mod platform;
mod reference;
mod remarks;
mod select;
mod survey;
mod tag;
mod tree;
mod zone;

use crate::thread::{Article, Comment, Thread};
use item::{Draft, Item};
use linked_data::LinkedData;
use survey::Page;
use zone::Zones;

/// What was found by one of the ways.
struct Finding {
    source: &'static str,
    confidence: f64,
    items: Vec<Item>,
    comments: Vec<Comment>,
    /// A forum's first post.
    opening: Option<Draft>,
}

/// Takes the article and the comments out of a web page.
pub fn html(source: &str) -> Thread {
    let page = Page::read(source);
    let zones = Zones::of(&page);
    let data = linked_data::read(&page);
    let finding = visible(source, &page, &zones);
    let stated_article = Article { ..data.article.clone() };
    let items = finding.as_ref().map_or(&[][..], |finding| finding.items.as_slice());
    let mut thread = Thread { article: article::read(&page, &zones, items, stated_article), ..Thread::default() };
    let first = items.first().map(|item| item.from);
    thread.stated_count = remarks::stated_count(&page, &zones, first).or(data.stated_count);
    match finding {
        Some(finding) if finding.comments.len() >= data.comments.len() => {
            if let Some(opening) = finding.opening {
                open_with(&mut thread.article, opening);
            }
            thread.source = Some(finding.source.to_owned());
            thread.confidence = Some(finding.confidence);
            thread.comments = finding.comments;
        }
        _ => take_stated(&mut thread, data),
    }
    remark(&mut thread, source, page.tree.cut);
    thread
}

/// The comments that a reader of the page sees.
fn visible(source: &str, page: &Page<'_>, zones: &Zones) -> Option<Finding> {
    let by_platform = platform::find(source, page, |id| zones.is_vetoed(id)).and_then(|found| {
        let mut drafts = found.drafts;
        let opening = (found.rule.first_is_article && !drafts.is_empty()).then(|| std::mem::take(&mut drafts[0]));
        let comments = assemble::comments(page, &found.items, drafts, &found.rule.depth);
        let confidence = if found.rule.name == "anchors" { 0.8 } else { 0.95 };
        (!comments.is_empty() || opening.is_some()).then_some(Finding {
            source: found.rule.name,
            confidence,
            items: found.items,
            comments,
            opening,
        })
    });
    by_platform.or_else(|| {
        let found = family::find(page, zones)?;
        let comments = assemble::comments(page, &found.items, found.drafts, &family::DEPTH);
        (!comments.is_empty()).then_some(Finding {
            source: found.name,
            confidence: found.confidence,
            items: found.items,
            comments,
            opening: None,
        })
    })
}

fn open_with(article: &mut Article, opening: Draft) {
    article.author = opening.author.or(article.author.take());
    article.date = opening.date.or(article.date.take());
    if !opening.text.is_empty() {
        article.text = Some(opening.text);
    }
}

fn take_stated(thread: &mut Thread, data: LinkedData) {
    if !data.comments.is_empty() {
        thread.source = Some("json-ld".to_owned());
        thread.confidence = Some(0.9);
        thread.comments = data.comments;
    }
}

/// Says what a person should know.
fn remark(thread: &mut Thread, source: &str, cut: bool) {
    let found = thread.comments.len() as u64;
    let system = if found == 0 { remarks::scripted_system(source) } else { None };
    match (found, system) {
        (0, Some(system)) => {
            thread.notes.push(format!("comments are loaded by a script ({system}): they are not in the page"))
        }
        (0, None) if thread.stated_count.is_some_and(|count| count > 0) => {
            thread.notes.push(format!(
                "the page says it has {} comments, none of them is in it",
                thread.stated_count.unwrap_or(0)
            ));
        }
        (1.., _) if thread.stated_count.is_some_and(|count| count != found) => {
            thread.notes.push(format!(
                "the page says it has {} comments, {found} were found in it",
                thread.stated_count.unwrap_or(0)
            ));
        }
        _ => {}
    }
    if cut {
        thread.notes.push("the page is larger than is read: its end was left out".to_owned());
    }
}
