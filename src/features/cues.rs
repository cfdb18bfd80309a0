//! Stylistic cues: what a text does, rather than which words it has.
//!
//! The cues of sarcasm are those that readers name (Kreuz & Caucci 2007; Oraby et al. 2016; Ghosh et al. 2018): scare
//! quotes, interjections, hyperbole, ellipsis, praise beside blame, echo of what is answered. Each is there or not and
//! has the place where it stands.

use crate::text::{Normalized, TokenKind};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::ops::Range;
use std::sync::LazyLock;

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
    find: fn(&Utterance<'_>, &Phrases) -> Option<Range<usize>>,
}

/// The cues of sarcasm, in the order of a dense row.
pub static SARCASM: [Cue; COUNT] = [
    Cue { name: "sarcasm tag", find: |_, phrases| phrase(phrases, Kind::Tag) },
    Cue { name: "scare quotes", find: scare_quotes },
    Cue { name: "interjection", find: |_, phrases| phrase(phrases, Kind::Interjection) },
    Cue { name: "mock praise", find: |_, phrases| phrase(phrases, Kind::Praise) },
    Cue { name: "mock thanks", find: |_, phrases| phrase(phrases, Kind::Thanks) },
    Cue { name: "hyperbole", find: |_, phrases| phrase(phrases, Kind::Hyperbole) },
    Cue { name: "feigned certainty", find: |_, phrases| phrase(phrases, Kind::Certainty) },
    Cue { name: "mock question", find: |_, phrases| phrase(phrases, Kind::Question) },
    Cue { name: "feigned agreement", find: |_, phrases| phrase(phrases, Kind::Agreement) },
    Cue { name: "praise beside blame", find: praise_beside_blame },
    Cue {
        name: "ellipsis",
        find: |comment, _| punctuation(comment, |sign| sign.starts_with("...") || sign.starts_with('…')),
    },
    Cue {
        name: "repeated marks",
        find: |comment, _| punctuation(comment, |sign| sign.len() > 1 && sign.starts_with(['!', '?'])),
    },
    Cue { name: "question", find: |comment, _| punctuation(comment, |sign| sign.starts_with('?')) },
    Cue { name: "exclamation", find: |comment, _| punctuation(comment, |sign| sign.starts_with('!')) },
    Cue { name: "word in capitals", find: word_in_capitals },
    Cue { name: "echo of the parent", find: echo },
    Cue { name: "laughter", find: |_, phrases| phrase(phrases, Kind::Laughter) },
    Cue { name: "ironic emoji", find: |_, phrases| phrase(phrases, Kind::Emoji) },
];
/// How many cues of sarcasm there are.
pub const COUNT: usize = 18;

/// Finds all cues of sarcasm: for each, in the order of [`SARCASM`], where in the main text it first stands.
pub fn sarcasm(comment: &Utterance<'_>) -> [Option<Range<usize>>; COUNT] {
    let phrases = phrases(comment.text);
    std::array::from_fn(|at| (SARCASM[at].find)(comment, &phrases))
}

/// What a phrase is a sign of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Tag,
    Interjection,
    Praise,
    Thanks,
    Hyperbole,
    Certainty,
    Question,
    Agreement,
    Laughter,
    Emoji,
    Blame,
}

/// How many kinds there are.
const KINDS: usize = Kind::Blame as usize + 1;

/// Where the first phrase of each kind stands.
type Phrases = [Option<Range<usize>>; KINDS];

#[rustfmt::skip]
static PHRASES: &[(Kind, &[&str])] = &[
    (Kind::Tag, &["/s", "/sarc", "/sarcasm", "<sarcasm>", "(sarcasm)", "[sarcasm]", "#sarcasm", "#not", "sarc off"]),
    (Kind::Interjection, &["oh", "wow", "gee", "gosh", "golly", "yeah right", "oh sure", "oh great", "oh please", "ah yes", "aww", "yay",
        "hooray", "hurrah", "bravo", "yippee", "phew", "whew", "well well", "right, because", "sure, because", "yeah, because",
        "of course, because", "yes, because", "because nothing says"]),
    (Kind::Praise, &["brilliant", "genius", "wonderful", "fantastic", "marvellous", "marvelous", "splendid", "lovely", "charming", "bless",
        "what a surprise", "how nice", "how generous", "how kind", "how thoughtful", "nice job", "good job", "great job", "well done",
        "great idea", "good luck with that", "top notch", "stroke of genius", "so brave", "how brave", "classy", "impressive", "delightful"]),
    (Kind::Thanks, &["thanks for", "thank you for", "thank goodness", "thank god", "thank heavens", "much appreciated", "thanks a lot",
        "thanks a bunch", "so glad", "so happy", "can't wait", "cannot wait", "love how", "love it when", "love that", "glad to see",
        "glad to know", "nice to see", "good to know", "good to see"]),
    (Kind::Hyperbole, &["best ever", "the most", "greatest", "absolutely", "totally", "completely", "literally", "of all time", "the entire",
        "never ever", "everyone knows", "nobody ever", "a million", "a billion", "in history", "always", "utterly", "so much", "such a"]),
    (Kind::Certainty, &["obviously", "clearly", "of course", "surely", "no doubt", "needless to say", "naturally", "as we all know",
        "must be", "who knew", "i'm sure", "i am sure", "rest assured", "apparently", "evidently"]),
    (Kind::Question, &["what could possibly go wrong", "what could go wrong", "right?", "who would have thought", "who would've thought",
        "why not", "how about", "how dare", "what next", "what's next", "isn't it", "aren't we", "aren't they", "remember when",
        "really?", "seriously?", "since when", "why bother", "who needs"]),
    (Kind::Agreement, &["sure", "yes,", "yeah", "yep", "right,", "fair enough", "if you say so", "whatever you say", "as if", "let's just",
        "let us all", "let's all", "by all means", "god forbid", "heaven forbid", "how terrible", "poor thing", "poor baby", "oh no",
        "don't worry", "not to worry", "problem solved", "that'll", "that will show", "worked so well", "works so well", "worked out so well"]),
    (Kind::Laughter, &["lol", "haha", "hahaha", "lmao", "rofl", "hehe", "ha ha", "ha,"]),
    (Kind::Emoji, &["🙄", "😏", "😒", "👏", "🤡", "🤔", "😂", "🤣", ";-)", ";)"]),
    (Kind::Blame, &["fail", "failed", "failure", "disaster", "mess", "broke", "broken", "stupid", "worst", "terrible", "awful", "late",
        "ruin", "ruined", "waste", "wasted", "debt", "lost", "lies", "corrupt", "bankrupt", "closed", "collapse", "scandal", "cut",
        "wrong", "crash", "pothole", "delay", "delayed", "fired", "poor", "bills", "tax", "taxes", "pay", "blame", "jail", "dead"]),
];

