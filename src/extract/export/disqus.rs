//! Disqus's XML export: all threads first, then all posts, each naming its thread.
//!
//! Real ones are no sound XML: ids are missing, attributes have no quotes, junk stands before the prolog.

use super::assemble::{Heading, Post};
use super::cutter::{Cut, Cutter, Names};
use super::json::unreadable_date;
use super::markup::Fields;
use super::shelf::Shelf;
use super::wxr::passed;
use super::{Fault, Gathered, Place, Step, wording};
use crate::thread::{Article, Comment};
use encoding_rs::Encoding;
use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::{self, Read};

const NAMES: Names = Names { elements: &["thread", "post"], group: None, root: "disqus" };

/// Reads a Disqus export.
pub(super) struct Disqus {
    cutter: Cutter<Box<dyn Read + Send>>,
    posts: u64,
}

impl Disqus {
    pub(super) fn new(stream: Box<dyn Read + Send>) -> Self {
        Self { cutter: Cutter::new(stream, NAMES), posts: 0 }
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
            Cut::Element(element) => match self.fields() {
                Ok(fields) if element == 0 => heading(&fields, shelf)?,
                Ok(fields) => self.post(&fields, place, shelf, ready)?,
                Err(what) => ready.push_back(Err(Fault::at(place, what))),
            },
            Cut::Passed(why) => ready.push_back(Err(Fault::at(place, passed(why, NAMES)))),
            Cut::Open | Cut::Close => {}
            Cut::End { whole } => {
                if !whole {
                    let what = "the export ends before </disqus>: it was cut; export or copy it again";
                    ready.push_back(Err(Fault::at(place, what)));
                }
                return Ok(Step::End);
            }
        }
        Ok(Step::Read)
    }

    fn fields(&self) -> Result<Fields, String> {
        let (piece, place) = self.cutter.piece();
        Fields::read(&source_of(piece, place, self.cutter.encoding())?)
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

/// The source of an element as text.
///
/// # Errors
/// A sentence for bytes that are none in the encoding that the declaration names, and for NUL.
pub(super) fn source_of<'p>(
    piece: &'p [u8],
    place: Place,
    encoding: Option<&'static Encoding>,
) -> Result<Cow<'p, str>, String> {
    if let Some(at) = memchr::memchr(0, piece) {
        return Err(format!("a NUL byte stands at byte {}; remove it", place.byte + at as u64));
    }
    match encoding {
        Some(encoding) => encoding.decode_without_bom_handling_and_without_replacement(piece).ok_or_else(|| {
            format!("the declaration says {}, which this is not; save the file as UTF-8", encoding.name())
        }),
        None => std::str::from_utf8(piece).map(Cow::Borrowed).map_err(|error| {
            let at = place.byte + error.valid_up_to() as u64;
            format!("this is not UTF-8 at byte {at}; convert the file, as with iconv -f WINDOWS-1252 -t UTF-8")
        }),
    }
}
