//! Letters that look like Latin letters.

use super::evasion::MAX_READING;
use super::lexicon::{self, Letters, letter};
use arrayvec::{ArrayString, ArrayVec};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;
use unicode_script::{Script, UnicodeScript};
use unicode_security::confusable_detection::skeleton;

/// The scripts of the letters of a word, as far as reading one script as another is concerned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Scripts {
    /// Letters of the Latin script.
    pub latin: u32,
    /// Letters of scripts that have Latin lookalikes.
    pub lookalike: u32,
    /// Greek letters among those, which formulae and units mix with Latin honestly.
    pub greek: u32,
    /// Letters of all other scripts.
    pub other: u32,
}

impl Scripts {
    /// Counts the letters of a word.
    pub fn of(word: &str) -> Self {
        let mut scripts = Self::default();
        for c in word.chars() {
            if c.is_ascii_alphabetic() {
                scripts.latin += 1;
                continue;
            }
            if !c.is_alphabetic() {
                continue;
            }
            match c.script() {
                Script::Latin if is_styled(c) => scripts.lookalike += 1,
                Script::Latin => scripts.latin += 1,
                Script::Greek => {
                    scripts.greek += 1;
                    scripts.lookalike += 1;
                }
                Script::Cyrillic | Script::Armenian | Script::Cherokee | Script::Coptic | Script::Lisu => {
                    scripts.lookalike += 1;
                }
                Script::Common if is_styled(c) => scripts.lookalike += 1,
                _ => scripts.other += 1,
            }
        }
        scripts
    }
}

/// Latin letters in a dress that NFKC leaves on: small capitals and letters on black.
pub(super) fn is_styled(c: char) -> bool {
    matches!(
        c,
        '\u{1d00}'..='\u{1d22}' | '\u{1f150}'..='\u{1f169}' | '\u{1f170}'..='\u{1f189}'
            | 'ɪ' | 'ʀ' | 'ɢ' | 'ʙ' | 'ʜ' | 'ʟ' | 'ɴ' | 'ʏ' | 'ɑ' | 'ɡ' | 'ꜰ' | 'ꜱ'
    )
}

/// A reading, in memory of its own.
pub(super) type Word = ArrayString<MAX_READING>;

/// What a word of lookalikes is read as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    /// The Latin word.
    pub word: Word,
    /// Whether it is in the word list.
    pub listed: bool,
    /// Whether every letter looks Latin in lower case already, not only as a capital or with good will.
    pub close: bool,
}

/// Reads a word as Latin letters that look the same; None where a letter looks like none.
///
/// The main text is in lower case, but the author may have written capitals, so a letter is read as what either of its
/// cases looks like (`н` is `H`). Of several readings one in the word list is preferred, else the first is taken.
/// Letters not in our own table are looked up in the confusables of UTS #39.
pub(super) fn latin_reading(word: &str) -> Option<Reading> {
    let (mut reading, mut pattern, mut close) = (Word::new(), ArrayVec::<Letters, MAX_READING>::new(), true);
    for c in word.chars() {
        if canonical_combining_class(c) != 0 {
            continue;
        }
        if matches!(c, '\'' | '’') {
            break;
        }
        let looks = lookalikes(c);
        let first = match looks.first() {
            Some(&byte) => char::from(byte),
            None => {
                let mut bytes = [0; 4];
                let mut alike = skeleton(c.encode_utf8(&mut bytes));
                let only = alike.next().map(|c| c.to_ascii_lowercase()).filter(char::is_ascii_lowercase);
                only.filter(|_| alike.next().is_none())?
            }
        };
        close &= !is_distant(c);
        reading.try_push(first).ok()?;
        pattern.try_push(looks.iter().fold(letter(first as u8), |set: Letters, &byte| set | letter(byte))).ok()?;
    }
    Some(match lexicon::first_match(&pattern) {
        Some(word) => Reading { word: Word::from(word).ok()?, listed: true, close },
        None => Reading { word: reading, listed: false, close },
    })
}

