//! A moderator held against labelled rows.

use super::measures::Scored;
use crate::label::Label;
use crate::model::Measure;
use crate::moderator::Moderator;
use crate::thread::Row;
use serde::Serialize;
use std::collections::BTreeMap;

/// Scores of labelled rows, gathered label by label.
#[derive(Debug, Default)]
pub struct Evaluation {
    scores: BTreeMap<(String, Label), Gathered>,
}

/// Scores and targets of a label, and how many rows had no score.
#[derive(Debug, Default)]
struct Gathered {
    scores: Vec<f64>,
    targets: Vec<bool>,
    null: usize,
}

/// How one label does on one set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// The set's name.
    pub set: String,
    /// The label.
    pub label: Label,
    /// Rows that carry the label and were scored.
    pub rows: usize,
    /// Of these, positives.
    pub positives: usize,
    /// Rows that carry the label and could not be judged.
    pub null: usize,
    /// Area under the ROC curve.
    pub auc: Measure,
    /// Average precision.
    pub average_precision: Measure,
    /// Mean squared error of the probabilities, as they come from the model.
    pub brier: f64,
    /// Mean probability; compare with the share of positives.
    pub mean_score: f64,
    /// The share of positives caught where 2 % of negatives are.
    pub recall_at_two_percent: f64,
}

impl Evaluation {
    /// Scores rows of a set and keeps the scores of the labels that they carry.
    pub fn add(&mut self, set: &str, moderator: &Moderator, rows: &[Row]) {
        for (row, judgement) in rows.iter().zip(moderator.judge_rows(rows)) {
            for (label, target) in &row.labels {
                let Some((_, score)) = judgement.scores.iter().find(|(judged, _)| judged == label) else { continue };
                let gathered = self.scores.entry((set.to_owned(), label.clone())).or_default();
                match score {
                    Some(score) => {
                        gathered.scores.push(*score);
                        gathered.targets.push(*target >= 0.5);
                    }
                    None => gathered.null += 1,
                }
            }
        }
    }

    /// Computes the measures of every set and label, by name.
    pub fn lines(&self, seed: u64) -> Vec<Line> {
        let line = |((set, label), gathered): (&(String, Label), &Gathered)| {
            let Gathered { scores, targets, null } = gathered;
            let scored = Scored::new(scores, targets);
            let (auc, average_precision) = scored.with_intervals(seed);
            Line {
                set: set.clone(),
                label: label.clone(),
                rows: scored.rows(),
                positives: scored.positives(),
                null: *null,
                auc,
                average_precision,
                brier: scored.brier(),
                mean_score: scores.iter().sum::<f64>() / scores.len().max(1) as f64,
                recall_at_two_percent: scored.operating_point(0.02).1,
            }
        };
        self.scores.iter().map(line).collect()
    }
}
