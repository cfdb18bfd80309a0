//! Detectors: one judgement a file, each with the same shape of documentation.
//!
//! A judgement that words decide is a declared n-gram head ([`NgramHead`]): a constant with what it catches and misses.
//! One that needs more measures it in its own file. All are listed in [`all`]; a label that is not listed is judged by
//! its n-grams alone, so a site may train any label without writing code.

mod bound;
mod evidence;
mod ngram;

mod identity_attack;
mod insult;
mod off_topic;
mod profanity;
mod sarcasm;
mod severe_toxicity;
mod shouting;
mod threat;
mod toxicity;

pub use bound::{Bound, Occurrences, bind};
pub use evidence::{Evidence, EvidenceKind};
pub use ngram::NgramHead;

use crate::error::Result;
use crate::features::cues::Utterance;
use crate::features::topic::{Background, Relevance, Topic};
use crate::model::{DenseHead, Head};
use ndarray::Array2;

/// What is known about a comment when it is judged. All detectors share it.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// The comment, and what it answers.
    pub utterance: Utterance<'a>,
    /// How near it is to its article and thread; `None` where it has neither.
    pub relevance: Option<&'a Relevance>,
    /// What that was measured against, where somebody will ask for evidence.
    pub topic: Option<(&'a Topic, &'a Background)>,
}

/// One judgement about a comment.
pub trait Detector: Sync {
    /// The label it judges.
    fn label(&self) -> &'static str;

    /// What the label means, in one sentence for people.
    fn meaning(&self) -> &'static str;

    /// Whether the words of a comment speak for or against the label.
    fn reads_ngrams(&self) -> bool {
        true
    }

    /// Names of the dense features that [`measure`](Self::measure) gives, in order; empty for none.
    fn measures(&self) -> &'static [&'static str] {
        &[]
    }

    /// Measures the dense features of a comment; `None` where it cannot be judged at all.
    fn measure(&self, seen: &Seen<'_>) -> Option<Vec<f64>> {
        let mut measures = Vec::new();
        self.measure_into(seen, &mut measures).then_some(measures)
    }

    /// As `measure`, into memory that is used again; `false` where the comment cannot be judged at all.
    fn measure_into(&self, _seen: &Seen<'_>, measures: &mut Vec<f64>) -> bool {
        measures.clear();
        true
    }

    /// Fits the dense head on measured rows.
    ///
    /// # Errors
    /// When linfa-bayes refuses the rows.
    fn fit(&self, rows: Array2<f64>, targets: &[bool]) -> Result<DenseHead> {
        DenseHead::fit_gaussian(rows, targets)
    }

    /// Weighs the probability that the head of a model gives anew by what is known of the comment; most do not.
    fn weigh_anew(&self, _head: &Head, _measures: &[f64], probability: f64) -> f64 {
        probability
    }

    /// Finds the evidence behind the dense features; `weigh` gives the share of feature `at` in the score, in log-odds.
    fn evidence(&self, _seen: &Seen<'_>, _weigh: &dyn Fn(usize) -> f64, _found: &mut Vec<Evidence>) {}
}

/// Lists all detectors. A new one is added here.
pub fn all() -> &'static [&'static dyn Detector] {
    &[
        &toxicity::HEAD,
        &severe_toxicity::HEAD,
        &insult::HEAD,
        &profanity::HEAD,
        &threat::HEAD,
        &identity_attack::HEAD,
        &sarcasm::Sarcasm,
        &off_topic::OffTopic,
        &shouting::Shouting,
    ]
}

/// Finds the detector of a label, where there is one.
pub fn find(label: &str) -> Option<&'static dyn Detector> {
    all().iter().copied().find(|detector| detector.label() == label)
}
