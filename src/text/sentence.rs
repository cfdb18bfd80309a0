//! Where the sentences of an author's text begin and end.

use crate::span::Span;
use unicode_segmentation::UnicodeSegmentation;

/// Returns the sentences of a text in its bytes, without the white space around them.
///
/// A sentence ends where UAX #29 says and at every line break; what has neither letters nor digits (`…`, `:)`) belongs to
/// the sentence before it. A text of white space has none.
pub fn sentences(original: &str) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    for (at, piece) in original.split_sentence_bound_indices() {
        let trimmed = piece.trim();
        if trimmed.is_empty() {
            continue;
        }
        let start = at + (piece.len() - piece.trim_start().len());
        let span = Span::new(start, start + trimmed.len());
        match found.last_mut() {
            Some(last) if !trimmed.contains(char::is_alphanumeric) => last.end = span.end,
            _ => found.push(span),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(text: &str) -> Vec<&str> {
        sentences(text).iter().map(|span| span.slice(text)).collect()
    }

    #[test]
    fn sentences_end_at_stops_and_line_breaks() {
        assert_eq!(texts("What now? Sorry, I like it."), ["What now?", "Sorry, I like it."]);
        assert_eq!(texts(" One line\nanother\r\n\r\n third … :) "), ["One line", "another", "third … :)"]);
        assert_eq!(texts("They paid 3.5 million. Wow!!!  :)"), ["They paid 3.5 million.", "Wow!!!  :)"]);
        assert_eq!(texts("no stop at all"), ["no stop at all"]);
        assert!(texts(" \n ").is_empty() && texts("").is_empty());
        assert_eq!(texts("…"), ["…"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn sentences_are_in_order_and_hold_every_letter(text in super::super::tests::hostile_text()) {
            let spans = sentences(&text);
            prop_assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start));
            let inside: usize = spans.iter().map(|span| span.slice(&text).chars().filter(|c| c.is_alphanumeric()).count()).sum();
            prop_assert_eq!(inside, text.chars().filter(|c| c.is_alphanumeric()).count());
        }
    }
}
