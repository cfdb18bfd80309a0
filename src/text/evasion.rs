//! Spellings that hide a word from a machine, and the word a person reads.
//!
//! Views are made for suspicious stretches only, and a stretch is read as a whole: nothing is ever found inside an
//! innocent word.

use super::confusable::{self, Scripts, Word};
use super::disguise;
use super::known::{self, Known};
use super::lexicon;
use super::misspelt;
use super::normalize::Hidden;
use super::spaced;
use super::{EvasionKind, EvasionView, Token, TokenKind};
use arrayvec::ArrayVec;
use std::ops::Range;

/// The longest reading, in bytes; longer ones are skipped.
pub(super) const MAX_READING: usize = 64;

/// Letters of a drawn-out word that are looked at.
const MOST_LETTERS: usize = MAX_READING + 1;

/// The most views of one text: an author who needs more has been found out by then.
pub(super) const MAX_VIEWS: usize = 1024;

/// The views of a text, and the strings of earlier ones to be used again.
#[derive(Debug, Clone, Default)]
pub(super) struct ViewList {
    views: Vec<EvasionView>,
    spare: Vec<String>,
}

impl ViewList {
    pub fn clear(&mut self) {
        self.spare.extend(self.views.drain(..).map(|view| view.reading));
    }

    pub fn as_slice(&self) -> &[EvasionView] {
        &self.views
    }

    /// Keeps the views that are `wanted`.
    pub fn retain(&mut self, wanted: impl FnMut(&EvasionView) -> bool) {
        self.views.retain(wanted);
    }

    fn is_full(&self) -> bool {
        self.views.len() >= MAX_VIEWS
    }

    /// Adds a view unless it is empty, too long or one too many.
    pub fn push(&mut self, kind: EvasionKind, reading: &str, range: Range<usize>) {
        if reading.is_empty() || reading.len() > MAX_READING || self.is_full() {
            return;
        }
        let mut own = self.spare.pop().unwrap_or_default();
        own.clear();
        own.push_str(reading);
        self.views.push(EvasionView { kind, reading: own, range });
    }

    fn sort(&mut self) {
        self.views.sort_by(|a, b| {
            let key = |view: &EvasionView| (view.range.start, view.range.end, view.kind);
            key(a).cmp(&key(b))
        });
        self.views.dedup();
    }
}

/// A main text, its tokens, and what is known of them.
pub(super) struct Words<'a> {
    pub text: &'a str,
    pub tokens: &'a [Token],
    pub known: &'a [Known],
    pub sum: known::Sum,
}

/// Adds the views of a main text. `suspects` are first bytes of tokens, ascending.
pub(super) fn find(words: &Words<'_>, suspects: &[u32], hidden: &[Hidden], views: &mut ViewList) {
    let Words { text, tokens, known, sum } = *words;
    find_invisible(text, tokens, hidden, views);
    find_repeated(text, tokens, views);
    if sum.joined || sum.singles >= spaced::LEAST_LETTERS {
        spaced::find(text, tokens, views);
    }
    if sum.lists & known::MISSPELT != 0 {
        misspelt::find(text, tokens, known, views);
    }
    if !suspects.is_empty() {
        find_suspects(text, tokens, suspects, views);
    }
    if views.views.len() > 1 {
        views.sort();
    }
}

fn range_of(token: &Token) -> Range<usize> {
    token.start as usize..token.end as usize
}

/// Words with something invisible inside. Joiners between letters of other scripts are how those are written.
fn find_invisible(text: &str, tokens: &[Token], hidden: &[Hidden], views: &mut ViewList) {
    let mut remaining = tokens.iter().peekable();
    let mut last = None;
    for hidden in hidden {
        while remaining.next_if(|token| token.end <= hidden.at).is_some() {}
        let Some(&&token) = remaining.peek() else { break };
        if token.kind != TokenKind::Word || token.start >= hidden.at || last == Some(token.start) {
            continue;
        }
        let (before, after) = text.split_at(hidden.at as usize);
        let alphabetic = |c: Option<char>| {
            c.is_some_and(|c| matches!(c, '0'..='9' | 'a'..='z' | '\u{c0}'..='\u{52f}' | '\u{1e00}'..='\u{1fff}'))
        };
        if alphabetic(before.chars().next_back()) && alphabetic(after.chars().next()) {
            last = Some(token.start);
            views.push(EvasionKind::Invisible, &text[range_of(&token)], range_of(&token));
        }
    }
}

