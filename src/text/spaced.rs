//! Letters set apart: `i d i o t`, `i.d.i.o.t`, `i-d-i-o-t`, `i_d_i_o_t`.

use super::evasion::{MAX_READING, ViewList};
use super::lexicon::{self, MAX_PATTERN};
use super::{EvasionKind, Token, TokenKind};
use arrayvec::ArrayVec;
use std::ops::Range;

/// Fewer letters are initials.
const MIN_LETTERS: usize = 4;

/// Words of fewer letters that are no initials.
const SHORT: [&[u8]; 2] = [b"ass", b"fag"];

/// Fewer letters than any of these are nothing.
pub(super) const LEAST_LETTERS: usize = 3;

/// From so many letters on, a word that is not listed may be meant too.
const MIN_UNLISTED: usize = 5;

/// What is often said before an insult and spelt with it: `u r a n i d i o t`.
const LEADS: [&str; 20] = [
    "a", "an", "u", "ur", "ura", "uran", "you", "your", "youre", "youarea", "yourea", "yourean", "youarean", "im",
    "ima", "hes", "hesa", "whata", "whatan", "such",
];

/// Letters one character each, with the same gap between each two.
struct Run<'a> {
    letters: [u8; MAX_READING],
    count: usize,
    start: usize,
    end: usize,
    gap: &'a str,
}

impl<'a> Run<'a> {
    fn new() -> Self {
        Self { letters: [0; MAX_READING], count: 0, start: 0, end: 0, gap: "" }
    }

    /// Adds the letter at `at`, or ends the run where it does not continue it and starts another.
    fn add(&mut self, text: &'a str, at: usize, views: &mut ViewList) {
        if self.count > 0 {
            let gap = text.get(self.end..at).unwrap_or("");
            if is_gap(gap) && (self.count == 1 || gap == self.gap) {
                self.gap = gap;
            } else {
                self.finish(views);
            }
        }
        if self.count == 0 {
            self.start = at;
        }
        // Beyond the longest reading letters are only counted.
        if let (Some(slot), Some(&byte)) = (self.letters.get_mut(self.count), text.as_bytes().get(at)) {
            *slot = byte;
        }
        self.count += 1;
        self.end = at + 1;
    }

    fn finish(&mut self, views: &mut ViewList) {
        let enough = |letters: &&[u8]| letters.len() >= MIN_LETTERS || SHORT.contains(letters);
        let letters = self.letters.get(..self.count).filter(enough);
        if let Some(word) = letters.and_then(|letters| std::str::from_utf8(letters).ok()) {
            let step = 1 + self.gap.len();
            let range = |skipped: usize| -> Range<usize> { self.start + skipped * step..self.end };
            let lead = LEADS.iter().find(|&&lead| {
                word.strip_prefix(lead).is_some_and(|rest| rest.len() >= MIN_LETTERS && lexicon::contains(rest))
            });
            if lexicon::contains(word) {
                views.push(EvasionKind::Spaced, word, range(0));
            } else if let Some(lead) = lead {
                views.push(EvasionKind::Spaced, &word[lead.len()..], range(lead.len()));
            } else if self.gap == " " && lexicon::common().contains(word) {
                views.push(EvasionKind::Spaced, word, range(0));
            } else if let Some(words) = cut(word).filter(|_| self.gap == " ") {
                for Range { start, end } in words {
                    let last = self.start + (end - 1) * step;
                    views.push(EvasionKind::Spaced, &word[start..end], self.start + start * step..last + 1);
                }
            } else if self.gap.len() == 1 && !matches!(self.gap, "," | "/" | "|" | "+") && is_wordlike(word.as_bytes())
            {
                views.push(EvasionKind::Spaced, word, range(0));
            }
        }
        self.count = 0;
    }
}

/// Words of two letters, beside those of the lists.
const PAIRS: &str = "am an as at be by do go he if in is it me my no of oh ok on or so to up ur us we";

/// Letters that are words.
const SINGLES: &str = "a i u";

/// The words of a sentence that is written in single letters, the fewest that it can be cut into, and of them those that
/// begin with the longest.
fn cut(letters: &str) -> Option<ArrayVec<Range<usize>, MAX_READING>> {
    let is_word = |word: &str| match word.len() {
        1 => SINGLES.split(' ').any(|single| single == word),
        2 => PAIRS.split(' ').any(|pair| pair == word),
        _ => lexicon::contains(word) || lexicon::common().contains(word),
    };
    // For every place the fewest words from there to the end, and where the first of them ends.
    let mut best = [(usize::MAX, 0); MAX_READING + 1];
    *best.get_mut(letters.len())? = (0, 0);
    for start in (0..letters.len()).rev() {
        for end in start + 1..=letters.len().min(start + MAX_PATTERN) {
            let (rest, _) = best[end];
            if rest != usize::MAX && rest < best[start].0 && letters.get(start..end).is_some_and(is_word) {
                best[start] = (rest + 1, end);
            }
        }
    }
    // Many short words are initials.
    let (count, _) = best[0];
    if count > letters.len() || count * 5 > letters.len() * 2 {
        return None;
    }
    let mut words = ArrayVec::new();
    let mut start = 0;
    while start < letters.len() {
        let (_, end) = best[start];
        words.try_push(start..end).ok()?;
        start = end;
    }
    Some(words)
}

