//! The language of a text, or the admission that it cannot be told.
//!
//! The script decides where it can. Among languages in Latin letters the commonest English words are looked for first:
//! they settle most English comments at little cost, and general detectors take short casual English for anything.
//! whatlang decides the rest, and is believed only on enough letters without English words among them.

use std::sync::LazyLock;
use unicode_script::{Script, UnicodeScript};
use whatlang::Lang;

/// The language a text is written in.
///
/// For a short text in a script of several languages (Cyrillic, Arabic, Devanagari) the code is a good guess among
/// those, and the detector vouches that it is one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Language {
    /// ISO 639-1, or `und` where the text is too short or mixed to tell.
    pub code: &'static str,
    /// Whether the detector vouches for it.
    pub reliable: bool,
}

/// How much of a text is read, in bytes.
const MAX_READ: usize = 2048;

/// How much of a text is looked at first, in bytes: English can be told from that much.
const FIRST_LOOK: usize = 256;

/// Fewer letters of another Latin-script language are not told from names, slang and typing errors.
const MIN_LETTERS: usize = 24;

/// Fewer words likewise.
const MIN_WORDS: usize = 4;

/// Below this whatlang is not believed where some words are English or may be.
const MIN_CONFIDENCE: f64 = 0.7;

/// Below this it is not believed where no word is English.
const MIN_CONFIDENCE_WITHOUT_ENGLISH: f64 = 0.4;

/// Below this it is not believed where besides there are letters that English does not have.
const MIN_CONFIDENCE_WITH_ACCENTS: f64 = 0.15;

/// The share of English words that makes a text English, in sixteenths; a word that other languages have too counts half.
const ENGLISH_SHARE: usize = 3;

/// Common words of English that few other languages have.
const ENGLISH: &str = "the and you that this with have has had what are aren't your you're youre yours they they're their them \
    it it's its i'm im i've i'd i'll don't dont doesn't doesnt didn't didnt isn't isnt can't cant won't wont wouldn't would \
    could should not but just like likes from who who's how why when where there there's here because cause people think thinks \
    about know knows get gets got getting if all she she's his him her my mine our been being were weren't which will can out up \
    one more most than then those these some any into only other even still very too really much many such same never always \
    ever yes yeah nope lol right wrong good great bad better best time way day years year make makes made say says said see \
    want wants need needs go goes going went come comes back take look looks looking thing things something anything nothing \
    everyone everything someone anyone nobody stop shut let let's off down first last well again while after before both own \
    work works working world life country money government new old big little long another every each against between through \
    that's what's he's we're thanks thank please sorry hope love nice stupid idiot shit fuck fucking hell dumb moron ass damn \
    believe agree read comment article post does did doing done u ur r y'all gonna wanna ain't";

/// Common words of English that other languages have too.
const SHARED: &str =
    "a i to in is for on as do so no me he we was at be of or an by us man am oh ok must over under now give";

static WORDS: LazyLock<Words> = LazyLock::new(Words::new);

const UNDETERMINED: Language = Language { code: "und", reliable: false };

const ENGLISH_FOUND: Language = Language { code: "en", reliable: true };

impl Language {
    /// Detects the language of an author's text from its beginning.
    pub fn detect(original: &str) -> Self {
        let read = super::beginning(original, MAX_READ);
        if read.len() > 2 * FIRST_LOOK && Sample::of(super::beginning(read, FIRST_LOOK)).is_surely_english() {
            return ENGLISH_FOUND;
        }
        let sample = Sample::of(read);
        if sample.other > sample.latin {
            return sample.by_script(read);
        }
        if sample.is_english(ENGLISH_SHARE) {
            return ENGLISH_FOUND;
        }
        if sample.latin < MIN_LETTERS || sample.words < MIN_WORDS {
            return UNDETERMINED;
        }
        let text = text(read);
        let Some(info) = whatlang::detect(&text) else { return UNDETERMINED };
        let (own, shared) = (sample.own, sample.shared);
        let foreign = own * 8 < sample.words
            && info.confidence()
                >= match own {
                    0 if !text.is_ascii() => MIN_CONFIDENCE_WITH_ACCENTS,
                    0 if shared * 6 < sample.words => MIN_CONFIDENCE_WITHOUT_ENGLISH,
                    _ => MIN_CONFIDENCE,
                };
        let english = info.lang() == Lang::Eng && info.is_reliable();
        if english || (info.lang() != Lang::Eng && foreign) {
            Self { code: code(info.lang()), reliable: true }
        } else {
            UNDETERMINED
        }
    }
}