/// Words with a letter three times or more in a row.
fn find_repeated(text: &str, tokens: &[Token], views: &mut ViewList) {
    let bytes = text.as_bytes();
    if !has_triple(bytes) {
        return;
    }
    for token in tokens.iter().filter(|token| token.kind == TokenKind::Word && token.end - token.start > 2) {
        let word = &bytes[range_of(token)];
        // In a word beyond ASCII two equal bytes in a row never come from equal characters, hence the second test.
        let drawn_out = word.windows(3).any(|w| w[0] == w[1] && w[1] == w[2])
            || (word.windows(6).any(|w| w[0] >= 0x80 && w[0] == w[2] && w[2] == w[4] && w[1] == w[3] && w[3] == w[5]));
        if drawn_out {
            if views.is_full() {
                return;
            }
            read_repeated(&text[range_of(token)], range_of(token), views);
        }
    }
}

/// Whether the same letter may stand three times in a row anywhere: a test without branches, for the many texts where
/// it does not.
fn has_triple(bytes: &[u8]) -> bool {
    let (Some(second), Some(third), Some(fifth)) = (bytes.get(1..), bytes.get(2..), bytes.get(4..)) else {
        return bytes.len() > 2 && bytes.windows(3).any(|w| w[0] == w[1] && w[1] == w[2]);
    };
    // A letter of two bytes comes back after two and after four.
    let wide = !bytes.is_ascii();
    let narrow = bytes.iter().zip(second).zip(third);
    let narrow = narrow.fold(false, |any, ((a, b), c)| any | ((a == b) & (b == c) & (*a >= b'a')));
    let last = bytes.len() - 2;
    narrow || (wide && bytes[..last].iter().zip(third).zip(fifth).any(|((a, b), c)| a == b && b == c && *a >= 0x80))
}

fn read_repeated(word: &str, range: Range<usize>, views: &mut ViewList) {
    // Each letter with the times it is to be written; `drawn` are the places of those drawn out.
    let (mut letters, mut drawn) =
        (ArrayVec::<(char, usize), MOST_LETTERS>::new(), ArrayVec::<usize, MOST_LETTERS>::new());
    for c in word.chars() {
        if !(c.is_alphabetic() || matches!(c, '\'' | '’')) || letters.len() > MAX_READING {
            return;
        }
        if let Some((last, times)) = letters.last_mut()
            && *last == c
        {
            *times += 1;
        } else if letters.try_push((c, 1)).is_err() {
            return;
        }
    }
    let mut doubled = ArrayVec::<usize, MOST_LETTERS>::new();
    for (place, (_, times)) in letters.iter_mut().enumerate() {
        match *times {
            0 | 1 => {}
            2 => doubled.push(place),
            _ => {
                drawn.push(place);
                *times = 1;
            }
        }
    }
    if drawn.is_empty() || letters.len() < 2 {
        return;
    }
    // The letters that may be meant twice or once, by the bits of `other`: those drawn out once unless told otherwise,
    // those doubled twice. What does not fit is longer than a reading may be.
    let write = |other: u32| {
        let mut reading = Word::new();
        for (place, &(c, times)) in letters.iter().enumerate() {
            let nth = drawn.iter().chain(&doubled).position(|&at| at == place);
            let changed = nth.is_some_and(|nth| other & (1 << nth.min(31)) != 0);
            for _ in 0..if changed { 3 - times } else { times } {
                reading.try_push(c).ok()?;
            }
        }
        Some(reading)
    };
    // With more than six such letters only the plain readings are tried.
    let open = drawn.len() + doubled.len();
    let combinations = if open <= 6 { 1_u32 << open } else { 1 };
    if let Some(listed) = (0..combinations).filter_map(write).find(|reading| lexicon::contains(reading)) {
        views.push(EvasionKind::Repeated, &listed, range);
        return;
    }
    let is_roman = letters.iter().all(|(c, _)| matches!(c, 'i' | 'v' | 'x' | 'l' | 'c' | 'd' | 'm'));
    if is_roman {
        return;
    }
    views.push(EvasionKind::Repeated, &write(0).unwrap_or_default(), range.clone());
    let doubles = |c: char| matches!(c, 'b'..='g' | 'l'..='p' | 'r'..='t' | 'z');
    if drawn.len() == 1 && drawn.iter().filter_map(|&at| letters.get(at)).all(|&(c, _)| doubles(c)) {
        views.push(EvasionKind::Repeated, &write(1).unwrap_or_default(), range);
    }
}

