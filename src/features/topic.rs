//! Relevance to a topic: a language model made on the fly from the article and the earlier comments.
//!
//! The topic's counts are smoothed with a background model by a Dirichlet prior (Zhai & Lafferty 2004); a comment's
//! log-likelihood ratio topic : background, over the root of its length, says how much more probable its words are
//! under the topic. Words are cut to stems of five letters, which serves many languages and misspellings well enough.

use crate::text::{Normalized, TokenKind};
use serde::{Deserialize, Serialize};

/// Binary logarithm of the number of slots that stems are hashed to.
pub const STEM_BITS: u32 = 16;
/// Weight of the background in a topic's model, in words.
pub const PRIOR_WORDS: f64 = 3000.;
/// Letters of a word that make its stem.
const STEM_LETTERS: usize = 5;

/// Names of the features in a [`Relevance`], in order.
pub const NAMES: [&str; 4] =
    ["nearness to article and thread", "nearness to the title", "length", "no article but a thread"];
/// How many features a [`Relevance`] has.
pub const COUNT: usize = NAMES.len();

/// How near a comment is to its article and thread: one value a name in [`NAMES`]. A part that is not there is 0, as
/// if it said nothing either way.
pub type Relevance = [f64; COUNT];

/// Appends the stems of a text: one slot a word.
pub fn stems(text: &Normalized, into: &mut Vec<u32>) {
    let main = text.text();
    for token in text.tokens() {
        if token.kind != TokenKind::Word {
            continue;
        }
        let word = &main[token.start as usize..token.end as usize];
        let stem = word.char_indices().nth(STEM_LETTERS).map_or(word, |(at, _)| &word[..at]);
        let hash = stem
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        into.push(((hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - STEM_BITS)) as u32);
    }
}

/// How often each stem occurs in comments of all sorts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Background {
    probabilities: Vec<f32>,
}

impl Background {
    /// Makes the model of counts, with half an occurrence added to each slot.
    pub fn from_counts(counts: &[u64]) -> Self {
        let total: f64 = counts.iter().map(|&count| count as f64 + 0.5).sum();
        Self { probabilities: counts.iter().map(|&count| ((count as f64 + 0.5) / total) as f32).collect() }
    }

    /// Makes the model of stored probabilities; `None` unless they are one positive number a slot.
    pub fn from_probabilities(probabilities: Vec<f32>) -> Option<Self> {
        let sound = probabilities.len() == 1 << STEM_BITS && probabilities.iter().all(|p| p.is_finite() && *p > 0.);
        sound.then_some(Self { probabilities })
    }

    /// Returns the probability of each slot.
    pub fn probabilities(&self) -> &[f32] {
        &self.probabilities
    }

    fn probability(&self, stem: u32) -> f64 {
        f64::from(self.probabilities[stem as usize])
    }
}

/// Counts of the stems of one part of a topic.
#[derive(Debug, Clone, Default)]
struct Counts {
    slots: std::collections::HashMap<u32, u32>,
    total: u64,
}

impl Counts {
    fn add(&mut self, stems: &[u32]) {
        for &stem in stems {
            *self.slots.entry(stem).or_default() += 1;
        }
        self.total += stems.len() as u64;
    }

    fn get(&self, stem: u32) -> u32 {
        self.slots.get(&stem).copied().unwrap_or(0)
    }
}

/// Bytes of an article, and of its title, that are read.
const LONGEST: usize = 1 << 20;

/// What a thread is about so far.
#[derive(Debug, Clone, Default)]
pub struct Topic {
    title: Counts,
    /// Title, article and the comments before.
    whole: Counts,
    /// Words of title and article.
    of_article: u64,
}

impl Topic {
    /// Makes the topic of an article; either part may be missing. Of each the first MiB is read, which is more than enough
    /// to know it.
    pub fn new(title: Option<&str>, text: Option<&str>) -> Self {
        let mut topic = Self::default();
        let (mut normalized, mut buffer) = (Normalized::default(), Vec::new());
        for (part, is_title) in [(title, true), (text, false)] {
            let Some(part) = part else { continue };
            let mut end = part.len().min(LONGEST);
            while !part.is_char_boundary(end) {
                end -= 1;
            }
            normalized.refill(part.get(..end).unwrap_or(part));
            buffer.clear();
            stems(&normalized, &mut buffer);
            topic.whole.add(&buffer);
            if is_title {
                topic.title.add(&buffer);
            }
        }
        topic.of_article = topic.whole.total;
        topic
    }

