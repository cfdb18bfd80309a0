//! The articles that are known: so many as their memory allows, the longest unused forgotten first.

use crate::features::topic::Topic;
use crate::thread::Article;
use lru::LruCache;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What an entry takes beside its topic and its comments' ids, in bytes: its place in the index, about.
const ENTRY: usize = 256;

/// What is known about one article.
#[derive(Debug, Clone, Default)]
pub(in crate::serve) struct Known {
    topic: Topic,
    /// Where the article is, where that is not its id.
    url: Option<String>,
    /// Hashes of the ids of the comments in the topic, so that one that is told twice counts once.
    seen: HashSet<u64>,
    comments: u64,
}

/// Bytes that a stem or an id of a comment takes at most in its table, which may be half empty.
const STEM: usize = 32;

/// A comment that is published.
pub(super) struct Published {
    pub(super) id: Option<String>,
    pub(super) stems: Vec<u32>,
}

/// One article by itself takes more than all may.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLarge;

/// What became of an article that was told about.
pub(super) struct Kept {
    pub(super) known: Arc<Known>,
    pub(super) replaced: bool,
    /// How many others were forgotten for it.
    pub(super) evicted: u64,
}

impl Known {
    pub(super) fn new(article: &Article, url: Option<String>, comments: impl Iterator<Item = Published>) -> Self {
        let topic = Topic::new(article.title.as_deref(), article.text.as_deref());
        let mut known = Self { topic, url, ..Self::default() };
        comments.for_each(|comment| known.publish(&comment));
        known
    }

    /// Returns what the article and the comments under it are about.
    pub(in crate::serve) fn topic(&self) -> &Topic {
        &self.topic
    }

    /// Returns how many comments are part of the topic.
    pub(super) fn comments(&self) -> u64 {
        self.comments
    }

    fn publish(&mut self, comment: &Published) {
        if let Some(id) = &comment.id {
            let mut hasher = DefaultHasher::new();
            id.hash(&mut hasher);
            if !self.seen.insert(hasher.finish()) {
                return;
            }
        }
        self.topic.add_comment(&comment.stems);
        self.comments += 1;
    }

    fn bytes(&self, id: &str) -> usize {
        let names = 2 * id.len() + self.url.as_ref().map_or(0, |url| ENTRY + 2 * url.len() + id.len());
        ENTRY + names + self.topic.bytes() + self.seen.capacity() * (size_of::<u64>() + 1)
    }
}

/// The articles that are known.
pub(in crate::serve) struct Articles {
    shelf: Mutex<Shelf>,
    capacity: usize,
}

struct Shelf {
    /// Each with the bytes it takes.
    known: LruCache<String, (Arc<Known>, usize)>,
    /// Which article is at an address.
    ids: HashMap<String, String>,
    bytes: usize,
}

impl Articles {
    pub(in crate::serve) fn new(capacity: usize) -> Self {
        Self { shelf: Mutex::new(Shelf { known: LruCache::unbounded(), ids: HashMap::new(), bytes: 0 }), capacity }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps an article, in place of what was known before.
    pub(super) fn put(&self, id: &str, known: Known) -> Result<Kept, TooLarge> {
        self.shelf().insert(id, Arc::new(known), self.capacity)
    }

    /// Adds comments to an article; `None` when it is not known.
    pub(super) fn publish(&self, id: &str, comments: &[Published]) -> Option<Result<Kept, TooLarge>> {
        let mut shelf = self.shelf();
        let stems: usize = comments.iter().map(|comment| comment.stems.len() + 1).sum();
        // Tables double as they grow. What surely has room changes in place; what may have none is tried on a copy, so that
        // the article stays as it was when it has not.
        let fits = 2 * (shelf.known.peek(id)?.1 + STEM * stems) <= self.capacity;
        let mut known = if fits { shelf.remove(id)? } else { Arc::clone(&shelf.known.peek(id)?.0) };
        let changed = Arc::make_mut(&mut known);
        comments.iter().for_each(|comment| changed.publish(comment));
        Some(shelf.insert(id, known, self.capacity).map(|kept| Kept { replaced: true, ..kept }))
    }

    /// Returns what is known about an article whose comments are judged.
    pub(in crate::serve) fn get(&self, id: &str) -> Option<Arc<Known>> {
        self.shelf().known.get(id).map(|(known, _)| Arc::clone(known))
    }

    /// Returns what is known about the article at an address: its id, or the address that was told with it. What an address
    /// says beyond the page, as Coral's `?commentID=…`, need not fit.
    pub(in crate::serve) fn at(&self, url: &str) -> Option<Arc<Known>> {
        let page = url.split('#').next().unwrap_or_default();
        let bare = page.split('?').next().unwrap_or_default();
        let mut shelf = self.shelf();
        let Shelf { known, ids, .. } = &mut *shelf;
        [url, page, bare].into_iter().filter(|name| !name.is_empty()).find_map(|name| {
            let id = ids.get(name).map_or(name, String::as_str);
            known.get(id).map(|(known, _)| Arc::clone(known))
        })
    }

    /// Returns what is known about an article; that does not count as a use of it.
    pub(super) fn peek(&self, id: &str) -> Option<Arc<Known>> {
        self.shelf().known.peek(id).map(|(known, _)| Arc::clone(known))
    }

    /// Forgets an article; tells whether it was known.
    pub(super) fn forget(&self, id: &str) -> bool {
        self.shelf().remove(id).is_some()
    }

    /// Returns how many there are and how many bytes they take.
    pub(in crate::serve) fn size(&self) -> (usize, usize) {
        let shelf = self.shelf();
        (shelf.known.len(), shelf.bytes)
    }
}

impl Shelf {
    fn remove(&mut self, id: &str) -> Option<Arc<Known>> {
        let (known, bytes) = self.known.pop(id)?;
        self.forget(id, &known, bytes);
        Some(known)
    }

