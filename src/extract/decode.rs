//! Bytes to text.

use super::Format;
use crate::error::{Error, Result};
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;
use std::path::Path;

/// A declaration stands in the first bytes of a page, or browsers ignore it.
const DECLARED_WITHIN: usize = 4096;

/// Decodes a page or dump: byte-order marks, UTF-8, what an HTML page declares, else another
/// encoding that its bytes speak for, else windows-1252 where that is plausible.
///
/// # Errors
/// For bytes that are no text in any of those, with the first offending byte.
pub fn decode(bytes: &[u8], format: Format) -> Result<Cow<'_, str>> {
    decode_in(None, bytes, format)
}

/// Decodes as [`decode`] does; `path` is named in the error.
pub(crate) fn decode_in<'a>(path: Option<&Path>, bytes: &'a [u8], format: Format) -> Result<Cow<'a, str>> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let rest = bytes.get(length..).unwrap_or_default();
        return match encoding.decode_without_bom_handling_and_without_replacement(rest) {
            Some(text) => Ok(text),
            None => Err(undecodable(path, encoding, bytes, length)),
        };
    }
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(Cow::Borrowed(text)),
        Err(error) => error,
    };
    let declared = if format == Format::Html { declared_encoding(bytes) } else { None };
    if let Some(encoding) = declared.filter(|encoding| *encoding != UTF_8) {
        // Pages lie a little: a few broken characters are better than no page.
        let (text, broken) = encoding.decode_without_bom_handling(bytes);
        let lost = if broken { text.matches('\u{fffd}').count() } else { 0 };
        if lost * 200 <= text.len() {
            return Ok(text);
        }
    }
    let first = error.valid_up_to();
    if declared == Some(UTF_8) && mostly_utf8(bytes) {
        return Ok(String::from_utf8_lossy(bytes));
    }
    if let Some(text) = detected(bytes) {
        return Ok(text);
    }
    if is_plausible_windows_1252(bytes) {
        return Ok(WINDOWS_1252.decode_without_bom_handling(bytes).0);
    }
    if format == Format::Html && mostly_utf8(bytes) {
        return Ok(String::from_utf8_lossy(bytes));
    }
    let line = bytecount(bytes.get(..first).unwrap_or_default()) + 1;
    Err(Error::input(
        path,
        Some(line),
        Some(first as u64),
        "neither UTF-8 nor windows-1252; save the file as UTF-8".to_owned(),
    ))
}

fn undecodable(path: Option<&Path>, encoding: &'static Encoding, bytes: &[u8], mark: usize) -> Error {
    let rest = bytes.get(mark..).unwrap_or_default();
    let at = if encoding == UTF_16LE || encoding == UTF_16BE {
        first_lone_surrogate(rest, encoding == UTF_16BE)
    } else {
        std::str::from_utf8(rest).err().map_or(0, |error| error.valid_up_to())
    };
    Error::input(
        path,
        None,
        Some((mark + at) as u64),
        format!("its byte-order mark says {}, but that byte is not", encoding.name()),
    )
}

fn first_lone_surrogate(bytes: &[u8], big_endian: bool) -> usize {
    let (pairs, _) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| if big_endian { u16::from_be_bytes(*pair) } else { u16::from_le_bytes(*pair) });
    let mut before = 0;
    for character in char::decode_utf16(units) {
        match character {
            Ok(character) => before += character.len_utf16() * 2,
            Err(_) => return before,
        }
    }
    bytes.len() / 2 * 2
}

/// What a page's `<meta charset>` or XML declaration says.
fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..DECLARED_WITHIN.min(bytes.len())).unwrap_or_default().to_ascii_lowercase();
    for mark in [&b"charset="[..], b"encoding="] {
        let mut from = 0;
        while let Some(found) = head.get(from..).and_then(|rest| memchr::memmem::find(rest, mark)) {
            from += found + mark.len();
            let rest = head.get(from..).unwrap_or_default();
            let label: Vec<u8> = rest
                .iter()
                .copied()
                .skip_while(|b| matches!(b, b'"' | b'\'' | b' '))
                .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':' | b'.'))
                .take(40)
                .collect();
            if let Some(encoding) = Encoding::for_label(&label) {
                // A declaration that can be read byte by byte is not in UTF-16.
                return Some(if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding });
            }
        }
    }
    None
}

