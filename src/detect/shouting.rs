//! Writing in capitals and marks.
//!
//! **Catches** comments, or long stretches of them, in capitals; volleys of `!!!` and `???`.
//!
//! **Misses** nothing that can be seen, but knows no reasons: headlines and lists of abbreviations shout too. Scripts
//! without capitals never shout.
//!
//! **Evidence** the longest stretch in capitals.
//!
//! **Example** "WHY IS NOBODY DOING ANYTHING ABOUT THIS???"

use super::{Detector, Evidence, EvidenceKind, Seen};
use crate::label::Label;
use crate::span::Span;

/// A Gaussian naive Bayes over how the letters are written.
pub struct Shouting;

const LABEL: &str = "shouting";
const MEASURES: [&str; 4] = ["share of capitals", "words in capitals", "marks a word", "capitals in a row"];

impl Detector for Shouting {
    fn label(&self) -> &'static str {
        LABEL
    }

    fn meaning(&self) -> &'static str {
        "is written in capitals or with volleys of exclamation and question marks"
    }

    fn reads_ngrams(&self) -> bool {
        false
    }

    fn measures(&self) -> &'static [&'static str] {
        &MEASURES
    }

    fn measure(&self, seen: &Seen<'_>) -> Option<Vec<f64>> {
        Some(measure(seen.utterance.original).0.to_vec())
    }

    fn evidence(&self, seen: &Seen<'_>, weigh: &dyn Fn(usize) -> f64, found: &mut Vec<Evidence>) {
        let Ok(label) = Label::new(LABEL) else { return };
        let (_, Some(span)) = measure(seen.utterance.original) else { return };
        found.push(Evidence {
            label,
            kind: EvidenceKind::Cue,
            name: Some("capitals"),
            span: Some(span),
            text: Some(span.slice(seen.utterance.original).to_owned()),
            weight: (0..MEASURES.len()).map(weigh).sum(),
        });
    }
}

/// Measures shares within 0 and 1, and finds the longest stretch of words in capitals. Linear in the text.
fn measure(original: &str) -> ([f64; MEASURES.len()], Option<Span>) {
    let (mut upper, mut lower, mut marks, mut words, mut shouted) = (0_u32, 0_u32, 0_u32, 0_u32, 0_u32);
    let (mut row, mut longest_row, mut row_start, mut stretch) = (0_u32, 0_u32, 0, None);
    let base = original.as_ptr() as usize;
    for word in original.split_whitespace() {
        let start = word.as_ptr() as usize - base;
        let (mut up, mut low) = (0, 0);
        for c in word.chars() {
            if c.is_uppercase() {
                up += 1;
            } else if c.is_lowercase() {
                low += 1;
            } else if matches!(c, '!' | '?') {
                marks += 1;
            }
        }
        if up + low == 0 {
            continue;
        }
        (upper, lower, words) = (upper + up, lower + low, words + 1);
        // One capital alone may be `I` or an initial: it ends no stretch and is none.
        if low == 0 && up > 1 {
            if row == 0 {
                row_start = start;
            }
            (shouted, row) = (shouted + 1, row + 1);
            if row > longest_row {
                longest_row = row;
                stretch = Some(Span::new(row_start, start + word.len()));
            }
        } else if low > 0 {
            row = 0;
        }
    }
    let share = |part: u32, whole: u32| if whole == 0 { 0. } else { f64::from(part) / f64::from(whole) };
    let measures = [
        share(upper, upper + lower),
        share(shouted, words),
        share(marks, words).min(1.),
        f64::from(longest_row.min(10)) / 10.,
    ];
    (measures, stretch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_and_marks_are_measured_and_found() {
        let text = "ok THIS IS A DISGRACE!!! ok";
        let ([share, words, marks, row], stretch) = measure(text);
        assert!(share > 0.7 && words > 0.4 && marks > 0.4 && row > 0.2);
        assert_eq!(stretch.unwrap().slice(text), "THIS IS A DISGRACE!!!");
    }

    #[test]
    fn quiet_text_measures_nothing() {
        assert_eq!(measure("quiet, please."), ([0.; 4], None));
        assert_eq!(measure("12 % 🙂"), ([0.; 4], None));
    }
}
