//! Words that name groups of people, read as one word: "muslims" and "gays" are the same to a model.
//!
//! Public labelled comments are full of abuse of a few groups, and a model learns the names of the groups from it, so that a
//! plain mention is held (Dixon et al. 2018, "Measuring and Mitigating Unintended Bias"). With one feature for all names what
//! is said about a group decides, and a way of abuse that was seen with one group is known for all. Words that are insults
//! themselves stay what they are.

use super::ngrams::{GROUP, word_hash};
use std::sync::LazyLock;

/// Places of a table, a power of two: so many more than words that most others are told at the first place.
const PLACES: usize = 4096;

/// Hashes of words, each at the first free place from the one that its low bits say.
struct Words(Vec<u64>);

impl Words {
    /// Reads words between white space; lines that begin with `#` are remarks.
    fn read(text: &str) -> Self {
        let mut places = vec![0; PLACES];
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        for word in lines.flat_map(str::split_whitespace) {
            let hash = word_hash(word.as_bytes());
            let mut at = place(hash);
            while places[at] != 0 && places[at] != hash {
                at = (at + 1) % PLACES;
            }
            places[at] = hash;
        }
        Self(places)
    }

    #[inline]
    fn has(&self, hash: u64) -> bool {
        let mut at = place(hash);
        while self.0[at] != 0 {
            if self.0[at] == hash {
                return true;
            }
            at = (at + 1) % PLACES;
        }
        false
    }
}

static NAMES: LazyLock<Words> = LazyLock::new(|| Words::read(include_str!("group_words.txt")));
static PLAIN: LazyLock<Words> = LazyLock::new(|| Words::read(include_str!("plain_words.txt")));

fn place(hash: u64) -> usize {
    (hash >> 32) as usize % PLACES
}

/// Tells whether the hash of a word is that of one which names a group.
#[inline]
pub(super) fn names_a_group(hash: u64) -> bool {
    NAMES.has(hash)
}

/// Tells whether a pair is no more than a mention: a group's name beside a word that says nothing of it, as "a Muslim" or
/// "women are". What is said comes with the words around.
#[inline]
pub(super) fn is_mention(first: u64, second: u64) -> bool {
    (first == GROUP && (second == GROUP || PLAIN.has(second))) || (second == GROUP && PLAIN.has(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_beside_a_plain_word_is_a_mention() {
        let hash = |word: &str| word_hash(word.as_bytes());
        assert!(is_mention(hash("are"), GROUP) && is_mention(GROUP, hash("are")) && is_mention(GROUP, GROUP));
        assert!(
            !is_mention(GROUP, hash("vermin"))
                && !is_mention(hash("hate"), GROUP)
                && !is_mention(hash("is"), hash("a"))
        );
    }

    #[test]
    fn names_of_groups_are_known_and_insults_are_not() {
        for word in ["muslims", "gay", "wheelchair", "teenagers"] {
            assert!(names_a_group(word_hash(word.as_bytes())), "{word}");
        }
        for word in ["idiot", "people", "#", "", "table"] {
            assert!(!names_a_group(word_hash(word.as_bytes())), "{word}");
        }
        assert!(NAMES.0.iter().filter(|hash| **hash != 0).count() < PLACES / 2);
    }
}
