//! Stylistic cues: what a text does, rather than which words it has.
//!
//! The cues of sarcasm are those that readers name (Kreuz & Caucci 2007; Oraby et al. 2016; Ghosh et al. 2018): scare
//! quotes, interjections, hyperbole, ellipsis, praise beside blame, echo of what is answered. Each is there or not and
//! has the place where it stands.

use super::phrases::{Kind, Phrases, phrases};
use crate::text::{Normalized, TokenKind, capitals};
use std::ops::Range;

/// A comment with what a cue may look at.
#[derive(Debug, Clone, Copy)]
pub struct Utterance<'a> {
    /// As its author wrote it.
    pub original: &'a str,
    /// The same, normalised.
    pub text: &'a Normalized,
    /// The comment it answers, normalised.
    pub parent: Option<&'a Normalized>,
}

/// One cue: a name, and a search for where it stands in the main text.
pub struct Cue {
    /// As shown to moderators.
    pub name: &'static str,
    find: fn(&Utterance<'_>, &Places) -> Option<Range<usize>>,
}

/// The cues of sarcasm, in the order of a dense row.
pub static SARCASM: [Cue; COUNT] = [
    Cue { name: "sarcasm tag", find: |_, places| phrase(places, Kind::Tag) },
    Cue { name: "scare quotes", find: scare_quotes },
    Cue { name: "interjection", find: |_, places| phrase(places, Kind::Interjection) },
    Cue { name: "mock praise", find: |_, places| phrase(places, Kind::Praise) },
    Cue { name: "mock thanks", find: |_, places| phrase(places, Kind::Thanks) },
    Cue { name: "hyperbole", find: |_, places| phrase(places, Kind::Hyperbole) },
    Cue { name: "feigned certainty", find: |_, places| phrase(places, Kind::Certainty) },
    Cue { name: "mock question", find: |_, places| phrase(places, Kind::Question) },
    Cue { name: "feigned agreement", find: |_, places| phrase(places, Kind::Agreement) },
    Cue { name: "praise beside blame", find: praise_beside_blame },
    Cue { name: "ellipsis", find: |_, places| places.marks[ELLIPSIS].clone() },
    Cue { name: "repeated marks", find: |_, places| places.marks[REPEATED].clone() },
    Cue { name: "question", find: |_, places| places.marks[QUESTION].clone() },
    Cue { name: "exclamation", find: |_, places| places.marks[EXCLAMATION].clone() },
    Cue { name: "word in capitals", find: word_in_capitals },
    Cue { name: "echo of the parent", find: echo },
    Cue { name: "laughter", find: |_, places| phrase(places, Kind::Laughter) },
    Cue { name: "ironic emoji", find: |_, places| phrase(places, Kind::Emoji) },
];
/// How many cues of sarcasm there are.
pub const COUNT: usize = 18;

/// Finds all cues of sarcasm: for each, in the order of [`SARCASM`], where in the main text it first stands.
pub fn sarcasm(comment: &Utterance<'_>) -> [Option<Range<usize>>; COUNT] {
    let places = Places { phrases: phrases(comment.text), marks: marks(comment.text) };
    std::array::from_fn(|at| (SARCASM[at].find)(comment, &places))
}

/// What several cues are made of: where the first phrase of each kind stands, and the first marks.
struct Places {
    phrases: Phrases,
    marks: [Option<Range<usize>>; 4],
}

const ELLIPSIS: usize = 0;
const REPEATED: usize = 1;
const QUESTION: usize = 2;
const EXCLAMATION: usize = 3;

fn phrase(places: &Places, kind: Kind) -> Option<Range<usize>> {
    places.phrases[kind as usize].clone()
}

fn praise_beside_blame(_: &Utterance<'_>, places: &Places) -> Option<Range<usize>> {
    phrase(places, Kind::Blame)?;
    let praise = [Kind::Praise, Kind::Thanks].into_iter().filter_map(|kind| phrase(places, kind));
    praise.min_by_key(|range| range.start)
}

/// Finds one to three words in quotation marks: longer ones quote somebody.
fn scare_quotes(comment: &Utterance<'_>, _: &Places) -> Option<Range<usize>> {
    let main = comment.text.text();
    // All marks that are left in the main text begin with one of these bytes.
    let mut opening: Option<usize> = None;
    for at in memchr::memchr2_iter(b'"', 0xc2, main.as_bytes()) {
        let c = main[at..].chars().next().unwrap_or(' ');
        match (c, opening) {
            ('«', _) | ('"', None) => opening = Some(at),
            ('"' | '»', Some(start)) => {
                let inner = &main[start + main[start..].chars().next().map_or(1, char::len_utf8)..at];
                // The words are counted no further than the fourth, so that this stays linear.
                if (1..=3).contains(&inner.split_whitespace().take(4).count()) && inner.len() <= 60 {
                    return Some(start..at + c.len_utf8());
                }
                opening = None;
            }
            _ => {}
        }
    }
    None
}

/// Finds the first ellipsis, repeated marks, question and exclamation.
fn marks(text: &Normalized) -> [Option<Range<usize>>; 4] {
    let mut marks = [const { None }; 4];
    let main = text.text().as_bytes();
    for token in text.tokens().iter().filter(|token| token.kind == TokenKind::Punctuation) {
        let range = token.range();
        let mut give = |mark: usize| marks[mark] = marks[mark].take().or(Some(range.clone()));
        match &main[range.clone()] {
            [b'.', b'.', b'.', ..] | [0xe2, 0x80, 0xa6, ..] => give(ELLIPSIS),
            [first @ (b'!' | b'?'), rest @ ..] => {
                give(if *first == b'!' { EXCLAMATION } else { QUESTION });
                if !rest.is_empty() {
                    give(REPEATED);
                }
            }
            _ => {}
        }
    }
    marks
}

/// Finds a word of four or more capitals in a text that is not all in capitals.
fn word_in_capitals(comment: &Utterance<'_>, _: &Places) -> Option<Range<usize>> {
    let original = comment.original;
    // Most texts have too few capitals, or none that stand together.
    if capitals::are_few(original, 4)
        || !capitals::may_be_together(original)
        || original.chars().filter(|c| c.is_uppercase()).take(4).count() < 4
    {
        return None;
    }
    let mut capitals = None;
    let mut has_lower = false;
    for token in comment.text.tokens().iter().filter(|token| token.kind == TokenKind::Word) {
        let range = token.start as usize..token.end as usize;
        let written = comment.text.span(range.clone()).slice(comment.original);
        if written.chars().any(char::is_lowercase) {
            has_lower = true;
        } else if capitals.is_none() && written.chars().filter(|c| c.is_uppercase()).count() >= 4 {
            capitals = Some(range);
        }
        if has_lower && capitals.is_some() {
            return capitals;
        }
    }
    None
}

/// Finds three words in a row that stand in the parent too.
fn echo(comment: &Utterance<'_>, _: &Places) -> Option<Range<usize>> {
    let parent = comment.parent?;
    let words = |text: &Normalized| -> Vec<(u64, Range<usize>)> {
        let main = text.text();
        let is_word = |kind| matches!(kind, TokenKind::Word | TokenKind::Number);
        text.tokens()
            .iter()
            .filter(|token| is_word(token.kind))
            .map(|token| {
                let range = token.start as usize..token.end as usize;
                let hash = main[range.clone()].bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
                });
                (hash, range)
            })
            .collect()
    };
    let triple = |window: &[(u64, Range<usize>)]| [window[0].0, window[1].0, window[2].0];
    let known: std::collections::HashSet<[u64; 3]> = words(parent).windows(3).map(triple).collect();
    let own = words(comment.text);
    let mut windows = own.windows(3);
    windows.find(|window| known.contains(&triple(window))).map(|window| window[0].1.start..window[2].1.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, parent: Option<&str>) -> Vec<(&'static str, String)> {
        let (normalized, parent) = (Normalized::new(text), parent.map(Normalized::new));
        let comment = Utterance { original: text, text: &normalized, parent: parent.as_ref() };
        let places = sarcasm(&comment);
        SARCASM
            .iter()
            .zip(places)
            .filter_map(|(cue, place)| place.map(|range| (cue.name, normalized.text()[range].to_owned())))
            .collect()
    }

    fn has(text: &str, parent: Option<&str>, name: &str, piece: &str) -> bool {
        found(text, parent).iter().any(|(cue, place)| *cue == name && place == piece)
    }

    #[test]
    fn each_cue_is_found_where_it_stands() {
        assert!(has("Our “experts” know best", None, "scare quotes", "\"experts\""));
        assert!(has("Oh great, another committee.", None, "interjection", "oh great"));
        assert!(has("Brilliant plan. Another failed bridge.", None, "praise beside blame", "brilliant"));
        assert!(has("sure... it will work", None, "ellipsis", "..."));
        assert!(has("That is TOTALLY fine", None, "word in capitals", "totally"));
        assert!(has("what a waste /s", None, "sarcasm tag", "/s"));
        assert!(has(
            "So it is all going to plan now?",
            Some("It is all going to plan."),
            "echo of the parent",
            "it is all"
        ));
    }

    #[test]
    fn sober_text_has_none_of_the_loud_ones() {
        let cues = found("The council met on Tuesday and closed the road until May.", None);
        assert!(cues.is_empty(), "{cues:?}");
    }

    #[test]
    fn a_phrase_inside_a_word_does_not_count() {
        assert!(
            !found("The lollipop stand in Ohio sold ohms.", None)
                .iter()
                .any(|(cue, _)| *cue == "laughter" || *cue == "interjection")
        );
    }

    #[test]
    fn long_quotations_are_no_scare_quotes() {
        assert!(
            !found("He said \"we will close the road until the end of May\".", None)
                .iter()
                .any(|(cue, _)| *cue == "scare quotes")
        );
    }
}
