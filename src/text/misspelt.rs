//! Words of the list with an inner letter left out or two of them swapped: `idot`, `idoit`.
//!
//! A word is so read only where it is one slip away from exactly one word of the list, is not itself in it, and is no
//! other word or name that we know.

use super::evasion::ViewList;
use super::known::{Known, MISSPELT};
use super::lexicon;
use super::{EvasionKind, EvasionView, Token};
use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

/// Shorter words are not looked at.
const MIN_WORD: usize = 4;

/// Longer ones neither.
const MAX_WORD: usize = 16;

/// From so many letters on a word may lack one of them: what is left of four letters may be anything.
const MIN_WITH_GAP: usize = 5;

/// Three letters that are hardly ever anything else.
const SHORT: [(&[u8], &str); 7] = [
    (b"fck", "fuck"),
    (b"sht", "shit"),
    (b"dck", "dick"),
    (b"cnt", "cunt"),
    (b"dmb", "dumb"),
    (b"dmn", "damn"),
    (b"kll", "kill"),
];

/// Names of persons that are slips where they are written otherwise than as names, small or in capitals.
const NAMES: [&str; 3] = ["fuks", "idit", "moros"];

/// What is near a listed word and means itself.
static INNOCENT: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("near_words.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).collect()
});

/// Calls `take` for every word that is read as another one.
pub(super) fn each(mut take: impl FnMut(&[u8])) {
    SHORT.iter().for_each(|(short, _)| take(short));
    let mut take = |word: &[u8]| {
        if std::str::from_utf8(word).is_ok_and(|word| read(word).is_some()) {
            take(word);
        }
    };
    let mut misspelt = [0; MAX_WORD];
    for word in lexicon::words().map(str::as_bytes).filter(|word| (MIN_WORD..=MAX_WORD).contains(&word.len())) {
        for at in 1..word.len() - 1 {
            let (short, swapped) = (word.len() - 1, at + 2 < word.len());
            if word.len() >= MIN_WITH_GAP {
                misspelt[..at].copy_from_slice(&word[..at]);
                misspelt[at..short].copy_from_slice(&word[at + 1..]);
                take(&misspelt[..short]);
            }
            if swapped {
                misspelt[..word.len()].copy_from_slice(word);
                misspelt.swap(at, at + 1);
                take(&misspelt[..word.len()]);
            }
        }
    }
}

/// Adds the words that are a slip away from a listed one.
pub(super) fn find(text: &str, tokens: &[Token], known: &[Known], views: &mut ViewList) {
    let marked = tokens.iter().zip(known).filter(|(_, known)| known.lists & MISSPELT != 0);
    for (token, _) in marked {
        let Some(word) = text.get(token.range()) else { continue };
        let reading = match word.len() {
            0..MIN_WORD => SHORT.iter().find(|(short, _)| *short == word.as_bytes()).map(|(_, reading)| *reading),
            MIN_WORD..=MAX_WORD => read(word),
            _ => None,
        };
        if let Some(reading) = reading {
            views.push(EvasionKind::Misspelt, reading, token.range());
        }
    }
}

/// Tells whether a word that is read as another one stands there as a name, by its letters as `written`.
pub(super) fn is_name<'a>(view: &EvasionView, text: &str, written: impl FnOnce(Range<usize>) -> &'a str) -> bool {
    if view.kind != EvasionKind::Misspelt || !text.get(view.range.clone()).is_some_and(|word| NAMES.contains(&word)) {
        return false;
    }
    let mut letters = written(view.range.clone()).chars();
    letters.next().is_some_and(char::is_uppercase) && !letters.any(char::is_uppercase)
}

/// What a word of four letters or more is read as.
fn read(word: &str) -> Option<&'static str> {
    Some(word).filter(|word| !INNOCENT.contains(word)).and_then(meant)
}

/// The only word of the list that a word is a slip away from.
fn meant(word: &str) -> Option<&'static str> {
    if lexicon::contains(word) {
        return None;
    }
    let letters = word.as_bytes();
    let first = *letters.first()?;
    let swapped = lexicon::starting(first, letters.len()).filter(|listed| is_swapped(letters, listed.as_bytes()));
    let longer = if letters.len() + 1 < MIN_WITH_GAP { 0 } else { letters.len() + 1 };
    let left_out = lexicon::starting(first, longer).filter(|listed| lacks_one(letters, listed.as_bytes()));
    let mut all = swapped.chain(left_out);
    all.next().filter(|_| all.next().is_none())
}

