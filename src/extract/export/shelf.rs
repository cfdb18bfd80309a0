//! Comments and articles sorted by thread, where an export gives them here and there.
//!
//! Only a few bytes a thread stay in memory: hashes of the names it goes by (ids, links), and the authors' names where
//! comments give ids of authors. All else is in [`Spill`].

use super::assemble::{Assembler, Heading, Post};
use super::spill::{Sorted, Spill};
use super::{Fault, Gathered, Place, Step};
use crate::thread::{Article, Comment};
use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;

/// How many bytes of authors' names are kept.
const MOST_NAMES: usize = 12 << 20;
/// Set in the numbers of comments, so that a thread's headings come first.
const COMMENT: u64 = 1 << 63;

/// What was read so far.
#[derive(Default)]
pub(super) struct Shelf {
    spill: Spill,
    /// Hash of a name → number of the thread.
    names: HashMap<u64, u32>,
    /// For each thread the one it belongs to: itself, or one that it proved to be the same as.
    same: Vec<u32>,
    joined: bool,
    /// For each thread, which parts of headings are known: a bit each.
    known: Vec<u8>,
    people: HashMap<u64, Box<str>>,
    people_bytes: usize,
    headings: u64,
}

fn hash(kind: &str, name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (kind, name).hash(&mut hasher);
    hasher.finish()
}

/// The thread that `thread` proved to be; the way there becomes half as long for the next time.
fn root(same: &mut [u32], mut thread: u32) -> u32 {
    while let Some(&above) = same.get(thread as usize)
        && above != thread
    {
        let higher = same.get(above as usize).copied().unwrap_or(above);
        if let Some(here) = same.get_mut(thread as usize) {
            *here = higher;
        }
        thread = higher;
    }
    thread
}

impl Shelf {
    /// The thread of that id, a new one if need be.
    fn thread(&mut self, id: &str) -> u32 {
        let name = hash("id", id);
        if let Some(&thread) = self.names.get(&name) {
            return self.found(thread);
        }
        let thread = self.same.len() as u32;
        self.same.push(thread);
        self.known.push(0);
        self.names.insert(name, thread);
        thread
    }

    fn found(&mut self, thread: u32) -> u32 {
        root(&mut self.same, thread)
    }

    /// Makes two threads one, which keeps the place of the earlier.
    fn join(&mut self, one: u32, other: u32) {
        let (first, second) = (one.min(other), one.max(other));
        if first != second
            && let Some(same) = self.same.get_mut(second as usize)
        {
            *same = first;
            self.joined = true;
        }
    }

    /// Says that what goes by `id` stands in the thread of `other`, as a comment does in that of the one it answers.
    pub(super) fn belongs(&mut self, id: &str, other: &str) {
        let other = self.thread(other);
        match self.names.get(&hash("id", id)).copied().map(|one| self.found(one)) {
            Some(one) => self.join(one, other),
            None => {
                self.names.insert(hash("id", id), other);
            }
        }
    }

    /// Adds what is known about the thread `id`.
    pub(super) fn heading(&mut self, id: &str, heading: &Heading) -> io::Result<()> {
        let (mut thread, mut merged) = (self.thread(id), false);
        if let Some(link) = heading.link.as_deref().map(super::wording::plain_link).filter(|link| !link.is_empty()) {
            let link = hash("link", &link);
            match self.names.get(&link).copied().map(|linked| self.found(linked)) {
                Some(linked) => {
                    merged = linked != thread;
                    self.join(thread, linked);
                    thread = thread.min(linked);
                }
                None => {
                    self.names.insert(link, thread);
                }
            }
        }
        let Article { title, text, author, date } = &heading.article;
        let parts = [&heading.id, &heading.link, title, text, author, date];
        let given = parts.iter().enumerate().fold(0, |given, (bit, part)| given | u8::from(part.is_some()) << bit);
        // Many exports repeat it with every comment.
        match self.known.get_mut(thread as usize) {
            Some(known) if given & !*known == 0 && !merged => return Ok(()),
            Some(known) => *known |= given,
            None => {}
        }
        let number = self.headings;
        self.headings += 1;
        self.spill.push(thread, number, |out| {
            for part in parts {
                write(out, part.as_deref());
            }
        })
    }

