//! Words with an inner letter left out or two of them swapped: `idot`, `idoit`, `yuorself`.
//!
//! A word is so read only where it is one slip away from exactly one word of a list, is not itself in it, and is no other
//! word or name that we know. First come the words that people disguise, then the commonest words of English, whose
//! slips tell an author's meaning too. All slips are worked out beforehand, by the word as it is then written
//! (after W. Garbe 2012, "SymSpell"), so that a word of a text costs one look whatever the lengths of the lists.

use super::evasion::ViewList;
use super::known::{Known, MISSPELT};
use super::lexicon;
use super::packed::word_hash;
use super::{EvasionKind, EvasionView, Token};
use std::ops::Range;
use std::sync::LazyLock;

/// Shorter words are not looked at.
const MIN_WORD: usize = 4;

/// Longer ones neither.
const MAX_WORD: usize = 16;

/// From so many letters on a word may lack one of them: what is left of four letters may be anything.
const MIN_WITH_GAP: usize = 5;

/// Three letters that are hardly ever anything else.
const SHORT: [(&str, &str); 25] = [
    ("fck", "fuck"),
    ("sht", "shit"),
    ("dck", "dick"),
    ("cnt", "cunt"),
    ("dmb", "dumb"),
    ("dmn", "damn"),
    ("kll", "kill"),
    ("crp", "crap"),
    ("jrk", "jerk"),
    ("scm", "scum"),
    ("sck", "suck"),
    ("fol", "fool"),
    ("lir", "liar"),
    ("evl", "evil"),
    ("uly", "ugly"),
    ("ugy", "ugly"),
    ("lzy", "lazy"),
    ("nzi", "nazi"),
    ("rpe", "rape"),
    ("ths", "this"),
    ("tht", "that"),
    ("wht", "what"),
    ("hve", "have"),
    ("jst", "just"),
    ("knw", "know"),
];

/// A common word is meant rather than another when it stands so many times further ahead in the list.
const AHEAD: usize = 8;

/// What a spelling is one slip away from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meant {
    /// Nothing that we know of.
    Unknown,
    /// It means itself.
    Itself,
    /// A common word, if any.
    NoDisguise,
    /// Several words, none more than the others.
    Several,
    /// A word that people disguise, by its place in the list.
    Disguised(u16),
    /// A common word, by its place in the list.
    Common(u16),
}

/// Binary logarithm of the places of [`Slips`]: three times as many as there are spellings.
const PLACE_BITS: u32 = 17;

/// All spellings that are a slip away from a listed word, and what is near one and means itself.
struct Slips {
    /// Each spelling at the first free place from the one that its hash says, with further bits of the hash.
    places: Vec<(u32, Meant)>,
}

static SLIPS: LazyLock<Slips> = LazyLock::new(Slips::new);

impl Slips {
    fn new() -> Self {
        let mut slips = Self { places: vec![(0, Meant::Unknown); 1 << PLACE_BITS] };
        let (disguised, common) = (lexicon::disguised().words(), lexicon::common().words());
        let itself = lexicon::listed(include_str!("near_common.txt"));
        for word in disguised.iter().chain(common).copied().chain(itself) {
            slips.put(word.as_bytes(), |_| Meant::Itself);
        }
        for word in lexicon::listed(include_str!("near_words.txt")) {
            slips.put(word.as_bytes(), |known| if known == Meant::Unknown { Meant::NoDisguise } else { known });
        }
        for (at, word) in disguised.iter().enumerate() {
            let here = Meant::Disguised(at as u16);
            each_slip(word, |slip| {
                slips.put(slip, |known| match known {
                    Meant::Unknown => here,
                    Meant::Disguised(_) if known != here => Meant::Several,
                    _ => known,
                });
            });
        }
        for (at, word) in common.iter().enumerate() {
            let here = Meant::Common(at as u16);
            each_slip(word, |slip| {
                slips.put(slip, |known| match known {
                    Meant::Unknown | Meant::NoDisguise => here,
                    Meant::Common(other) if (usize::from(other) + 1) * AHEAD > at + 1 && known != here => {
                        Meant::Several
                    }
                    _ => known,
                });
            });
        }
        slips
    }

