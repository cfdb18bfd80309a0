//! Lines of a dump: indent, list marker, text.

use std::ops::Range;

/// One line that is not blank.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// Columns before the marker or the text.
    pub(super) indent: usize,
    /// Whether a number or bullet of the dump's own stands before the text.
    pub(super) marked: bool,
    /// Without indent, marker and white space at the end.
    pub(super) text: &'a str,
    /// With its marker.
    pub(super) whole: &'a str,
    /// How many blank lines stand before it.
    pub(super) gap: usize,
    /// How many characters `text` has, up to 10,000.
    pub(super) chars: usize,
}

/// Takes a dump apart.
pub(super) fn lines(dump: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut gap = 0;
    for raw in dump.lines() {
        let whole = raw.trim();
        if whole.is_empty() {
            gap += 1;
            continue;
        }
        let before = raw.len() - raw.trim_start().len();
        let indent = raw.get(..before).unwrap_or_default().chars().map(|c| if c == '\t' { 4 } else { 1 }).sum();
        let text = unmarked(whole).filter(|_| indent > 0);
        lines.push(Line {
            indent,
            marked: text.is_some(),
            text: text.unwrap_or(whole),
            whole,
            gap,
            chars: text.unwrap_or(whole).chars().take(10_000).count(),
        });
        gap = 0;
    }
    lines
}

/// The text after a list marker: `1. `, `• `. A writer's own `1)` is none.
fn unmarked(line: &str) -> Option<&str> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = if (1..=5).contains(&digits) {
        line.get(digits..)?.strip_prefix('.')?
    } else {
        line.strip_prefix(['•', '◦', '▪', '‣', '*', '-', '–'])?
    };
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix([' ', '\u{a0}', '\t']).map(str::trim_start) }
}

impl Line<'_> {
    /// Whether it ends like a sentence.
    pub(super) fn ends_sentence(&self) -> bool {
        let text = self.text.trim_end_matches(['"', '”', '“', '»', '«', '’', ')', ']', '\'']);
        text.ends_with(['.', '!', '?', '…', '。', '！', '？', ':', ';'])
    }

    /// Whether it could be a name: a few words, no sentence.
    pub(super) fn like_name(&self) -> bool {
        let text = self.text;
        let words = text.split_whitespace().count();
        (1..=5).contains(&words)
            && self.chars <= 40
            && text.chars().any(char::is_alphabetic)
            && !self.ends_sentence()
            && !text.ends_with(',')
            && !text.contains("://")
    }
}

/// Joins lines to a text, a line each.
pub(super) fn join(lines: &[Line<'_>]) -> String {
    let mut text = String::with_capacity(lines.iter().map(|line| line.whole.len() + 1).sum());
    for (place, line) in lines.iter().enumerate() {
        if place > 0 {
            text.push('\n');
        }
        text.push_str(if place == 0 { line.text } else { line.whole });
    }
    text
}

/// Part of `lines`; empty where `range` does not fit.
pub(super) fn part<'a, 'b>(lines: &'b [Line<'a>], range: Range<usize>) -> &'b [Line<'a>] {
    lines.get(range).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_the_dumps_own() {
        let found = lines("1. a heading\n  2. an item\n\n    • inner\n      1) the writer's\n  3.\n");
        let shown: Vec<_> = found.iter().map(|line| (line.indent, line.marked, line.text)).collect();
        let expected = [
            (0, false, "1. a heading"),
            (2, true, "an item"),
            (4, true, "inner"),
            (6, false, "1) the writer's"),
            (2, true, ""),
        ];
        assert_eq!(shown, expected);
        assert_eq!(found[2].gap, 1);
    }
}
