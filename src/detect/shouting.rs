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
use crate::error::Result;
use crate::label::Label;
use crate::model::DenseHead;
use crate::span::Span;
use crate::text::capitals;
use ndarray::Array2;

/// A Bernoulli naive Bayes over how the letters are written.
pub struct Shouting;

const LABEL: &str = "shouting";
const MEASURES: [&str; 4] =
    ["mostly capitals", "three words in capitals in a row", "five words in capitals in a row", "volley of marks"];
/// A volley has this many `!` and `?` in a row.
const VOLLEY: usize = 3;

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

    fn measure_into(&self, seen: &Seen<'_>, measures: &mut Vec<f64>) -> bool {
        measures.clear();
        measures.extend(measure(seen.utterance.original).map(|place| f64::from(u8::from(place.is_some()))));
        true
    }

    fn fit(&self, rows: Array2<f64>, targets: &[bool]) -> Result<DenseHead> {
        DenseHead::fit_bernoulli(rows, targets)
    }

    fn evidence(&self, seen: &Seen<'_>, weigh: &dyn Fn(usize) -> f64, found: &mut Vec<Evidence>) {
        let Ok(label) = Label::new(LABEL) else { return };
        for (at, place) in measure(seen.utterance.original).into_iter().enumerate() {
            let Some(span) = place else { continue };
            found.push(Evidence {
                label: label.clone(),
                kind: EvidenceKind::Cue,
                name: Some(MEASURES[at]),
                span: Some(span),
                text: Some(span.slice(seen.utterance.original).to_owned()),
                weight: weigh(at),
            });
        }
    }
}

/// Finds where each of [`MEASURES`] stands. Linear in the text.
fn measure(original: &str) -> [Option<Span>; MEASURES.len()] {
    // Three words of two capitals are the least that anything but a volley takes, or more capitals than
    // small letters; most comments have neither.
    let upper = || capitals::count(original, u8::is_ascii_uppercase);
    let lower = || capitals::count(original, u8::is_ascii_lowercase);
    let quiet = capitals::are_few(original, 6) || (upper() <= lower() && !capitals::may_be_together(original));
    if quiet {
        return [None, None, None, volley(original)];
    }
    let (mut upper, mut lower) = (0_usize, 0_usize);
    let (mut row, mut row_start, mut longest, mut stretch) = (0_usize, 0, 0, Span::new(0, 0));
    let base = original.as_ptr() as usize;
    for word in original.split_whitespace() {
        let start = word.as_ptr() as usize - base;
        let (up, low) = cases(word);
        (upper, lower) = (upper + up, lower + low);
        // One capital alone may be `I` or an initial: it ends no stretch and is none.
        if low == 0 && up > 1 {
            row_start = if row == 0 { start } else { row_start };
            row += 1;
            if row > longest {
                (longest, stretch) = (row, Span::new(row_start, start + word.len()));
            }
        } else if low > 0 {
            row = 0;
        }
    }
    let whole = Span::new(original.len() - original.trim_start().len(), original.trim_end().len().max(1));
    let mostly = upper > lower && upper >= 8;
    [
        mostly.then_some(whole).filter(|whole| whole.start < whole.end),
        (longest >= 3).then_some(stretch),
        (longest >= 5).then_some(stretch),
        volley(original),
    ]
}

/// The count of capitals and of small letters.
fn cases(word: &str) -> (usize, usize) {
    if word.is_ascii() {
        return word.bytes().fold((0, 0), |(upper, lower), byte| {
            (upper + usize::from(byte.is_ascii_uppercase()), lower + usize::from(byte.is_ascii_lowercase()))
        });
    }
    let count = |is: fn(&char) -> bool| word.chars().filter(is).count();
    (count(|c| c.is_uppercase()), count(|c| c.is_lowercase()))
}

fn volley(original: &str) -> Option<Span> {
    let bytes = original.as_bytes();
    let is_mark = |byte: &&u8| matches!(byte, b'!' | b'?');
    let mut start = 0;
    while let Some(found) = memchr::memchr2(b'!', b'?', &bytes[start..]) {
        start += found;
        let count = bytes[start..].iter().take_while(is_mark).count();
        if count >= VOLLEY {
            return Some(Span::new(start, start + count));
        }
        start += count;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_and_marks_are_found_where_they_stand() {
        let text = "ok THIS IS SUCH A BIG DISGRACE!!! ok";
        let slices = measure(text).map(|place| place.map(|span| span.slice(text)));
        let stretch = Some("THIS IS SUCH A BIG DISGRACE!!!");
        assert_eq!(slices, [Some(text), stretch, stretch, Some("!!!")]);
    }

    #[test]
    fn quiet_text_has_none() {
        for text in ["quiet, please.", "12 % 🙂", "", "NATO and the EU met in L.A.!", "ЧТО?", "really?!"] {
            assert_eq!(measure(text), [None; 4], "{text}");
        }
    }
}
