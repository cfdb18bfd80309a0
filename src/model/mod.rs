//! From numbers to posteriors: naive Bayes, its discriminatively scaled form, calibration, the model file and its card.

mod aside;
mod calibration;
mod card;
mod columns;
mod dense;
mod file;
mod frequency;
mod logistic;
mod memory;
mod naive_bayes;
mod sparse;
mod tally;
mod weights;

pub use aside::Aside;
pub use calibration::Calibration;
pub use card::{Card, LabelCard, Measure, OperatingPoint, SourceCard};
pub use columns::Columns;
pub use dense::{DenseHead, GaussianClass};
pub use frequency::Frequencies;
pub use logistic::{Logistic, LogisticProblem, sigmoid};
pub use naive_bayes::{NaiveBayes, NaiveBayesError, NaiveBayesParams, NaiveBayesValidParams};
pub use sparse::{SparseRow, SparseRows};
pub use tally::Tally;
pub use weights::Weights;

use crate::error::{Error, Result};
use crate::features::FAMILIES;
use crate::features::topic::Background;
use crate::label::Label;
use serde::{Deserialize, Serialize};
use std::io::Read;

/// More bytes than any model has.
const LARGEST: u64 = 1 << 30;
/// So many bytes of a file tell whether it is a model at all.
const HEAD: u64 = 64;

/// The model inside this library.
static BUILTIN: &[u8] = include_bytes!("../../models/builtin.gruff");

/// Everything that is learned: heads, their n-gram weights, the background of topics, and the card that tells how.
#[derive(Debug, Clone)]
pub struct Model {
    card: Card,
    heads: Vec<Head>,
    weights: Weights,
    background: Option<Background>,
}

/// What judges one label: an n-gram column, a dense head, or both stacked by the calibration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// What it judges.
    pub label: Label,
    /// Intercept of its column of n-gram weights, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ngrams: Option<f64>,
    /// How much each family of n-grams weighs in its raw score: words, pieces, manner.
    #[serde(default = "all_families", skip_serializing_if = "is_all_families")]
    pub families: [f64; FAMILIES],
    /// How much of its raw score is that of the worst sentence, where a comment has several: from 0 to 1.
    #[serde(default, skip_serializing_if = "is_none")]
    pub worst_sentence: f64,
    /// Its head over dense features, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dense: Option<DenseHead>,
    /// From the raw scores (n-grams first) to a probability.
    pub calibration: Calibration,
    /// How relevance is judged by a thread alone, where that differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aside: Option<Aside>,
}

fn all_families() -> [f64; FAMILIES] {
    [1.; FAMILIES]
}

fn is_none(share: &f64) -> bool {
    *share == 0.
}

fn is_all_families(families: &[f64; FAMILIES]) -> bool {
    *families == [1.; FAMILIES]
}

impl Head {
    /// Returns the raw score of its n-grams, of their scores in its `column`; `None` where it has none.
    pub fn raw(&self, columns: &Columns, column: usize) -> Option<f64> {
        let (bias, whole) = (self.ngrams?, self.weigh(columns.whole.get(column)?));
        let worst = self.worst_sentence(columns, column).map_or(whole, |(_, worst)| worst);
        Some(whole + self.worst_sentence * (worst - whole) + bias)
    }

    /// Returns the number and the score of the sentence that speaks loudest for the label, where a part of the raw score is
    /// that sentence's.
    pub fn worst_sentence(&self, columns: &Columns, column: usize) -> Option<(usize, f64)> {
        let scores = columns.of_sentences(column).map(|scores| self.weigh(scores)).enumerate();
        scores.filter(|_| self.worst_sentence > 0.).reduce(|worst, next| if next.1 > worst.1 { next } else { worst })
    }

    fn weigh(&self, scores: &[f64; FAMILIES]) -> f64 {
        scores.iter().zip(self.families).map(|(score, weight)| score * weight).sum()
    }
}

impl Model {
    /// Puts a model together.
    ///
    /// # Errors
    /// When the parts do not fit each other.
    pub fn new(card: Card, heads: Vec<Head>, weights: Weights, background: Option<Background>) -> Result<Self> {
        let model = Self { card, heads, weights, background };
        model.check().map_err(|what| Error::model("in memory", what))?;
        Ok(model)
    }

