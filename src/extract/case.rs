//! Lower case, a character for a character.
//!
//! Patterns in the languages of half the world are several times as large where they must match either case, and their
//! lists of words cannot be read as one tree. They are written in lower case, and see their texts like this.

use std::borrow::Cow;

/// Writes a text in lower case; what would become two characters stays, and so does the number of characters.
pub(super) fn lower(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return match text.bytes().any(|b| b.is_ascii_uppercase()) {
            true => Cow::Owned(text.to_ascii_lowercase()),
            false => Cow::Borrowed(text),
        };
    }
    Cow::Owned(text.chars().map(lower_char).collect())
}

/// The lower case of a character, of all that are one without regard to case the same.
fn lower_char(c: char) -> char {
    match c {
        c if c.is_ascii() => c.to_ascii_lowercase(),
        'ſ' => 's',
        'ς' => 'σ',
        'µ' => 'μ',
        c => {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(lower), None) => lower,
                _ => c,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_becomes_a_character() {
        assert_eq!(lower("14 KOMMENTARE Über ΣΧΌΛΙΑΣ"), "14 kommentare über σχόλιασ");
        assert_eq!(lower("σχόλιας"), "σχόλιασ");
        assert_eq!(lower("İstanbul ẞ"), "İstanbul ß");
        assert!(matches!(lower("abc 1"), Cow::Borrowed(_)));
    }
}