/// What the words of a text come to, without addresses, names and hash tags.
#[derive(Default)]
struct Sample {
    words: usize,
    /// Letters in words that have some Latin letter: a disguised word is a Latin one.
    latin: usize,
    /// Letters in words without.
    other: usize,
    /// Common words of English alone.
    own: usize,
    /// Common words that English shares.
    shared: usize,
}

impl Sample {
    fn of(read: &str) -> Self {
        let (mut sample, known) = (Self::default(), &*WORDS);
        each_word(read, |word, letters| sample.add(word, letters, known));
        sample
    }

    fn add(&mut self, word: &str, (latin, other): (usize, usize), known: &Words) {
        self.words += 1;
        if latin > 0 {
            self.latin += latin + other;
        } else {
            // An ideograph, syllable or abjad letter says more than a letter, but the weight does not matter here.
            self.other += other;
        }
        match known.find(word) {
            Some(Known::English) => self.own += 1,
            Some(Known::Shared) => self.shared += 1,
            None => {}
        }
    }

    /// Whether so many sixteenths of the words are English, and more than one of them.
    fn is_english(&self, share: usize) -> bool {
        let weight = 2 * self.own + self.shared;
        weight * 8 >= self.words * share && weight > 3
    }

    /// Whether twice the usual share of the words is English, so that the rest will not change it.
    fn is_surely_english(&self) -> bool {
        self.other == 0 && self.words > 20 && self.is_english(2 * ENGLISH_SHARE)
    }

    fn by_script(&self, read: &str) -> Language {
        // One letter (`π`, `Δ`) is a symbol.
        if self.other < 2 {
            return UNDETERMINED;
        }
        let info = whatlang::detect(&text(read));
        info.map_or(UNDETERMINED, |info| Language { code: code(info.lang()), reliable: true })
    }
}

/// Hands every word that has a letter to `take`, with the count of its Latin letters and of those of other scripts.
fn each_word(read: &str, mut take: impl FnMut(&str, (usize, usize))) {
    for chunk in read.split_whitespace().filter(|chunk| !is_address(chunk) && !chunk.starts_with('#')) {
        for word in chunk.split(|c: char| !(c.is_alphabetic() || is_inner(c))) {
            let word = word.trim_matches(|c: char| matches!(c, '\'' | '’'));
            // Of ASCII only letters and apostrophes come here.
            let letters = if word.is_ascii() { (word.len(), 0) } else { letters(word) };
            if letters != (0, 0) {
                take(word, letters);
            }
        }
    }
}

/// The words in lower case, as a general detector reads them. Most English comments do without.
fn text(read: &str) -> String {
    let mut text = String::with_capacity(read.len() + 1);
    each_word(read, |word, _| {
        text.extend(lower(word));
        text.push(' ');
    });
    text
}

fn lower(word: &str) -> impl Iterator<Item = char> + '_ {
    word.chars().map(|c| if c == '’' { '\'' } else { c }).flat_map(char::to_lowercase)
}

/// The count of Latin letters in a word, and of letters of other scripts.
fn letters(word: &str) -> (usize, usize) {
    let (mut latin, mut other) = (0, 0);
    for c in word.chars() {
        if c.script() == Script::Latin {
            latin += 1;
        } else if c.is_alphabetic() && c.script() != Script::Common {
            other += 1;
        }
    }
    (latin, other)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    English,
    Shared,
}

/// The common words, found without hashing strings: a word of up to 16 bytes is one number.
struct Words {
    places: Vec<Option<(u128, Known)>>,
}

impl Words {
    const BITS: u32 = 10;

    fn new() -> Self {
        let mut words = Self { places: vec![None; 1 << Self::BITS] };
        // English alone comes first: a word in both lists counts as that.
        for (list, known) in [(ENGLISH, Known::English), (SHARED, Known::Shared)] {
            for key in list.split_whitespace().filter_map(Self::key) {
                if words.look(key).is_none() {
                    let free = words.probes(key).find(|place| words.places[*place].is_none());
                    // A quarter of the places is in use, so one is free.
                    let Some(free) = free else { continue };
                    words.places[free] = Some((key, known));
                }
            }
        }
        words
    }

