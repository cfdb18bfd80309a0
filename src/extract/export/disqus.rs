//! Disqus's XML export: all threads first, then all posts, each naming its thread.
//!
//! Real ones are no sound XML: ids are missing, attributes have no quotes, junk stands before the prolog.

use super::assemble::{Heading, Post};
use super::cut::{Cut, Names};
use super::cutter::Cutter;
use super::json::unreadable_date;
use super::markup::Fields;
use super::shelf::Shelf;
use super::window::Again;
use super::{Fault, Gathered, Place, Step, wording, xml};
use crate::thread::{Article, Comment};
use std::collections::VecDeque;
use std::io;

const NAMES: Names = Names { elements: &["thread", "post"], group: None, root: "disqus", format: "disqus" };

/// Reads a Disqus export.
pub(super) struct Disqus {
    cutter: Cutter<Again>,
    posts: u64,
}

impl Disqus {
    /// Begins to read `stream`, whose first byte stands at `place`.
    pub(super) fn new(stream: Again, place: Place) -> Self {
        Self { cutter: Cutter::new(stream, place, NAMES), posts: 0 }
    }

    /// What is left of the stream, and where it begins.
    pub(super) fn left(self) -> (Again, Place) {
        self.cutter.left()
    }

    /// Reads the next element.
    pub(super) fn step(
        &mut self,
        shelf: &mut Shelf,
        ready: &mut VecDeque<Result<Gathered, Fault>>,
    ) -> io::Result<Step> {
        let cut = self.cutter.next()?;
        let place = self.cutter.place();
        match cut {
            Cut::Element(element) => match xml::fields(&self.cutter) {
                Ok((fields, odd)) => {
                    ready.extend(odd.map(|what| Err(Fault::at(place, what))));
                    if element == 0 { heading(&fields, shelf)? } else { self.post(&fields, place, shelf, ready)? }
                }
                Err(what) => ready.push_back(Err(Fault::at(place, what))),
            },
            Cut::Passed(why) => ready.push_back(Err(Fault::at(place, xml::passed(why, NAMES)))),
            Cut::Open | Cut::Close => {}
            Cut::Other { whole, .. } | Cut::End { whole } => {
                if !whole {
                    ready.push_back(Err(Fault::at(place, xml::cut(NAMES))));
                }
                return Ok(Step::after(cut));
            }
        }
        Ok(Step::Read)
    }

    fn post(
        &mut self,
        fields: &Fields,
        place: Place,
        shelf: &mut Shelf,
        ready: &mut VecDeque<Result<Gathered, Fault>>,
    ) -> io::Result<()> {
        self.posts += 1;
        let mut tell = |what: String| ready.push_back(Err(Fault::at(place, what)));
        let id = fields.get("@dsq:id").or_else(|| fields.get("id")).unwrap_or_default().to_owned();
        let shown: String = id.chars().take(60).collect();
        let date = match fields.get("createdAt").map(|date| wording::date(date, true)) {
            None => None,
            Some(Ok(date)) => date,
            Some(Err(())) => {
                tell(unreadable_date(&id, fields.get("createdAt").unwrap_or_default()));
                None
            }
        };
        let mut flag = |name: &str| match fields.get(name) {
            None => Some(false),
            Some("true" | "1") => Some(true),
            Some("false" | "0") => Some(false),
            Some(other) => {
                let other: String = other.chars().take(40).collect();
                tell(format!(
                    "comment {shown:?} has {name} {other:?}, which is neither true nor false; it has no label: mend it"
                ));
                None
            }
        };
        let (spam, deleted) = (flag("isSpam"), flag("isDeleted"));
        let known = fields.get("isSpam").is_some() || fields.get("isDeleted").is_some();
        let (status, house) = match (spam, deleted) {
            (Some(true), Some(true)) => (Some("spam, deleted"), Some(true)),
            (Some(true), _) => (Some("spam"), Some(true)),
            (_, Some(true)) => (Some("deleted"), Some(true)),
            (Some(false), Some(false)) if known => (Some("approved"), Some(false)),
            (Some(false), Some(false)) => (None, None),
            _ => (Some("unknown"), None),
        };
        let thread = fields.get("thread@dsq:id").or_else(|| fields.get("thread@id"));
        if thread.is_none() {
            tell(format!(
                "comment {shown:?} names no thread; it stands in one without an article: give it a <thread dsq:id=\"…\"/>"
            ));
        }
        let comment = Comment {
            author: fields.get("author/name").or_else(|| fields.get("author/username")).map(str::to_owned),
            date,
            text: fields.get("message").map(wording::plain).unwrap_or_default(),
            parent: fields.get("parent@dsq:id").or_else(|| fields.get("parent@id")).map(str::to_owned),
            status: status.map(str::to_owned),
            house,
            depth: None,
            id,
            quotes: Vec::new(),
        };
        shelf.comment(thread.unwrap_or_default(), self.posts, &Post { comment, place }, None)
    }
}

fn heading(fields: &Fields, shelf: &mut Shelf) -> io::Result<()> {
    let own = fields.get("@dsq:id").or_else(|| fields.get("id"));
    let link = fields.get("link").or_else(|| fields.get("id").filter(|id| id.contains("://")));
    let Some(id) = own.or(link) else { return Ok(()) };
    let article = Article {
        title: fields.get("title").map(wording::plain),
        text: fields.get("message").map(wording::plain).filter(|text| !text.is_empty()),
        author: fields.get("author/name").map(str::to_owned),
        date: fields.get("createdAt").and_then(|date| wording::date(date, true).ok().flatten()),
    };
    shelf.heading(id, &Heading { id: Some(id.to_owned()), link: link.map(str::to_owned), article })
}
