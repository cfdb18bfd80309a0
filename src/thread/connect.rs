//! Comments of a thread that name whom they answer, connected: ids, parents and depths.

use super::{Comment, Thread};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// How many comments of earlier parts of a thread are remembered.
const REMEMBERED: usize = 3 << 19;
/// The memory is divided by twelve bits of the hash, so that it grows by little at a time.
const SHARDS: usize = 1 << 12;
/// The most comments of one shard: ids that were chosen to fall into one must not make this slow.
const MOST_IN_SHARD: usize = 4096;
/// Stands for a depth that is not known.
const UNKNOWN: u32 = 0xff_ffff;

/// The comments of a thread that were handed out before this part of it, eight bytes for each: 40 more bits of a hash of
/// its id, by which each shard is sorted, and 24 of its depth.
#[derive(Debug, Default)]
pub(crate) struct Earlier {
    shards: Vec<Vec<([u8; 5], [u8; 3])>>,
    count: usize,
    /// Whether there were comments that could not be remembered.
    overfull: bool,
    /// Whether this is a part of a thread that others come before or after.
    parts: bool,
}

impl Earlier {
    fn of(&self, id: &str) -> Option<Option<u32>> {
        let (shard, key) = hash(id);
        let shard = self.shards.get(shard)?;
        let place = shard.binary_search_by_key(&key, |(key, _)| *key).ok()?;
        let (_, [low, middle, high]) = *shard.get(place)?;
        let depth = u32::from_le_bytes([low, middle, high, 0]);
        Some((depth != UNKNOWN).then_some(depth))
    }

    /// Says that the thread goes on after this part.
    pub(crate) fn goes_on(&mut self) {
        self.parts = true;
    }

    /// Remembers a part's comments, the first ones of a very long thread.
    pub(crate) fn add(&mut self, comments: &[Comment]) {
        if comments.is_empty() {
            return;
        }
        self.shards.resize_with(SHARDS, Vec::new);
        for comment in comments {
            let (shard, key) = hash(&comment.id);
            let Some(shard) = self.shards.get_mut(shard) else { continue };
            let Err(place) = shard.binary_search_by_key(&key, |(key, _)| *key) else { continue };
            if self.count >= REMEMBERED || shard.len() >= MOST_IN_SHARD {
                self.overfull = true;
                continue;
            }
            let [low, middle, high, _] = comment.depth.map_or(UNKNOWN, |depth| depth.min(UNKNOWN - 1)).to_le_bytes();
            if shard.len() == shard.capacity() {
                shard.reserve_exact(8 + shard.len() / 8);
            }
            shard.insert(place, (key, [low, middle, high]));
            self.count += 1;
        }
    }
}

/// The shard and the key of an id.
fn hash(id: &str) -> (usize, [u8; 5]) {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    let [first, second, _, key @ ..] = hasher.finish().to_be_bytes();
    (usize::from(u16::from_be_bytes([first, second])) % SHARDS, key)
}

/// What could not be connected.
#[derive(Debug, Default)]
pub(crate) struct Broken {
    /// Comments with another one's id, the first of them and its id.
    twins: Count,
    /// Comments that answer one that is not there.
    missing: Count,
    /// Where the one that is answered may be, beside nowhere.
    elsewhere: Elsewhere,
    /// Rings of comments that answer each other.
    rings: Count,
}

/// Where a comment may be that was not found in a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Elsewhere {
    #[default]
    Nowhere,
    /// In a part of the thread that comes later.
    Later,
    /// Among the comments that were too many to remember.
    Forgotten,
}

#[derive(Debug, Default)]
struct Count {
    count: usize,
    /// The first one's place among the comments, its id, and what it is about.
    first: Option<(usize, String, String)>,
}

impl Count {
    fn add(&mut self, place: usize, id: &str, about: &str) {
        self.count += 1;
        self.first.get_or_insert_with(|| (place, short(id), short(about)));
    }

