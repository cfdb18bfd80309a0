//! Letters replaced by digits and signs (`1d10t`, `a$$hole`) or covered (`f**k`, `sh##ty`).
//!
//! Both are read by word lists only, as patterns over a whole stretch without white space: what fits no listed word
//! (`2024`, `mp3`, `h2o`, `5*4`, `**bold**`) is left alone. Digits are also read as letters of the commonest words (`y0u
//! 4r3`), and stars as one or two letters of them (`p*ople`).

use super::EvasionKind;
use super::evasion::ViewList;
use super::lexicon::{self, ANY, Letters, Lexicon, MAX_PATTERN, letter};
use std::ops::Range;

/// The longest stretch that is looked at, in bytes.
const MAX_STRETCH: usize = 64;

/// The most words that one mask is read as.
const MAX_CANDIDATES: usize = 3;

/// What follows a number and is no end of a word.
const UNITS: [&[u8]; 21] = [
    b"am", b"pm", b"in", b"st", b"nd", b"rd", b"th", b"ft", b"km", b"kg", b"mm", b"cm", b"hr", b"hrs", b"gb", b"mb",
    b"bn", b"ers", b"ish", b"yr", b"yrs",
];

/// Tells whether a punctuation character may stand for a letter.
pub(super) fn is_sign(byte: u8) -> bool {
    is_cover(byte) || is_weak_cover(byte)
}

/// Signs that people cover letters with.
fn is_cover(byte: u8) -> bool {
    matches!(byte, b'*' | b'#' | b'%' | b'&' | b'^' | b'@' | b'$')
}

/// Signs that cover letters too but far more often do something else.
fn is_weak_cover(byte: u8) -> bool {
    matches!(byte, b'-' | b'_' | b'~' | b'!' | b'+' | b'|')
}

/// Adds what the stretch is read as, or the parts between its hyphens and such.
pub(super) fn read(text: &str, range: Range<usize>, views: &mut ViewList) {
    let stretch = text.get(range.clone()).filter(|stretch| stretch.len() <= MAX_STRETCH).unwrap_or_default();
    // A curly apostrophe ends the word as a straight one does.
    let stretch = stretch.split('’').next().unwrap_or_default();
    if !stretch.is_ascii() {
        return;
    }
    if read_word(stretch.as_bytes(), range.start, views) {
        return;
    }
    let joins = |b: &u8| matches!(b, b'-' | b'_' | b'+' | b'|' | b'&' | b'~' | b'\'');
    let mut start = range.start;
    for part in stretch.as_bytes().split(joins) {
        if part.len() < stretch.len() {
            read_word(part, start, views);
        }
        start += part.len() + 1;
    }
}

fn read_word(bytes: &[u8], start: usize, views: &mut ViewList) -> bool {
    let (word, start) = trim(bytes, start);
    if word.len() < 3 || word.len() > MAX_PATTERN || word.iter().all(u8::is_ascii_alphabetic) {
        return false;
    }
    let range = start..start + word.len();
    if let Some(reading) = read_leet(word, lexicon::disguised()) {
        views.push(EvasionKind::Leet, reading, range);
        return true;
    }
    let readings = read_mask(word);
    for reading in readings.iter().flatten() {
        views.push(EvasionKind::Masked, reading, range.clone());
    }
    if readings[0].is_some() {
        return true;
    }
    if let Some(reading) = read_cut(word) {
        views.push(EvasionKind::Spaced, reading, range);
        return true;
    }
    let (kind, common) = if may_be_common(word) {
        (EvasionKind::Leet, read_leet(word, lexicon::common()))
    } else {
        (EvasionKind::Masked, read_starred(word))
    };
    if let Some(reading) = common {
        views.push(kind, reading, range);
    }
    common.is_some()
}

