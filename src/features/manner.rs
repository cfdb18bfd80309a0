//! Manner: how a comment is written rather than what it says.
//!
//! Capitals, strings of marks as they stand ("?!", "...)", length and lines, whether it begins small, how it ends, and
//! its first and last words. Within one site these tell sarcasm and insult from plain speech; across sites they rather
//! tell the site, so that a model for many sites gives the family little weight or none.

use super::groups::is_mention;
use super::ngrams::{Family, Feature, GROUP, slot, step, token_hash};
use crate::text::Normalized;

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
pub(super) fn visit(original: &str, comment: &Normalized, take: &mut impl FnMut(Feature)) {
    ends(comment, take);
    let mut give = |hash: u64| take(Feature { slot: slot(hash), family: Family::Manner, start: 0, end: 0 });
    let mut any_capital = false;
    if original.is_ascii() {
        for word in original.split(|c: char| c.is_ascii_whitespace() || c == '\x0b') {
            any_capital |= of_word(word, &mut give);
        }
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
    give(step(ENDING, if last.is_alphanumeric() { 0 } else { u64::from(last) }));
}

/// Gives the capitals and marks of a word; tells whether it has a capital letter.
fn of_word(word: &str, give: &mut impl FnMut(u64)) -> bool {
    // Most words are of small letters alone and give nothing.
    if word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return false;
    }
    let (mut letters, mut alphabetic, mut lower, mut upper) = (0, false, false, false);
    let (mut folded, mut marks, mut seen) = (CAPITAL_WORD, SIGNS, 0);
    for c in word.chars() {
        if !c.is_alphanumeric() {
            if seen < MARKS {
                marks = step(marks, u64::from(c));
            }
            seen += 1;
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

/// Gives the first and last words with their place, and the class of the text's length.
fn ends(comment: &Normalized, take: &mut impl FnMut(Feature)) {
    let text = comment.text().as_bytes();
    let mut words = 0_u64;
    let mut opening = None;
    let mut last = [None; ENDS];
    for token in comment.tokens() {
        let (hash, is_word) = token_hash(text, token);
        if !is_word {
            continue;
        }
        let mut give = |hash: u64, start: u32| {
            take(Feature { slot: slot(hash), family: Family::Manner, start, end: token.end });
        };
        if words < ENDS as u64 && hash != GROUP {
            give(step(FIRST + words, hash), token.start);
        }
        match (words, opening) {
            (0, _) => opening = Some((hash, token.start)),
            (1, Some((first, start))) if !is_mention(first, hash) => give(step(step(OPENING, first), hash), start),
            _ => {}
        }
        words += 1;
        last.rotate_right(1);
        last[0] = Some((hash, token.start, token.end));
    }
    for (place, word) in last.into_iter().enumerate() {
        if let Some((hash, start, end)) = word.filter(|(hash, ..)| *hash != GROUP) {
            take(Feature { slot: slot(step(LAST + place as u64, hash)), family: Family::Manner, start, end });
        }
    }
    let class = u64::from((words + 1).ilog2());
    take(Feature { slot: slot(step(WORDS, class)), family: Family::Manner, start: 0, end: 0 });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(text: &str) -> Vec<u32> {
        let mut slots = Vec::new();
        visit(text, &Normalized::new(text), &mut |feature: Feature| slots.push(feature.slot));
        slots
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
