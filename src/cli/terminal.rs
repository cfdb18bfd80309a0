//! Text from strangers on a terminal: nothing in it is obeyed, and it takes the columns it is given.

use std::borrow::Cow;
use std::fmt::Write as _;
use terminal_size::{Width, terminal_size};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Returns the text with everything that a terminal would obey, or not show, written out: `\u{1b}`.
///
/// That is all controls, bidirectional formatting, line and paragraph separators and invisible characters, but for the
/// joiners and selectors that emoji and several scripts need.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_hidden(c) {
            // Writing to a String does not fail.
            let _ = write!(shown, "{}", c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180e}' | '\u{200b}'
            | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Returns how many columns a text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// Returns the text on one line of at most `columns` columns, made visible, with `…` where it was cut.
pub(super) fn one_line(text: &str, columns: usize) -> String {
    let (mut line, mut used) = (String::new(), 0);
    // More characters than that cannot be shown, but for combining ones, and a text may be large.
    let head: String =
        text.split_whitespace().flat_map(|word| [word, " "]).flat_map(str::chars).take(columns * 4 + 4).collect();
    let shown = visible(head.trim_end());
    for grapheme in shown.graphemes(true) {
        let next = width(grapheme);
        if used + next > columns {
            while used + 1 > columns {
                let Some((at, last)) = line.grapheme_indices(true).next_back() else { break };
                used -= width(last).min(used);
                line.truncate(at);
            }
            line.push('…');
            break;
        }
        line.push_str(grapheme);
        used += next;
    }
    line
}

/// Returns the number of columns of the terminal, 100 where that is not known.
pub(super) fn columns() -> usize {
    terminal_size().map_or(100, |(Width(columns), _)| usize::from(columns)).max(20)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_terminal_would_obey_is_written_out() {
        assert_eq!(visible("a\u{1b}]0;x\u{7}\u{9b}31m\u{202e}b"), r"a\u{1b}]0;x\u{7}\u{9b}31m\u{202e}b");
        assert_eq!(visible("id\u{200b}iot\r\n"), r"id\u{200b}iot\u{d}\u{a}");
        assert!(matches!(visible("👩‍👩‍👧 naïve — ok"), Cow::Borrowed(_)));
    }

    #[test]
    fn lines_are_cut_by_columns() {
        assert_eq!(one_line("two  words\n\nand more", 100), "two words and more");
        assert_eq!(one_line("abcdef", 6), "abcdef");
        assert_eq!(one_line("abcdefg", 6), "abcde…");
        assert_eq!(one_line("日本語日本語", 7), "日本語…");
        assert_eq!(one_line("日本語日本語", 6), "日本…");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn no_line_is_too_long_or_holds_a_control(text in "\\PC{0,60}|[\u{0}-\u{9f}日😀\u{301}\u{202e}]{0,60}", columns in 1..40usize) {
            let line = one_line(&text, columns);
            prop_assert!(!line.chars().any(is_hidden));
            prop_assert!(width(&line) <= columns, "{line:?}");
        }
    }
}