/// Reads a common word with stars for one or two of its inner letters: `p*ople`, `peo**e`, where more letters stand than
/// twice the stars and one: `th**k` may be think, thank or thick.
fn read_starred(word: &[u8]) -> Option<&'static str> {
    let stars = word.iter().filter(|&&b| b == b'*').count();
    let inner = word.len() > 3 && word[0] != b'*' && word[word.len() - 1] != b'*';
    let plain = word.iter().all(|&b| b == b'*' || b.is_ascii_lowercase());
    let together = word.split(|&b| b != b'*').any(|run| run.len() == stars);
    if !(inner && plain && together && matches!(stars, 1 | 2) && word.len() > 2 * stars + 1) {
        return None;
    }
    let mut pattern = [0; MAX_PATTERN];
    for (slot, &byte) in pattern.iter_mut().zip(word) {
        *slot = if byte == b'*' { ANY } else { letter(byte) };
    }
    lexicon::common().first_match(pattern.get(..word.len())?)
}

/// Whether the digits in a word may stand for letters of a word that nobody has to hide. Between letters they do (`y0u`);
/// a number before or after a word counts, numbers or names something (`room5`, `5mile`, `win10`), `$` and `@` before one
/// do much else.
fn may_be_common(word: &[u8]) -> bool {
    let is_known = |word: &[u8]| {
        std::str::from_utf8(word).is_ok_and(|word| lexicon::common().contains(word) || lexicon::contains(word))
    };
    let number = |b: &u8| b.is_ascii_digit();
    let lead = word.iter().take_while(|b| number(b) || matches!(b, b'$' | b'@')).count();
    let trail = word.iter().rev().take_while(|b| number(b)).count();
    let (tail, head) = (word.get(lead..).unwrap_or_default(), &word[..word.len() - trail]);
    word.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'@' | b'$' | b'!'))
        && (lead == 0 || !(is_known(tail) || UNITS.contains(&tail)))
        && (trail == 0 || !is_known(head))
}

/// Reads a listed word that signs cut in two: `id-iot`, `mo*ron`.
fn read_cut(word: &[u8]) -> Option<&'static str> {
    let signs = word.iter().filter(|&&b| is_sign(b)).count();
    let first = word.iter().position(|&b| is_sign(b))?;
    let run = word.iter().skip(first).take_while(|&&b| is_sign(b)).count();
    let mut letters = [0; MAX_PATTERN];
    let mut count = 0;
    for (slot, &byte) in letters.iter_mut().zip(word.iter().filter(|&&b| !is_sign(b))) {
        *slot = letter(byte);
        count += 1;
    }
    let inside = first > 0 && first + run < word.len();
    if !inside || run != signs || count < 4 || letters.iter().take(count).any(|&letter| letter == 0) {
        return None;
    }
    lexicon::first_match(letters.get(..count)?)
}

/// Takes off markup, and the punctuation that may follow any word.
fn trim(mut word: &[u8], mut start: usize) -> (&[u8], usize) {
    if let Some(&mark @ (b'*' | b'_' | b'~')) = word.first() {
        let lead = word.iter().take_while(|&&b| b == mark).count();
        word = word.get(lead..).unwrap_or_default();
        start += lead;
        while let Some((&last, rest)) = word.split_last()
            && last == mark
        {
            word = rest;
        }
    }
    while let Some((b'#' | b'%' | b'&' | b'^' | b'!' | b'|' | b'+' | b'-' | b'\'' | b'~', rest)) = word.split_first() {
        word = rest;
        start += 1;
    }
    if let Some(rest) = word.strip_suffix(b"'s") {
        word = rest;
    }
    while let Some((b'!' | b'\'' | b'+' | b'|' | b'~', rest)) = word.split_last() {
        word = rest;
    }
    while let [rest @ .., before, b'-' | b'_'] = word
        && !matches!(before, b'-' | b'_')
    {
        word = &word[..rest.len() + 1];
    }
    (word, start)
}

/// The letters that a digit or sign is written for.
fn leet(byte: u8) -> Letters {
    match byte {
        b'a'..=b'z' => letter(byte),
        b'0' => letter(b'o'),
        b'1' | b'!' | b'|' => letter(b'i') | letter(b'l'),
        b'2' => letter(b'z'),
        b'3' => letter(b'e'),
        b'4' | b'@' => letter(b'a'),
        b'5' | b'$' => letter(b's'),
        b'6' | b'9' => letter(b'g'),
        b'7' | b'+' => letter(b't'),
        b'8' => letter(b'b'),
        _ => 0,
    }
}

