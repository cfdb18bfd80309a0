//! What is known about a model: how it was made, from what, how good it is, what it is for.

use crate::label::Label;
use serde::{Deserialize, Serialize};

/// A model's card. It stands in the model file as plain JSON.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// What the model is called.
    pub name: String,
    /// The version of gruff that trained it.
    pub gruff: String,
    /// How text becomes features.
    pub features: String,
    /// ISO 639-1 codes of the languages that it may judge; empty for all.
    pub languages: Vec<String>,
    /// A card for each label, in the order of the heads.
    pub labels: Vec<LabelCard>,
    /// What it was trained on.
    pub sources: Vec<SourceCard>,
    /// Seed of the folds.
    pub seed: u64,
    /// What it is meant for.
    pub intended_use: String,
    /// What it cannot do.
    pub limits: Vec<String>,
    /// Under which licence its weights are given, where that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
}

/// What is known about one label of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelCard {
    /// The label.
    pub label: Label,
    /// How it was trained: `nb`, `nb-lr`, `nb-lr + bernoulli-nb cues` …
    pub algorithm: String,
    /// Rows that carry the label.
    pub rows: usize,
    /// Of these, positives.
    pub positives: usize,
    /// Distinct n-gram slots in use.
    pub features: usize,
    /// The share of positives at which scores are probabilities.
    pub base_rate: f64,
    /// Whether whole sources were held out, as on a site that none comes from, and not rows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sources_held_out: bool,
    /// How much of the score is that of the worst sentence, from 0 to 1.
    #[serde(default, skip_serializing_if = "super::is_none")]
    pub worst_sentence: f64,
    /// How relevance is judged where only a thread is known. The figures here are of scores before that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread_alone: Option<super::Aside>,
    /// Area under the ROC curve on rows that were held out, each fold in turn.
    pub held_out_auc: Measure,
    /// Average precision on the same rows.
    pub held_out_average_precision: Measure,
    /// The score above which 2 % of the held-out negatives lie.
    pub threshold_at_two_percent_false_alarms: f64,
    /// The share of held-out positives above that score.
    pub recall_at_two_percent_false_alarms: f64,
    /// Thresholds by their names; none in models of gruff 0.1 before they were kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operating_points: Vec<OperatingPoint>,
}

/// A threshold with what it does on rows that were held out. Intervals take the threshold as given: that it was chosen on
/// the same rows is not in them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OperatingPoint {
    /// What it promises: `false-alarms-0.01` is the lowest threshold that flags at most 1 % of the negatives,
    /// `precision-0.9` the lowest at which nine of ten flagged rows are positive.
    pub name: String,
    /// Scores from here on are flagged.
    pub threshold: f64,
    /// The share of positives that is flagged, with Wilson's interval.
    pub recall: Measure,
    /// The share of positives among what is flagged, where positives are as common as the label's base rate says.
    pub precision: Measure,
    /// The share of negatives that is flagged, with Wilson's interval.
    pub false_alarms: Measure,
}

/// A measured number with its 95 % interval (bootstrap over rows).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// The value on all rows.
    pub value: f64,
    /// 2.5th percentile.
    pub low: f64,
    /// 97.5th percentile.
    pub high: f64,
}

/// One source of training rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceCard {
    /// A short name.
    pub name: String,
    /// Rows read.
    pub rows: usize,
    /// SHA-256 of the file as it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The licence under which it is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// Where it is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// At which commit it was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// What each of its rows counts in training, beside 1.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub weight: f64,
    /// Who made it, as they wish to be named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<String>,
    /// What a reader should know, such as who holds rights that the publisher does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
}

fn one() -> f64 {
    1.
}

fn is_one(weight: &f64) -> bool {
    *weight == one()
}

impl Default for SourceCard {
    fn default() -> Self {
        Self {
            name: String::new(),
            rows: 0,
            sha256: None,
            licence: None,
            repository: None,
            commit: None,
            weight: one(),
            credit: None,
            remark: None,
        }
    }
}
