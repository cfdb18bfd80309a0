//! From a thread's comments, one after the other, to threads of bounded size.

use super::platform::Platform;
use super::{Fault, Gathered, Place, wording};
use crate::thread::{Article, Comment, Earlier, Thread, connect};
use std::collections::{HashMap, VecDeque};

/// The most comments that are held as one thread.
const MOST_COMMENTS: usize = 5_000;
/// The most bytes of comments that are held as one thread.
const MOST_BYTES: usize = 2 << 20;
/// The longest article text that is kept.
const LONGEST_ARTICLE: usize = 1 << 20;

/// What a thread stands under, as far as one place of the export tells.
#[derive(Debug, Default)]
pub(super) struct Heading {
    pub(super) id: Option<String>,
    pub(super) link: Option<String>,
    pub(super) article: Article,
}

/// A comment, and where it stands. One without text holds the place of a deleted one, for those that answer it.
#[derive(Debug)]
pub(super) struct Post {
    pub(super) comment: Comment,
    pub(super) place: Place,
}

/// Holds the comments of one thread until it is complete.
pub(super) struct Assembler {
    platform: Platform,
    heading: Heading,
    /// The ids of headings that proved to be of the same thread.
    other_ids: Vec<String>,
    comments: Vec<Comment>,
    places: Vec<Place>,
    bytes: usize,
    earlier: Earlier,
    continued: bool,
    notes: Vec<String>,
}

impl Assembler {
    pub(super) fn new(platform: Platform) -> Self {
        Self {
            platform,
            heading: Heading::default(),
            other_ids: Vec::new(),
            comments: Vec::new(),
            places: Vec::new(),
            bytes: 0,
            earlier: Earlier::default(),
            continued: false,
            notes: Vec::new(),
        }
    }

    /// Adds what is known about the thread; what was known before stays.
    pub(super) fn heading(&mut self, heading: Heading) {
        let Heading { id, link, mut article } = heading;
        if let (Some(known), Some(id), Some(_)) = (&self.heading.id, &id, &link)
            && known != id
            && self.other_ids.len() < 20
        {
            self.other_ids.push(id.clone());
        }
        if let Some(text) = &mut article.text
            && text.len() > LONGEST_ARTICLE
        {
            let mut end = LONGEST_ARTICLE;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            text.truncate(end);
            self.notes.push(format!("the article is longer than {} MiB; its end was left out", LONGEST_ARTICLE >> 20));
        }
        let known = &mut self.heading;
        known.id = known.id.take().or(id);
        known.link = known.link.take().or(link);
        let old = &mut known.article;
        for (old, new) in [
            (&mut old.title, article.title),
            (&mut old.text, article.text),
            (&mut old.author, article.author),
            (&mut old.date, article.date),
        ] {
            *old = old.take().or(new.filter(|part| !part.trim().is_empty()));
        }
    }

    /// Adds a comment; hands out what was there where there is no room for more.
    pub(super) fn comment(&mut self, post: Post, ready: &mut VecDeque<Result<Gathered, Fault>>) {
        if self.comments.len() >= MOST_COMMENTS || self.bytes >= MOST_BYTES {
            let what = format!(
                "the thread of this comment has more than {MOST_COMMENTS} comments or {} MiB; it is given in parts, and each is judged by itself: nothing is left out",
                MOST_BYTES >> 20
            );
            if !self.continued {
                ready.push_back(Err(Fault::harmless(post.place, what)));
            }
            self.hand_out(true, ready);
        }
        self.bytes += post.comment.text.len() + 200;
        self.comments.push(post.comment);
        self.places.push(post.place);
    }

    /// Ends the thread.
    pub(super) fn finish(&mut self, ready: &mut VecDeque<Result<Gathered, Fault>>) {
        self.hand_out(false, ready);
        *self = Self::new(self.platform);
    }

