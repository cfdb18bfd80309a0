//! Rows of a platform's export, gathered into threads.
//!
//! Consecutive rows with the same thread or article are one thread. Depth is computed from the parents.

use super::cell::Cell;
use super::fields::{Field, Fields};
use super::lines::Place;
use super::{Fault, rows};
use crate::extract::export::state;
use crate::thread::{Article, Comment, Earlier, Thread, connect};

/// The most comments that are held as one thread.
const MOST_COMMENTS: usize = 5_000;
/// The most bytes of comments that are held as one thread.
const MOST_BYTES: usize = 2 << 20;

/// One comment of an export.
pub(super) struct Post {
    comment: Comment,
    /// What tells its thread from others.
    key: Option<String>,
    article: Option<Article>,
}

/// Makes a comment of what a row says.
///
/// # Errors
/// A sentence as for rows.
pub(super) fn post(mut fields: Fields) -> Result<Post, String> {
    let text = rows::text(&mut fields)?;
    let part = |cell: Option<Cell>, keys: &[&str]| {
        rows::whole("the row", cell.and_then(|cell| cell.text_or(keys)).filter(|text| !text.trim().is_empty()))
    };
    let key = match fields.take(Field::Key) {
        None | Some(Cell::Null) => fields.take(Field::Thread),
        key => key,
    };
    let key = part(key, &["id"])?;
    let parent = match fields.take(Field::ParentId) {
        None | Some(Cell::Null) => fields.take(Field::Parent),
        id => id,
    };
    let article = rows::article(&mut fields)?.map(|article| article.to_article());
    let status = match fields.take(Field::Status) {
        Some(Cell::Bool(approved)) => Some(if approved { "approved" } else { "unapproved" }.to_owned()),
        status => part(status, &["name"])?,
    };
    let comment = Comment {
        id: part(fields.take(Field::Id), &[])?.unwrap_or_default(),
        author: part(fields.take(Field::Author), &["name", "display_name", "username", "login"])?,
        date: part(fields.take(Field::Date), &[])?,
        text,
        quotes: Vec::new(),
        depth: None,
        parent: part(parent, &["id"])?,
        house: status.as_deref().and_then(state::held),
        status,
    };
    Ok(Post { comment, key, article })
}

/// A thread, and what is wrong with it.
pub(super) struct Gathered {
    pub(super) line: u64,
    pub(super) thread: Thread,
    pub(super) faults: Vec<Fault>,
    /// What is no fault but should be known.
    pub(super) remark: Option<Fault>,
}

/// Holds the comments of one thread until it is complete.
#[derive(Default)]
pub(super) struct Gatherer {
    key: Option<String>,
    article: Option<Article>,
    comments: Vec<Comment>,
    places: Vec<Place>,
    bytes: usize,
    /// The comments of this thread that were handed out already.
    earlier: Earlier,
    continued: bool,
}

impl Gatherer {
    /// Adds a comment that begins at `place`; gives the thread before it, where this one begins another.
    pub(super) fn add(&mut self, post: Post, place: Place) -> Option<Gathered> {
        let same = self.key == post.key && self.article == post.article;
        let full = self.comments.len() >= MOST_COMMENTS || self.bytes >= MOST_BYTES;
        let before = if same && !full { None } else { self.finish(full && same) };
        if self.comments.is_empty() {
            if !same {
                self.continued = false;
                self.earlier = Earlier::default();
            }
            self.key = post.key;
            self.article = post.article;
        }
        self.bytes += post.comment.text.len() + 200;
        self.comments.push(post.comment);
        self.places.push(place);
        before
    }

    /// Gives what is held as a thread; `more` says that the thread goes on after it.
    pub(super) fn finish(&mut self, more: bool) -> Option<Gathered> {
        let places = std::mem::take(&mut self.places);
        let first = places.first().copied()?;
        let mut thread = Thread {
            thread: self.key.clone(),
            article: self.article.clone().unwrap_or_default(),
            comments: std::mem::take(&mut self.comments),
            ..Thread::default()
        };
        self.bytes = 0;
        let (mut faults, mut remark) = (Vec::new(), None);
        if self.continued {
            thread.notes.push("this goes on from a thread that was too long to hold at once".to_owned());
        }
        if more {
            let long = format!("more than {MOST_COMMENTS} comments or {} MiB", MOST_BYTES >> 20);
            thread.notes.push(format!("the thread has {long}; it goes on in the next one"));
            if !self.continued {
                let what = format!(
                    "the thread that begins here has {long}; it is given in parts, and each is judged by itself: nothing is left out"
                );
                remark = Some(Fault { place: first, what });
            }
        }
        self.continued = more;
        if more {
            self.earlier.goes_on();
        }
        let broken = connect(&mut thread, &self.earlier);
        self.earlier.add(if more { &thread.comments } else { &[] });
        let fault = |(place, what): (usize, String)| Fault { place: places.get(place).copied().unwrap_or(first), what };
        faults.extend(broken.sentences(true).map(fault));
        Some(Gathered { line: first.line, thread, faults, remark })
    }
}