static MATCHER: LazyLock<(Option<AhoCorasick>, Vec<Kind>)> = LazyLock::new(|| {
    let kinds = PHRASES.iter().flat_map(|(kind, phrases)| phrases.iter().map(|_| *kind)).collect();
    let words = PHRASES.iter().flat_map(|(_, phrases)| phrases.iter());
    let mut builder = AhoCorasick::builder();
    // A few hundred kilobytes, and faster than the automaton that is chosen for so many phrases.
    builder.match_kind(MatchKind::LeftmostLongest).kind(Some(AhoCorasickKind::DFA));
    (builder.build(words).ok(), kinds)
});

/// Finds the first phrase of each kind that stands as whole words.
fn phrases(text: &Normalized) -> Phrases {
    let mut phrases = Phrases::default();
    let (Some(matcher), kinds) = &*MATCHER else { return phrases };
    let main = text.text();
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '\'' || c == '’');
    for found in matcher.find_iter(main) {
        let first = &mut phrases[kinds[found.pattern().as_usize()] as usize];
        if first.is_some() {
            continue;
        }
        let piece = &main[found.range()];
        let inner_start = piece.starts_with(char::is_alphanumeric);
        let inner_end = piece.ends_with(char::is_alphanumeric);
        let in_a_word = (inner_start && is_word(main[..found.start()].chars().next_back()))
            || (inner_end && is_word(main[found.end()..].chars().next()));
        if !in_a_word {
            *first = Some(found.range());
        }
    }
    phrases
}

fn phrase(phrases: &Phrases, kind: Kind) -> Option<Range<usize>> {
    phrases[kind as usize].clone()
}

fn praise_beside_blame(_: &Utterance<'_>, phrases: &Phrases) -> Option<Range<usize>> {
    phrase(phrases, Kind::Blame)?;
    let praise = [Kind::Praise, Kind::Thanks].into_iter().filter_map(|kind| phrase(phrases, kind));
    praise.min_by_key(|range| range.start)
}

/// Finds one to three words in quotation marks: longer ones quote somebody.
fn scare_quotes(comment: &Utterance<'_>, _: &Phrases) -> Option<Range<usize>> {
    let main = comment.text.text();
    // All opening marks begin with one of these bytes.
    memchr::memchr3(b'"', 0xe2, 0xc2, main.as_bytes())?;
    let mut opening: Option<usize> = None;
    for (at, c) in main.char_indices() {
        match (c, opening) {
            ('“' | '„' | '«', _) | ('"', None) => opening = Some(at),
            ('"' | '”' | '»', Some(start)) => {
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

fn punctuation(comment: &Utterance<'_>, is_it: impl Fn(&str) -> bool) -> Option<Range<usize>> {
    let main = comment.text.text();
    comment.text.tokens().iter().filter(|token| token.kind == TokenKind::Punctuation).find_map(|token| {
        let range = token.start as usize..token.end as usize;
        is_it(&main[range.clone()]).then_some(range)
    })
}

/// Finds a word of four or more capitals in a text that is not all in capitals.
fn word_in_capitals(comment: &Utterance<'_>, _: &Phrases) -> Option<Range<usize>> {
    let original = comment.original;
    let ascii = original.is_ascii() && original.bytes().filter(u8::is_ascii_uppercase).count() < 4;
    if ascii || original.chars().filter(|c| c.is_uppercase()).take(4).count() < 4 {
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
fn echo(comment: &Utterance<'_>, _: &Phrases) -> Option<Range<usize>> {
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
        assert!(has("Our “experts” know best", None, "scare quotes", "“experts”"));
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
