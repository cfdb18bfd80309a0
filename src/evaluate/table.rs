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
    /// Area under the ROC curve; `None` without rows of both classes.
    pub auc: Option<Measure>,
    /// Average precision; `None` without positives.
    pub average_precision: Option<Measure>,
    /// Mean squared error of the probabilities, as they come from the model; `None` without rows.
    pub brier: Option<f64>,
    /// Mean probability; compare with the share of positives; `None` without rows.
    pub mean_score: Option<f64>,
    /// The share of positives caught where 2 % of negatives are; `None` without rows of both classes.
    pub recall_at_two_percent: Option<f64>,
}

impl Evaluation {
    /// Scores rows of a set and keeps the scores of the labels that they carry; returns how many labels that were.
    pub fn add(&mut self, set: &str, moderator: &Moderator, rows: &[Row]) -> usize {
        let mut used = 0;
        for (row, judgement) in rows.iter().zip(moderator.judge_rows(rows)) {
            for (label, target) in &row.labels {
                let Some((_, score)) = judgement.scores.iter().find(|(judged, _)| judged == label) else { continue };
                used += 1;
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
        used
    }

    /// Computes the measures of every set and label, by name.
    pub fn lines(&self, seed: u64) -> Vec<Line> {
        let line = |((set, label), gathered): (&(String, Label), &Gathered)| {
            let Gathered { scores, targets, null } = gathered;
            let scored = Scored::new(scores, targets);
            let (auc, average_precision) = scored.with_intervals(seed);
            let (rows, positives) = (scored.rows(), scored.positives());
            let both = positives > 0 && positives < rows;
            Line {
                set: set.clone(),
                label: label.clone(),
                rows,
                positives,
                null: *null,
                auc: both.then_some(auc),
                average_precision: (positives > 0).then_some(average_precision),
                brier: (rows > 0).then(|| scored.brier()),
                mean_score: (rows > 0).then(|| scores.iter().sum::<f64>() / rows as f64),
                recall_at_two_percent: both.then(|| scored.operating_point(0.02).1),
            }
        };
        self.scores.iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_defined_is_null() {
        let moderator = Moderator::builtin().unwrap();
        let row = |target: f64, text: &str| Row {
            text: text.into(),
            labels: BTreeMap::from([(Label::new("insult").unwrap(), target)]),
            ..Row::default()
        };
        let mut evaluation = Evaluation::default();
        assert_eq!(evaluation.add("bare", &moderator, &[Row { text: "a".into(), ..Row::default() }]), 0);
        assert_eq!(evaluation.add("one", &moderator, &[row(0., "The new bins are larger than the old ones.")]), 1);
        assert_eq!(evaluation.add("null", &moderator, &[row(1., " ")]), 1);
        let lines = serde_json::to_value(evaluation.lines(1)).unwrap();
        assert_eq!(lines.as_array().unwrap().len(), 2);
        assert!(lines[0]["set"] == "null" && lines[0]["brier"].is_null() && lines[0]["null"] == 1);
        assert!(lines[1]["auc"].is_null() && lines[1]["average_precision"].is_null() && lines[1]["brier"].is_number());
    }
}
