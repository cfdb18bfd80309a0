//! Exports of comment platforms: read as streams, one thread after another, in bounded memory.
//!
//! [`platform`] lists the formats as data; each has a file of its own that says what stands where in it. XML is cut into
//! bounded elements ([`cutter`]) and parsed ([`markup`]); JSON is read token by token ([`tokens`]) into flat records
//! ([`records`]). Where an export gives the comments of a thread here and there, they are sorted by thread with
//! temporary files ([`shelf`]); [`assemble`] makes the threads.

mod assemble;
mod comentario;
mod commento;
mod coral;
mod cutter;
mod discourse;
mod disqus;
mod hacker_news;
mod isso;
mod json;
mod lemmy;
mod markup;
mod mastodon;
mod platform;
mod records;
mod reddit;
mod remark42;
mod shelf;
mod spill;
pub(crate) mod state;
mod tokens;
mod wording;
mod wordpress_rest;
mod wxr;
mod youtube;

pub use platform::Platform;

use crate::thread::Thread;
use assemble::Assembler;
use disqus::Disqus;
use json::Json;
use platform::Kind;
use shelf::Shelf;
use std::collections::VecDeque;
use std::io::{self, Read};
use wxr::Wxr;

/// Where something stands in an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Place {
    /// From 1.
    pub(crate) line: u64,
    /// From 0.
    pub(crate) byte: u64,
}

/// Something that could not be read.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) place: Option<Place>,
    /// A sentence: what is wrong, and how to mend it.
    pub(crate) what: String,
}

impl Fault {
    fn at(place: Place, what: impl Into<String>) -> Self {
        Self { place: Some(place), what: what.into() }
    }
}

/// A thread, or one part of a very long one, and the line in which its first comment stands.
pub(crate) struct Gathered {
    pub(crate) line: u64,
    pub(crate) thread: Thread,
}

/// What a reader of one format makes of the next piece of its input.
enum Step {
    /// Something was read; there may be more.
    Read,
    /// All was read.
    End,
}

/// Reads an export.
pub(crate) struct Export {
    platform: Platform,
    phase: Phase,
    ready: VecDeque<Result<Gathered, Fault>>,
}

enum Phase {
    Wxr(Box<Wxr>, Box<Assembler>),
    Disqus(Box<Disqus>, Box<Shelf>),
    Json(Box<Json>, Box<Shelf>),
    Emptying(Box<shelf::Emptying>, Box<Assembler>),
    Done,
}

impl Export {
    /// Begins to read `stream`, which is an export of `platform` in UTF-8 or what an XML declaration says.
    pub(crate) fn new(platform: Platform, stream: Box<dyn Read + Send>) -> Self {
        let phase = match platform.kind() {
            Kind::Wxr => Phase::Wxr(Box::new(Wxr::new(stream)), Box::new(Assembler::new(platform))),
            Kind::Disqus => Phase::Disqus(Box::new(Disqus::new(stream)), Box::default()),
            Kind::Json(layout) => Phase::Json(Box::new(Json::new(stream, layout)), Box::default()),
        };
        Self { platform, phase, ready: VecDeque::new() }
    }

    fn step(&mut self) -> io::Result<()> {
        let ready = &mut self.ready;
        let ended = match &mut self.phase {
            Phase::Wxr(reader, assembler) => reader.step(assembler, ready)?,
            Phase::Disqus(reader, shelf) => reader.step(shelf, ready)?,
            Phase::Json(reader, shelf) => reader.step(shelf, ready)?,
            Phase::Emptying(shelf, assembler) => shelf.step(assembler, ready)?,
            Phase::Done => return Ok(()),
        };
        if let Step::End = ended {
            self.phase = match std::mem::replace(&mut self.phase, Phase::Done) {
                Phase::Disqus(_, shelf) | Phase::Json(_, shelf) => {
                    Phase::Emptying(Box::new(shelf.empty()?), Box::new(Assembler::new(self.platform)))
                }
                _ => Phase::Done,
            };
        }
        Ok(())
    }

    /// What a failure of the stream means, said by the caller, who knows how it is packed; what was read is kept.
    fn fail(&mut self, error: io::Error) -> io::Error {
        let phase = std::mem::replace(&mut self.phase, Phase::Done);
        self.phase = match phase {
            Phase::Wxr(_, mut assembler) => {
                assembler.finish(&mut self.ready);
                Phase::Done
            }
            Phase::Disqus(_, shelf) | Phase::Json(_, shelf) => match shelf.empty() {
                Ok(emptying) => Phase::Emptying(Box::new(emptying), Box::new(Assembler::new(self.platform))),
                Err(_) => Phase::Done,
            },
            _ => Phase::Done,
        };
        error
    }
}

impl Iterator for Export {
    /// The outer error is one of the stream or of a temporary file.
    type Item = io::Result<Result<Gathered, Fault>>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some(Ok(item));
            }
            if matches!(self.phase, Phase::Done) {
                return None;
            }
            if let Err(error) = self.step() {
                return Some(Err(self.fail(error)));
            }
        }
    }
}