    fn hand_out(&mut self, more: bool, ready: &mut VecDeque<Result<Gathered, Fault>>) {
        if self.comments.is_empty() {
            return;
        }
        let (mut comments, mut places) = (std::mem::take(&mut self.comments), std::mem::take(&mut self.places));
        self.bytes = 0;
        if self.platform.sorted_by_date() {
            (comments, places) = by_date(comments, places);
        }
        let doubles = without_doubles(&mut comments, &mut places);
        let mut thread = Thread {
            thread: self.heading.id.clone(),
            article: self.heading.article.clone(),
            comments,
            source: Some(self.platform.name().to_owned()),
            confidence: Some(1.),
            notes: std::mem::take(&mut self.notes),
            ..Thread::default()
        };
        if !self.other_ids.is_empty() {
            let ids = self.other_ids.join(", ");
            thread.notes.push(format!("these threads have the same link and are one here: {ids}"));
        }
        if doubles > 0 {
            let comments = if doubles == 1 { "comment stands" } else { "comments stand" };
            thread.notes.push(format!("{doubles} {comments} in the export more than once; taken once"));
        }
        if self.continued {
            thread.notes.push("this goes on from a thread that was too long to hold at once".to_owned());
        }
        if more {
            thread.notes.push("the thread is too long to hold at once; it goes on in the next one".to_owned());
        }
        self.continued = more;
        if more {
            self.earlier.goes_on();
        }
        let broken = connect(&mut thread, &self.earlier);
        if more {
            self.earlier.add(&thread.comments);
        }
        let line = places.first().map_or(1, |place| place.line);
        let before = thread.comments.len();
        thread.comments.retain(|comment| !comment.text.is_empty());
        let blank = before - thread.comments.len();
        if blank > 0 {
            let (comments, were) = if blank == 1 { ("comment has", "was") } else { ("comments have", "were") };
            thread.notes.push(format!("{blank} {comments} no text and {were} left out: deleted ones, mostly"));
        }
        if !thread.comments.is_empty() {
            ready.push_back(Ok(Gathered { line, thread }));
        }
        for (first, what) in broken.sentences(!self.platform.partial()) {
            ready.push_back(Err(Fault { place: places.get(first).copied(), what, harmless: false }));
        }
    }
}

/// The oldest first, where all that have a text have a date.
fn by_date(comments: Vec<Comment>, places: Vec<Place>) -> (Vec<Comment>, Vec<Place>) {
    let mut dated: Vec<f64> = Vec::with_capacity(comments.len());
    for comment in &comments {
        match comment.date.as_deref().and_then(wording::instant) {
            None if !comment.text.is_empty() => return (comments, places),
            instant => dated.push(instant.unwrap_or(0.)),
        }
    }
    if dated.is_sorted() {
        return (comments, places);
    }
    let mut all: Vec<_> = dated.into_iter().zip(comments.into_iter().zip(places)).collect();
    all.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    all.into_iter().map(|(_, pair)| pair).unzip()
}

/// Leaves out comments that stand there twice, as where pages of a listing overlap; returns how many.
fn without_doubles(comments: &mut Vec<Comment>, places: &mut Vec<Place>) -> usize {
    let mut first: HashMap<&str, usize> = HashMap::with_capacity(comments.len());
    let mut double = vec![false; comments.len()];
    let mut count = 0;
    for (place, comment) in comments.iter().enumerate().filter(|(_, comment)| !comment.id.is_empty()) {
        let known = *first.entry(&comment.id).or_insert(place);
        let same = known != place && comments.get(known).is_some_and(|known| known.text == comment.text);
        if let Some(double) = double.get_mut(place).filter(|_| same) {
            *double = true;
            count += 1;
        }
    }
    if count > 0 {
        let mut flags = double.iter();
        comments.retain(|_| !flags.next().copied().unwrap_or_default());
        let mut flags = double.iter();
        places.retain(|_| !flags.next().copied().unwrap_or_default());
    }
    count
}
