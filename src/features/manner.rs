//! Manner: how a comment is written rather than what it says.
//!
//! Capitals, strings of marks as they stand ("?!", "...)", length and lines, whether it begins small, how it ends, and
//! its first and last words. Within one site these tell sarcasm and insult from plain speech; across sites they rather
//! tell the site, so that a model for many sites gives the family little weight or none.

use super::groups::is_mention;
use super::ngrams::{Family, Feature, GROUP, Met, slot};
use crate::text::as_typed;
use crate::text::packed::{small_letters_end, step};

/// Words at either end whose place is a feature.
const ENDS: usize = 3;
/// Marks of one word that are told apart.
const MARKS: usize = 4;

const CAPITALS: u64 = 0x6361_7073;
const CAPITAL_WORD: u64 = 0x6361_7077;
const SIGNS: u64 = 0x7369_676e;
const WORDS: u64 = 0x776f_7264;
const LINES: u64 = 0x6c69_6e65;
const BEGINS_SMALL: u64 = 0x736d_616c;
const NO_CAPITALS: u64 = 0x6e6f_6361;
const ENDING: u64 = 0x656e_6469;
const FIRST: u64 = 0x6669_7273;
const LAST: u64 = 0x6c61_7374;
const OPENING: u64 = 0x6f70_656e;

/// Hands every feature of manner to `take`.
pub(super) fn visit(original: &str, met: &[Met], take: &mut impl FnMut(Feature)) {
    ends(met, take);
    let mut give = |hash: u64| take(Feature { slot: slot(hash), family: Family::Manner, start: 0, end: 0 });
    let mut any_capital = false;
    if original.is_ascii() {
        any_capital = of_ascii_words(original.as_bytes(), &mut give);
    } else {
        for word in original.split_whitespace() {
            any_capital |= of_word(word, &mut give);
        }
    }
    if !any_capital {
        give(NO_CAPITALS);
    }
    let lines = original.bytes().filter(|byte| *byte == b'\n').count();
    give(step(LINES, lines.min(6) as u64));
    if original.chars().next().is_some_and(char::is_lowercase) {
        give(BEGINS_SMALL);
    }
    let last = original.trim_end().chars().next_back().unwrap_or(' ');
    let last = if last == '…' { '.' } else { as_typed(last) };
    give(step(ENDING, if last.is_alphanumeric() { 0 } else { u64::from(last) }));
}

/// Gives the capitals and marks of a word; tells whether it has a capital letter.
fn of_word(word: &str, give: &mut impl FnMut(u64)) -> bool {
    if word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return false;
    }
    if word.is_ascii() { of_ascii_word(word.as_bytes(), give) } else { of_any_word(word, give) }
}

fn of_any_word(word: &str, give: &mut impl FnMut(u64)) -> bool {
    let (mut letters, mut alphabetic, mut lower, mut upper) = (0, false, false, false);
    let (mut folded, mut marks, mut seen) = (CAPITAL_WORD, SIGNS, 0);
    for c in word.chars() {
        if !c.is_alphanumeric() {
            // As everywhere, the marks of a printer are those of a typewriter.
            let (mark, times) = if c == '…' { ('.', 3) } else { (as_typed(c), 1) };
            for _ in seen..MARKS.min(seen + times) {
                marks = step(marks, u64::from(mark));
            }
            seen += times;
            continue;
        }
        letters += 1;
        alphabetic |= c.is_alphabetic();
        lower |= c.is_lowercase();
        upper |= c.is_uppercase();
        for small in c.to_lowercase() {
            folded = step(folded, u64::from(small));
        }
    }
    if letters > 1 && alphabetic && !lower {
        give(CAPITALS);
        give(folded);
    }
    if seen > 0 {
        give(marks);
    }
    upper
}

/// Gives the capitals and marks of all words of a text in ASCII; tells whether one has a capital letter.
fn of_ascii_words(text: &[u8], give: &mut impl FnMut(u64)) -> bool {
    let (mut any_capital, mut start) = (false, 0);
    while start < text.len() {
        // Most words are of small letters alone and give nothing.
        let mut end = small_letters_end(text, start);
        if text.get(end).is_some_and(|byte| !is_blank(*byte)) {
            end += text[end..].iter().take_while(|byte| !is_blank(**byte)).count();
            any_capital |= of_ascii_word(&text[start..end], give);
        }
        start = end + 1;
    }
    any_capital
}

