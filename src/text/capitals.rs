//! Whether words in capitals may be in a text at all: most texts have none, and need not be searched.

/// Tells whether some stretch without white space may have two capitals and no small letter between them. Where it has none
/// the answer may still be yes; a yes costs no more than a search.
pub(crate) fn may_be_together(original: &str) -> bool {
    let bytes = original.as_bytes();
    let after = |steps: usize| bytes.get(steps..).unwrap_or_default();
    // After the first of the two comes the other, or what is neither letter nor blank and then no small letter or blank.
    let parts = |byte: u8| byte.is_ascii_lowercase() | (byte == b' ') | (byte == b'\n');
    let next = bytes.iter().zip(after(1)).map(|(a, b)| a.is_ascii_uppercase() & b.is_ascii_uppercase());
    let later = bytes.iter().zip(after(1)).zip(after(2));
    let later = later.map(|((a, b), c)| a.is_ascii_uppercase() & !parts(*b) & !parts(*c));
    // No branches: most texts are gone through to the end.
    next.fold(false, |any, found| any | found)
        || later.fold(false, |any, found| any | found)
        || (!original.is_ascii() && has_wide(original))
}

/// Counts the bytes of a kind; many are looked at together, which a sum of wide numbers would not allow.
#[inline]
pub(crate) fn count(text: &str, is: impl Fn(&u8) -> bool) -> usize {
    let part = |bytes: &[u8]| bytes.iter().fold(0_u8, |count, byte| count.wrapping_add(u8::from(is(byte))));
    text.as_bytes().chunks(usize::from(u8::MAX)).map(|bytes| usize::from(part(bytes))).sum()
}

/// Tells whether a text has fewer than so many capitals, all of them in ASCII.
pub(crate) fn are_few(original: &str, least: usize) -> bool {
    count(original, u8::is_ascii_uppercase) < least && (original.is_ascii() || !has_wide(original))
}

/// Tells whether there is a capital beyond ASCII.
fn has_wide(text: &str) -> bool {
    let is_wide_capital = |(at, &byte): (usize, &u8)| {
        // Only first bytes are so large; no character before these is a capital.
        byte >= 0xc3 && text.get(at..).and_then(|rest| rest.chars().next()).is_some_and(char::is_uppercase)
    };
    text.as_bytes().iter().enumerate().any(is_wide_capital)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_capital_beyond_ascii_is_suspected() {
        for c in ('\u{80}'..=char::MAX).filter(|c| c.is_uppercase()) {
            assert!(may_be_together(&format!("a{c}")) && may_be_together(&format!("{c} a")), "{c:?}");
        }
    }

    #[test]
    fn plain_sentences_are_not_searched() {
        for text in ["I, too, was there. So was Ann (and Bo).", "It’s a café… “Well” 🙂 правда ß", "", "A"]
        {
            assert!(!may_be_together(text), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn no_word_in_capitals_is_missed(text in "[A-C' .1a-b\n\t]{0,12}") {
            let loud = |word: &str| {
                word.bytes().filter(u8::is_ascii_uppercase).count() > 1 && !word.bytes().any(|b| b.is_ascii_lowercase())
            };
            prop_assert!(may_be_together(&text) || !text.split_whitespace().any(loud), "{text:?}");
        }
    }
}