    fn tell(&self, say: impl Fn(&str, &str) -> String) -> Option<(usize, String)> {
        let (place, id, about) = self.first.as_ref()?;
        let others = match self.count - 1 {
            0 => String::new(),
            1 => ", and so does another one of the thread".to_owned(),
            more => format!(", and so do {more} more of the thread"),
        };
        Some((*place, format!("{}{others}", say(id, about))))
    }
}

fn short(id: &str) -> String {
    id.chars().take(60).collect()
}

impl Broken {
    /// Gives a sentence for each kind, with the place of the first such comment among the comments; about missing
    /// parents only where all `parents` should be there.
    pub(crate) fn sentences(&self, parents: bool) -> impl Iterator<Item = (usize, String)> + '_ {
        let twins = self.twins.tell(|id, _| {
            format!("comment {id:?} has an id that another one has; answers go to the first: export the thread again, or number them anew")
        });
        let missing = self.missing.tell(|id, parent| match self.elsewhere {
            Elsewhere::Nowhere => format!(
                "comment {id:?} answers {parent:?}, which is not in its thread; its depth is unknown: export the thread whole where that matters"
            ),
            Elsewhere::Later => format!(
                "comment {id:?} answers {parent:?}, which does not stand before it in its thread, that comes in parts; its depth is unknown: export the oldest comments first where that matters"
            ),
            Elsewhere::Forgotten => format!(
                "comment {id:?} answers {parent:?}, which may be one of the comments of this thread that are too many to remember (of the first {REMEMBERED} the depth is known); its depth is unknown"
            ),
        });
        let rings = self.rings.tell(|id, _| {
            format!("comment {id:?} answers itself over others; the ring was cut there: mend the parents of the thread")
        });
        [twins, missing.filter(|_| parents), rings].into_iter().flatten()
    }
}

/// Gives ids to comments without, checks the parents and computes the depths.
///
/// What is wrong becomes a note of the thread, and is returned.
pub(crate) fn connect(thread: &mut Thread, earlier: &Earlier) -> Broken {
    let unnamed = thread.comments.iter().any(|comment| comment.id.is_empty());
    let ids = || thread.comments.iter().map(|comment| comment.id.clone()).collect();
    let mut known: HashSet<String> = if unnamed { ids() } else { HashSet::new() };
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
    let elsewhere = match earlier {
        Earlier { overfull: true, .. } => Elsewhere::Forgotten,
        Earlier { parts: true, .. } => Elsewhere::Later,
        _ => Elsewhere::Nowhere,
    };
    let mut broken = Broken { elsewhere, ..Broken::default() };
    for (index, comment) in thread.comments.iter().enumerate() {
        if places.contains_key(comment.id.as_str()) {
            broken.twins.add(index, &comment.id, "");
        } else {
            places.insert(&comment.id, index);
        }
    }
    let key = thread.thread.as_deref();
    let mut parents: Vec<Parent> = Vec::with_capacity(thread.comments.len());
    for (index, comment) in thread.comments.iter().enumerate() {
        let parent = comment.parent.as_deref();
        let find = |id: &str| places.get(id).copied();
        parents.push(match parent {
            None => Parent::None,
            // Reddit writes the kind of thing before the id.
            Some(id) => match find(id).or_else(|| find(id.strip_prefix("t1_")?)) {
                Some(place) => Parent::At(place),
                None if key == Some(id) || matches!(id, "0" | "-1" | "null" | "None" | "root") => Parent::None,
                None => match earlier.of(id) {
                    Some(depth) => Parent::Earlier(depth),
                    None => {
                        broken.missing.add(index, &comment.id, id);
                        Parent::Missing
                    }
                },
            },
        });
    }
    let (depths, rings) = depths(&mut parents);
    for first in rings {
        broken.rings.add(first, thread.comments.get(first).map_or("", |comment| &comment.id), "");
    }
    let ids: Vec<Option<String>> = parents
        .iter()
        .map(|parent| match parent {
            Parent::At(place) => thread.comments.get(*place).map(|comment| comment.id.clone()),
            _ => None,
        })
        .collect();
    for (((comment, parent), depth), id) in thread.comments.iter_mut().zip(&parents).zip(depths).zip(ids) {
        comment.depth = depth;
        if matches!(parent, Parent::None | Parent::At(_)) {
            comment.parent = id;
        }
    }
    let (twins, missing, cut) = (broken.twins.count, broken.missing.count, broken.rings.count);
    if twins > 0 {
        let comments = if twins == 1 { "comment has" } else { "comments have" };
        thread.notes.push(format!("{twins} {comments} an id that another one has; answers go to the first"));
    }
    if missing > 0 {
        let comments = if missing == 1 { "comment answers" } else { "comments answer" };
        let whence = match elsewhere {
            Elsewhere::Nowhere => "not in this thread",
            Elsewhere::Later => "not in this part of the thread or before it",
            Elsewhere::Forgotten => "not in this part of the thread nor among those that are remembered",
        };
        thread.notes.push(format!("{missing} {comments} one that is {whence}"));
    }
    if cut > 0 {
        let rings = if cut == 1 {
            "ring of comments that answer each other was"
        } else {
            "rings of comments that answer each other were"
        };
        thread.notes.push(format!("{cut} {rings} cut at the first comment"));
    }
    broken
}