    /// Returns the model inside this library. It is used where it lies: only its card and heads are parsed.
    ///
    /// # Errors
    /// Never in a build that passes its tests.
    pub fn builtin() -> Result<Self> {
        file::parse("built in", file::Bytes::Static(BUILTIN), file::Trust::Own)
    }

    /// Reads a model file and checks every byte of it.
    ///
    /// # Errors
    /// When it cannot be read, is no model, is of another version, or is cut or damaged; the sentence says which and
    /// what to do.
    pub fn open(path: &std::path::Path) -> Result<Self> {
        let failed = |error: std::io::Error| Error::io(path, error);
        let name = path.display().to_string();
        let mut file = std::fs::File::open(path).map_err(failed)?.take(LARGEST + 1);
        // What is no model is refused by its beginning, however long it is.
        let mut bytes = Vec::new();
        file.by_ref().take(HEAD).read_to_end(&mut bytes).map_err(failed)?;
        if file::is_begun(&bytes) {
            file.read_to_end(&mut bytes).map_err(failed)?;
        }
        if u64::try_from(bytes.len()).is_ok_and(|length| length > LARGEST) {
            return Err(Error::model(name, format!("it is longer than {} MiB, which no model is", LARGEST >> 20)));
        }
        Self::from_bytes(&name, bytes)
    }

    /// Reads a model from memory; `name` is used in errors.
    ///
    /// # Errors
    /// As [`Model::open`].
    pub fn from_bytes(name: &str, bytes: Vec<u8>) -> Result<Self> {
        file::parse(name, file::Bytes::Owned(bytes.into()), file::Trust::Checked)
    }

    /// Returns the model as the bytes of its file. The same model gives the same bytes.
    ///
    /// # Errors
    /// When the card cannot be written as JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        file::write(self)
    }

    /// Returns what is known about how it was made and how good it is.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// Returns its heads, in the order of its labels.
    pub fn heads(&self) -> &[Head] {
        &self.heads
    }

    /// Returns the head of a label.
    pub fn head(&self, label: &str) -> Option<&Head> {
        self.heads.iter().find(|head| head.label.as_str() == label)
    }

    /// Returns the column of n-gram weights of a label.
    pub fn column(&self, label: &str) -> Option<usize> {
        self.heads.iter().filter(|head| head.ngrams.is_some()).position(|head| head.label.as_str() == label)
    }

    /// Tells whether a head asks for the scores of sentences.
    pub fn reads_sentences(&self) -> bool {
        self.heads.iter().any(|head| head.worst_sentence > 0.)
    }

    /// Returns the weights of the n-gram heads.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Returns the background of topics, where it was learned.
    pub fn background(&self) -> Option<&Background> {
        self.background.as_ref()
    }

    fn check(&self) -> std::result::Result<(), String> {
        let columns = self.heads.iter().filter(|head| head.ngrams.is_some()).count();
        if columns != self.weights.columns() {
            return Err(format!("{columns} n-gram heads but {} columns of weights", self.weights.columns()));
        }
        for (at, head) in self.heads.iter().enumerate() {
            let label = &head.label;
            if self.heads[..at].iter().any(|other| other.label == *label) {
                return Err(format!("two heads for {label}"));
            }
            let parts = usize::from(head.ngrams.is_some()) + usize::from(head.dense.is_some());
            if parts == 0 || head.calibration.slopes.len() != parts || !head.calibration.is_sound() {
                return Err(format!("the calibration of {label} does not fit its {parts} scores"));
            }
            if head.ngrams.is_some_and(|bias| !bias.is_finite()) {
                return Err(format!("the intercept of {label} is not a number"));
            }
            if !head.families.iter().all(|weight| weight.is_finite()) {
                return Err(format!("a family of {label} weighs no finite number"));
            }
            if !(0. ..=1.).contains(&head.worst_sentence) {
                return Err(format!("the share of the worst sentence of {label} is out of range"));
            }
            if head.aside.is_some_and(|aside| !aside.is_sound()) {
                return Err(format!("what {label} makes of a thread alone is out of range"));
            }
            if head.dense.as_ref().is_some_and(|dense| !dense.is_sound()) {
                return Err(format!("the dense head of {label} is not sound"));
            }
        }
        Ok(())
    }
}