    /// Lets a comment that was published become part of the topic.
    pub fn add_comment(&mut self, stems: &[u32]) {
        self.whole.add(stems);
    }

    /// Tells whether there is nothing to compare a comment with.
    pub fn is_empty(&self) -> bool {
        self.whole.total == 0
    }

    /// Returns how many words were counted.
    pub fn words(&self) -> u64 {
        self.whole.total
    }

    /// Returns about how many bytes of memory the counts take.
    pub fn bytes(&self) -> usize {
        // A slot of the table and the byte that says whether it is taken.
        (self.title.slots.capacity() + self.whole.slots.capacity()) * (size_of::<(u32, u32)>() + 1)
    }

    /// Measures how near a comment is to the topic.
    pub fn relevance(&self, background: &Background, comment: &[u32]) -> Relevance {
        if comment.is_empty() {
            return [0.; COUNT];
        }
        let root = (comment.len() as f64).sqrt();
        let against = |counts: &Counts| -> f64 {
            comment.iter().map(|&stem| log_ratio(counts, background, stem)).sum::<f64>() / root
        };
        let alone = if self.of_article == 0 { 1. } else { 0. };
        [against(&self.whole), against(&self.title), (comment.len() as f64).ln_1p(), alone]
    }

    /// Returns what one stem of a comment adds to the log-likelihood ratio topic : background.
    pub fn weight(&self, background: &Background, stem: u32) -> f64 {
        log_ratio(&self.whole, background, stem)
    }
}

/// Returns log p(stem | topic) − log p(stem) under a Dirichlet prior; 0 for a topic without words.
fn log_ratio(counts: &Counts, background: &Background, stem: u32) -> f64 {
    if counts.total == 0 {
        return 0.;
    }
    let prior = background.probability(stem);
    let smoothed = (f64::from(counts.get(stem)) + PRIOR_WORDS * prior) / (counts.total as f64 + PRIOR_WORDS);
    (smoothed / prior).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems_of(text: &str) -> Vec<u32> {
        let mut into = Vec::new();
        stems(&Normalized::new(text), &mut into);
        into
    }

    fn background() -> Background {
        let mut counts = vec![0; 1 << STEM_BITS];
        for stem in stems_of("the a of and in to is it that was for on are with they be at this have from") {
            counts[stem as usize] += 1000;
        }
        Background::from_counts(&counts)
    }

    #[test]
    fn inflections_share_a_stem() {
        assert_eq!(stems_of("bridge bridges BRIDGES"), vec![stems_of("bridge")[0]; 3]);
    }

    #[test]
    fn a_comment_on_the_matter_is_nearer_than_one_on_another() {
        let topic = Topic::new(Some("Council votes on the bridge"), Some("The old bridge over the river is closed."));
        let near = topic.relevance(&background(), &stems_of("that bridge was closed for years"));
        let far = topic.relevance(&background(), &stems_of("that recipe was ruined with sugar"));
        assert!(near[0] > far[0] && near[1] > far[1], "{near:?} {far:?}");
    }

    #[test]
    fn earlier_comments_become_part_of_the_topic() {
        let mut topic = Topic::new(Some("Council votes on the bridge"), None);
        let comment = stems_of("sugar in the recipe");
        let before = topic.relevance(&background(), &comment);
        topic.add_comment(&stems_of("my recipe needs sugar"));
        assert!(topic.relevance(&background(), &comment)[0] > before[0]);
    }

    #[test]
    fn a_thread_without_an_article_is_told() {
        let mut topic = Topic::default();
        topic.add_comment(&stems_of("the old bridge over the river"));
        assert_eq!(topic.relevance(&background(), &stems_of("that bridge"))[3], 1.);
        let article = Topic::new(None, Some("the old bridge over the river"));
        assert_eq!(article.relevance(&background(), &stems_of("that bridge"))[3], 0.);
    }

    #[test]
    fn without_words_nothing_is_said() {
        assert_eq!(Topic::new(Some("x"), None).relevance(&background(), &[]), [0.; COUNT]);
        assert!(Topic::new(Some(" "), None).is_empty());
    }
}