fn read_leet(word: &[u8], list: &Lexicon) -> Option<&'static str> {
    let letters = word.iter().filter(|b| b.is_ascii_lowercase()).count();
    let digits = word.iter().filter(|b| b.is_ascii_digit()).count();
    // A road (`a55`) or a model's number is no word; one of signs alone (`@$$`) may be.
    let is_numbered = word.iter().skip_while(|b| b.is_ascii_lowercase()).all(u8::is_ascii_digit);
    let ends = [word.first(), word.last()].into_iter().flatten().all(u8::is_ascii_digit);
    let wordlike = digits <= letters || (letters > 0 && (word.len() > 3 || ends) && !is_numbered);
    if !wordlike {
        return None;
    }
    let mut pattern = [0; MAX_PATTERN];
    for (slot, &byte) in pattern.iter_mut().zip(word) {
        *slot = leet(byte);
        if *slot == 0 {
            return None;
        }
    }
    list.first_match(pattern.get(..word.len())?)
}

fn read_mask(word: &[u8]) -> [Option<&'static str>; MAX_CANDIDATES] {
    let mut readings = [None; MAX_CANDIDATES];
    let known = word.iter().filter(|b| b.is_ascii_lowercase()).count();
    let wild = word.iter().filter(|&&b| is_sign(b)).count();
    if wild == 0 || !word[0].is_ascii_lowercase() || !is_credible(word, known, wild) {
        return readings;
    }
    let mut pattern = [0; MAX_PATTERN];
    for (slot, &byte) in pattern.iter_mut().zip(word) {
        *slot = if is_sign(byte) { ANY } else { leet(byte) };
        if *slot == 0 {
            return readings;
        }
    }
    // One letter tells little: only the most common word is then meant more often than not.
    let limit = if known < 2 { 1 } else { MAX_CANDIDATES };
    let mut count = 0;
    let mut take = |found: &'static str| {
        if let Some(slot) = readings.get_mut(count) {
            *slot = Some(found);
            count += 1;
        }
        count < limit
    };
    lexicon::matches(&pattern[..word.len()], &mut take);
    // A run of covers is not always counted out: `f**ing`.
    if readings[0].is_none() && known > 1 && word.iter().any(|&b| is_cover(b)) {
        stretch_run(word, &pattern, &mut readings);
    }
    readings
}

