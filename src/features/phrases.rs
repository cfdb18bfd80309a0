//! Phrases that are signs of something, found as whole words.

use crate::text::packed::step;
use crate::text::{Normalized, Token, TokenKind};
use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, MatchKind, StartKind};
use std::ops::Range;
use std::sync::LazyLock;

/// What a phrase is a sign of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
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
pub(super) type Phrases = [Option<Range<usize>>; KINDS];

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

/// Binary logarithm of the places in [`Finder::begins`].
const BITS: u32 = 14;
/// In [`Finder::begins`]: a phrase of one token has this hash.
const ALONE: u8 = 1;
/// There: the first token of a phrase of several has this hash.
const FIRST: u8 = 2;
/// There: the hashes of the first two tokens of a phrase come to this.
const PAIR: u8 = 4;

/// Finds phrases.
struct Finder {
    /// Absent only if the phrases could not be built, which a test excludes.
    automaton: Option<AhoCorasick>,
    /// The kind of each phrase.
    kinds: Vec<Kind>,
    /// The longest phrase, in bytes.
    longest: usize,
    /// What a phrase may begin with, by the hashes of tokens: few tokens begin one.
    begins: Box<[u8; 1 << BITS]>,
    /// The same by the first byte of a sign.
    signs: [bool; 256],
}

static FINDER: LazyLock<Finder> = LazyLock::new(|| {
    let all = || PHRASES.iter().flat_map(|(kind, phrases)| phrases.iter().map(move |phrase| (*kind, *phrase)));
    let mut builder = AhoCorasick::builder();
    // A few hundred kilobytes, and faster than the automaton that is chosen for so many phrases.
    builder.match_kind(MatchKind::LeftmostLongest).kind(Some(AhoCorasickKind::DFA)).start_kind(StartKind::Both);
    let mut begins = Box::new([0; 1 << BITS]);
    // Emoji that are joined with others may be told as signs.
    let mut signs = std::array::from_fn(|byte| byte >= 0xf0);
    for (_, phrase) in all() {
        let text = Normalized::new(phrase);
        let hashes: Vec<u64> = text.hashes().collect();
        match hashes[..] {
            [0, ..] => signs[usize::from(phrase.as_bytes()[0])] = true,
            [first] => begins[place(first)] |= ALONE,
            [first, second, ..] => {
                begins[place(first)] |= FIRST;
                begins[place(step(first, second))] |= PAIR;
            }
            [] => {}
        }
    }
    Finder {
        automaton: builder.build(all().map(|(_, phrase)| phrase)).ok(),
        kinds: all().map(|(kind, _)| kind).collect(),
        longest: all().map(|(_, phrase)| phrase.len()).max().unwrap_or(0),
        begins,
        signs,
    }
});

fn place(hash: u64) -> usize {
    (hash >> (64 - BITS)) as usize
}

/// Whether a character is part of the word that its neighbours are part of.
fn is_inner(c: char) -> bool {
    c.is_alphanumeric() || c == '\'' || c == '’'
}

/// Where a phrase may begin.
#[derive(PartialEq, Eq)]
enum Begins {
    Nowhere,
    /// At the first byte of a token.
    Here,
    /// Anywhere in it.
    Within,
}