fn is_gap(gap: &str) -> bool {
    let sign = |b: &u8| matches!(b, b'.' | b'-' | b'_' | b'*' | b'/' | b',' | b'~' | b'|' | b'+');
    let bytes = gap.as_bytes();
    (1..=3).contains(&bytes.len())
        && bytes.iter().all(|b| matches!(b, b' ' | b'\n') || sign(b))
        && bytes.iter().filter(|b| sign(b)).count() < 2
}

/// Whether letters could be a word rather than options, notes, grades or an abbreviation.
fn is_wordlike(letters: &[u8]) -> bool {
    let is_vowel = |b: u8| matches!(b, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
    let vowels = letters.iter().filter(|&&b| is_vowel(b)).count();
    let longest = |vowel: bool| letters.split(|&b| is_vowel(b) != vowel).map(<[u8]>::len).max().unwrap_or(0);
    letters.len() >= MIN_UNLISTED
        && vowels * 5 >= letters.len()
        && longest(true) < 3
        && longest(false) < 4
        && letters.iter().any(|&b| b > b'h')
        && !letters.windows(3).any(|w| (w[0] == w[1] && w[1] == w[2]) || (w[0] + 1 == w[1] && w[1] + 1 == w[2]))
}

/// Adds the words that are written with their letters set apart.
pub(super) fn find(text: &str, tokens: &[Token], views: &mut ViewList) {
    let bytes = text.as_bytes();
    let mut run = Run::new();
    let is_single = |token: &Token| token.end - token.start == 1 && token.kind == TokenKind::Word;
    for (index, token) in tokens.iter().enumerate() {
        let (start, end) = (token.start as usize, token.end as usize);
        match token.kind {
            // An `a` or `i` by itself is passed over at once.
            TokenKind::Word
                if end - start == 1 && run.count == 0 && !tokens.iter().skip(index + 1).take(2).any(is_single) => {}
            TokenKind::Word if end - start == 1 => run.add(text, start, views),
            // `i.d.i.o.t` and `i_d_i_o_t` are single tokens.
            TokenKind::Word if end - start > 2 && !bytes[start + 1].is_ascii_alphanumeric() => {
                run.finish(views);
                add_joined(text, start..end, &mut run, views);
            }
            TokenKind::Punctuation if run.count > 0 && end - start == 1 => {}
            _ if run.count > 0 => run.finish(views),
            _ => {}
        }
    }
    run.finish(views);
}

fn add_joined<'a>(text: &'a str, range: Range<usize>, run: &mut Run<'a>, views: &mut ViewList) {
    let bytes = text.as_bytes().get(range.clone()).unwrap_or_default();
    let alternates = bytes.len() % 2 == 1
        && bytes
            .iter()
            .enumerate()
            .all(|(place, b)| if place % 2 == 0 { b.is_ascii_lowercase() } else { matches!(b, b'.' | b'_' | b':') });
    if alternates {
        range.step_by(2).for_each(|at| run.add(text, at, views));
        run.finish(views);
    }
}

#[cfg(test)]
mod tests {
    use super::super::EvasionKind;
    use super::super::Normalized;

    fn readings(text: &str) -> Vec<(String, String)> {
        let normalized = Normalized::new(text);
        let spaced = normalized.views().iter().filter(|view| view.kind == EvasionKind::Spaced);
        spaced.map(|view| (view.reading.clone(), normalized.text()[view.range.clone()].to_owned())).collect()
    }

    #[test]
    fn letters_set_apart_are_read() {
        for spelt in [
            "i d i o t",
            "i.d.i.o.t",
            "i-d-i-o-t",
            "i_d_i_o_t",
            "i*d*i*o*t",
            "i  d  i  o  t",
            "i. d. i. o. t",
            "i\nd\ni\no\nt",
        ] {
            let text = format!("You {spelt} !");
            assert_eq!(readings(&text), [("idiot".to_owned(), spelt.to_owned())], "{text}");
        }
        assert_eq!(readings("u r a n i d i o t"), [("idiot".to_owned(), "i d i o t".to_owned())]);
        assert_eq!(readings("F U C K  off")[0].0, "fuck");
        assert_eq!(readings("g r i f t e r")[0].0, "grifter");
        assert_eq!(readings("s h e l l")[0].0, "shell");
        assert_eq!(readings("s h u t up")[0].0, "shut");
        let words: Vec<_> = readings("y o u a r e s u c h a l i a r").into_iter().collect();
        let expected = [("you", "y o u"), ("are", "a r e"), ("such", "s u c h"), ("a", "a"), ("liar", "l i a r")];
        assert_eq!(words, expected.map(|(word, spelt)| (word.to_owned(), spelt.to_owned())));
    }

    #[test]
    fn initials_lists_and_alphabets_are_not() {
        for text in [
            "the U.S.A. and e.g. this",
            "a b c d",
            "a b c d e f g h",
            "J. R. R. Tolkien",
            "options A, B, C, D or E",
            "A/B/C/D/E",
            "I a m",
            "x y z w v",
            "the U.S.S.R. fell",
            "grades: a c b d f",
            "A E I O U",
            "B-a-b-y",
            "n = a + b + c + d + o",
            "I. A. B. O. E.",
        ] {
            assert_eq!(readings(text), [], "{text}");
        }
    }
}
