//! Words with a letter left out or doubled, or two of them swapped: `idot`, `idiiot`, `idoit`, `yuorself`.
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

/// Of these, what is an acronym or a name as often as not where it is not in small letters.
const ACRONYMS: [&str; 9] = ["crp", "scm", "fol", "lir", "nzi", "rpe", "kll", "sck", "uly"];

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

/// Binary logarithm of the places of [`Slips`]: more than twice as many as there are spellings.
const PLACE_BITS: u32 = 18;

/// The lowest bit of a hash that is kept beside a spelling: the lower ones of a product tell less.
const PRINT_SHIFT: u32 = 64 - PLACE_BITS - u32::BITS;

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
            each_slip(word, Ends::Swapped, |slip| {
                slips.put(slip, |known| match known {
                    Meant::Unknown => here,
                    Meant::Disguised(_) if known != here => Meant::Several,
                    _ => known,
                });
            });
        }
        for (at, word) in common.iter().enumerate() {
            let here = Meant::Common(at as u16);
            each_slip(word, Ends::Kept, |slip| {
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
        let (mut at, print) = ((hash >> (64 - PLACE_BITS)) as usize, print(hash));
        // More than half of the places are free.
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

/// The bits of a hash that are kept of a spelling, beside those that its place tells.
pub(super) fn print(hash: u64) -> u32 {
    (hash >> PRINT_SHIFT) as u32
}

/// Whether the letters at the ends of a word of four are swapped too: of a common word what comes out may be anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    Swapped,
    Kept,
}

/// Calls `take` for every spelling that is a slip away from a word.
fn each_slip(word: &str, ends: Ends, mut take: impl FnMut(&[u8])) {
    let word = word.as_bytes();
    let length = word.len();
    if !(MIN_WORD..MAX_WORD).contains(&length) {
        return;
    }
    let mut misspelt = [0; MAX_WORD];
    for at in 0..length {
        let (head, tail) = word.split_at(at);
        let next = tail.get(1);
        let long = length >= MIN_WITH_GAP;
        misspelt[..at].copy_from_slice(head);
        if long {
            misspelt[at..length - 1].copy_from_slice(&tail[1..]);
            take(&misspelt[..length - 1]);
        }
        if let Some(&next) =
            next.filter(|&&next| next != tail[0] && (long || ends == Ends::Swapped || (at > 0 && at + 2 < length)))
        {
            misspelt[at..length].copy_from_slice(tail);
            (misspelt[at], misspelt[at + 1]) = (next, tail[0]);
            take(&misspelt[..length]);
        }
        // A letter that is there thrice is drawn out.
        if next != tail.first() && head.last() != tail.first() {
            misspelt[at] = tail[0];
            misspelt[at + 1..=length].copy_from_slice(tail);
            take(&misspelt[..=length]);
        }
    }
}

/// Calls `take` with the kept bits of the hash of every word that is read as another one.
pub(super) fn each(mut take: impl FnMut(u32)) {
    SHORT.iter().for_each(|(short, _)| take(print(word_hash(short.as_bytes()))));
    let read = SLIPS.places.iter().filter(|(_, meant)| matches!(meant, Meant::Disguised(_) | Meant::Common(_)));
    read.for_each(|(print, _)| take(*print));
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
/// be a name that is near a common one, or that lacks the first or last letter of one.
pub(super) fn is_name<'a>(view: &EvasionView, text: &str, written: impl FnOnce(Range<usize>) -> &'a str) -> bool {
    if view.kind != EvasionKind::Misspelt {
        return false;
    }
    let word = text.get(view.range.clone()).unwrap_or_default();
    let lacks_an_end =
        word.len() < view.reading.len() && (view.reading.starts_with(word) || view.reading.ends_with(word));
    let is_acronym = ACRONYMS.contains(&word);
    if !is_acronym && lexicon::contains(&view.reading) && !lacks_an_end && !NAMES.contains(&word) {
        return false;
    }
    let written = written(view.range.clone());
    if is_acronym {
        return written.chars().any(char::is_uppercase);
    }
    written.contains(char::is_uppercase) && written.contains(char::is_lowercase)
}

/// Whether a word is a listed one with a slip in it.
fn is_slip(word: &[u8], listed: &[u8]) -> bool {
    let at = word.iter().zip(listed).take_while(|(a, b)| a == b).count();
    match (&word[at..], &listed[at..]) {
        ([a, b, rest @ ..], [c, d, other @ ..]) if word.len() == listed.len() => a == d && b == c && rest == other,
        (rest, [_, other @ ..]) if word.len() < listed.len() => rest == other,
        ([doubled, rest @ ..], other) if word.len() > listed.len() => {
            rest == other && at.checked_sub(1).is_some_and(|before| word[before] == *doubled)
        }
        _ => false,
    }
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
            ("IDIT", "idiot"),
            ("idit", "idiot"),
            ("morron", "moron"),
            ("idiiot", "idiot"),
            ("diiot", "idiot"),
            ("idito", "idiot"),
            ("idio", "idiot"),
            ("diot", "idiot"),
            ("iidiot", "idiot"),
            ("mroon", "moron"),
            ("fcuk", "fuck"),
            ("fukcing", "fucking"),
            ("fuking", "fucking"),
            ("asshoel", "asshole"),
            ("assohle", "asshole"),
            ("pathtic", "pathetic"),
            ("FCK", "fuck"),
            ("sht", "shit"),
            ("motherfcker", "motherfucker"),
            ("slily", "silly"),
            ("bich", "bitch"),
            ("fols", "fools"),
            ("crp", "crap"),
            ("fukc", "fuck"),
            ("hsit", "shit"),
        ] {
            assert_eq!(readings(&format!("you {spelt}!")), [(spelt.to_lowercase(), word.to_owned())]);
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
            "Idit Silman spoke next, then Mr Fuks; the moros",
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
        for (list, ends, least) in [(lexicon::disguised(), Ends::Swapped, 15), (lexicon::common(), Ends::Kept, 12)] {
            let (mut missed, mut all) = (0, 0);
            for word in list.words().iter().filter(|word| word.len() >= MIN_WITH_GAP) {
                each_slip(word, ends, |slip| {
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
    fn an_inner_letter_left_out_of_a_disguised_word_is_read_as_that_word_or_means_something_else() {
        let (mut missed, mut all) = (0, 0);
        for word in lexicon::disguised().words().iter().filter(|word| (MIN_WITH_GAP..=MAX_WORD).contains(&word.len())) {
            for at in 1..word.len() - 1 {
                let misspelt = format!("{}{}", &word[..at], &word[at + 1..]);
                let read = SLIPS.read(&misspelt, word_hash(misspelt.as_bytes()));
                assert_eq!(readings(&misspelt).len(), usize::from(read.is_some()), "{misspelt}");
                // What is listed as no disguise may still be a common word.
                let undisguised = || lexicon::listed(include_str!("near_words.txt")).any(|near| near == misspelt);
                assert!(read.is_none_or(|read| read == *word || undisguised()), "{misspelt}");
                missed += u32::from(read != Some(word));
                all += 1;
            }
        }
        assert!(missed * 14 < all, "{missed} of {all}");
    }

    #[test]
    fn what_means_itself_is_near_a_listed_word() {
        let near = |list: &lexicon::Lexicon, ends| {
            let mut near = std::collections::HashSet::new();
            for word in list.words() {
                each_slip(word, ends, |slip| {
                    near.insert(slip.to_vec());
                });
            }
            near
        };
        let (disguised, common) = (near(lexicon::disguised(), Ends::Swapped), near(lexicon::common(), Ends::Kept));
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
