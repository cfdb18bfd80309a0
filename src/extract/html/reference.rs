//! Character references: `&amp;`, `&#39;`, `&eacute` …

use memchr::memchr;
use std::borrow::Cow;

/// No name is longer than `CounterClockwiseContourIntegral;`.
const LONGEST_NAME: usize = 32;

/// Decodes the character references of a run of text or an attribute's value.
pub(super) fn decode(raw: &str) -> Cow<'_, str> {
    let Some(first) = memchr(b'&', raw.as_bytes()) else { return Cow::Borrowed(raw) };
    let mut out = String::with_capacity(raw.len());
    let (mut copied, mut at) = (0, first);
    loop {
        let rest = raw.get(at + 1..).unwrap_or_default();
        let taken = if let Some(number) = rest.strip_prefix('#') {
            numeric(number).map(|(n, c)| (n + 1, c))
        } else {
            named(rest)
        };
        if let Some((length, chars)) = taken {
            out.push_str(raw.get(copied..at).unwrap_or_default());
            out.extend(chars.into_iter().flatten());
            copied = at + 1 + length;
        }
        let from = copied.max(at + 1);
        match raw.as_bytes().get(from..).and_then(|rest| memchr(b'&', rest)) {
            Some(offset) => at = from + offset,
            None => break,
        }
    }
    out.push_str(raw.get(copied..).unwrap_or_default());
    Cow::Owned(out)
}

type Decoded = (usize, [Option<char>; 2]);

/// What follows `&#`.
fn numeric(rest: &str) -> Option<Decoded> {
    let (mark, digits, radix) = match rest.strip_prefix(['x', 'X']) {
        Some(digits) => (1, digits, 16),
        None => (0, rest, 10),
    };
    let length = digits.bytes().take_while(|b| char::from(*b).is_digit(radix)).count();
    let digits_end = digits.get(..length).filter(|digits| !digits.is_empty())?;
    let code = u32::from_str_radix(digits_end.trim_start_matches('0'), radix)
        .unwrap_or(u32::from(!digits_end.bytes().all(|b| b == b'0')) * u32::MAX);
    let character = match code {
        0x80..=0x9f => encoding_rs::WINDOWS_1252.decode(&[code as u8]).0.chars().next(),
        0 => None,
        _ => char::from_u32(code),
    };
    let semicolon = usize::from(digits.as_bytes().get(length) == Some(&b';'));
    Some((mark + length + semicolon, [Some(character.unwrap_or('\u{fffd}')), None]))
}

/// What follows `&`.
fn named(rest: &str) -> Option<Decoded> {
    let length = rest.bytes().take(LONGEST_NAME).take_while(u8::is_ascii_alphanumeric).count();
    let look = |name: &str| {
        let &(first, second) = web_atoms::NAMED_ENTITIES.get(name)?;
        let second = (second != 0).then(|| char::from_u32(second)).flatten();
        (first != 0).then(|| (name.len(), [char::from_u32(first), second]))
    };
    if rest.as_bytes().get(length) == Some(&b';')
        && let Some(found) = rest.get(..=length).and_then(look)
    {
        return Some(found);
    }
    // The old names need no semicolon; none is longer than six letters.
    (2..=length.min(6)).rev().find_map(|length| look(rest.get(..length)?))
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn decodes_what_browsers_decode() {
        assert_eq!(decode("no reference"), "no reference");
        assert_eq!(decode("a &amp; b &lt;c&gt; &quot;d&#39;"), "a & b <c> \"d'");
        assert_eq!(decode("caf&eacute; caf&eacute &nbsp;&hellip;"), "café café \u{a0}…");
        assert_eq!(decode("&#x1F600;&#8211;&#150;"), "😀––");
        assert_eq!(decode("&ampx &notanentity; & &; &#; &#xzz;"), "&x ¬anentity; & &; &#; &#xzz;");
        assert_eq!(decode("&#0;&#xD800;&#99999999999;"), "\u{fffd}\u{fffd}\u{fffd}");
        assert_eq!(decode("&"), "&");
        assert_eq!(decode("ü&uuml;ü"), "üüü");
    }
}