    /// The place of a spelling, and the bits that are kept of its hash.
    fn find(&self, hash: u64) -> (usize, u32) {
        let (mut at, print) = ((hash >> (64 - PLACE_BITS)) as usize, hash as u32);
        // Two thirds of the places are free.
        while self.places[at].1 != Meant::Unknown && self.places[at].0 != print {
            at = (at + 1) % self.places.len();
        }
        (at, print)
    }

    fn put(&mut self, word: &[u8], meant: impl FnOnce(Meant) -> Meant) {
        let (at, print) = self.find(word_hash(word));
        self.places[at] = (print, meant(self.places[at].1));
    }

    /// What a word of four letters or more is read as.
    fn read(&self, word: &str, hash: u64) -> Option<&'static str> {
        let reading = match self.places[self.find(hash).0].1 {
            Meant::Disguised(at) => lexicon::disguised().words().get(usize::from(at)),
            Meant::Common(at) => lexicon::common().words().get(usize::from(at)),
            _ => None,
        };
        // A stranger may have made up a word of the same hash.
        reading.copied().filter(|reading| is_slip(word.as_bytes(), reading.as_bytes()))
    }
}

/// Calls `take` for every spelling that is a slip away from a word.
fn each_slip(word: &str, mut take: impl FnMut(&[u8])) {
    let word = word.as_bytes();
    if !(MIN_WORD..=MAX_WORD).contains(&word.len()) {
        return;
    }
    let mut misspelt = [0; MAX_WORD];
    for at in 1..word.len() - 1 {
        if word.len() >= MIN_WITH_GAP {
            let short = word.len() - 1;
            misspelt[..at].copy_from_slice(&word[..at]);
            misspelt[at..short].copy_from_slice(&word[at + 1..]);
            take(&misspelt[..short]);
        }
        if at + 2 < word.len() && word[at] != word[at + 1] {
            misspelt[..word.len()].copy_from_slice(word);
            misspelt.swap(at, at + 1);
            take(&misspelt[..word.len()]);
        }
    }
}

/// Calls `take` with the hash of every word that is read as another one.
pub(super) fn each(mut take: impl FnMut(u64)) {
    SHORT.iter().for_each(|(short, _)| take(word_hash(short.as_bytes())));
    let slips = &*SLIPS;
    for word in lexicon::disguised().words().iter().chain(lexicon::common().words()) {
        each_slip(word, |slip| {
            let hash = word_hash(slip);
            if matches!(slips.places[slips.find(hash).0].1, Meant::Disguised(_) | Meant::Common(_)) {
                take(hash);
            }
        });
    }
}

/// Adds the words that are a slip away from a listed one.
pub(super) fn find(text: &str, tokens: &[Token], known: &[Known], views: &mut ViewList) {
    let marked = tokens.iter().zip(known).filter(|(_, known)| known.lists & MISSPELT != 0);
    for (token, known) in marked {
        let Some(word) = text.get(token.range()) else { continue };
        let reading = match word.len() {
            0..MIN_WORD => SHORT.iter().find(|(short, _)| *short == word).map(|(_, reading)| *reading),
            MIN_WORD..=MAX_WORD => SLIPS.read(word, known.hash),
            _ => None,
        };
        if let Some(reading) = reading {
            views.push(EvasionKind::Misspelt, reading, token.range());
        }
    }
}

/// Names that are slips where they are written otherwise than as names, small or in capitals.
static NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| lexicon::listed(include_str!("near_names.txt")).collect());

/// Tells whether a word that is read as another one may stand there as a name, by its letters as `written`. Any word may
/// be a name that is near a common one.
pub(super) fn is_name<'a>(view: &EvasionView, text: &str, written: impl FnOnce(Range<usize>) -> &'a str) -> bool {
    let word = text.get(view.range.clone()).unwrap_or_default();
    if view.kind != EvasionKind::Misspelt || (lexicon::contains(&view.reading) && !NAMES.contains(&word)) {
        return false;
    }
    let written = written(view.range.clone());
    written.contains(char::is_uppercase) && written.contains(char::is_lowercase)
}

