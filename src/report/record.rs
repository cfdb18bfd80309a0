//! A judgement as the JSON object that the program and the server give.

use crate::moderator::Judgement;
use crate::span::OffsetUnit;
use crate::thread::{Comment, Thread};
use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};
use std::io;

/// A judgement, and for comments of pages, dumps and exports what was judged.
#[derive(Serialize)]
pub struct Record<'a> {
    /// The file or stream the comment was found in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<&'a str>,
    /// The thread's own id in a file of many threads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<&'a str>,
    /// What was judged and decided.
    #[serde(flatten)]
    pub judgement: &'a Judgement,
    /// The name the page shows; null where it shows none, absent for rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<Option<&'a str>>,
    /// What the export it comes from calls its state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<&'a str>,
    /// The text in which the offsets count; absent for rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<&'a str>,
}

impl<'a> Record<'a> {
    /// Returns the record of a row: its text is known to whoever gave it.
    pub fn of_row(judgement: &'a Judgement) -> Self {
        Self { path: None, thread: None, judgement, author: None, status: None, text: None }
    }

    /// Returns the record of a comment in a thread that was found at `path`.
    pub fn of_comment(judgement: &'a Judgement, path: &'a str, thread: &'a Thread, comment: &'a Comment) -> Self {
        Self {
            path: Some(path),
            thread: thread.thread.as_deref(),
            judgement,
            author: Some(comment.author.as_deref()),
            status: comment.status.as_deref(),
            text: Some(&comment.text),
        }
    }
}

/// Rounds scores and weights to six significant digits and counts the offsets of evidence in `unit` of `text`, the
/// text that was judged.
pub fn finished(mut judgement: Judgement, text: &str, unit: OffsetUnit) -> Judgement {
    for (_, score) in &mut judgement.scores {
        *score = score.map(rounded);
    }
    for evidence in judgement.evidence.iter_mut().flatten() {
        evidence.weight = rounded(evidence.weight);
        if unit != OffsetUnit::Bytes {
            evidence.span = evidence.span.map(|span| span.convert(text, unit));
        }
    }
    judgement
}

/// Rounds to six significant digits: more would promise a precision that no calibration has.
fn rounded(number: f64) -> f64 {
    /// Below this the power of ten is no longer exact.
    const SMALLEST: f64 = 1e-15;
    let written = || format!("{number:.5e}").parse().unwrap_or(number);
    let size = number.abs();
    if !(SMALLEST..1.).contains(&size) {
        return written();
    }
    // Nearly all numbers are probabilities: those are rounded without writing them down. A whole number below 2^53
    // divided by an exact power of ten is the number nearest to that decimal.
    let mut scale = 1e6;
    while size * scale < 1e5 {
        scale *= 10.;
    }
    let digits = number * scale;
    // The product is itself rounded, which decides nothing but where it lies halfway between two.
    if (digits.abs().fract() - 0.5).abs() < 1e-6 { written() } else { digits.round() / scale }
}

/// Writes one JSON value without line breaks in it.
///
/// DEL and the C1 controls are escaped too, which JSON does not ask for: terminals obey them.
///
/// # Errors
/// When writing fails, or the value is no JSON.
pub fn write_json<W: io::Write>(writer: W, value: &impl Serialize) -> io::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(writer, TerminalSafe)).map_err(io::Error::from)
}

struct TerminalSafe;

impl Formatter for TerminalSafe {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let is_control = |c: char| matches!(c, '\u{7f}'..='\u{9f}');
        let mut rest = fragment;
        // U+007F is the byte 7F; the C1 controls are those that follow a C2.
        while let Some(at) = memchr::memchr2(0x7f, 0xc2, rest.as_bytes()) {
            let (plain, tail) = rest.split_at(at);
            let mut chars = tail.chars();
            let Some(c) = chars.next() else { break };
            CompactFormatter.write_string_fragment(writer, plain)?;
            if is_control(c) {
                write!(writer, "\\u{:04x}", u32::from(c))?;
            } else {
                write!(writer, "{c}")?;
            }
            rest = chars.as_str();
        }
        CompactFormatter.write_string_fragment(writer, rest)
    }

    fn write_char_escape<W: ?Sized + io::Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        CompactFormatter.write_char_escape(writer, escape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::{Evidence, EvidenceKind};
    use crate::label::Label;
    use crate::policy::Action;
    use crate::span::Span;
    use proptest::prelude::*;

    fn judgement() -> Judgement {
        let insult = Label::new("insult").unwrap();
        Judgement {
            id: Some("7".to_owned()),
            scores: vec![(insult.clone(), Some(0.123_456_789)), (Label::new("sarcasm").unwrap(), None)],
            flags: vec![insult.clone()],
            action: Action::Hold,
            reasons: vec!["because".to_owned()],
            language: "en",
            evidence: Some(vec![Evidence {
                label: insult,
                kind: EvidenceKind::Words,
                name: None,
                span: Some(Span::new(7, 12)),
                text: Some("idiot".to_owned()),
                weight: 1.000_000_4,
            }]),
        }
    }

    fn json(value: &impl Serialize) -> String {
        let mut bytes = Vec::new();
        write_json(&mut bytes, value).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_record_is_the_documented_object() {
        let judgement = finished(judgement(), "é😀 idiot", OffsetUnit::Utf16);
        let common = r#""id":"7","scores":{"insult":0.123457,"sarcasm":null},"flags":["insult"],"action":"hold","reasons":["because"],"language":"en","evidence":[{"label":"insult","kind":"words","start":4,"end":9,"text":"idiot","weight":1.0}]"#;
        assert_eq!(json(&Record::of_row(&judgement)), format!("{{{common}}}"));
        let thread = Thread { thread: Some("t1".to_owned()), ..Thread::default() };
        let comment = Comment { text: "é😀 idiot".to_owned(), ..Comment::default() };
        let comment = Record::of_comment(&judgement, "a.html", &thread, &comment);
        let expected = format!(r#"{{"path":"a.html","thread":"t1",{common},"author":null,"text":"é😀 idiot"}}"#);
        assert_eq!(json(&comment), expected);
    }

    #[test]
    fn small_numbers_keep_their_digits() {
        assert_eq!(rounded(1.234_567_8e-9), 1.234_57e-9);
        assert_eq!(rounded(0.0), 0.0);
        assert_eq!(rounded(0.7), 0.7);
        assert!(rounded(f64::NAN).is_nan());
    }

    #[test]
    fn json_holds_no_control_characters() {
        assert_eq!(json(&"a\u{1b}[2J\u{9b}2J\u{7f}£é\n"), r#""a\u001b[2J\u009b2J\u007f£é\n""#);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn a_number_is_rounded_as_it_would_be_written(mantissa in 1_000_000_u64..9_999_999_999, exponent in -24..4) {
            let number: f64 = format!("{mantissa}e{exponent}").parse().unwrap();
            prop_assert_eq!(rounded(number), format!("{number:.5e}").parse::<f64>().unwrap());
            prop_assert_eq!(rounded(-number), -rounded(number));
        }

        #[test]
        fn escaped_json_reads_as_the_same_text(text in "[\u{0}-\u{ff}é😀]{0,40}|.{0,40}") {
            let written = json(&text);
            prop_assert!(!written.chars().any(char::is_control));
            prop_assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
        }
    }
}
