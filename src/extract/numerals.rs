//! Digits of other scripts: `٢٠٢٤`, `۱۴۰۳`, `२०२४`, `２０２４`.

use std::borrow::Cow;

/// Zeros of the scripts whose digits pages write dates and counts with; nine more follow each.
const ZEROS: &[char] = &['\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{e50}', '\u{1040}', '\u{17e0}', '\u{ff10}'];

/// The ASCII digit for a digit of another script.
fn digit(c: char) -> Option<char> {
    if c < '\u{660}' {
        return None;
    }
    let value = ZEROS.iter().find_map(|zero| (c as u32).checked_sub(*zero as u32).filter(|value| *value < 10))?;
    char::from_digit(value, 10)
}

/// Tells whether a text holds a digit of whatever script.
pub(super) fn has_digit(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit()) || !text.is_ascii() && text.chars().any(|c| digit(c).is_some())
}

/// Writes other scripts' digits as ASCII ones, their commas as commas, and marks of direction as spaces: a character for
/// a character.
pub(super) fn ascii_digits(text: &str) -> Cow<'_, str> {
    let foreign = |c: char| digit(c).is_some() || matches!(c, '\u{60c}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '：');
    if text.is_ascii() || !text.chars().any(foreign) {
        return Cow::Borrowed(text);
    }
    let plain = |c: char| match c {
        '\u{60c}' => ',',
        '：' => ':',
        '\u{200e}' | '\u{200f}' | '\u{61c}' => ' ',
        c => digit(c).unwrap_or(c),
    };
    Cow::Owned(text.chars().map(plain).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_other_scripts_are_read() {
        assert_eq!(ascii_digits("٥ مايو ٢٠٢٤، ٩:١٥"), "5 مايو 2024, 9:15");
        assert_eq!(ascii_digits("۱۴۰۳/۰۲/۱۴"), "1403/02/14");
        assert_eq!(ascii_digits("५ मई २०२४ ２３：５９"), "5 मई 2024 23:59");
        assert!(matches!(ascii_digits("für 5 größere"), Cow::Borrowed(_)));
        assert!(has_digit("٣") && has_digit("a1") && !has_digit("äöü … 三"));
    }
}
