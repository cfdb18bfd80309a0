//! Saying other than what is meant.
//!
//! **Catches** sarcasm that shows itself: scare quotes, interjections, mock praise and thanks, feigned certainty, echo of
//! what is answered, and wordings that are mostly used ironically.
//!
//! **Misses** sarcasm that only knowledge of the matter gives away; takes exuberant sincerity for irony. People agree on
//! sarcasm far less than on insult, and a score of it should inform, not decide.
//!
//! **Evidence** the cue by name, where it stands; words that weigh most.
//!
//! **Example** "Oh great, another committee. That'll fix it."

use super::{Detector, Evidence, EvidenceKind, Seen};
use crate::error::Result;
use crate::features::cues;
use crate::label::{self, Label};
use crate::model::DenseHead;
use ndarray::Array2;

/// Stacks an n-gram head and a Bernoulli naive Bayes over [`cues::SARCASM`].
pub struct Sarcasm;

static NAMES: std::sync::LazyLock<Vec<&'static str>> =
    std::sync::LazyLock::new(|| cues::SARCASM.iter().map(|cue| cue.name).collect());

impl Detector for Sarcasm {
    fn label(&self) -> &'static str {
        label::SARCASM
    }

    fn meaning(&self) -> &'static str {
        "says other than what is meant, so that the reader should notice"
    }

    fn measures(&self) -> &'static [&'static str] {
        &NAMES
    }

    fn measure_into(&self, seen: &Seen<'_>, measures: &mut Vec<f64>) -> bool {
        measures.clear();
        measures.extend(cues::sarcasm(&seen.utterance).map(|place| f64::from(u8::from(place.is_some()))));
        true
    }

    fn fit(&self, rows: Array2<f64>, targets: &[bool]) -> Result<DenseHead> {
        DenseHead::fit_bernoulli(rows, targets)
    }

    fn evidence(&self, seen: &Seen<'_>, weigh: &dyn Fn(usize) -> f64, found: &mut Vec<Evidence>) {
        let Ok(label) = Label::new(label::SARCASM) else { return };
        for (at, place) in cues::sarcasm(&seen.utterance).into_iter().enumerate() {
            let Some(range) = place else { continue };
            let span = seen.utterance.text.span(range);
            found.push(Evidence {
                label: label.clone(),
                kind: EvidenceKind::Cue,
                name: Some(cues::SARCASM[at].name),
                span: Some(span),
                text: Some(span.slice(seen.utterance.original).to_owned()),
                weight: weigh(at),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::cues::Utterance;
    use crate::text::Normalized;

    #[test]
    fn names_its_cue_with_its_place_in_the_authors_text() {
        let original = "Ｏｈ great, our “experts” again";
        let text = Normalized::new(original);
        let seen = Seen { utterance: Utterance { original, text: &text, parent: None }, relevance: None, topic: None };
        let mut found = Vec::new();
        Sarcasm.evidence(&seen, &|_| 1., &mut found);
        let quotes = found.iter().find(|evidence| evidence.name == Some("scare quotes")).unwrap();
        assert_eq!(quotes.text.as_deref(), Some("“experts”"));
        let interjection = found.iter().find(|evidence| evidence.name == Some("interjection")).unwrap();
        assert_eq!(interjection.text.as_deref(), Some("Ｏｈ great"));
    }
}
