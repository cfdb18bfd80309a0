//! Web pages: the article and the comments under it.
//!
//! A page is read once into a tree ([`tree`]) and measured once ([`survey`]). Then comments are looked for by the
//! markup of known platforms ([`platform`]), by repeated shapes ([`family`]), and in what the page states as data
//! ([`linked_data`]). No part calls itself, so nesting cannot exhaust the stack, and all parts take time in proportion
//! to the page.

mod article;
mod assemble;
mod attribution;
mod build;
mod byline;
mod date;
mod evidence;
mod family;
#[cfg(test)]
mod fixtures;
mod further_dates;
mod heading;
mod item;
mod linked_data;
mod markup;
mod paragraphs;
mod platform;
mod prose;
mod quality;
mod quotes;
mod reference;
mod remarks;
mod select;
mod survey;
mod tag;
mod tokens;
mod tree;
mod unlike;
mod wording;
mod zone;

use crate::thread::{Article, Comment, Thread};
use item::{Draft, Item};
use linked_data::LinkedData;
use survey::Page;
use tree::Tree;
use zone::Zones;

/// What was found by one of the ways.
struct Finding {
    source: &'static str,
    confidence: f64,
    items: Vec<Item>,
    comments: Vec<Comment>,
    /// Pingbacks, which pages count and which are no comments.
    pingbacks: u64,
    /// A forum's first post.
    opening: Option<Draft>,
}

/// The ways in which comments are looked for in a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mechanisms {
    /// By the markup of known platforms.
    pub platforms: bool,
    /// In what the page states as JSON-LD.
    pub data: bool,
    /// By repeated shapes, whatever made the page.
    pub shapes: bool,
}

impl Mechanisms {
    /// All of them.
    pub const ALL: Self = Self { platforms: true, data: true, shapes: true };
    /// The general finder alone.
    pub const SHAPES: Self = Self { platforms: false, data: false, shapes: true };
}

/// Takes the article and the comments out of a web page.
pub fn html(source: &str) -> Thread {
    html_by(source, Mechanisms::ALL)
}

/// Does so by the general finder alone: no platform's markup is known, and data that the page states is not read.
///
/// Pages of platforms lose by it; it shows how sites that nobody wrote a rule for are read.
pub fn html_by_shape(source: &str) -> Thread {
    html_by(source, Mechanisms::SHAPES)
}

/// Takes the article and the comments out of a web page by some of the ways, to measure what each adds.
pub fn html_by(source: &str, mechanisms: Mechanisms) -> Thread {
    let page = Page::read(source);
    let zones = Zones::of(&page);
    let mut data = linked_data::read(&page);
    let finding = if mechanisms.platforms { by_platform(&page, &zones) } else { None };
    let finding = finding.or_else(|| if mechanisms.shapes { by_shape(&page, &zones) } else { None });
    if !mechanisms.data {
        data.comments.clear();
    }
    let items = finding.as_ref().map_or(&[][..], |finding| finding.items.as_slice());
    let first = items.first().map(|item| item.node);
    let mut thread = Thread {
        stated_count: remarks::stated_count(&page, &zones, first).or(data.stated_count),
        article: article::read(&page, &zones, items, data.article.clone()),
        ..Thread::default()
    };
    let mut pingbacks = 0;
    match finding {
        Some(finding) if finding.comments.len() >= data.comments.len() => {
            if let Some(opening) = finding.opening {
                open_with(&mut thread.article, opening);
            }
            thread.source = Some(finding.source.to_owned());
            thread.confidence = Some(finding.confidence);
            thread.comments = finding.comments;
            pingbacks = finding.pingbacks;
        }
        _ => take_stated(&mut thread, data),
    }
    remark(&mut thread, source, pingbacks);
    if page.tree.cut {
        thread.notes.push("the page is larger than is read: its end was left out".to_owned());
    }
    if page.tree.flattened {
        thread
            .notes
            .push("the page nests hundreds of elements: what lies deeper was read without its order".to_owned());
    }
    thread
}

/// Takes the text out of a piece of a page that is all one text, a paragraph or line break to a line.
pub fn html_text(markup: &str) -> String {
    let tree = Tree::parse(markup);
    paragraphs::text(&tree, 0, tree.len(), |_| None)
}

/// The comments by the markup of a known platform.
fn by_platform(page: &Page<'_>, zones: &Zones) -> Option<Finding> {
    let found = platform::find(page, |id| zones.is_vetoed(id))?;
    let mut drafts = found.drafts;
    let opening = if found.rule.first_is_article { drafts.first_mut().map(std::mem::take) } else { None };
    let pingbacks = pingbacks(&drafts);
    let comments = assemble::comments(page, &found.items, drafts, &found.rule.depth);
    let confidence = if found.rule.name == "anchors" { 0.8 } else { 0.95 };
    let some = !comments.is_empty() || opening.is_some();
    some.then_some(Finding { source: found.rule.name, confidence, items: found.items, comments, pingbacks, opening })
}

/// The comments by repeated shapes, whatever made the page.
fn by_shape(page: &Page<'_>, zones: &Zones) -> Option<Finding> {
    let found = family::find(page, zones)?;
    let pingbacks = pingbacks(&found.drafts);
    let comments = assemble::comments(page, &found.items, found.drafts, &family::DEPTH);
    let (source, confidence) = (found.name, found.confidence);
    let some = !comments.is_empty();
    some.then_some(Finding { source, confidence, items: found.items, comments, pingbacks, opening: None })
}

fn pingbacks(drafts: &[Draft]) -> u64 {
    drafts.iter().filter(|draft| draft.pingback).count() as u64
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

/// Says what a person should know. Pages count pingbacks among the comments.
fn remark(thread: &mut Thread, source: &str, pingbacks: u64) {
    let found = thread.comments.len() as u64;
    let system = if found == 0 { remarks::scripted_system(source) } else { None };
    let note = match (system, thread.stated_count) {
        (Some(system), _) => format!("comments are loaded by a script ({system}): they are not in the page"),
        (None, Some(stated)) if found == 0 && stated > 0 => {
            format!("the page says it has {stated} comments, none of them is in it")
        }
        (None, Some(stated)) if stated != found && stated != found + pingbacks => {
            format!("the page says it has {stated} comments, {found} were found in it")
        }
        _ => return,
    };
    thread.notes.push(note);
}
