//! Rows of a platform's export, gathered into threads.
//!
//! Consecutive rows with the same thread or article are one thread. Depth is computed from the parents.

use super::cell::Cell;
use super::fields::{Field, Fields};
use super::rows;
use crate::thread::{Article, Comment, Thread};
use std::collections::{HashMap, HashSet};

/// The most comments that are held as one thread.
const MOST_COMMENTS: usize = 10_000;
/// The most bytes of comments that are held as one thread.
const MOST_BYTES: usize = 32 << 20;

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
    let comment = Comment {
        id: part(fields.take(Field::Id), &[])?.unwrap_or_default(),
        author: part(fields.take(Field::Author), &["name", "display_name", "username", "login"])?,
        date: part(fields.take(Field::Date), &[])?,
        text,
        depth: None,
        parent: part(parent, &["id"])?,
    };
    Ok(Post { comment, key, article })
}

/// Holds the comments of one thread until it is complete.
#[derive(Default)]
pub(super) struct Gatherer {
    key: Option<String>,
    article: Option<Article>,
    comments: Vec<Comment>,
    bytes: usize,
    line: u64,
    /// Whether earlier comments of this thread were handed out already.
    continued: bool,
}

impl Gatherer {
    /// Adds a comment that begins in `line`; gives the thread before it, where this one begins another.
    pub(super) fn add(&mut self, post: Post, line: u64) -> Option<(u64, Thread)> {
        let same = self.key == post.key && self.article == post.article;
        let full = self.comments.len() >= MOST_COMMENTS || self.bytes >= MOST_BYTES;
        let before = if same && !full { None } else { self.finish(full && same) };
        if self.comments.is_empty() {
            self.line = line;
            self.continued &= same;
            self.key = post.key;
            self.article = post.article;
        }
        self.bytes += post.comment.text.len() + 200;
        self.comments.push(post.comment);
        before
    }

    /// Gives what is held as a thread; `more` says that the thread goes on after it.
    pub(super) fn finish(&mut self, more: bool) -> Option<(u64, Thread)> {
        if self.comments.is_empty() {
            return None;
        }
        let mut thread = Thread {
            thread: self.key.clone(),
            article: self.article.clone().unwrap_or_default(),
            comments: std::mem::take(&mut self.comments),
            ..Thread::default()
        };
        self.bytes = 0;
        if self.continued {
            thread.notes.push("this goes on from a thread that was too long to hold at once".to_owned());
        }
        if more {
            thread.notes.push(format!(
                "the thread has more than {MOST_COMMENTS} comments or {} MiB; it goes on in the next one",
                MOST_BYTES >> 20
            ));
        }
        self.continued = more;
        connect(&mut thread);
        Some((self.line, thread))
    }
}

/// Gives ids to comments without, checks the parents and computes the depths.
fn connect(thread: &mut Thread) {
    let mut known: HashSet<String> = thread.comments.iter().map(|comment| comment.id.clone()).collect();
    for (index, comment) in thread.comments.iter_mut().enumerate() {
        if comment.id.is_empty() {
            // A row's own id may be a number too.
            let mut id = (index + 1).to_string();
            while !known.insert(id.clone()) {
                id.push('\'');
            }
            comment.id = id;
        }
    }
    let mut places: HashMap<&str, usize> = HashMap::with_capacity(thread.comments.len());
    let mut twins = 0;
    for (index, comment) in thread.comments.iter().enumerate() {
        if places.contains_key(comment.id.as_str()) {
            twins += 1;
        } else {
            places.insert(&comment.id, index);
        }
    }
    let key = thread.thread.as_deref();
    let mut missing = 0;
    let mut parents: Vec<Parent> = Vec::with_capacity(thread.comments.len());
    for comment in &thread.comments {
        let parent = comment.parent.as_deref();
        let find = |id: &str| places.get(id).copied();
        parents.push(match parent {
            None => Parent::None,
            // Reddit writes the kind of thing before the id.
            Some(id) => match find(id).or_else(|| find(id.strip_prefix("t1_")?)) {
                Some(place) => Parent::At(place),
                None if key == Some(id) || matches!(id, "0" | "-1" | "null" | "None") => Parent::None,
                None => {
                    missing += 1;
                    Parent::Missing
                }
            },
        });
    }
    let (depths, cut) = depths(&mut parents);
    let ids: Vec<Option<String>> = parents
        .iter()
        .map(|parent| match parent {
            Parent::At(place) => thread.comments.get(*place).map(|comment| comment.id.clone()),
            _ => None,
        })
        .collect();
    for (((comment, parent), depth), id) in thread.comments.iter_mut().zip(&parents).zip(depths).zip(ids) {
        comment.depth = depth;
        if !matches!(parent, Parent::Missing) {
            comment.parent = id;
        }
    }
    if twins > 0 {
        thread.notes.push(format!("{twins} comments have an id that another one has; answers go to the first"));
    }
    if missing > 0 {
        thread.notes.push(format!("{missing} comments answer one that is not in this thread"));
    }
    if cut > 0 {
        thread.notes.push(format!("{cut} rings of comments that answer each other were cut at their first comment"));
    }
}

