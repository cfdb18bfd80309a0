//! The language of a text, or the admission that it cannot be told.
//!
//! The script decides where it can. Among languages in Latin letters the commonest English words are looked for first:
//! they settle most English comments at little cost, and general detectors take short casual English for anything.
//! whatlang decides the rest, and is believed only on enough letters without English words among them.

use std::collections::HashSet;
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

/// Below this whatlang is not believed.
const MIN_CONFIDENCE: f64 = 0.9;

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

static ENGLISH_WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| ENGLISH.split_whitespace().collect());
static SHARED_WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| SHARED.split_whitespace().collect());

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
            return sample.by_script();
        }
        let english = sample.english();
        if english * 8 >= sample.words * ENGLISH_SHARE && english > 3 {
            return ENGLISH_FOUND;
        }
        if sample.latin < MIN_LETTERS || sample.words < MIN_WORDS {
            return UNDETERMINED;
        }
        let Some(info) = whatlang::detect(&sample.text) else { return UNDETERMINED };
        let trusted = info.confidence() >= MIN_CONFIDENCE && (info.lang() == Lang::Eng || english * 8 < sample.words);
        if trusted { Self { code: code(info.lang()), reliable: true } } else { UNDETERMINED }
    }
}

/// The words of a text without addresses and names, in lower case.
#[derive(Default)]
struct Sample {
    text: String,
    words: usize,
    /// Letters in words that have some Latin letter: a disguised word is a Latin one.
    latin: usize,
    /// Letters in words without.
    other: usize,
}

impl Sample {
    fn of(read: &str) -> Self {
        let mut sample = Self::default();
        for chunk in read.split_whitespace().filter(|chunk| !is_address(chunk)) {
            for word in chunk.split(|c: char| !(c.is_alphabetic() || is_inner(c))) {
                sample.add(word.trim_matches(|c: char| matches!(c, '\'' | '’')));
            }
        }
        sample
    }

    fn add(&mut self, word: &str) {
        let (mut latin, mut other) = (0, 0);
        if word.is_ascii() {
            // Only letters and apostrophes come here.
            if !word.is_empty() {
                self.words += 1;
                self.latin += word.len();
                let start = self.text.len();
                self.text.push_str(word);
                self.text.push(' ');
                if let Some(tail) = self.text.get_mut(start..) {
                    tail.make_ascii_lowercase();
                }
            }
            return;
        }
        for c in word.chars() {
            if c.script() == Script::Latin {
                latin += 1;
            } else if c.is_alphabetic() && c.script() != Script::Common {
                other += 1;
            }
        }
        if latin + other == 0 {
            return;
        }
        self.words += 1;
        if latin > 0 {
            self.latin += latin + other;
        } else {
            // An ideograph, syllable or abjad letter says more than a letter, but the weight does not matter here.
            self.other += other;
        }
        self.text.extend(word.chars().map(|c| if c == '’' { '\'' } else { c }).flat_map(char::to_lowercase));
        self.text.push(' ');
    }

    /// Whether twice the usual share of the words is English, so that the rest will not change it.
    fn is_surely_english(&self) -> bool {
        self.other == 0 && self.words > 20 && self.english() * 4 >= self.words * ENGLISH_SHARE
    }

    /// Twice the count of English words.
    fn english(&self) -> usize {
        let weight = |word: &str| match word {
            word if ENGLISH_WORDS.contains(word) => 2,
            word if SHARED_WORDS.contains(word) => 1,
            _ => 0,
        };
        self.text.split(' ').map(weight).sum()
    }

    fn by_script(&self) -> Language {
        // One letter (`π`, `Δ`) is a symbol.
        match whatlang::detect(&self.text) {
            Some(info) if self.other > 1 => Language { code: code(info.lang()), reliable: true },
            _ => UNDETERMINED,
        }
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
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn short_casual_english_is_never_another_language() {
        for text in [
            "lol no way",
            "idiot",
            "Shut up",
            "Shut up idiot",
            "You fuck your dad.",
            "omg lmaooo",
            "nah bro",
            "Trump 2024!!!",
            "lmfao ur so dumb",
            "+1",
            "Bravo!",
            "Touché, mon ami",
            "Vive la France!",
            "So sad :(",
            "same old, same old",
            "Gracias!",
        ] {
            let language = Language::detect(text);
            assert!(!language.reliable || language.code == "en", "{text}: {language:?}");
        }
    }

    #[test]
    fn what_has_no_words_is_undetermined() {
        for text in
            ["", "   ", "😂😂😂", "12345 67", "?!?! ...", "https://example.org/le/monde/est/petit", "π", "@иван"]
        {
            assert_eq!(Language::detect(text), UNDETERMINED, "{text}");
        }
    }

    #[test]
    fn english_is_found() {
        for text in [
            "You have no idea what you are talking about.",
            "This is the worst article I've read all year",
            "Café owners in Zürich don’t agree with that naïve view",
            "Yоu аre an іdіоt and everyone knows it",
        ] {
            assert_eq!(Language::detect(text), Language { code: "en", reliable: true }, "{text}");
        }
    }

    #[test]
    fn scripts_decide_even_where_texts_are_short() {
        for (text, codes) in [
            ("Дурак", ["ru", "uk", "bg", "sr", "mk", "be"].as_slice()),
            ("Ты идиот, уходи отсюда", &["ru"]),
            ("バカじゃないの", &["ja"]),
            ("你是个白痴", &["zh"]),
            ("바보야", &["ko"]),
            ("ηλίθιε", &["el"]),
            ("אידיוט", &["he", "yi"]),
            ("أنت غبي", &["ar", "fa", "ur"]),
            ("तुम मूर्ख हो", &["hi", "mr", "ne"]),
            ("คุณมันโง่", &["th"]),
        ] {
            let language = Language::detect(text);
            assert!(language.reliable && codes.contains(&language.code), "{text}: {language:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn no_text_is_too_strange(text in super::super::tests::hostile_text()) {
            let language = Language::detect(&text);
            prop_assert_eq!(language.reliable, language.code != "und");
        }
    }
}