/// Reads the only run of covers in a word as somewhat fewer or more letters than it has signs.
fn stretch_run(word: &[u8], pattern: &[Letters; MAX_PATTERN], readings: &mut [Option<&'static str>; MAX_CANDIDATES]) {
    let is_wild = |&b: &u8| is_sign(b);
    let Some(first) = word.iter().position(is_wild) else { return };
    let run = word.iter().skip(first).copied().take_while(|b| is_wild(b)).count();
    let tail = &pattern[first + run..word.len()];
    if run < 2 || word.iter().skip(first + run).any(is_wild) {
        return;
    }
    let mut slots = readings.iter_mut();
    for len in [run - 1, run + 1, run + 2] {
        let mut stretched = [ANY; 2 * MAX_PATTERN];
        let total = first + len + tail.len();
        stretched[..first].copy_from_slice(&pattern[..first]);
        stretched[first + len..total].copy_from_slice(tail);
        lexicon::matches(&stretched[..total], |found| slots.next().map(|slot| *slot = Some(found)).is_some());
    }
}

/// Whether the signs in a word look like covers: `a*b`, `as-is` and `terms*` do not.
fn is_credible(word: &[u8], known: usize, wild: usize) -> bool {
    let all_weak = word.iter().all(|&b| !is_cover(b));
    let run = |b: &u8| is_sign(*b);
    let longest = word.split(|b| !run(b)).map(<[u8]>::len).max().unwrap_or(0);
    let last_is_wild = word.last().is_some_and(run);
    if word.len() == 3 {
        return matches!(word, [_, b'*', b'a'..=b'z'] | [_, b'*', b'*']);
    }
    if all_weak && longest < 2 {
        return known > 2 && wild == 1 && !last_is_wild;
    }
    if last_is_wild && wild == 1 {
        let head = std::str::from_utf8(&word[..word.len() - 1]).unwrap_or("");
        return known > 2 && !lexicon::contains(head);
    }
    known > 1 || (longest == wild && wild > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings(stretch: &str) -> Vec<String> {
        let mut views = ViewList::default();
        read(stretch, 0..stretch.len(), &mut views);
        views.as_slice().iter().map(|view| view.reading.clone()).collect()
    }

    #[test]
    fn digits_and_signs_are_letters() {
        for (stretch, word) in [
            ("1d10t", "idiot"),
            ("a$$hole", "asshole"),
            ("@sshole", "asshole"),
            ("b1tch", "bitch"),
            ("sh1t", "shit"),
            ("@$$", "ass"),
            ("l0ser!!", "loser"),
            ("dumb-a$$", "ass"),
            ("m0r0n's", "moron"),
            ("a$$hole’s", "asshole"),
            ("y0u", "you"),
            ("4r3", "are"),
            ("th3", "the"),
            ("p30pl3", "people"),
            ("d!e", "die"),
            ("$hut", "shut"),
            ("lib3r4l$", "liberals"),
            ("@nother", "another"),
            ("f4t", "fat"),
            ("1d107", "idiot"),
            ("5h17", "shit"),
        ] {
            assert_eq!(readings(stretch), [word], "{stretch}");
        }
    }

    #[test]
    fn covers_are_read_by_the_list() {
        for (stretch, word) in [
            ("f**k", "fuck"),
            ("f@#k", "fuck"),
            ("sh##ty", "shitty"),
            ("m*r*n", "moron"),
            ("*f**k*", "fuck"),
            ("f**ing", "fucking"),
            ("id**t", "idiot"),
            ("sh-t", "shit"),
            ("f--k", "fuck"),
            ("a**", "ass"),
            ("id-iot", "idiot"),
            ("mo*ron", "moron"),
            ("stu__pid", "stupid"),
            ("p*ople", "people"),
            ("peo**e", "people"),
        ] {
            assert_eq!(readings(stretch).first().map(String::as_str), Some(word), "{stretch}");
        }
        assert!(readings("th**k").is_empty(), "thick, thank or think");
        assert_eq!(readings("s***"), ["shit"]);
        assert_eq!(readings("s**t"), ["shit", "slut"]);
        assert!(readings("f*****").len() <= MAX_CANDIDATES);
    }

    #[test]
    fn numbers_formulae_code_and_markup_are_left_alone() {
        for stretch in [
            "2024",
            "covid19",
            "mp3",
            "b2b",
            "h2o",
            "50s",
            "1st",
            "$100",
            "c3po",
            "catch22",
            "**bold**",
            "5*4",
            "a*b",
            "c#",
            "f#m",
            "#tag",
            "c++",
            "r&b",
            "at&t",
            "q&a",
            "well-known",
            "t-shirt",
            "x86_64",
            "foo_bar",
            "a+",
            "ch3cooh",
            "c6h12o6",
            "m&m's",
            "terms*",
            "$5",
            "2x4",
            "4x4",
            "2x2",
            "i18n",
            "p@ssword",
            "100%",
            "*not*",
            "_this_",
            "as-is",
            "b-side",
            "a55",
            "idiot*",
            "10%-20%",
            "x*y*z",
            "rock'n'roll",
            "win32",
            "3rd",
            "r2d2",
            "~/src",
            "--help",
            "a-b-c",
            "4th",
            "5am",
            "7pm",
            "room5",
            "part3",
            "win10",
            "iphone5",
            "ps4",
            "i5",
            "m3",
            "5mile",
            "4way",
            "$top",
            "@part",
            "90s",
            "co2",
            "g20",
            "h1n1",
            "a1c",
            "l135",
            "r475",
            "p155",
            "3am",
            "24hr",
            "10k",
            "l8r",
            "2day",
            "gr8",
            "n95",
            "mi6",
            "f16s",
            "us2",
            "wow!yes",
            "foo*bar",
            "p.e",
        ] {
            assert_eq!(readings(stretch), [""; 0], "{stretch}");
        }
    }
}