fn find_suspects(text: &str, tokens: &[Token], suspects: &[u32], views: &mut ViewList) {
    let tokens_at = |at: u32, from: usize| {
        tokens.get(from..).unwrap_or_default().iter().take_while(|token| token.end <= at).count() + from
    };
    let mut alphabets = Alphabets { text, tokens, mostly_ascii: None, foreign_words: None };
    // `at` is the token of the suspect, `done` the first token that is part of no stretch yet.
    let (mut at, mut done) = (0, 0);
    let mut read = None;
    for &suspect in suspects {
        if views.is_full() {
            return;
        }
        at = tokens_at(suspect, at);
        let Some(token) = tokens.get(at) else { return };
        let word = &text[range_of(token)];
        if token.kind == TokenKind::Word && !word.is_ascii() {
            // Several suspects may have become one token.
            if read.replace(at) != Some(at) {
                read_word(word, token, &mut alphabets, views);
            }
            continue;
        }
        let stopped = token.kind == TokenKind::Word && tokens.get(at + 1).is_some_and(|next| is_stop(text, next));
        let cut = stopped && read_cut(text, tokens.get(at..).unwrap_or_default(), views);
        // A word that a full stop only ends may be one with digits in it.
        if !cut && at >= done {
            let (first, last) = stretch(text, tokens, at, done);
            done = last + 1;
            disguise::read(text, tokens[first].start as usize..tokens[last].end as usize, views);
        }
    }
}

/// Whether a token is a full stop or colon by itself.
fn is_stop(text: &str, token: &Token) -> bool {
    matches!(text.get(token.range()), Some("." | ":"))
}

/// Reads a listed word that a full stop cuts in two (`id.iot`), and tells whether there is one. The first of `tokens` is
/// the part before it.
fn read_cut(text: &str, tokens: &[Token], views: &mut ViewList) -> bool {
    let [first, stop, last, ..] = tokens else { return false };
    let touch = first.end == stop.start && stop.end == last.start && last.kind == TokenKind::Word;
    let mut reading = Word::new();
    let parts = [&text[range_of(first)], &text[range_of(last)]];
    let listed = touch && parts.iter().all(|part| reading.try_push_str(part).is_ok()) && lexicon::contains(&reading);
    if listed {
        views.push(EvasionKind::Spaced, &reading, range_of(first).start..range_of(last).end);
    }
    listed
}

/// The first and last token of the stretch around `at` that is written without a gap, not reaching before `from`.
fn stretch(text: &str, tokens: &[Token], at: usize, from: usize) -> (usize, usize) {
    let bytes = text.as_bytes();
    let belongs = |token: &Token| match token.kind {
        TokenKind::Word | TokenKind::Number | TokenKind::Mention => true,
        TokenKind::Punctuation => bytes.get(token.start as usize).is_some_and(|&b| disguise::is_sign(b) || b == b'\''),
        TokenKind::Emoji | TokenKind::Url => false,
    };
    let (mut first, mut last) = (at, at);
    while first > from && tokens[first - 1].end == tokens[first].start && belongs(&tokens[first - 1]) {
        first -= 1;
    }
    while tokens.get(last + 1).is_some_and(|next| next.start == tokens[last].end && belongs(next)) {
        last += 1;
    }
    (first, last)
}