    fn find(&self, word: &str) -> Option<Known> {
        self.look(Self::key(word)?)
    }

    fn look(&self, key: u128) -> Option<Known> {
        for place in self.probes(key) {
            match self.places[place] {
                Some((other, known)) if other == key => return Some(known),
                Some(_) => {}
                None => return None,
            }
        }
        None
    }

    fn probes(&self, key: u128) -> impl Iterator<Item = usize> + use<> {
        let folded = (key as u64) ^ ((key >> 64) as u64).rotate_left(29);
        let first = (folded.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - Self::BITS)) as usize;
        (0..1_usize << Self::BITS).map(move |step| (first + step) & ((1 << Self::BITS) - 1))
    }

    /// The bytes of a word in lower case as a number; `None` for what is no word of the lists.
    fn key(word: &str) -> Option<u128> {
        let mut bytes = [0; 16];
        if word.is_ascii() {
            bytes.get_mut(..word.len())?.copy_from_slice(word.as_bytes());
            bytes.make_ascii_lowercase();
        } else {
            for (at, c) in lower(word).enumerate() {
                *bytes.get_mut(at)? = u8::try_from(c).ok().filter(u8::is_ascii)?;
            }
        }
        Some(u128::from_le_bytes(bytes))
    }
}

fn is_address(chunk: &str) -> bool {
    chunk.bytes().any(|b| b == b'@') || chunk.starts_with("www.") || chunk.contains("://")
}

/// Characters that stand inside words.
fn is_inner(c: char) -> bool {
    matches!(c, '\'' | '’') || (!c.is_ascii() && unicode_normalization::char::is_combining_mark(c))
}

/// The ISO 639-1 code of a language that whatlang knows.
fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::Epo => "eo",
        Lang::Eng => "en",
        Lang::Rus => "ru",
        Lang::Cmn => "zh",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Ben => "bn",
        Lang::Fra => "fr",
        Lang::Deu => "de",
        Lang::Ukr => "uk",
        Lang::Kat => "ka",
        Lang::Ara => "ar",
        Lang::Hin => "hi",
        Lang::Jpn => "ja",
        Lang::Heb => "he",
        Lang::Yid => "yi",
        Lang::Pol => "pl",
        Lang::Amh => "am",
        Lang::Jav => "jv",
        Lang::Kor => "ko",
        Lang::Nob => "nb",
        Lang::Dan => "da",
        Lang::Swe => "sv",
        Lang::Fin => "fi",
        Lang::Tur => "tr",
        Lang::Nld => "nl",
        Lang::Hun => "hu",
        Lang::Ces => "cs",
        Lang::Ell => "el",
        Lang::Bul => "bg",
        Lang::Bel => "be",
        Lang::Mar => "mr",
        Lang::Kan => "kn",
        Lang::Ron => "ro",
        Lang::Slv => "sl",
        Lang::Hrv => "hr",
        Lang::Srp => "sr",
        Lang::Mkd => "mk",
        Lang::Lit => "lt",
        Lang::Lav => "lv",
        Lang::Est => "et",
        Lang::Tam => "ta",
        Lang::Vie => "vi",
        Lang::Urd => "ur",
        Lang::Tha => "th",
        Lang::Guj => "gu",
        Lang::Uzb => "uz",
        Lang::Pan => "pa",
        Lang::Aze => "az",
        Lang::Ind => "id",
        Lang::Tel => "te",
        Lang::Pes => "fa",
        Lang::Mal => "ml",
        Lang::Ori => "or",
        Lang::Mya => "my",
        Lang::Nep => "ne",
        Lang::Sin => "si",
        Lang::Khm => "km",
        Lang::Tuk => "tk",
        Lang::Aka => "ak",
        Lang::Zul => "zu",
        Lang::Sna => "sn",
        Lang::Afr => "af",
        Lang::Lat => "la",
        Lang::Slk => "sk",
        Lang::Cat => "ca",
        Lang::Tgl => "tl",
        Lang::Hye => "hy",
        Lang::Cym => "cy",
    }
}

#[cfg(test)]
mod tests;