/// How many letters two words have in common at their beginning.
fn common(word: &[u8], listed: &[u8]) -> usize {
    word.iter().zip(listed).take_while(|(a, b)| a == b).count()
}

/// Whether a word is a listed one with two inner neighbours swapped.
fn is_swapped(word: &[u8], listed: &[u8]) -> bool {
    let at = common(word, listed);
    match (word.get(at..), listed.get(at..)) {
        (Some([a, b, rest @ ..]), Some([c, d, other @ ..])) => {
            at > 0 && a == d && b == c && rest == other && !rest.is_empty()
        }
        _ => false,
    }
}

/// Whether a word is a listed one without one of its inner letters.
fn lacks_one(word: &[u8], listed: &[u8]) -> bool {
    // Of two equal letters at the end, the inner one is what is left out.
    let at = common(word, listed).min(word.len().saturating_sub(1));
    at > 0 && word.get(at..).is_some_and(|rest| listed.get(at + 1..) == Some(rest))
}

#[cfg(test)]
mod tests {
    use super::super::Normalized;
    use super::*;

    fn readings(text: &str) -> Vec<(String, String)> {
        let normalized = Normalized::new(text);
        let misspelt = normalized.views().iter().filter(|view| view.kind == EvasionKind::Misspelt);
        misspelt.map(|view| (normalized.text()[view.range.clone()].to_owned(), view.reading.clone())).collect()
    }

    #[test]
    fn a_slip_is_read() {
        for (spelt, word) in [
            ("idoit", "idiot"),
            ("idot", "idiot"),
            ("IDIT", "idiot"),
            ("idit", "idiot"),
            ("morron", ""),
            ("mroon", "moron"),
            ("fcuk", "fuck"),
            ("fukcing", "fucking"),
            ("fuking", "fucking"),
            ("asshoel", ""),
            ("assohle", "asshole"),
            ("pathtic", "pathetic"),
            ("FCK", "fuck"),
            ("sht", "shit"),
            ("motherfcker", "motherfucker"),
        ] {
            let expected = if word.is_empty() { vec![] } else { vec![(spelt.to_lowercase(), word.to_owned())] };
            assert_eq!(readings(&format!("you {spelt}!")), expected, "{spelt}");
        }
    }

    #[test]
    fn words_of_their_own_are_not() {
        for text in [
            "the moon, a toll, the site, a pick, they cook in a garage; thus strange, a metal dune",
            "Lars, Bich Tran, Fuk Wing and Nazim and Niger and Homs, they sit waking and sinking",
            "Idit Silman spoke next, then Mr Fuks and Ms Moros",
            "the assess of tilt suit shift short class stop the quick flick; form from",
            "idiot idiots moron liar dumb bitch asses asshole",
            "fk fct skt bkt idxiot",
        ] {
            assert_eq!(readings(text), [], "{text}");
        }
    }

    #[test]
    fn every_slip_in_a_long_word_is_found_but_those_that_mean_something_else() {
        let (mut missed, mut all) = (0, 0);
        for word in lexicon::words().filter(|word| (MIN_WITH_GAP..=MAX_WORD).contains(&word.len())) {
            for at in 1..word.len() - 1 {
                let misspelt = format!("{}{}", &word[..at], &word[at + 1..]);
                let read = read(&misspelt);
                assert_eq!(readings(&misspelt).len(), usize::from(read.is_some()), "{misspelt}");
                assert!(read.is_none_or(|read| read == word), "{misspelt}");
                missed += u32::from(read.is_none());
                all += 1;
            }
        }
        assert!(missed * 15 < all, "{missed} of {all}");
    }

    #[test]
    fn the_list_of_innocent_words_has_a_use() {
        let idle: Vec<_> = INNOCENT.iter().filter(|word| meant(word).is_none()).collect();
        assert!(idle.is_empty(), "{idle:?}");
    }
}