/// In which alphabets a text is written, found out when it is first asked for.
struct Alphabets<'a> {
    text: &'a str,
    tokens: &'a [Token],
    mostly_ascii: Option<bool>,
    foreign_words: Option<usize>,
}

impl<'a> Alphabets<'a> {
    fn words(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let text = self.text;
        self.tokens.iter().filter(|token| token.kind == TokenKind::Word).map(|token| &text[range_of(token)])
    }

    /// Whether more than half of the words are ASCII.
    fn mostly_ascii(&mut self) -> bool {
        let words = self.words();
        *self.mostly_ascii.get_or_insert_with(|| {
            let (ascii, all) = words.fold((0, 0), |(ascii, all), word| (ascii + usize::from(word.is_ascii()), all + 1));
            ascii > all - ascii
        })
    }

    /// The words that cannot pass for Latin.
    fn foreign_words(&mut self) -> usize {
        let words = self.words();
        *self.foreign_words.get_or_insert_with(|| {
            let is_foreign = |word: &&str| {
                let latin = word.starts_with(|c| matches!(c, '\0'..='\u{2af}' | '\u{1e00}'..='\u{1eff}'));
                let passes = || word.len() <= MAX_READING && confusable::latin_reading(word).is_some_and(|r| r.close);
                !latin && !passes()
            };
            words.filter(is_foreign).count()
        })
    }
}

/// A word that is not all ASCII: lookalike letters, marks that blur, or accents on a listed word.
fn read_word(word: &str, token: &Token, alphabets: &mut Alphabets<'_>, views: &mut ViewList) {
    // Marks of the general blocks have these first bytes; the words of most scripts have none of them.
    let may_have_marks = word.bytes().any(|b| matches!(b, 0xcc | 0xcd | 0xe1 | 0xe2));
    let has_ascii = word.bytes().any(|b| b.is_ascii_lowercase());
    if may_have_marks && confusable::is_overlaid(word) {
        let scripts = Scripts::of(word);
        if scripts.latin + scripts.lookalike > scripts.other
            && let Some(reading) = confusable::without_marks(word)
        {
            views.push(EvasionKind::Invisible, &reading, range_of(token));
            return;
        }
    }
    if word.len() > MAX_READING {
        return;
    }
    if let Some(reading) = confusable::turned(word) {
        views.push(EvasionKind::Turned, &reading, range_of(token));
        return;
    }
    // In a text of another alphabet its words are what they seem.
    let styled = word.chars().all(confusable::is_styled);
    let may_pass = has_ascii || styled || (word.chars().all(confusable::has_lookalike) && alphabets.mostly_ascii());
    if !may_pass {
        return;
    }
    let scripts = Scripts::of(word);
    if scripts.other > 0 {
        return;
    }
    if scripts.lookalike == 0 {
        // Accents on a word of the list: no language's own word is so spelt.
        if let Some(plain) = confusable::without_marks(word)
            && lexicon::contains(&plain)
        {
            views.push(EvasionKind::Homoglyph, &plain, range_of(token));
        }
        return;
    }
    let Some(reading) = confusable::latin_reading(word) else { return };
    let accepted = if scripts.latin > 0 {
        // A unit or a variable (`μg`, `Δt`) is not a disguise.
        let formula = scripts.greek == scripts.lookalike && (scripts.greek < 2 || word.starts_with('μ'));
        reading.listed || (!formula && reading.word.len() > 2 && (reading.close || alphabets.mostly_ascii()))
    } else {
        reading.word.len() > 2 && (reading.listed || reading.close) && alphabets.foreign_words() == 0
    };
    if accepted {
        views.push(EvasionKind::Homoglyph, &reading.word, range_of(token));
    }
}
