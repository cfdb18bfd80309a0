//! Reads the exports that are JSON: what the formats' own files say of records becomes comments and headings.

use super::assemble::{Heading, Post};
use super::record::{Record, describe};
use super::records::{Found, Records, Shape};
use super::shelf::Shelf;
use super::window::Again;
use super::{Fault, Gathered, Place, Platform, Step, state, wording};
use crate::thread::{Article, Comment};
use std::collections::VecDeque;
use std::io;

/// What a format's file says.
pub(super) struct Layout {
    pub(super) shape: Shape,
    /// Makes of a record, with the records around it, what it stands for.
    pub(super) read: fn(&Record, &[Record], &mut Sink<'_>) -> io::Result<()>,
}

/// Reads one export.
pub(super) struct Json {
    records: Records<Again>,
    layout: &'static Layout,
    /// Whether it was told that there is no room for more names.
    crowded: bool,
}

impl Json {
    /// Begins to read `stream`, whose first byte stands at `place`, as an export of `platform`.
    pub(super) fn new(stream: Again, place: Place, platform: Platform, layout: &'static Layout) -> Self {
        Self { records: Records::new(stream, place, platform, layout.shape), layout, crowded: false }
    }

    /// What is left of the stream, and where it begins.
    pub(super) fn left(self) -> (Again, Place) {
        self.records.left()
    }

    /// Reads the next record.
    pub(super) fn step(
        &mut self,
        shelf: &mut Shelf,
        ready: &mut VecDeque<Result<Gathered, Fault>>,
    ) -> io::Result<Step> {
        match self.records.next()? {
            Found::Record(record) => {
                for &(path, flaw) in &record.flaws {
                    let what = format!("the value of {path} {}", describe(flaw));
                    ready.push_back(Err(Fault::at(record.place, what)));
                }
                let mut sink = Sink { shelf, ready, crowded: &mut self.crowded };
                (self.layout.read)(&record, self.records.around(), &mut sink)?;
                if !record.known {
                    let what =
                        "an object with no key that such an export has was passed over; give it as a file of its own";
                    ready.push_back(Err(Fault::at(record.place, what)));
                }
            }
            Found::Fault(place, what) => {
                ready.push_back(Err(Fault::at(place, format!("{what}; mend the file or export it again"))));
            }
            Found::Other(platform) => return Ok(Step::Other(platform)),
            Found::End { whole } => {
                if !whole {
                    let what = "the export ends in the middle: it was cut; export or copy it again";
                    ready.push_back(Err(Fault::at(self.records.place(), what)));
                }
                return Ok(Step::End);
            }
        }
        Ok(Step::Read)
    }
}

/// A comment as a record gives it.
#[derive(Default)]
pub(super) struct Draft<'a> {
    /// What tells its thread from others.
    pub(super) thread: &'a str,
    pub(super) id: Option<&'a str>,
    pub(super) author: Option<&'a str>,
    /// The author's id, where names come elsewhere.
    pub(super) person: Option<&'a str>,
    pub(super) date: Option<&'a str>,
    /// Plain text; empty for a comment that was deleted.
    pub(super) text: String,
    pub(super) parent: Option<&'a str>,
    pub(super) status: Option<&'a str>,
    /// Whether it was held; where this is not given, the status tells.
    pub(super) held: Option<bool>,
}

/// Takes what records stand for.
pub(super) struct Sink<'s> {
    shelf: &'s mut Shelf,
    ready: &'s mut VecDeque<Result<Gathered, Fault>>,
    crowded: &'s mut bool,
}

impl Sink<'_> {
    /// Takes a comment.
    pub(super) fn comment(&mut self, record: &Record, draft: Draft<'_>) -> io::Result<()> {
        let id = draft.id.unwrap_or_default();
        // A text that was told to be lost leaves a gap that answers may hang below.
        let date = match draft.date.map(|date| wording::date(date, true)) {
            None => None,
            Some(Ok(date)) => date,
            Some(Err(())) => {
                self.fault(record, unreadable_date(id, draft.date.unwrap_or_default()));
                None
            }
        };
        let comment = Comment {
            id: id.to_owned(),
            author: draft.author.map(|author| author.trim().to_owned()),
            date,
            text: draft.text,
            quotes: Vec::new(),
            parent: draft.parent.map(str::to_owned),
            status: draft.status.map(str::to_owned),
            house: draft.held.or_else(|| draft.status.and_then(state::held)),
            depth: None,
        };
        self.shelf.comment(draft.thread, record.order, &Post { comment, place: record.place }, draft.person)
    }

    /// Takes what is known about a thread.
    pub(super) fn heading(&mut self, thread: &str, link: Option<&str>, article: Article) -> io::Result<()> {
        let id = Some(thread.to_owned()).filter(|id| !id.is_empty());
        self.shelf.heading(thread, &Heading { id, link: link.map(str::to_owned), article })
    }

    /// Takes the id by which a thread goes that comments do not name.
    pub(super) fn heading_of(&mut self, thread: &str, id: &str) -> io::Result<()> {
        self.shelf.heading(thread, &Heading { id: Some(id.to_owned()), ..Heading::default() })
    }

    /// Takes the name of somebody whom comments name by an id.
    pub(super) fn person(&mut self, record: &Record, id: &str, name: &str) {
        if !self.shelf.person(id, name) && !std::mem::replace(self.crowded, true) {
            self.fault(
                record,
                "there are too many authors to remember; from here on their names are left out".to_owned(),
            );
        }
    }

    /// Says that a comment stands in the thread of the one it answers.
    pub(super) fn belongs(&mut self, id: &str, other: &str) {
        self.shelf.belongs(id, other);
    }

    /// Takes something that could not be read.
    pub(super) fn fault(&mut self, record: &Record, what: String) {
        self.ready.push_back(Err(Fault::at(record.place, what)));
    }
}

/// The sentence for a date that is none.
pub(super) fn unreadable_date(id: &str, date: &str) -> String {
    let (id, date): (String, String) = (id.chars().take(60).collect(), date.chars().take(40).collect());
    format!("comment {id:?} has the date {date:?}, which is none; it was left out: write it as 2024-01-31T12:00:00Z")
}

/// An owned text of a record that is not blank.
pub(super) fn owned(record: &Record, paths: &[&str]) -> Option<String> {
    record.first(paths).map(str::to_owned)
}