/// The countries whose old encodings a page's language points to.
const COUNTRIES: &[(&str, &str)] = &[
    ("ar", "eg"),
    ("bg", "bg"),
    ("cs", "cz"),
    ("el", "gr"),
    ("fa", "ir"),
    ("he", "il"),
    ("hr", "hr"),
    ("hu", "hu"),
    ("ja", "jp"),
    ("ko", "kr"),
    ("lt", "lt"),
    ("lv", "lv"),
    ("pl", "pl"),
    ("ro", "ro"),
    ("ru", "ru"),
    ("sk", "sk"),
    ("sl", "si"),
    ("sr", "rs"),
    ("th", "th"),
    ("tr", "tr"),
    ("uk", "ua"),
    ("vi", "vn"),
    ("zh", "cn"),
];

/// Fewer bytes above 127 say too little of an encoding.
const LEAST_TO_DETECT: usize = 12;

/// A page without a label in an encoding that is not Western, as browsers tell it (chardetng); nothing where the result
/// does not read like text.
fn detected(bytes: &[u8]) -> Option<Cow<'_, str>> {
    if bytes.iter().filter(|b| !b.is_ascii()).count() < LEAST_TO_DETECT || mostly_utf8(bytes) {
        return None;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes.get(..DETECTED_WITHIN).unwrap_or(bytes), true);
    let encoding = detector.guess(country(bytes).map(str::as_bytes), Utf8Detection::Deny);
    if encoding == WINDOWS_1252 {
        return None;
    }
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    let (mut letters, mut others) = (0usize, 0usize);
    for c in text.chars().filter(|c| !c.is_ascii()) {
        let fits = c.is_alphabetic()
            || matches!(
                c,
                '\u{a0}'
                    | '–'
                    | '—'
                    | '“'
                    | '”'
                    | '„'
                    | '«'
                    | '»'
                    | '’'
                    | '‘'
                    | '…'
                    | '№'
                    | '•'
                    | '。'
                    | '，'
                    | '、'
                    | '「'
                    | '」'
                    | '！'
                    | '？'
                    | '：'
                    | '（'
                    | '）'
            );
        *if fits { &mut letters } else { &mut others } += 1;
    }
    (!broken && others * 12 <= letters).then_some(text)
}

/// Detection reads no more.
const DETECTED_WITHIN: usize = 1 << 20;

/// What the page's `lang` attribute points to.
fn country(bytes: &[u8]) -> Option<&'static str> {
    let head = bytes.get(..1024.min(bytes.len()))?.to_ascii_lowercase();
    let at = memchr::memmem::find(&head, b"lang=")?;
    let language: Vec<u8> =
        head.iter().copied().skip(at + 5).skip_while(|b| matches!(b, b'"' | b'\'')).take(2).collect();
    COUNTRIES.iter().find(|(known, _)| known.as_bytes() == language).map(|(_, country)| *country)
}

/// Few bytes are wrong: a cut page, or two encodings pasted together.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let wrong: usize = bytes.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count();
    let high = bytes.iter().filter(|b| !b.is_ascii()).count();
    wrong * 10 <= high || wrong <= 2
}

/// Western text has letters around its high bytes, few of them, and hardly a control character.
fn is_plausible_windows_1252(bytes: &[u8]) -> bool {
    let high = bytes.iter().filter(|b| !b.is_ascii()).count();
    let odd = bytes.iter().filter(|b| matches!(b, 0..=8 | 14..=31 | 127 | 0x81 | 0x8d | 0x8f | 0x90 | 0x9d)).count();
    // Most high bytes of Western text are accented letters or the quotes and dashes of 0x80–0x9f.
    let letters = bytes
        .iter()
        .filter(|b| **b >= 0xc0 || matches!(**b, 0x80..=0x9f | 0xa0 | 0xa7 | 0xab | 0xb0 | 0xb4 | 0xb7 | 0xbb | 0xdf))
        .count();
    odd * 1000 <= bytes.len() && high * 3 <= bytes.len() + 6 && letters * 10 >= high * 8
}

