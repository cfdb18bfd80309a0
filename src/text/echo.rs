//! What of a request or a file is repeated in a sentence: no more than helps to find it, and no character that could do
//! anything to whoever reads it.

/// Returns a text as answers may repeat it: its first `most` characters, without control characters and those that change
/// the direction of writing or take no room.
pub(crate) fn shown(text: &str, most: usize) -> String {
    let mut kept = text.chars().filter(|c| is_plain(*c));
    let mut shown: String = kept.by_ref().take(most).collect();
    if kept.next().is_some() {
        shown.push('…');
    }
    shown
}

/// Tells whether a text may be repeated whole: at most `most` bytes, and nothing in it that [`shown`] leaves out.
#[cfg(any(feature = "serve", test))]
pub(crate) fn is_plain_text(text: &str, most: usize) -> bool {
    text.len() <= most && text.chars().all(is_plain)
}

fn is_plain(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_repeated_is_short_and_harmless() {
        assert_eq!(shown("TOXICITY", 64), "TOXICITY");
        assert_eq!(shown("a\u{1b}[31m\r\n\u{202e}b\0", 64), "a[31mb");
        assert_eq!(shown(&"é".repeat(100), 3), "ééé…");
        assert!(is_plain_text("comment:7", 9) && !is_plain_text("comment:7", 8) && !is_plain_text("a\nb", 8));
    }
}
