//! The words that masked, misspelt and otherwise disguised spellings are read as.

use std::collections::HashSet;
use std::sync::LazyLock;

/// The longest word that a pattern can stand for.
pub(super) const MAX_PATTERN: usize = 24;

/// The letters that a place of a pattern may stand for, `a` in the lowest bit.
pub(super) type Letters = u32;

/// Any letter.
pub(super) const ANY: Letters = (1 << 26) - 1;

/// The set of one letter; empty for anything but `a` to `z`.
pub(super) fn letter(byte: u8) -> Letters {
    if byte.is_ascii_lowercase() { 1 << (byte - b'a') } else { 0 }
}

/// Our own list, the most common words first.
static WORDS: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::new(include_str!("masked_words.txt")));

/// The commonest words of English comments, the most common first.
static COMMON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::new(include_str!("common_words.txt")));

/// A list of words.
pub(super) struct Lexicon {
    all: HashSet<&'static str>,
    in_order: Vec<&'static str>,
    /// The words by first letter and length.
    by_start: Vec<Vec<&'static str>>,
}

/// The words of a list; lines that begin with `#` are remarks.
pub(super) fn listed(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace)
}

fn bucket(first: u8, len: usize) -> Option<usize> {
    (first.is_ascii_lowercase() && len <= MAX_PATTERN).then(|| usize::from(first - b'a') * (MAX_PATTERN + 1) + len)
}

impl Lexicon {
    fn new(list: &'static str) -> Self {
        let in_order: Vec<&'static str> = listed(list).collect();
        let mut by_start = vec![Vec::new(); 26 * (MAX_PATTERN + 1)];
        for word in &in_order {
            let first = word.bytes().next().unwrap_or(b'-');
            if let Some(list) = bucket(first, word.len()).and_then(|at| by_start.get_mut(at)) {
                list.push(*word);
            }
        }
        Self { all: in_order.iter().copied().collect(), in_order, by_start }
    }

    /// Tells whether a word of the main text is in the list.
    pub fn contains(&self, word: &str) -> bool {
        word.len() <= MAX_PATTERN && self.all.contains(word)
    }

    /// All words, the most common first.
    pub fn words(&self) -> &[&'static str] {
        &self.in_order
    }

    /// Calls `found` for the words that a pattern stands for, the most common first among those with the same first letter,
    /// until it returns false.
    fn matches(&self, pattern: &[Letters], mut found: impl FnMut(&'static str) -> bool) {
        let Some(&first) = pattern.first() else { return };
        for byte in (b'a'..=b'z').filter(|&byte| first & letter(byte) != 0) {
            let words = bucket(byte, pattern.len()).and_then(|at| self.by_start.get(at));
            for word in words.into_iter().flatten() {
                if word.bytes().zip(pattern).all(|(byte, allowed)| letter(byte) & allowed != 0) && !found(word) {
                    return;
                }
            }
        }
    }

    /// Returns the most common word that a pattern stands for.
    pub fn first_match(&self, pattern: &[Letters]) -> Option<&'static str> {
        let mut best = None;
        self.matches(pattern, |word| {
            best = Some(word);
            false
        });
        best
    }
}

/// The list of words that people disguise.
pub(super) fn disguised() -> &'static Lexicon {
    &WORDS
}

/// The list of words that everybody writes.
pub(super) fn common() -> &'static Lexicon {
    &COMMON
}

/// Tells whether a word of the main text is one that people disguise.
pub(super) fn contains(word: &str) -> bool {
    WORDS.contains(word)
}

/// Calls `found` for the disguised words that a pattern stands for, the most common first, until it returns false.
pub(super) fn matches(pattern: &[Letters], found: impl FnMut(&'static str) -> bool) {
    WORDS.matches(pattern, found);
}

/// Returns the most common disguised word that a pattern stands for.
pub(super) fn first_match(pattern: &[Letters]) -> Option<&'static str> {
    WORDS.first_match(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_clean() {
        for list in [disguised(), common()] {
            let words: Vec<_> = list.by_start.iter().flatten().collect();
            assert!(words.len() > 250, "{}", words.len());
            assert_eq!(words.len(), list.all.len(), "a word is there twice, too long or not in a-z");
            let odd: Vec<_> = words.iter().filter(|word| !word.bytes().all(|b| b.is_ascii_lowercase())).collect();
            assert!(odd.is_empty(), "{odd:?}");
        }
        let both: Vec<_> = common().words().iter().filter(|word| contains(word)).collect();
        assert!(both.is_empty(), "{both:?}");
    }

    #[test]
    fn patterns_find_words() {
        let pattern: Vec<_> = b"sh**ty".iter().map(|&b| if b == b'*' { ANY } else { letter(b) }).collect();
        assert_eq!(first_match(&pattern), Some("shitty"));
        assert_eq!(first_match(&[]), None);
        assert!(contains("idiot") && !contains("idio"));
    }
}
