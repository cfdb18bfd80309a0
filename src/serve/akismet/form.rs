//! The form that Akismet's clients send, in whatever character set the blog has.

use super::super::judging::Refusal;
use axum::http::{HeaderMap, StatusCode, header};
use encoding_rs::{Encoding, WINDOWS_1252};
use percent_encoding::percent_decode;

/// The fields of a form, decoded; of those with the same name the last counts.
pub(super) struct Form {
    fields: Vec<(Vec<u8>, Vec<u8>)>,
    charset: &'static Encoding,
}

impl Form {
    /// Reads an `application/x-www-form-urlencoded` body. Anything is a form; fields that are not text in UTF-8 are in
    /// `blog_charset`, or in Windows-1252 where that is not told.
    pub(super) fn read(body: &[u8]) -> Self {
        let fields = body.split(|byte| *byte == b'&').filter(|field| !field.is_empty()).map(|field| {
            let (name, value) = match field.iter().position(|byte| *byte == b'=') {
                Some(at) => (&field[..at], &field[at + 1..]),
                None => (field, &field[..0]),
            };
            (decoded(name), decoded(value))
        });
        let mut form = Self { fields: fields.collect(), charset: WINDOWS_1252 };
        let told = form.raw("blog_charset").and_then(Encoding::for_label);
        form.charset = told.unwrap_or(WINDOWS_1252);
        form
    }

    fn raw(&self, name: &str) -> Option<&[u8]> {
        let found = self.fields.iter().rev().find(|(known, _)| known == name.as_bytes());
        found.map(|(_, value)| value.as_slice())
    }

    /// Returns a field's text; `None` where it is absent or blank.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let raw = self.raw(name)?;
        let text = match std::str::from_utf8(raw) {
            Ok(text) => text.to_owned(),
            Err(_) => self.charset.decode(raw).0.into_owned(),
        };
        (!text.trim().is_empty()).then_some(text)
    }

    /// Tells whether a field is set to something that is not false.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.text(name).is_some_and(|value| !matches!(value.trim(), "0" | "false"))
    }
}

/// Refuses what calls itself something else than a form. What says nothing, or nothing known, is taken for one.
///
/// # Errors
/// For multipart forms and JSON, which none of Akismet's clients send.
pub(super) fn is_form(headers: &HeaderMap) -> Result<(), Refusal> {
    let stated = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = stated.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "multipart/form-data" | "application/json" => Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("{kind} is not read here; send the fields as application/x-www-form-urlencoded"),
        )),
        _ => Ok(()),
    }
}

fn decoded(encoded: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = encoded.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    percent_decode(&spaced).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(body: &[u8], name: &str) -> Option<String> {
        Form::read(body).text(name)
    }

    #[test]
    fn fields_are_decoded() {
        let body = b"a=1+2%20%2B&b=%C3%A9&&c&d=+&=x&a%5B%5D=y&b=caf%C3%A9";
        assert_eq!(text(body, "a").as_deref(), Some("1 2 +"));
        assert_eq!(text(body, "b").as_deref(), Some("café"));
        assert_eq!((text(body, "c"), text(body, "d"), text(body, "e")), (None, None, None));
        assert_eq!(text(body, "a[]").as_deref(), Some("y"));
        let form = Form::read(b"yes=1&true=true&no=0&false=false&empty=");
        assert!(form.is_set("yes") && form.is_set("true"));
        assert!(!form.is_set("no") && !form.is_set("false") && !form.is_set("empty") && !form.is_set("absent"));
    }

    #[test]
    fn the_charset_of_the_blog_counts_where_it_must() {
        assert_eq!(text(b"a=caf%E9", "a").as_deref(), Some("café"));
        assert_eq!(text(b"a=caf\xe9&blog_charset=ISO-8859-1", "a").as_deref(), Some("café"));
        assert_eq!(text(b"a=%F0%D2%C9&blog_charset=KOI8-R", "a").as_deref(), Some("При"));
        assert_eq!(text("a=café&blog_charset=KOI8-R".as_bytes(), "a").as_deref(), Some("café"));
        assert_eq!(text(b"a=caf%E9&blog_charset=UTF-8", "a").as_deref(), Some("caf\u{fffd}"));
        assert_eq!(text(b"a=caf%E9&blog_charset=nonsense", "a").as_deref(), Some("café"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn forms_are_read_as_the_standard_reads_them(pairs in proptest::collection::vec(("[a-z]{1,3}", "\\PC{0,8}"), 0..6)) {
            let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
            let form = Form::read(body.as_bytes());
            for (name, _) in &pairs {
                let last = pairs.iter().rev().find(|(other, _)| other == name).map(|(_, value)| value.clone());
                prop_assert_eq!(form.text(name), last.filter(|value| !value.trim().is_empty()));
            }
        }

        #[test]
        fn anything_is_a_form(body in proptest::collection::vec(proptest::num::u8::ANY, 0..80)) {
            Form::read(&body).text("a");
        }
    }
}
