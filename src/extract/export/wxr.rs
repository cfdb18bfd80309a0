//! WordPress's own export, WXR: RSS with `wp:comment` in the items of posts.
//!
//! Whether the namespace is `http` or `https` and whether text is CDATA makes no difference. The prefixes are those that
//! WordPress writes.

use super::assemble::{Assembler, Heading, Post};
use super::cut::{Cut, Names, Why};
use super::cutter::Cutter;
use super::json::unreadable_date;
use super::markup::Fields;
use super::window::Again;
use super::{Fault, Gathered, Place, Step, wording, xml};
use crate::thread::Comment;
use std::collections::{HashMap, VecDeque};
use std::io;

const NAMES: Names = Names {
    elements: &[
        "title",
        "link",
        "dc:creator",
        "content:encoded",
        "wp:post_id",
        "wp:post_date_gmt",
        "wp:post_date",
        "wp:comment",
    ],
    group: Some("item"),
    root: "rss",
    format: "wxr",
};
const COMMENT: usize = 7;
/// Ids of pingbacks that are remembered for a post.
const MOST_PINGBACKS: usize = 10_000;

/// Reads a WXR file.
pub(super) struct Wxr {
    cutter: Cutter<Again>,
    inside: bool,
    heading: Heading,
    /// Whether the comments of this item have begun.
    begun: bool,
    /// Pingbacks of this item and what they answer: they are no comments, and answers to them stand where they stood.
    pingbacks: HashMap<String, Option<String>>,
}

impl Wxr {
    /// Begins to read `stream`, whose first byte stands at `place`.
    pub(super) fn new(stream: Again, place: Place) -> Self {
        Self {
            cutter: Cutter::new(stream, place, NAMES),
            inside: false,
            heading: Heading::default(),
            begun: false,
            pingbacks: HashMap::new(),
        }
    }

    /// What is left of the stream, and where it begins.
    pub(super) fn left(self) -> (Again, Place) {
        self.cutter.left()
    }

    /// Reads the next element.
    pub(super) fn step(
        &mut self,
        assembler: &mut Assembler,
        ready: &mut VecDeque<Result<Gathered, Fault>>,
    ) -> io::Result<Step> {
        let cut = self.cutter.next()?;
        let place = self.cutter.place();
        match cut {
            Cut::Open | Cut::Close => {
                assembler.finish(ready);
                self.inside = cut == Cut::Open;
                self.begun = false;
                self.heading = Heading::default();
                self.pingbacks.clear();
            }
            Cut::Element(COMMENT) => {
                if !std::mem::replace(&mut self.begun, true) {
                    let mut heading = std::mem::take(&mut self.heading);
                    // What a person can open names a thread best.
                    heading.id = heading.link.clone().or(heading.id);
                    assembler.heading(heading);
                }
                match xml::fields(&self.cutter) {
                    Ok((fields, odd)) => {
                        let (post, fault) = self.comment(&fields, place);
                        ready.extend(odd.into_iter().chain(fault).map(|what| Err(Fault::at(place, what))));
                        if let Some(post) = post {
                            assembler.comment(post, ready);
                        }
                    }
                    Err(what) => ready.push_back(Err(Fault::at(place, what))),
                }
            }
            Cut::Element(element) if self.inside && !self.begun => match xml::fields(&self.cutter) {
                Ok((fields, odd)) => {
                    ready.extend(odd.map(|what| Err(Fault::at(place, what))));
                    self.head(element, &fields);
                }
                Err(what) => ready.push_back(Err(Fault::at(place, what))),
            },
            Cut::Element(_) => {}
            Cut::Passed(why) => {
                // A broken title or article is told only where comments may stand under it.
                let comment = matches!(why, Why::TooLong(COMMENT) | Why::Unclosed(COMMENT) | Why::OpenData(COMMENT));
                if comment || self.inside || matches!(why, Why::Entities | Why::Truncated(_) | Why::Behind) {
                    ready.push_back(Err(Fault::at(place, xml::passed(why, NAMES))));
                }
            }
            Cut::Other { whole, .. } | Cut::End { whole } => {
                assembler.finish(ready);
                if !whole {
                    ready.push_back(Err(Fault::at(place, xml::cut(NAMES))));
                }
                return Ok(Step::after(cut));
            }
        }
        Ok(Step::Read)
    }

    fn head(&mut self, element: usize, fields: &Fields) {
        let Some(text) = fields.get("") else { return };
        let Heading { id, link, article } = &mut self.heading;
        match NAMES.elements.get(element).copied() {
            Some("title") => article.title = Some(wording::plain(text)),
            Some("link") => *link = Some(text.to_owned()),
            Some("dc:creator") => article.author = Some(text.to_owned()),
            Some("content:encoded") => article.text = Some(wording::plain_with_breaks(text)),
            Some("wp:post_id") => *id = Some(text.to_owned()),
            Some("wp:post_date_gmt") => article.date = wording::date(text, true).ok().flatten(),
            Some("wp:post_date") if article.date.is_none() => article.date = wording::date(text, false).ok().flatten(),
            _ => {}
        }
    }

    /// Reads a comment, `None` for a pingback; beside it what is wrong with it, if anything.
    fn comment(&mut self, fields: &Fields, place: Place) -> (Option<Post>, Option<String>) {
        let get = |name: &str| fields.get(name);
        let id = get("wp:comment_id").unwrap_or_default().to_owned();
        let parent = get("wp:comment_parent").filter(|parent| *parent != "0").map(str::to_owned);
        let kind = get("wp:comment_type").unwrap_or_default();
        if matches!(kind, "pingback" | "trackback") {
            if self.pingbacks.len() < MOST_PINGBACKS {
                self.pingbacks.insert(id, parent);
            }
            return (None, None);
        }
        let parent = match parent.as_ref().and_then(|parent| self.pingbacks.get(parent)) {
            Some(above) => above.clone(),
            None => parent,
        };
        let mut fault = None;
        let dated = match get("wp:comment_date_gmt").map(|date| wording::date(date, true)) {
            Some(Ok(None)) | None => get("wp:comment_date").map(|date| wording::date(date, false)),
            date => date,
        };
        let date = dated.unwrap_or(Ok(None)).unwrap_or_else(|()| {
            let date = get("wp:comment_date_gmt").or_else(|| get("wp:comment_date")).unwrap_or_default();
            fault = Some(unreadable_date(&id, date));
            None
        });
        let status = get("wp:comment_approved").map(str::to_owned);
        let house = match status.as_deref() {
            Some("1" | "approve" | "approved") => Some(false),
            Some("0" | "hold" | "spam" | "trash") => Some(true),
            // A post that was thrown away took its comments along, which nobody judged.
            Some("post-trashed") | None => None,
            Some(other) => {
                let other: String = other.chars().take(40).collect();
                fault.get_or_insert_with(|| {
                    format!("comment {id:?} has the state {other:?}, which WordPress does not know; it has no label: write 1, 0, spam or trash")
                });
                None
            }
        };
        let comment = Comment {
            author: get("wp:comment_author").map(wording::plain).filter(|author| !author.is_empty()),
            text: get("wp:comment_content").map(wording::plain_with_breaks).unwrap_or_default(),
            id,
            date,
            parent,
            status,
            house,
            depth: None,
            quotes: Vec::new(),
        };
        (Some(Post { comment, place }), fault)
    }
}
