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
static WORDS: LazyLock<Lexicon> = LazyLock::new(|| {
    let lines = include_str!("masked_words.txt").lines().filter(|line| !line.starts_with('#'));
    let words: Vec<&'static str> = lines.flat_map(str::split_whitespace).collect();
    let mut by_start = vec![Vec::new(); 26 * (MAX_PATTERN + 1)];
    for word in &words {
        if let Some(list) = bucket(word.bytes().next().unwrap_or(b'-'), word.len()).and_then(|at| by_start.get_mut(at))
        {
            list.push(*word);
        }
    }
    Lexicon { all: words.into_iter().collect(), by_start }
});

struct Lexicon {
    all: HashSet<&'static str>,
    /// The words by first letter and length.
    by_start: Vec<Vec<&'static str>>,
}

fn bucket(first: u8, len: usize) -> Option<usize> {
    (first.is_ascii_lowercase() && len <= MAX_PATTERN).then(|| usize::from(first - b'a') * (MAX_PATTERN + 1) + len)
}

/// Tells whether a word of the main text is in the list.
pub(super) fn contains(word: &str) -> bool {
    word.len() <= MAX_PATTERN && WORDS.all.contains(word)
}

/// All words of the list, by their first letter and length.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    WORDS.by_start.iter().flatten().copied()
}

/// The words of a length that begin with a letter, the most common first.
pub(super) fn starting(first: u8, len: usize) -> impl Iterator<Item = &'static str> {
    bucket(first, len).and_then(|at| WORDS.by_start.get(at)).into_iter().flatten().copied()
}

/// Calls `found` for the words that a pattern stands for, the most common first, until it returns false.
pub(super) fn matches(pattern: &[Letters], mut found: impl FnMut(&'static str) -> bool) {
    let Some(&first) = pattern.first() else { return };
    for byte in (b'a'..=b'z').filter(|&byte| first & letter(byte) != 0) {
        for word in starting(byte, pattern.len()) {
            if word.bytes().zip(pattern).all(|(byte, allowed)| letter(byte) & allowed != 0) && !found(word) {
                return;
            }
        }
    }
}

/// Returns the most common word that a pattern stands for.
pub(super) fn first_match(pattern: &[Letters]) -> Option<&'static str> {
    let mut best = None;
    matches(pattern, |word| {
        best = Some(word);
        false
    });
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_clean() {
        let mut words: Vec<_> = WORDS.by_start.iter().flatten().collect();
        assert!(words.len() > 250, "{}", words.len());
        assert_eq!(words.len(), WORDS.all.len(), "a word is there twice, too long or not in a-z");
        words.retain(|word| !word.bytes().all(|b| b.is_ascii_lowercase()));
        assert!(words.is_empty(), "{words:?}");
    }

    #[test]
    fn patterns_find_words() {
        let pattern: Vec<_> = b"sh**ty".iter().map(|&b| if b == b'*' { ANY } else { letter(b) }).collect();
        assert_eq!(first_match(&pattern), Some("shitty"));
        assert_eq!(first_match(&[]), None);
        assert!(contains("idiot") && !contains("idio"));
    }
}