/// White space in ASCII, as [`char::is_whitespace`] has it.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// The same for a word in ASCII.
fn of_ascii_word(word: &[u8], give: &mut impl FnMut(u64)) -> bool {
    let (mut letters, mut lower, mut upper) = (0, 0, 0);
    let (mut marks, mut seen) = (SIGNS, 0);
    for &byte in word {
        lower += usize::from(byte.is_ascii_lowercase());
        upper += usize::from(byte.is_ascii_uppercase());
        letters += usize::from(byte.is_ascii_alphanumeric());
        if !byte.is_ascii_alphanumeric() {
            if seen < MARKS {
                marks = step(marks, u64::from(byte));
            }
            seen += 1;
        }
    }
    if letters > 1 && upper > 0 && lower == 0 {
        let folded = word.iter().filter(|byte| byte.is_ascii_alphanumeric());
        give(CAPITALS);
        give(folded.fold(CAPITAL_WORD, |folded, byte| step(folded, u64::from(byte.to_ascii_lowercase()))));
    }
    if seen > 0 {
        give(marks);
    }
    upper > 0
}

/// Gives the first and last words with their place, and the class of the text's length.
fn ends(met: &[Met], take: &mut impl FnMut(Feature)) {
    let mut give = |hash: u64, start: u32, end: u32| {
        take(Feature { slot: slot(hash), family: Family::Manner, start, end });
    };
    let mut opening = None;
    for (place, token) in met.iter().filter(|token| token.is_word).take(ENDS).enumerate() {
        if token.hash != GROUP {
            give(step(FIRST + place as u64, token.hash), token.start, token.end);
        }
        match (place, opening) {
            (0, _) => opening = Some((token.hash, token.start)),
            (1, Some((first, start))) if !is_mention(first, token.hash) => {
                give(step(step(OPENING, first), token.hash), start, token.end);
            }
            _ => {}
        }
    }
    for (place, token) in met.iter().rev().filter(|token| token.is_word).take(ENDS).enumerate() {
        if token.hash != GROUP {
            give(step(LAST + place as u64, token.hash), token.start, token.end);
        }
    }
    let words = met.iter().filter(|token| token.is_word).count() as u64;
    give(step(WORDS, u64::from((words + 1).ilog2())), 0, 0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{Chunk, ngrams};
    use crate::text::Normalized;

    fn slots(text: &str) -> Vec<u32> {
        let mut slots = Vec::new();
        let mut take = |feature: Feature| {
            if feature.family == Family::Manner {
                slots.push(feature.slot);
            }
        };
        ngrams::visit(text, &Normalized::new(text), &mut Chunk::default(), &mut take);
        slots
    }

    #[test]
    fn the_short_path_for_ascii_gives_what_the_general_one_does() {
        for word in ["WHAT", "what?!", "I'M", "\"Oh\"", "C3PO", "...", "a-B_c(d)", "1,000", "", "I", "so"] {
            let (mut short, mut general) = (Vec::new(), Vec::new());
            let capital = of_ascii_word(word.as_bytes(), &mut |hash| short.push(hash));
            assert_eq!(capital, of_any_word(word, &mut |hash| general.push(hash)), "{word}");
            assert_eq!(short, general, "{word}");
        }
    }

    #[test]
    fn the_marks_of_a_printer_are_those_of_a_typewriter() {
        assert_eq!(slots("So “smart”, I’m told…"), slots("So \"smart\", I'm told..."));
    }

    #[test]
    fn a_group_by_itself_has_no_place() {
        let length = |text: &str| slots(text).len();
        assert_eq!(length("a muslim"), length("a"), "but for the length");
        assert!(length("a muslim said so") > length("a muslim"));
    }

    #[test]
    fn capitals_and_marks_are_seen_and_small_words_are_not() {
        let (plain, loud) = (slots("so you say this now"), slots("so you SAY this now?!"));
        assert!(loud.contains(&slot(CAPITALS)) && !plain.contains(&slot(CAPITALS)));
        assert!(plain.contains(&slot(NO_CAPITALS)) && !loud.contains(&slot(NO_CAPITALS)));
        assert!(loud.contains(&slot(step(step(SIGNS, u64::from('?')), u64::from('!')))));
    }

    #[test]
    fn length_is_a_class_not_a_number() {
        let class = |words: usize| slot(step(WORDS, u64::from((words as u64 + 1).ilog2())));
        assert!(slots(&"word ".repeat(20)).contains(&class(25)));
        assert!(!slots(&"word ".repeat(20)).contains(&class(40)));
    }

    #[test]
    fn nothing_at_all_has_a_manner_too() {
        assert!(!slots("").is_empty());
    }
}
