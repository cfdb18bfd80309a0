//! Where the sentences of a comment begin, as far as its n-grams are counted sentence by sentence.
//!
//! Tokens decide, not UAX #29 as in [`crate::text::sentences`]: the cut is for scores, where it has to be fast, and where
//! one at an abbreviation does no harm.

use super::ngrams::Visitor;
use crate::text::{Normalized, TokenKind};

/// Sentences that are told apart at most; where there are more, neighbours are taken together.
const MOST_SENTENCES: usize = 256;

/// Adds the first byte, in the main text, of every sentence but the first to an empty list.
///
/// One ends at a line break and where white space follows a full stop, an exclamation or a question mark. What has no word
/// belongs to the sentence before, and what stands for one word, as spaced letters do, is not cut.
pub(super) fn find(comment: &Normalized, begins: &mut Vec<u32>) {
    let text = comment.text().as_bytes();
    let mut views = comment.views().iter().peekable();
    let (mut end, mut covered) = (0, 0);
    let (mut stopped, mut has_word) = (false, false);
    // Where a sentence begins that has had no word yet.
    let mut pending = None;
    for token in comment.tokens() {
        while let Some(view) = views.next_if(|view| view.range.start < token.start as usize) {
            covered = covered.max(view.range.end);
        }
        let gap = text.get(end..token.start as usize).unwrap_or_default();
        let cut = !gap.is_empty() && (stopped || gap.contains(&b'\n')) && covered <= token.start as usize;
        if cut && pending.is_none() {
            pending = Some(token.start);
        }
        end = token.end as usize;
        if token.kind == TokenKind::Punctuation {
            let first = text.get(token.start as usize).copied().unwrap_or_default();
            // A closing quotation mark or bracket belongs to the stop before it.
            stopped =
                matches!(first, b'.' | b'!' | b'?') || (stopped && !cut && matches!(first, b'"' | b'\'' | b')' | b']'));
            continue;
        }
        stopped = false;
        if token.kind == TokenKind::Word {
            begins.extend(pending.take().filter(|_| has_word));
            has_word = true;
        }
    }
    // Neighbours are taken together, all alike: what stands at the end is not hidden behind what comes first.
    let together = (begins.len() + 1).div_ceil(MOST_SENTENCES);
    if together > 1 {
        let mut number = 0;
        begins.retain(|_| {
            number += 1;
            number % together == 0
        });
    }
}

/// The sentences on the way through a comment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Passed<'a> {
    begins: &'a [u32],
    /// How many have begun; 0 where nothing was met yet.
    count: usize,
}

impl<'a> Passed<'a> {
    pub(super) fn of(begins: &'a [u32]) -> Self {
        Self { begins, count: 0 }
    }

    /// Tells a visitor of the sentence that `start` stands in, where that is another than before.
    #[inline]
    pub(super) fn reach(&mut self, start: u32, visitor: &mut impl Visitor) {
        if self.count == 0 && !self.begins.is_empty() {
            visitor.sentence(0, 0);
            self.count = 1;
        }
        while self.count > 0
            && let Some(&begin) = self.begins.get(self.count - 1)
            && begin <= start
        {
            visitor.sentence(self.count, begin);
            self.count += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences(text: &str) -> Vec<String> {
        let (comment, mut starts) = (Normalized::new(text), Vec::new());
        find(&comment, &mut starts);
        let ends = starts.iter().map(|&at| at as usize).chain([comment.text().len()]);
        let mut start = 0;
        ends.map(|end| comment.text()[std::mem::replace(&mut start, end)..end].trim().to_owned()).collect()
    }

    #[test]
    fn sentences_end_at_stops_and_line_breaks() {
        assert_eq!(sentences("What now? Sorry, I like it."), ["what now?", "sorry, i like it."]);
        assert_eq!(sentences("One line\nanother\n\n third :) "), ["one line", "another", "third :)"]);
        let text = "\"Go home.\" (He did.) They paid 3.5 million!!! :) Wow";
        assert_eq!(sentences(text), ["\"go home.\"", "(he did.)", "they paid 3.5 million!!!", ":) wow"]);
        assert_eq!(sentences("no stop at all"), ["no stop at all"]);
        assert_eq!(sentences("... so it goes"), ["... so it goes"]);
        assert_eq!(sentences("what an i. d. i. o. t. he is. Yes."), ["what an i. d. i. o. t.", "he is.", "yes."]);
        assert_eq!(sentences(""), [""]);
    }

    #[test]
    fn there_are_not_more_than_the_most() {
        assert_eq!(sentences(&"No. ".repeat(3 * MOST_SENTENCES)).len(), MOST_SENTENCES);
        assert_eq!(sentences(&"No. ".repeat(MOST_SENTENCES)).len(), MOST_SENTENCES);
        let last = sentences(&("No. ".repeat(MOST_SENTENCES) + "You.")).pop();
        assert_eq!(last.as_deref(), Some("you."));
    }
}
