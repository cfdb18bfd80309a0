//! Parts of a comment that repeat what somebody else wrote.
//!
//! While a text is made its quoted lines bear a mark, so that what is cut off its ends needs no counting; at last the marks
//! become ranges.

use super::evidence::{ACTION, AUTHOR, AVATAR, DATE};
use super::survey::Page;
use super::tag::Tag;
use super::tree::NodeId;

/// Stands before each quoted line; Unicode keeps it for such uses, and it is dropped from what pages write.
pub(super) const MARK: char = '\u{fdd0}';

/// Words in class names of boxes that hold a quotation.
const NAMES: &[&str] = &[
    "quote",
    "quoted",
    "quotes",
    "quotation",
    "blockquote",
    "quotecontent",
    "quotebox",
    "quotebody",
    "bbquote",
    "bbcodequote",
    "zitat",
    "citation",
    "citat",
    "citaat",
    "cita",
    "citazione",
    "citacao",
    "cytat",
    "citace",
    "citato",
    "lainaus",
    "alinti",
    "idezet",
    "tsitata",
    "цитата",
];

/// Tells whether an element is a box that quotes: a `blockquote`, or named so.
pub(super) fn is_quote(page: &Page<'_>, id: NodeId) -> bool {
    let tree = &page.tree;
    let named = || {
        tree.attribute(id, "class")
            .is_some_and(|class| class.len() <= 400 && class.split(|c: char| !c.is_alphanumeric()).any(is_name))
            && page.evidence(id) & (ACTION | AUTHOR | DATE | AVATAR) == 0
            && page.link_size(id, tree.end(id)) * 2 <= page.size(id)
    };
    match tree.tag(id) {
        Tag::Blockquote => true,
        Tag::Div | Tag::Section | Tag::Fieldset | Tag::P | Tag::Table | Tag::Td | Tag::Aside | Tag::Other => named(),
        _ => false,
    }
}

/// `quote` alone and `bbcodeQuote`, not `quoteable`.
fn is_name(word: &str) -> bool {
    let lower = word.to_lowercase();
    NAMES.contains(&lower.as_str()) || lower.ends_with("quote") && lower != "unquote"
}

/// Takes the marks out of a text: the text, and where its quotations are.
pub(super) fn taken_out(text: &str) -> (String, Vec<(usize, usize)>) {
    let mut out = String::with_capacity(text.len());
    let mut quotes: Vec<(usize, usize)> = Vec::new();
    let mut own = false;
    let mut before = false;
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
        }
        let start = out.len();
        let marked = line.starts_with(MARK);
        out.extend(line.chars().filter(|c| *c != MARK));
        // Answers by mail, and who writes as in them, put a sign before each quoted line.
        let quoted = marked || line.starts_with('>') && line.len() > 2 && !line.starts_with(">:");
        match quotes.last_mut() {
            Some(last) if quoted && before => last.1 = out.len(),
            _ if quoted => quotes.push((start, out.len())),
            _ => own |= !line.trim().is_empty(),
        }
        before = quoted;
    }
    // Where all is in one such box, the box is the page's form for a comment.
    if !own {
        quotes.clear();
    }
    (out, quotes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_ranges() {
        let (text, quotes) = taken_out("\u{fdd0}Ann said:\n\u{fdd0}Rain.\nNo.\n> mail\nFine.");
        assert_eq!(text, "Ann said:\nRain.\nNo.\n> mail\nFine.");
        let quoted: Vec<&str> = quotes.iter().map(|(start, end)| &text[*start..*end]).collect();
        assert_eq!(quoted, ["Ann said:\nRain.", "> mail"]);
        assert_eq!(taken_out("\u{fdd0}all\n\u{fdd0}of it"), ("all\nof it".to_owned(), vec![]));
        assert_eq!(taken_out(""), (String::new(), vec![]));
    }

    #[test]
    fn boxes_are_told_by_their_names() {
        for word in ["quote", "bbCodeQuote", "Zitat"] {
            assert!(is_name(word), "{word}");
        }
        assert!(!is_name("quoteable") && !is_name("note"));
    }
}
