//! The language of a text, or the admission that it cannot be told.
//!
//! The script decides where it can. Among languages in Latin letters the commonest English words are looked for first:
//! they settle most English comments at little cost, and general detectors take short casual English for anything.
//! whatlang decides the rest, and is believed only on enough letters without English words among them.

mod short;

use super::english::{Known, WORDS, Words, lower};
use super::known::{ENGLISH, SHARED};
use super::{Normalized, TokenKind};
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

/// In so few words names may outweigh the rest.
const MOST_OF_NAMES: usize = 6;

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

const UNDETERMINED: Language = Language { code: "und", reliable: false };

const ENGLISH_FOUND: Language = Language { code: "en", reliable: true };

impl Language {
    /// Tells whether texts in the language of an ISO 639-1 code can be told from others.
    pub fn is_told(iso: &str) -> bool {
        Lang::all().iter().any(|lang| code(*lang) == iso)
    }

    /// Detects the language of an author's text that was normalised: as [`Language::detect`] does, but for texts that are
    /// English beyond doubt at the cost of a look at their words.
    pub fn of(original: &str, text: &Normalized) -> Self {
        if is_plainly_english(original, text) { ENGLISH_FOUND } else { Self::detect(original) }
    }

    /// Tells whether an author's text that was normalised may be in one of some languages, by their codes: unless it is
    /// reliably in another. As [`Language::of`] tells, but nothing is searched for that would make no difference.
    pub fn may_be_among(original: &str, text: &Normalized, codes: &[String]) -> bool {
        let among = |language: Self| !language.reliable || codes.iter().any(|code| code == language.code);
        let tells_english = !among(ENGLISH_FOUND);
        among(if is_plainly_english(original, text) { ENGLISH_FOUND } else { Self::look(original, tells_english) })
    }

    /// Detects the language of an author's text from its beginning.
    pub fn detect(original: &str) -> Self {
        Self::look(original, true)
    }

    /// The same; without `tells_english` a text that is in no language but perhaps English is undetermined.
    fn look(original: &str, tells_english: bool) -> Self {
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
        // With so many of its words the text is taken for no other language.
        if sample.own * 8 >= sample.words && sample.is_english(0) {
            return ENGLISH_FOUND;
        }
        if sample.own < 2
            && sample.words <= short::MOST_WORDS
            && let Some(code) = short::foreign(read, sample.own)
        {
            return Language { code, reliable: true };
        }
        if sample.latin < MIN_LETTERS || sample.words < MIN_WORDS {
            return UNDETERMINED;
        }
        // Of two names and two words a general detector tells where the names are from.
        if sample.words <= MOST_OF_NAMES && 2 * sample.title > sample.latin {
            return UNDETERMINED;
        }
        let (own, shared) = (sample.own, sample.shared);
        let may_be_foreign = own * 8 < sample.words;
        if !may_be_foreign && !tells_english {
            return UNDETERMINED;
        }
        let text = text(read);
        let Some(info) = whatlang::detect(&text) else { return UNDETERMINED };
        let foreign = may_be_foreign
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

/// Tells whether so many common words of English are among the words of a text that its addresses, names and words in
/// other scripts will not change it.
fn is_plainly_english(original: &str, text: &Normalized) -> bool {
    let long = original.len() > 2 * FIRST_LOOK;
    let end = if long { FIRST_LOOK } else { usize::MAX };
    let (mut words, mut own, mut shared, mut letters) = (0, 0, 0, 0);
    for (token, known) in text.tokens.iter().zip(&text.known) {
        if token.end as usize > end {
            break;
        }
        let english = known.lists & ENGLISH != 0;
        words += usize::from(token.kind == TokenKind::Word);
        own += usize::from(english);
        shared += usize::from(!english && known.lists & SHARED != 0);
        letters += if english { (token.end - token.start) as usize } else { 0 };
    }
    let share = if long { 2 * ENGLISH_SHARE } else { ENGLISH_SHARE + 1 };
    let weight = 2 * own + shared;
    weight * 8 >= words * share
        && weight > if long { 2 * ENGLISH_SHARE } else { 3 }
        && (!long || words > 20)
        // Words of hash tags do not count.
        && !original.as_bytes().contains(&b'#')
        // A letter of another script has two bytes at least.
        && (original.is_ascii() || original.bytes().filter(|byte| !byte.is_ascii()).count() <= letters)
}

/// What the words of a text come to, without addresses, names and hash tags.
#[derive(Default)]
struct Sample {
    words: usize,
    /// Letters in words that have some Latin letter: a disguised word is a Latin one.
    latin: usize,
    /// Of these, letters in words that are written as names.
    title: usize,
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
            let mut letters = word.chars();
            let is_title =
                letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(char::is_lowercase);
            self.title += if is_title { latin + other } else { 0 };
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
    if read.is_ascii() {
        return each_ascii_word(read, |word| take(word, (word.len(), 0)));
    }
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

/// The same for a text in ASCII, byte by byte: most English comments are.
fn each_ascii_word(read: &str, mut take: impl FnMut(&str)) {
    let is_space = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'\x0b';
    let mut start = 0;
    for chunk in read.as_bytes().split(is_space) {
        let begin = start;
        start += chunk.len() + 1;
        let skipped = match chunk.first() {
            None | Some(b'#') => true,
            Some(_) if chunk.iter().all(u8::is_ascii_alphabetic) => {
                take(&read[begin..begin + chunk.len()]);
                continue;
            }
            Some(_) => is_address(&read[begin..begin + chunk.len()]),
        };
        if skipped {
            continue;
        }
        let mut at = begin;
        for word in chunk.split(|byte| !(byte.is_ascii_alphabetic() || *byte == b'\'')) {
            let word = &read[at..at + word.len()];
            at += word.len() + 1;
            let word = word.trim_matches('\'');
            if !word.is_empty() {
                take(word);
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