/// Reads a word of letters turned upside down, last letter first; `None` where it holds none that are only that, or for
/// what is rather a sign of phonetics.
pub(super) fn turned(word: &str) -> Option<Word> {
    let (mut reading, mut letters, mut turned) = (Word::new(), 0, 0);
    if !word.chars().any(is_turned) {
        return None;
    }
    for c in word.chars().rev() {
        reading.try_push(upright(c)?).ok()?;
        letters += 1;
        turned += usize::from(is_turned(c));
    }
    (lexicon::contains(&reading) || (letters > 3 && turned * 2 >= letters)).then_some(reading)
}

/// Whether a letter stands for one that is turned and hardly ever for itself.
fn is_turned(c: char) -> bool {
    matches!(c, 'ɐ' | 'ɔ' | 'ǝ' | 'ɟ' | 'ƃ' | 'ɥ' | 'ᴉ' | 'ɾ' | 'ʞ' | 'ɯ' | 'ɹ' | 'ʇ' | 'ʌ' | 'ʍ' | 'ʎ')
}

/// The letter that looks like `c` when it is turned.
fn upright(c: char) -> Option<char> {
    const PAIRS: [(char, char); 30] = [
        ('ɐ', 'a'),
        ('q', 'b'),
        ('ɔ', 'c'),
        ('p', 'd'),
        ('ǝ', 'e'),
        ('ə', 'e'),
        ('ɟ', 'f'),
        ('ƃ', 'g'),
        ('ɓ', 'g'),
        ('ɥ', 'h'),
        ('ᴉ', 'i'),
        ('ı', 'i'),
        ('ɾ', 'j'),
        ('ʞ', 'k'),
        ('l', 'l'),
        ('ʃ', 'l'),
        ('ɯ', 'm'),
        ('u', 'n'),
        ('o', 'o'),
        ('d', 'p'),
        ('b', 'q'),
        ('ɹ', 'r'),
        ('s', 's'),
        ('ʇ', 't'),
        ('n', 'u'),
        ('ʌ', 'v'),
        ('ʍ', 'w'),
        ('x', 'x'),
        ('ʎ', 'y'),
        ('z', 'z'),
    ];
    PAIRS.iter().find(|(turned, _)| *turned == c).map(|(_, upright)| *upright)
}

/// Tells whether a letter looks like a Latin one at all.
pub(super) fn has_lookalike(c: char) -> bool {
    !lookalikes(c).is_empty()
}

/// Tells whether a letter passes for Latin only as a capital or with good will, so that many honest words of its script
/// are made of such.
fn is_distant(c: char) -> bool {
    matches!(c, 'в' | 'к' | 'м' | 'н' | 'т' | 'п' | 'г' | 'и' | 'ц' | 'ш' | 'ь' | 'є' | 'ё' | 'ћ' | 'ғ')
        || matches!(c, '\u{370}'..='\u{3ff}' if !matches!(c, 'ο' | 'ν' | 'υ' | 'ι' | 'α' | 'ρ' | 'κ'))
}

/// Reads a word without its combining marks, also those that are part of a letter; `None` where that is longer than a
/// reading may be.
pub(super) fn without_marks(word: &str) -> Option<Word> {
    let mut reading = Word::new();
    for c in word.nfd().filter(|&c| canonical_combining_class(c) == 0).nfc() {
        reading.try_push(c).ok()?;
    }
    Some(reading)
}

/// Tells whether the marks on a word are there to blur it: strokes through letters, or marks upon marks.
pub(super) fn is_overlaid(word: &str) -> bool {
    let (mut marks, mut letters, mut in_a_row) = (0_u32, 0_u32, 0_u32);
    for c in word.chars() {
        let class = canonical_combining_class(c);
        if class == 0 {
            letters += 1;
            in_a_row = 0;
            continue;
        }
        marks += 1;
        in_a_row += 1;
        if class == 1 || in_a_row > 2 {
            return true;
        }
    }
    marks > 1 && marks * 2 >= letters
}

