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
mod cut;
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
mod record;
mod records;
mod reddit;
mod remark42;
mod shelf;
mod spill;
pub(crate) mod state;
mod tokens;
mod window;
mod wording;
mod wordpress_rest;
mod wxr;
mod xml;
mod youtube;

pub use platform::Platform;
pub(crate) use wording::{lenient, plain_with_breaks};

use crate::thread::Thread;
use assemble::Assembler;
use cut::Cut;
use disqus::Disqus;
use json::Json;
use platform::Kind;
use shelf::Shelf;
use std::collections::VecDeque;
use std::io::{self, Read};
use window::Again;
use wxr::Wxr;

/// How many exports that were put together are read: each begins with a look at what it is, which costs.
const MOST_TOGETHER: u32 = 1000;

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
    /// Whether it cost nothing and is only to be known.
    pub(crate) harmless: bool,
}

impl Fault {
    fn at(place: Place, what: impl Into<String>) -> Self {
        Self { place: Some(place), what: what.into(), harmless: false }
    }

    /// What is no fault but should be known.
    fn harmless(place: Place, what: impl Into<String>) -> Self {
        Self { harmless: true, ..Self::at(place, what) }
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
    /// Here begins an export of another platform, as where files were put together.
    Other(Platform),
}

impl Step {
    /// What the end of an XML export means.
    fn after(cut: Cut) -> Self {
        if let Cut::Other { platform, .. } = cut { Self::Other(platform) } else { Self::End }
    }
}

/// Reads an export, and the exports that stand behind it in the same stream.
pub(crate) struct Export {
    platform: Platform,
    phase: Phase,
    /// The export that begins where this one ends.
    next: Option<(Platform, Again, Place)>,
    /// How many were begun.
    begun: u32,
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
        let phase = Phase::of(platform, Again::new(stream), Place { line: 1, byte: 0 });
        Self { platform, phase, next: None, begun: 1, ready: VecDeque::new() }
    }

    fn step(&mut self) -> io::Result<()> {
        let ready = &mut self.ready;
        let step = match &mut self.phase {
            Phase::Wxr(reader, assembler) => reader.step(assembler, ready)?,
            Phase::Disqus(reader, shelf) => reader.step(shelf, ready)?,
            Phase::Json(reader, shelf) => reader.step(shelf, ready)?,
            Phase::Emptying(shelf, assembler) => shelf.step(assembler, ready)?,
            Phase::Done => return Ok(()),
        };
        let other = match step {
            Step::Read => return Ok(()),
            Step::End => None,
            Step::Other(platform) => Some(platform),
        };
        let (left, shelf) = match std::mem::replace(&mut self.phase, Phase::Done) {
            Phase::Wxr(reader, _) => (Some(reader.left()), None),
            Phase::Disqus(reader, shelf) => (Some(reader.left()), Some(shelf)),
            Phase::Json(reader, shelf) => (Some(reader.left()), Some(shelf)),
            _ => (None, None),
        };
        if let (Some(platform), Some((stream, place))) = (other, left) {
            if self.begun < MOST_TOGETHER {
                self.begun += 1;
                self.next = Some((platform, stream, place));
            } else {
                let what = format!(
                    "more than {MOST_TOGETHER} exports were put together; from here on nothing was read: give them as files of their own"
                );
                ready.push_back(Err(Fault::at(place, what)));
            }
        }
        if let Some(shelf) = shelf {
            self.phase = Phase::emptying(*shelf, self.platform)?;
        } else if let Some((platform, stream, place)) = self.next.take() {
            self.platform = platform;
            self.phase = Phase::of(platform, stream, place);
        }
        Ok(())
    }

    /// What a failure of the stream means, said by the caller, who knows how it is packed; what was read is kept.
    fn fail(&mut self, error: io::Error) -> io::Error {
        let phase = std::mem::replace(&mut self.phase, Phase::Done);
        match phase {
            Phase::Wxr(_, mut assembler) => assembler.finish(&mut self.ready),
            Phase::Disqus(_, shelf) | Phase::Json(_, shelf) => {
                self.phase = Phase::emptying(*shelf, self.platform).unwrap_or(Phase::Done);
            }
            _ => {}
        }
        error
    }
}

impl Phase {
    fn of(platform: Platform, stream: Again, place: Place) -> Self {
        match platform.kind() {
            Kind::Wxr => Self::Wxr(Box::new(Wxr::new(stream, place)), Box::new(Assembler::new(platform))),
            Kind::Disqus => Self::Disqus(Box::new(Disqus::new(stream, place)), Box::default()),
            Kind::Json(layout) => Self::Json(Box::new(Json::new(stream, place, platform, layout)), Box::default()),
        }
    }

    fn emptying(shelf: Shelf, platform: Platform) -> io::Result<Self> {
        Ok(Self::Emptying(Box::new(shelf.empty()?), Box::new(Assembler::new(platform))))
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