fn bytecount(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decoded(bytes: &[u8], format: Format) -> String {
        decode(bytes, format).map(Cow::into_owned).unwrap_or_else(|error| format!("error: {error}"))
    }

    #[test]
    fn follows_marks_declarations_and_plausibility() {
        assert_eq!(decoded("über".as_bytes(), Format::FlatText), "über");
        assert_eq!(decoded(b"\xef\xbb\xbfabc", Format::FlatText), "abc");
        assert_eq!(decoded(b"\xff\xfea\0b\0", Format::FlatText), "ab");
        assert_eq!(decoded(b"\xfe\xff\0a\0b", Format::Html), "ab");
        assert_eq!(decoded(b"<meta charset=iso-8859-1>\xfcber", Format::Html), "<meta charset=iso-8859-1>über");
        assert_eq!(decoded(b"<meta charset='windows-1251'>\xef\xf0", Format::Html), "<meta charset='windows-1251'>пр");
        assert_eq!(
            decoded(b"die \xfcberaus gro\xdfe Br\xfccke \x96 sagte er", Format::FlatText),
            "die überaus große Brücke – sagte er"
        );
        assert_eq!(decoded(b"", Format::FlatText), "");
    }

    #[test]
    fn pages_without_a_label_are_read_by_their_bytes() {
        for (language, name, text) in [
            (
                "ru",
                "windows-1251",
                "Паром на три дальних острова этой зимой будет ходить дважды в неделю, сообщили в четверг.",
            ),
            (
                "ru",
                "koi8-r",
                "Паром на три дальних острова этой зимой будет ходить дважды в неделю, сообщили в четверг.",
            ),
            (
                "cs",
                "iso-8859-2",
                "Přívoz na tři vnější ostrovy bude letos v zimě jezdit dvakrát týdně, oznámil ve čtvrtek kraj po roce stížností.",
            ),
            (
                "el",
                "windows-1253",
                "Το πλοίο για τα τρία έξω νησιά θα ταξιδεύει δύο φορές την εβδομάδα φέτος τον χειμώνα.",
            ),
            (
                "ar",
                "windows-1256",
                "ستبحر العبارة إلى الجزر الثلاث البعيدة مرتين في الأسبوع هذا الشتاء، كما أعلنت المحافظة.",
            ),
            ("ja", "shift_jis", "沖の三つの島へ向かう船がこの冬は週に二回運航されると、県が木曜日に発表した。"),
            ("ko", "euc-kr", "바깥쪽 세 섬으로 가는 배가 올겨울 일주일에 두 번 뜬다고 군청이 목요일 밝혔다."),
            ("zh", "gbk", "前往三座外岛的渡轮今年冬天每周将开航两次，县政府在经历一年的投诉之后于周四宣布。"),
        ] {
            let encoding = Encoding::for_label(name.as_bytes()).unwrap();
            let page = format!("<html lang={language}><body><p>{text}</p></body></html>");
            let (bytes, _, broken) = encoding.encode(&page);
            assert!(!broken, "{name}");
            assert_eq!(decoded(&bytes, Format::Html), page, "{name}");
        }
    }

    #[test]
    fn says_where_the_first_offending_byte_is() {
        let error = decoded(b"ab\ncd\x81\x8d\x8f\x90\x9d\x81", Format::FlatText);
        assert!(error.contains(":2: byte 5"), "{error}");
        let error = decoded(b"\xef\xbb\xbfab\xff", Format::FlatText);
        assert!(error.contains("byte 5") && error.contains("UTF-8"), "{error}");
        let error = decoded(b"\xff\xfea\0\x00\xdc", Format::FlatText);
        assert!(error.contains("byte 4"), "{error}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn any_bytes_are_text_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300), html in any::<bool>()) {
            let _ = decode(&bytes, if html { Format::Html } else { Format::FlatText });
        }
    }
}