/// The Latin letters a lower-case letter, or its capital, looks like; the best first.
fn lookalikes(c: char) -> &'static [u8] {
    const ALPHABET: &[u8; 26] = b"abcdefghijklmnopqrstuvwxyz";
    let nth = |index: u32| ALPHABET.get(index as usize..index as usize + 1).unwrap_or(&[]);
    match c {
        'a'..='z' => nth(c as u32 - 'a' as u32),
        '\u{1f150}'..='\u{1f169}' => nth(c as u32 - 0x1f150),
        '\u{1f170}'..='\u{1f189}' => nth(c as u32 - 0x1f170),
        'а' | 'α' | 'ɑ' | 'ᴀ' | 'ά' => b"a",
        'в' => b"bv",
        'β' | 'ь' | 'ʙ' | 'ᴃ' => b"b",
        'с' | 'ϲ' | 'ᴄ' | 'ⲥ' => b"c",
        'ԁ' | 'ᴅ' | 'ժ' => b"d",
        'е' | 'ё' | 'є' | 'ε' | 'έ' | 'ҽ' | 'ᴇ' | 'ⲉ' => b"e",
        'ꜰ' | 'ғ' => b"f",
        'ɡ' | 'ց' | 'ɢ' | 'ԍ' => b"g",
        'н' | 'ʜ' => b"hn",
        'һ' | 'հ' | 'ћ' => b"h",
        'і' | 'ї' | 'ι' | 'ί' | 'ɪ' | 'ⲓ' => b"il",
        'ӏ' => b"li",
        'ј' | 'ᴊ' => b"j",
        'к' | 'κ' | 'ᴋ' | 'ⲕ' => b"k",
        'ʟ' | 'ⳑ' => b"l",
        'м' | 'ᴍ' | 'ⲙ' => b"m",
        'η' | 'ή' => b"nh",
        'п' | 'ո' | 'ɴ' | 'ᴎ' => b"n",
        'о' | 'ο' | 'ό' | 'օ' | 'σ' | 'ᴏ' | 'ⲟ' => b"o",
        'р' | 'ρ' | 'ᴘ' | 'ⲣ' => b"p",
        'ԛ' | 'զ' => b"q",
        'г' | 'ʀ' | 'ᴦ' => b"r",
        'ѕ' | 'ꜱ' => b"s",
        'т' | 'τ' | 'ᴛ' | 'ⲧ' => b"t",
        'υ' | 'ύ' => b"uy",
        'μ' => b"um",
        'ս' | 'ц' | 'ᴜ' | 'и' => b"u",
        'ν' => b"vn",
        'ѵ' | 'ᴠ' => b"v",
        'ԝ' | 'ω' | 'ш' | 'ᴡ' => b"w",
        'х' | 'χ' | 'ⲭ' => b"x",
        'у' | 'ү' | 'γ' | 'ʏ' | 'ⲩ' => b"yu",
        'ζ' | 'ᴢ' => b"z",
        _ => b"",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookalikes_read_as_latin_words() {
        for (word, reading) in [
            ("іdіоt", "idiot"),
            ("ѕhіt", "shit"),
            ("fυck", "fuck"),
            ("ɪᴅɪᴏᴛ", "idiot"),
            ("нell", "hell"),
            ("🅱itch", "bitch"),
            ("аѕѕ", "ass"),
        ] {
            assert_eq!(latin_reading(word).map(|reading| reading.word).as_deref(), Some(reading));
        }
        assert_eq!(latin_reading("pdfжка"), None);
        assert_eq!(latin_reading("漢字"), None);
    }

    #[test]
    fn turned_words_are_read_from_their_end() {
        assert_eq!(turned("ʇoᴉpᴉ").as_deref(), Some("idiot"));
        assert_eq!(turned("ʞɔnɟ").as_deref(), Some("fuck"));
        assert_eq!(turned("sǝʌlǝsɹnoʎ").as_deref(), Some("yourselves"));
        for word in ["pod", "kıl", "ɔː", "rɔd", "sʌn"] {
            assert_eq!(turned(word), None, "{word}");
        }
    }

    #[test]
    fn marks_that_blur_are_told_from_marks_that_spell() {
        assert!(is_overlaid("i\u{336}d\u{336}i\u{336}o\u{336}t\u{336}"));
        assert!(is_overlaid("i\u{30d}\u{325}\u{30e}d\u{324}iot"));
        for word in ["café", "ọ\u{301}kọ\u{301}nrin", "việt", "naïve"] {
            assert!(!is_overlaid(word), "{word}");
        }
        assert_eq!(without_marks("ị\u{334}dio\u{336}t").as_deref(), Some("idiot"));
    }
}