/// How many letters two words have in common at their beginning.
fn common(word: &[u8], listed: &[u8]) -> usize {
    word.iter().zip(listed).take_while(|(a, b)| a == b).count()
}

/// Whether a word is a listed one with a slip in it.
fn is_slip(word: &[u8], listed: &[u8]) -> bool {
    if word.len() == listed.len() { is_swapped(word, listed) } else { lacks_one(word, listed) }
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
            ("slily", "silly"),
            ("bich", "bitch"),
            ("fols", "fools"),
            ("crp", "crap"),
        ] {
            let expected = if word.is_empty() { vec![] } else { vec![(spelt.to_lowercase(), word.to_owned())] };
            assert_eq!(readings(&format!("you {spelt}!")), expected, "{spelt}");
        }
    }

    #[test]
    fn slips_in_common_words_are_read() {
        for (spelt, word) in [
            ("yuorself", "yourself"),
            ("suht", "shut"),
            ("liberlas", "liberals"),
            ("recieve", "receive"),
            ("becuase", "because"),
            ("helth", "health"),
            ("ths", "this"),
            ("SHOLD", "should"),
            ("whre", "where"),
            ("musilms", "muslims"),
        ] {
            assert_eq!(readings(spelt), [(spelt.to_lowercase(), word.to_owned())]);
        }
    }

    #[test]
    fn words_of_their_own_are_not() {
        for text in [
            "the moon, a toll, the site, a pick, they cook in a garage; thus strange, a metal dune, a lair, a carp",
            "Lars, Bich Tran, Fuk Wing and Nazim and Niger and Homs, they sit waking and sinking",
            "Idit Silman spoke next, then Mr Fuks and Ms Moros",
            "the assess of tilt suit shift short class stop the quick flick; form from, trail and trial, united, untied",
            "idiot idiots moron liar dumb bitch asses asshole",
            "fk fct skt bkt idxiot",
            // Names are near common words, and words of other languages are.
            "Thoms, Palin, Daly and Chrles met Mr Smth in Berln; Palin and palin, daly, sith, the CAIR",
            "wird werd markt grund feld bild strom, der Markt, das Feld; beter, effet, cours, parlament, cose, tarde",
        ] {
            assert_eq!(readings(text), [], "{text}");
        }
    }

    #[test]
    fn every_slip_in_a_long_word_is_found_but_those_that_mean_something_else() {
        for (list, least) in [(lexicon::disguised(), 15), (lexicon::common(), 12)] {
            let (mut missed, mut all) = (0, 0);
            for word in list.words().iter().filter(|word| word.len() > MIN_WITH_GAP) {
                each_slip(word, |slip| {
                    let slip = std::str::from_utf8(slip).unwrap();
                    let read = SLIPS.read(slip, word_hash(slip.as_bytes()));
                    let expected: Vec<_> = read.iter().map(|read| (slip.to_owned(), (*read).to_owned())).collect();
                    assert_eq!(readings(slip), expected, "{slip}");
                    missed += u32::from(read != Some(word));
                    all += 1;
                });
            }
            assert!(missed * least < all, "{missed} of {all}");
        }
    }

    #[test]
    fn what_means_itself_is_near_a_listed_word() {
        let near = |list: &lexicon::Lexicon| {
            let mut near = std::collections::HashSet::new();
            for word in list.words() {
                each_slip(word, |slip| {
                    near.insert(slip.to_vec());
                });
            }
            near
        };
        let (disguised, common) = (near(lexicon::disguised()), near(lexicon::common()));
        for (list, near) in [
            (include_str!("near_words.txt"), &disguised),
            (include_str!("near_names.txt"), &disguised),
            (include_str!("near_common.txt"), &common),
        ] {
            let idle: Vec<_> = lexicon::listed(list).filter(|word| !near.contains(word.as_bytes())).collect();
            assert!(idle.is_empty(), "{idle:?}");
        }
    }
}