    fn forget(&mut self, id: &str, known: &Known, bytes: usize) {
        self.bytes = self.bytes.saturating_sub(bytes);
        if let Some(url) = &known.url
            && self.ids.get(url).is_some_and(|at| at == id)
        {
            self.ids.remove(url);
        }
    }

    /// Keeps an article in place of what was known before, which stays when there is no room for the new one.
    fn insert(&mut self, id: &str, known: Arc<Known>, capacity: usize) -> Result<Kept, TooLarge> {
        let bytes = known.bytes(id);
        if bytes > capacity {
            return Err(TooLarge);
        }
        let replaced = self.remove(id).is_some();
        let mut evicted = 0;
        while self.bytes + bytes > capacity {
            let Some((id, (known, freed))) = self.known.pop_lru() else { break };
            self.forget(&id, &known, freed);
            evicted += 1;
        }
        self.bytes += bytes;
        if let Some(url) = &known.url {
            self.ids.insert(url.clone(), id.to_owned());
        }
        self.known.put(id.to_owned(), (Arc::clone(&known), bytes));
        Ok(Kept { known, replaced, evicted })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(text: &str) -> Known {
        Known::new(&Article { text: Some(text.to_owned()), ..Article::default() }, None, std::iter::empty())
    }

    fn known_at(url: &str) -> Known {
        Known { url: Some(url.to_owned()), ..known("bridge") }
    }

    fn comment(id: &str, stem: u32) -> Published {
        Published { id: Some(id.to_owned()), stems: vec![stem] }
    }

    #[test]
    fn the_longest_unused_is_forgotten_first() {
        let size = known("bridge").bytes("a");
        let articles = Articles::new(2 * size);
        assert!(!articles.put("a", known("bridge")).unwrap().replaced);
        assert!(!articles.put("b", known("river")).unwrap().replaced);
        assert!(articles.put("b", known("stream")).unwrap().replaced);
        assert!(articles.get("a").is_some());
        assert_eq!(articles.put("c", known("recipe")).unwrap().evicted, 1);
        assert!(articles.peek("b").is_none() && articles.peek("a").is_some() && articles.peek("c").is_some());
        assert_eq!(articles.size(), (2, 2 * size));
        assert!(articles.forget("a") && !articles.forget("a"));
        assert_eq!(articles.size(), (1, size));
    }

    #[test]
    fn one_that_takes_too_much_is_refused() {
        let articles = Articles::new(ENTRY + 100);
        let long: String = (0..1000).map(|number| format!("w{number} ")).collect();
        assert_eq!(articles.put("a", known(&long)).err(), Some(TooLarge));
        assert_eq!(articles.size(), (0, 0));
        // What was known before stays.
        articles.put("a", known("bridge")).unwrap();
        let kept = articles.size();
        assert_eq!(articles.put("a", known(&long)).err(), Some(TooLarge));
        let many: Vec<Published> = (0..1000).map(|number| comment(&number.to_string(), number)).collect();
        assert_eq!(articles.publish("a", &many).unwrap().err(), Some(TooLarge));
        assert_eq!(articles.size(), kept);
        assert_eq!(articles.get("a").unwrap().comments(), 0);
    }

    #[test]
    fn an_article_is_found_by_its_address() {
        let size = known_at("https://news.example/a").bytes("1");
        let articles = Articles::new(2 * size);
        let found = |url: &str| articles.at(url).is_some();
        articles.put("1", known_at("https://news.example/a")).unwrap();
        assert!(found("https://news.example/a") && found("https://news.example/a?commentID=7#top") && found("1"));
        assert!(!found("https://news.example/b") && !found("") && !found("?"));
        // Told again elsewhere, and forgotten.
        articles.put("1", known_at("https://news.example/b")).unwrap();
        assert!(!found("https://news.example/a") && found("https://news.example/b"));
        articles.put("2", known_at("https://news.example/b")).unwrap();
        assert!(articles.forget("1") && found("https://news.example/b"));
        articles.put("3", known_at("https://news.example/c")).unwrap();
        articles.put("4", known_at("https://news.example/d")).unwrap();
        assert!(!found("https://news.example/b") && found("https://news.example/d"));
        articles.put("https://news.example/e", known("bridge")).unwrap();
        assert!(found("https://news.example/e?page=2"));
        assert!(articles.shelf().ids.len() <= 2);
    }

    #[test]
    fn a_comment_that_is_told_twice_counts_once() {
        let articles = Articles::new(1 << 20);
        assert!(articles.publish("a", &[comment("1", 5)]).is_none());
        articles.put("a", known("bridge")).unwrap();
        let held = articles.get("a").unwrap();
        articles.publish("a", &[comment("1", 5), comment("1", 5), comment("2", 6)]).unwrap().unwrap();
        let now = articles.get("a").unwrap();
        assert_eq!((held.comments(), now.comments()), (0, 2));
        assert_eq!((held.topic().words(), now.topic().words()), (1, 3));
        assert_eq!(articles.size().1, now.bytes("a"));
    }
}
