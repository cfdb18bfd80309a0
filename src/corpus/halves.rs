//! Halves of surrogate pairs in JSON, as programs write that cut a text inside an emoji: `\ud83d` alone.
//!
//! The grammar of JSON allows them, and JavaScript writes them; no text can hold one. They are read as U+FFFD.

/// Returns the JSON with `\ufffd` in the place of each escape that is half of a pair; `None` where there is none.
///
/// Places stay what they were, as both are of one length. The time is linear.
pub(crate) fn mended(json: &[u8]) -> Option<Vec<u8>> {
    let mut halves = Vec::new();
    let mut at = 0;
    while let Some(found) = json.get(at..).and_then(|rest| memchr::memchr(b'\\', rest)) {
        at += found;
        at += match unit(json, at) {
            Some(0xd800..=0xdbff) if matches!(unit(json, at + 6), Some(0xdc00..=0xdfff)) => 12,
            Some(0xd800..=0xdfff) => {
                halves.push(at);
                6
            }
            // Whatever is escaped: a backslash behind a backslash begins nothing.
            _ => 2,
        };
    }
    if halves.is_empty() {
        return None;
    }
    let mut mended = json.to_vec();
    for at in halves {
        if let Some(half) = mended.get_mut(at..at + 6) {
            half.copy_from_slice(b"\\ufffd");
        }
    }
    Some(mended)
}

/// Reads an escape like `\u00e9`.
fn unit(json: &[u8], at: usize) -> Option<u16> {
    let digits = json.get(at..at + 6)?.strip_prefix(b"\\u")?;
    // A sign is no digit, though numbers may have one.
    let digits =
        std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(json: &str) -> String {
        let mended = mended(json.as_bytes()).unwrap_or_else(|| json.as_bytes().to_vec());
        assert_eq!(mended.len(), json.len());
        serde_json::from_slice(&mended).unwrap()
    }

    #[test]
    fn halves_are_read_as_a_sign_for_what_is_lost() {
        for (json, text) in [
            (r#""a\ud83d b""#, "a\u{fffd} b"),
            (r#""\uDE00\ud83d""#, "\u{fffd}\u{fffd}"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
            (r#""\ud83d\n\u00e9""#, "\u{fffd}\né"),
            (r#""\\ud83d\\""#, "\\ud83d\\"),
            (r#""\\\ud83d""#, "\\\u{fffd}"),
        ] {
            assert_eq!(read(json), text, "{json}");
        }
        for json in ["", "\\", "\"\\ud83", r#""\ud83d\ude00""#, r#""\u+83d""#, r#""\u00e9\\ud83d""#] {
            assert_eq!(mended(json.as_bytes()), None, "{json}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn what_javascript_writes_is_read_as_it_reads_it(units in proptest::collection::vec(any::<u16>(), 0..12)) {
            let json: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
            prop_assert_eq!(read(&format!("\"{json}\"")), String::from_utf16_lossy(&units));
        }

        #[test]
        fn whatever_is_no_json_stays_as_long(json in r#"[\\ud8cf"a0]{0,40}"#) {
            prop_assert!(mended(json.as_bytes()).is_none_or(|mended| mended.len() == json.len()));
        }
    }
}