#[derive(Clone, Copy)]
enum Parent {
    None,
    Missing,
    At(usize),
}

/// Computes depths along the parents, and cuts rings: their first comment becomes one on the article.
///
/// A depth below a missing parent is unknown.
fn depths(parents: &mut [Parent]) -> (Vec<Option<u32>>, usize) {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done(Option<u32>),
    }
    let mut states = vec![State::New; parents.len()];
    let mut cut = 0;
    let mut way = Vec::new();
    for start in 0..parents.len() {
        let mut at = start;
        let mut above = loop {
            match states.get(at).copied() {
                Some(State::Done(depth)) => break depth.map(|depth| depth.saturating_add(1)),
                Some(State::Open) => {
                    let from = way.iter().position(|&other| other == at).unwrap_or(0);
                    let ring = way.get(from..).unwrap_or_default();
                    let first = ring.iter().copied().min().unwrap_or(at);
                    if let Some(parent) = parents.get_mut(first) {
                        *parent = Parent::None;
                    }
                    cut += 1;
                    // Those before the cut hang below it: walk the way again with the ring open.
                    for &open in &way {
                        if let Some(state) = states.get_mut(open) {
                            *state = State::New;
                        }
                    }
                    way.clear();
                    at = start;
                    continue;
                }
                _ => {}
            }
            if let Some(state) = states.get_mut(at) {
                *state = State::Open;
            }
            way.push(at);
            match parents.get(at) {
                Some(Parent::At(next)) => at = *next,
                Some(Parent::Missing) => break None,
                _ => break Some(0),
            }
        };
        while let Some(place) = way.pop() {
            if let Some(state) = states.get_mut(place) {
                *state = State::Done(above);
            }
            above = above.map(|depth| depth.saturating_add(1));
        }
    }
    let depths = states.into_iter().map(|state| if let State::Done(depth) = state { depth } else { None }).collect();
    (depths, cut)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn comment(id: &str, parent: &str) -> Comment {
        let parent = (!parent.is_empty()).then(|| parent.to_owned());
        Comment { id: id.into(), text: "x".into(), parent, ..Comment::default() }
    }

    fn connected(pairs: &[(&str, &str)]) -> Thread {
        let comments = pairs.iter().map(|(id, parent)| comment(id, parent)).collect();
        let mut thread = Thread { comments, ..Thread::default() };
        connect(&mut thread);
        thread
    }

    #[test]
    fn depth_follows_the_parents_in_any_order() {
        let thread = connected(&[("c", "b"), ("b", "a"), ("a", ""), ("d", "t1_a"), ("e", "0")]);
        let depths: Vec<_> = thread.comments.iter().map(|comment| comment.depth.unwrap()).collect();
        assert_eq!(depths, [2, 1, 0, 1, 0]);
        assert_eq!(thread.comments[3].parent.as_deref(), Some("a"));
        assert!(thread.notes.is_empty());
    }

    #[test]
    fn rings_and_missing_parents_are_noted() {
        let thread =
            connected(&[("z", "b"), ("a", "c"), ("b", "a"), ("c", "b"), ("d", "gone"), ("e", "d"), ("f", "f")]);
        let depths: Vec<_> = thread.comments.iter().map(|comment| comment.depth).collect();
        assert_eq!(depths, [Some(2), Some(0), Some(1), Some(2), None, None, Some(0)]);
        assert_eq!(thread.comments[1].parent, None);
        assert_eq!(thread.comments[4].parent.as_deref(), Some("gone"));
        assert_eq!(thread.notes.len(), 2, "{:?}", thread.notes);
    }

    #[test]
    fn ids_that_are_missing_are_made_up_and_twins_are_noted() {
        let thread = connected(&[("", ""), ("1", ""), ("1", "")]);
        assert_eq!(thread.comments[0].id, "1'");
        assert_eq!(thread.notes.len(), 1);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn parents_never_go_round(targets in prop::collection::vec(0usize..12, 1..12)) {
            let ids: Vec<String> = (0..12).map(|id| format!("c{id}")).collect();
            let pairs: Vec<(&str, &str)> =
                targets.iter().enumerate().map(|(id, &to)| (ids[id].as_str(), ids[to].as_str())).collect();
            let thread = connected(&pairs);
            for comment in &thread.comments {
                let mut steps = 0;
                let mut at = Some(comment);
                while let Some(here) = at {
                    steps += 1;
                    prop_assert!(steps < 20);
                    at = thread.parent_of(here);
                }
            }
        }
    }
}
