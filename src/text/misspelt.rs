//! Words of the list with an inner letter left out or two of them swapped: `idot`, `idoit`.
//!
//! A word is so read only where it is one slip away from exactly one word of the list, is not itself in it, and is no
//! other word or name that we know.

use super::evasion::ViewList;
use super::lexicon;
use super::{EvasionKind, Token, TokenKind};
use std::collections::HashSet;
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

static KNOWN: LazyLock<Known> = LazyLock::new(Known::new);

/// What is known before a word is compared with others.
struct Known {
    /// A bit for each misspelling by its [`place`], and so for some other words.
    maybe: Vec<u64>,
    /// What is near a listed word and means itself.
    innocent: HashSet<&'static str>,
}

impl Known {
    /// Bits of the filter, as a power of two: a few words in a hundred are looked at for nothing.
    const BITS: u32 = 17;

    fn new() -> Self {
        let mut maybe = vec![0; 1 << (Self::BITS - 6)];
        let mut misspelt = [0; MAX_WORD];
        for word in lexicon::words().map(str::as_bytes).filter(|word| (MIN_WORD..=MAX_WORD).contains(&word.len())) {
            for at in 1..word.len() - 1 {
                let (short, swapped) = (word.len() - 1, at + 2 < word.len());
                if word.len() >= MIN_WITH_GAP {
                    misspelt[..at].copy_from_slice(&word[..at]);
                    misspelt[at..short].copy_from_slice(&word[at + 1..]);
                    mark(&mut maybe, &misspelt[..short]);
                }
                if swapped {
                    misspelt[..word.len()].copy_from_slice(word);
                    misspelt.swap(at, at + 1);
                    mark(&mut maybe, &misspelt[..word.len()]);
                }
            }
        }
        let lines = include_str!("near_words.txt").lines().filter(|line| !line.starts_with('#'));
        Self { maybe, innocent: lines.flat_map(str::split_whitespace).collect() }
    }

    fn may_be_misspelt(&self, word: &[u8]) -> bool {
        place(word).and_then(|place| Some(self.maybe.get(place / 64)? >> (place % 64) & 1)) == Some(1)
    }
}

fn mark(maybe: &mut [u64], word: &[u8]) {
    if let Some(place) = place(word)
        && let Some(bits) = maybe.get_mut(place / 64)
    {
        *bits |= 1 << (place % 64);
    }
}

/// The place of a word in the filter, by its first and last four letters and its length.
#[inline]
fn place(word: &[u8]) -> Option<usize> {
    let (first, last) = (word.first_chunk::<4>()?, word.last_chunk::<4>()?);
    let both = u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last));
    Some(((both + word.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - Known::BITS)) as usize)
}

/// Adds the words that are a slip away from a listed one.
pub(super) fn find(text: &str, tokens: &[Token], views: &mut ViewList) {
    let (bytes, known) = (text.as_bytes(), &*KNOWN);
    for token in tokens {
        let length = (token.end - token.start) as usize;
        if token.kind != TokenKind::Word || !(3..=MAX_WORD).contains(&length) {
            continue;
        }
        let Some(word) = bytes.get(token.range()) else { continue };
        let reading = if length < MIN_WORD {
            // None of those has a vowel in the middle; nearly all words of three letters have.
            let rare = matches!(word, [_, b'c' | b'h' | b'l' | b'm' | b'n', _]);
            SHORT.iter().find(|(short, _)| rare && *short == word).map(|(_, reading)| *reading)
        } else if known.may_be_misspelt(word) {
            text.get(token.range()).filter(|word| !known.innocent.contains(word)).and_then(meant)
        } else {
            None
        };
        if let Some(reading) = reading {
            views.push(EvasionKind::Misspelt, reading, token.range());
        }
    }
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
            ("IDOT", "idiot"),
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
            "Idit Silman spoke next, then Mr Fuks; the moros",
            "the assess of tilt suit shift short class stop the quick flick; form from",
            "idiot idiots moron liar dumb bitch asses asshole",
            "fk fct skt bkt idxiot",
        ] {
            assert_eq!(readings(text), [], "{text}");
        }
    }

    #[test]
    fn every_slip_in_a_long_word_is_found_but_those_that_mean_something_else() {
        let known = &*KNOWN;
        let (mut missed, mut all) = (0, 0);
        for word in lexicon::words().filter(|word| (MIN_WITH_GAP..=MAX_WORD).contains(&word.len())) {
            for at in 1..word.len() - 1 {
                let misspelt = format!("{}{}", &word[..at], &word[at + 1..]);
                assert!(known.may_be_misspelt(misspelt.as_bytes()), "{misspelt}");
                let read = meant(&misspelt).filter(|_| !known.innocent.contains(misspelt.as_str()));
                assert!(read.is_none_or(|read| read == word), "{misspelt}");
                missed += u32::from(read.is_none());
                all += 1;
            }
        }
        assert!(missed * 14 < all, "{missed} of {all}");
    }

    #[test]
    fn the_list_of_innocent_words_has_a_use() {
        let idle: Vec<_> = KNOWN.innocent.iter().filter(|word| meant(word).is_none()).collect();
        assert!(idle.is_empty(), "{idle:?}");
    }
}