    /// Adds a comment of the thread `id`; `person` is the author's id where the name comes elsewhere.
    pub(super) fn comment(&mut self, id: &str, order: u64, post: &Post, person: Option<&str>) -> io::Result<()> {
        let new = self.same.len();
        let thread = self.thread(id);
        if self.same.len() > new && !id.is_empty() {
            // A thread of which nothing else is said has its id at least.
            self.heading(id, &Heading { id: Some(id.to_owned()), ..Heading::default() })?;
        }
        self.spill.push(thread, order | COMMENT, |out| {
            let Comment { id, author, date, text, parent, status, house, .. } = &post.comment;
            for part in [Some(id), author.as_ref(), date.as_ref(), Some(text), parent.as_ref(), status.as_ref()] {
                write(out, part.map(String::as_str));
            }
            write(out, person);
            out.push(house.map_or(2, u8::from));
            out.extend(post.place.line.to_le_bytes());
            out.extend(post.place.byte.to_le_bytes());
        })
    }

    /// Adds the name of an author; `false` when there is no room for more.
    pub(super) fn person(&mut self, id: &str, name: &str) -> bool {
        self.people_bytes += name.len() + 48;
        let room = self.people_bytes <= MOST_NAMES;
        if room {
            self.people.insert(hash("person", id), name.into());
        }
        room
    }

    /// Gives all in the order of the threads.
    pub(super) fn empty(mut self) -> io::Result<Emptying> {
        let mut sorted = self.spill.sorted()?;
        if self.joined {
            let (mut again, mut piece) = (Spill::default(), Vec::new());
            while let Some((key, number)) = sorted.next(&mut piece)? {
                again.push(root(&mut self.same, key), number, |out| out.extend_from_slice(&piece))?;
            }
            sorted = again.sorted()?;
        }
        Ok(Emptying { sorted, people: self.people, thread: None, piece: Vec::new() })
    }
}

/// What is handed out thread by thread.
pub(super) struct Emptying {
    sorted: Sorted,
    people: HashMap<u64, Box<str>>,
    thread: Option<u32>,
    piece: Vec<u8>,
}

impl Emptying {
    /// Hands the next piece to `assembler`.
    pub(super) fn step(
        &mut self,
        assembler: &mut Assembler,
        ready: &mut VecDeque<Result<Gathered, Fault>>,
    ) -> io::Result<Step> {
        let next = self.sorted.next(&mut self.piece)?;
        let thread = next.map(|(key, _)| key);
        if self.thread != thread {
            assembler.finish(ready);
            self.thread = thread;
        }
        let Some((_, number)) = next else { return Ok(Step::End) };
        let mut rest = self.piece.as_slice();
        let mut part = || read(&mut rest);
        if number & COMMENT == 0 {
            let (id, link) = (part(), part());
            let article = Article { title: part(), text: part(), author: part(), date: part() };
            assembler.heading(Heading { id, link, article });
            return Ok(Step::Read);
        }
        let (id, author, date, text, parent, status, person) = (part(), part(), part(), part(), part(), part(), part());
        let house = rest.split_off_first().filter(|house| **house < 2).map(|house| *house == 1);
        let mut number =
            || rest.split_off(..8).and_then(|bytes| bytes.first_chunk()).map_or(0, |b| u64::from_le_bytes(*b));
        let place = Place { line: number(), byte: number() };
        let known =
            || person.and_then(|person| self.people.get(&hash("person", &person))).map(|name| (**name).to_owned());
        let comment = Comment {
            id: id.unwrap_or_default(),
            author: author.or_else(known),
            date,
            text: text.unwrap_or_default(),
            depth: None,
            parent,
            status,
            house,
            quotes: Vec::new(),
        };
        assembler.comment(Post { comment, place }, ready);
        Ok(Step::Read)
    }
}

fn write(out: &mut Vec<u8>, part: Option<&str>) {
    match part {
        None => out.extend(u32::MAX.to_le_bytes()),
        Some(text) => {
            out.extend((text.len() as u32).to_le_bytes());
            out.extend_from_slice(text.as_bytes());
        }
    }
}

fn read(rest: &mut &[u8]) -> Option<String> {
    let length = u32::from_le_bytes(*rest.split_off(..4)?.first_chunk()?);
    if length == u32::MAX {
        return None;
    }
    let text = rest.split_off(..length as usize)?;
    String::from_utf8(text.to_vec()).ok()
}
