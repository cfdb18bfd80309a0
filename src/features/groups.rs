//! Words that name groups of people, read as one word: "muslims" and "gays" are the same to a model.
//!
//! Public labelled comments are full of abuse of a few groups, and a model learns the names of the groups from it, so that a
//! plain mention is held (Dixon et al. 2018, "Measuring and Mitigating Unintended Bias"). With one feature for all names what
//! is said about a group decides, and a way of abuse that was seen with one group is known for all. Words that are insults
//! themselves stay what they are.

use std::sync::LazyLock;

/// Places of the table, a power of two: so many more than words that most others are told at the first place.
const PLACES: usize = 4096;

/// The hashes of the words, each at the first free place from the one that its low bits say.
static WORDS: LazyLock<Vec<u64>> = LazyLock::new(|| {
    let mut places = vec![0; PLACES];
    let lines = include_str!("group_words.txt").lines().filter(|line| !line.starts_with('#'));
    for word in lines.flat_map(str::split_whitespace) {
        let hash = super::ngrams::word_hash(word.as_bytes());
        let mut at = place(hash);
        while places[at] != 0 && places[at] != hash {
            at = (at + 1) % PLACES;
        }
        places[at] = hash;
    }
    places
});

fn place(hash: u64) -> usize {
    (hash >> 32) as usize % PLACES
}

/// Tells whether the hash of a word is that of one which names a group.
#[inline]
pub(super) fn names_a_group(hash: u64) -> bool {
    let mut at = place(hash);
    while WORDS[at] != 0 {
        if WORDS[at] == hash {
            return true;
        }
        at = (at + 1) % PLACES;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::ngrams::word_hash;

    #[test]
    fn names_of_groups_are_known_and_insults_are_not() {
        for word in ["muslims", "gay", "wheelchair", "teenagers"] {
            assert!(names_a_group(word_hash(word.as_bytes())), "{word}");
        }
        for word in ["idiot", "people", "#", "", "table"] {
            assert!(!names_a_group(word_hash(word.as_bytes())), "{word}");
        }
        assert!(WORDS.iter().filter(|hash| **hash != 0).count() < PLACES / 2);
    }
}