/// Finds the first phrase of each kind that stands as whole words. Of phrases that overlap the first counts, of those that
/// begin together the longest.
pub(super) fn phrases(text: &Normalized) -> Phrases {
    let (mut phrases, finder) = (Phrases::default(), &*FINDER);
    let Some(automaton) = &finder.automaton else { return phrases };
    let main = text.text();
    // Where words hold more than letters, a phrase may stand between those.
    let rough = !main.is_ascii() || main.as_bytes().contains(&b'_');
    let is_word = |c: Option<char>| c.is_some_and(is_inner);
    let mut done = 0;
    let mut hashes = text.hashes().peekable();
    for token in text.tokens() {
        let (hash, next) = (hashes.next().unwrap_or(0), hashes.peek().copied());
        if !finder.may_begin(main, token, hash, rough) {
            continue;
        }
        let begins = finder.begins(main, token, hash, next, rough);
        if begins == Begins::Nowhere {
            continue;
        }
        let end = token.end as usize;
        let until = main.len().min(end + finder.longest);
        let anchored = if begins == Begins::Here { Anchored::Yes } else { Anchored::No };
        let mut at = done.max(token.start as usize);
        while at < end && (at == token.start as usize || begins == Begins::Within) {
            let input = Input::new(main).span(at..until).anchored(anchored);
            let Some(found) = automaton.find(input).filter(|found| found.start() < end) else { break };
            (at, done) = (found.end(), found.end());
            let first = &mut phrases[finder.kinds[found.pattern().as_usize()] as usize];
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
    }
    phrases
}

impl Finder {
    /// Tells whether a phrase may begin in a token at all. All tokens take the same way: which they are cannot be predicted.
    #[inline]
    fn may_begin(&self, main: &str, token: &Token, hash: u64, rough: bool) -> bool {
        let is_word = (token.kind == TokenKind::Word) | (token.kind == TokenKind::Number);
        let is_sign = token.kind == TokenKind::Punctuation;
        let first = main.as_bytes().get(token.start as usize).copied().unwrap_or_default();
        let (known, sign) = (self.begins[place(hash)] != 0, self.signs[usize::from(first)]);
        (is_word & (known | rough)) | (is_sign & sign) | !(is_word | is_sign)
    }

    /// Tells where in a token a phrase may begin; `next` is the hash of the token after it.
    #[inline]
    fn begins(&self, main: &str, token: &Token, hash: u64, next: Option<u64>, rough: bool) -> Begins {
        match token.kind {
            TokenKind::Word | TokenKind::Number => {
                let known = self.begins[place(hash)];
                let pair = |next| self.begins[place(step(hash, next))] & PAIR != 0;
                let word = &main[token.range()];
                let plain = !rough || word.bytes().all(|b| b.is_ascii_alphanumeric()) || word.chars().all(is_inner);
                if !plain {
                    Begins::Within
                } else if known & ALONE != 0 || (known & FIRST != 0 && next.is_some_and(pair)) {
                    Begins::Here
                } else {
                    Begins::Nowhere
                }
            }
            TokenKind::Punctuation => {
                let first = main.as_bytes()[token.start as usize];
                match self.signs[usize::from(first)] {
                    true if token.end - token.start == 1 => Begins::Here,
                    true => Begins::Within,
                    false => Begins::Nowhere,
                }
            }
            TokenKind::Emoji | TokenKind::Url | TokenKind::Mention => Begins::Within,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_is_found_where_it_stands_alone() {
        for (kind, listed) in PHRASES {
            for phrase in *listed {
                let text = Normalized::new(&format!("x {phrase} x"));
                assert_eq!(phrases(&text)[*kind as usize], Some(2..2 + phrase.len()), "{phrase}");
            }
        }
    }

    #[test]
    fn phrases_stand_between_signs_and_not_in_words() {
        let found = |text: &str, kind: Kind| {
            let text = Normalized::new(text);
            phrases(&text)[kind as usize].clone().map(|range| text.text()[range].to_owned())
        };
        for (text, kind, phrase) in [
            ("well/s", Kind::Tag, "/s"),
            ("see http://a.example/s for it", Kind::Tag, "/s"),
            ("_oh_ dear", Kind::Interjection, "oh"),
            ("so_oh_", Kind::Interjection, "oh"),
            ("“wow”", Kind::Interjection, "wow"),
            ("right, because", Kind::Interjection, "right, because"),
        ] {
            assert_eq!(found(text, kind).as_deref(), Some(phrase), "{text}");
        }
        for (text, kind) in
            [("the mostly", Kind::Hyperbole), ("wow's", Kind::Interjection), ("élate late’s", Kind::Blame)]
        {
            assert_eq!(found(text, kind), None, "{text}");
        }
    }
}