#[derive(Clone, Copy)]
enum Parent {
    None,
    Missing,
    At(usize),
    /// In a part of the thread that was handed out before, at this depth.
    Earlier(Option<u32>),
}

/// Computes depths along the parents, and cuts rings: their first comment becomes one on the article.
///
/// A depth below a missing parent is unknown.
fn depths(parents: &mut [Parent]) -> (Vec<Option<u32>>, Vec<usize>) {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done(Option<u32>),
    }
    let mut states = vec![State::New; parents.len()];
    let mut rings = Vec::new();
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
                    rings.push(first);
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
                Some(Parent::Earlier(depth)) => break depth.map(|depth| depth.saturating_add(1)),
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
    (depths, rings)
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
        connect(&mut thread, &Earlier::default());
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

    fn part(from: usize, to: usize, earlier: &mut Earlier, more: bool) -> (Thread, Vec<String>) {
        let above = |id: usize| if id.is_multiple_of(1000) { String::new() } else { (id - 1).to_string() };
        let comments = (from..to).map(|id| comment(&id.to_string(), &above(id))).collect();
        let mut thread = Thread { comments, ..Thread::default() };
        if more {
            earlier.goes_on();
        }
        let broken = connect(&mut thread, earlier);
        earlier.add(&thread.comments);
        (thread, broken.sentences(true).map(|(_, what)| what).collect())
    }

    #[test]
    fn depths_are_known_over_many_parts() {
        let mut earlier = Earlier::default();
        for from in (0..200_000).step_by(5500) {
            let (thread, told) = part(from, from + 5500, &mut earlier, true);
            let right = |(id, comment): (usize, &Comment)| comment.depth == Some((id % 1000) as u32);
            assert!((from..).zip(&thread.comments).all(right) && told.is_empty(), "{told:?}");
        }
        let mut deep = Thread { comments: vec![comment("deep", "")], ..Thread::default() };
        deep.comments[0].depth = Some(u32::MAX);
        earlier.add(&deep.comments);
        assert_eq!(earlier.of("deep"), Some(Some(UNKNOWN - 1)));
    }

    #[test]
    fn what_is_not_found_in_a_part_is_not_called_missing() {
        let mut earlier = Earlier::default();
        let (_, told) = part(2, 10, &mut earlier, true);
        assert!(told.len() == 1 && told[0].contains("comes in parts"), "{told:?}");
        earlier.count = REMEMBERED;
        let (thread, told) = part(10, 20, &mut earlier, true);
        assert!(told.is_empty() && thread.notes.is_empty(), "{told:?}");
        let (thread, told) = part(20, 30, &mut earlier, false);
        assert!(told.len() == 1 && told[0].contains("too many to remember"), "{told:?}");
        assert!(thread.notes[0].contains("among those that are remembered"), "{:?}", thread.notes);
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
