//! Labelled rows scored by one moderator, or by two, and kept set by set and label by label.

use super::line::{Line, Sample, Slice, Subject};
use super::slices::{Parts, Slicer};
use crate::label::Label;
use crate::moderator::{Judgement, Moderator};
use crate::policy::{Action, shift};
use crate::thread::Row;
use serde::Serialize;
use std::collections::BTreeMap;

/// Characters of a text that is kept to be shown.
const LONGEST_TEXT: usize = 600;

/// Scores of labelled rows.
#[derive(Debug)]
pub struct Evaluation {
    moderator: Moderator,
    other: Option<Moderator>,
    slicers: Vec<Slicer>,
    failures: usize,
    gathered: BTreeMap<(String, Label), Gathered>,
}

/// Scores and targets of one label on one set.
#[derive(Debug, Default)]
struct Gathered {
    sample: Sample,
    parts: Vec<Parts>,
    failures: Failures,
}

/// A row that was judged wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Failure {
    /// The row's id.
    pub id: Option<String>,
    /// Its text, cut where it is long.
    pub text: String,
    /// Its score.
    pub score: f64,
}

/// The rows of a label and set that were judged most wrongly, the worst first.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Failures {
    /// Negatives of the highest scores.
    pub false_alarms: Vec<Failure>,
    /// Positives of the lowest scores.
    pub missed: Vec<Failure>,
}

/// What a diagram needs of one label on one set.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The set's name.
    pub set: &'a str,
    /// The label.
    pub label: &'a Label,
    /// Scores and targets in the order of the rows.
    pub pairs: Vec<(f64, bool)>,
    /// The other model's.
    pub other: Option<Vec<(f64, bool)>>,
    /// The rates at which the probabilities of the two are given.
    pub from_rates: (f64, f64),
    /// The rows that were judged most wrongly.
    pub failures: &'a Failures,
}

impl Evaluation {
    /// Makes an evaluation of what a moderator says.
    pub fn new(moderator: Moderator) -> Self {
        Self { moderator, other: None, slicers: Vec::new(), failures: 0, gathered: BTreeMap::new() }
    }

    /// Also holds it against another moderator, on the rows that both judge.
    #[must_use]
    pub fn against(self, other: Moderator) -> Self {
        Self { other: Some(other), ..self }
    }

    /// Also tells every measure for the parts of each set.
    #[must_use]
    pub fn sliced_by(self, slicers: Vec<Slicer>) -> Self {
        Self { slicers, ..self }
    }

    /// Keeps this many texts of each kind of error for each set and label.
    #[must_use]
    pub fn keeping_failures(self, failures: usize) -> Self {
        Self { failures, ..self }
    }

    /// Returns the moderator.
    pub fn moderator(&self) -> &Moderator {
        &self.moderator
    }

    /// Returns the moderator it is held against.
    pub fn other(&self) -> Option<&Moderator> {
        self.other.as_ref()
    }

    /// Scores rows of a set and keeps the scores of the labels that they carry; returns how many labels that were.
    pub fn add(&mut self, set: &str, rows: &[Row]) -> usize {
        let judged = self.moderator.judge_rows(rows);
        let others = self.other.as_ref().map(|other| other.judge_rows(rows));
        let mut used = 0;
        for (at, (row, judgement)) in rows.iter().zip(&judged).enumerate() {
            let other = others.as_ref().and_then(|others| others.get(at));
            for (label, target) in &row.labels {
                let Some(score) = score_of(judgement, label) else { continue };
                // What the other model has no head for is told for this one alone.
                let other_score = other.map(|other| score_of(other, label));
                // Rows that one of the two does not judge count for neither.
                let score = score.filter(|_| other_score.flatten().is_none_or(|other| other.is_some()));
                let place = (set.to_owned(), label.clone());
                let gathered = self.gathered.entry(place).or_insert_with(|| Gathered::new(self.slicers.len()));
                used += 1;
                let target = *target >= 0.5;
                let held = judgement.action != Action::Approve;
                gathered.sample.add(score, other_score.flatten().flatten(), target, held);
                for (parts, slicer) in gathered.parts.iter_mut().zip(&self.slicers) {
                    parts.add(slicer, row, judgement);
                }
                if let Some(score) = score {
                    gathered.failures.add(row, target, score, self.failures);
                }
            }
        }
        used
    }

    /// Computes the measures of every set and label, by name, each followed by those of its parts.
    pub fn lines(&self, seed: u64, resamples: usize) -> Vec<Line> {
        let mut lines = Vec::new();
        for ((set, label), gathered) in &self.gathered {
            let terms = self.terms(label);
            let subject = |slice| Subject { set: set.clone(), label: label.clone(), slice };
            lines.push(gathered.sample.line(subject(None), &terms, (seed, resamples)));
            for (slicer, parts) in self.slicers.iter().zip(&gathered.parts) {
                for (part, rows) in parts.rows(slicer) {
                    let slice = Slice { by: slicer.to_string(), part: part.to_owned() };
                    let sample = gathered.sample.part(&rows);
                    lines.push(sample.line(subject(Some(slice)), &terms, (seed, resamples)));
                }
            }
        }
        lines
    }

    /// Returns what diagrams need, by set and label.
    pub fn shown(&self) -> impl Iterator<Item = Shown<'_>> {
        self.gathered.iter().map(|((set, label), gathered)| {
            let terms = self.terms(label);
            Shown {
                set,
                label,
                pairs: gathered.sample.pairs(),
                other: gathered.sample.other_pairs(),
                from_rates: (terms.from_rate, terms.other_rate),
                failures: &gathered.failures,
            }
        })
    }

    fn terms(&self, label: &Label) -> Terms {
        let rate = |moderator: &Moderator| {
            let head = moderator.model().head(label.as_str());
            let calibrated = head.map_or(f64::NAN, |head| head.calibration.base_rate);
            (calibrated, moderator.policy().base_rate(label.as_str()).unwrap_or(calibrated))
        };
        let (calibrated, from_rate) = rate(&self.moderator);
        let card = self.moderator.model().card().labels.iter().find(|card| card.label == *label);
        let threshold = card.map(|card| shift(card.threshold_at_two_percent_false_alarms, calibrated, from_rate));
        Terms { from_rate, threshold, other_rate: self.other.as_ref().map_or(f64::NAN, |other| rate(other).1) }
    }
}

/// On what terms scores are given.
pub(super) struct Terms {
    /// The rate at which they are probabilities.
    pub(super) from_rate: f64,
    /// The same of the other model.
    pub(super) other_rate: f64,
    /// The card's threshold, on those terms.
    pub(super) threshold: Option<f64>,
}

/// The score of a label: the outer `None` where the moderator does not judge it.
fn score_of(judgement: &Judgement, label: &Label) -> Option<Option<f64>> {
    judgement.scores.iter().find(|(judged, _)| judged == label).map(|(_, score)| *score)
}

impl Gathered {
    fn new(slicers: usize) -> Self {
        Self { parts: (0..slicers).map(|_| Parts::default()).collect(), ..Self::default() }
    }
}

impl Failures {
    fn add(&mut self, row: &Row, target: bool, score: f64, most: usize) {
        let (kept, worse): (_, fn(f64, f64) -> bool) =
            if target { (&mut self.missed, |a, b| a < b) } else { (&mut self.false_alarms, |a, b| a > b) };
        let place = kept.iter().position(|other| worse(score, other.score)).unwrap_or(kept.len());
        if place >= most {
            return;
        }
        let mut text: String = row.text.chars().take(LONGEST_TEXT).collect();
        if text.len() < row.text.len() {
            text.push('…');
        }
        kept.insert(place, Failure { id: row.id.clone(), text, score });
        kept.truncate(most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(target: f64, text: &str) -> Row {
        Row { text: text.into(), labels: BTreeMap::from([(Label::new("insult").unwrap(), target)]), ..Row::default() }
    }

    fn rows() -> Vec<Row> {
        let kind = ["The new bins are larger than the old ones.", "Thank you for the photographs of the old bridge."];
        let rude = ["Shut up, you stupid idiot.", "What a moron. You are pathetic."];
        (0..40).map(|at| if at % 4 == 0 { row(1., rude[at % 2]) } else { row(0., kind[at % 2]) }).collect()
    }

    #[test]
    fn what_is_not_defined_is_null() {
        let mut evaluation = Evaluation::new(Moderator::builtin().unwrap());
        assert_eq!(evaluation.add("bare", &[Row { text: "a".into(), ..Row::default() }]), 0);
        assert_eq!(evaluation.add("one", &[row(0., "The new bins are larger than the old ones.")]), 1);
        assert_eq!(evaluation.add("null", &[row(1., " ")]), 1);
        let lines = serde_json::to_value(evaluation.lines(1, 20)).unwrap();
        assert_eq!(lines.as_array().unwrap().len(), 2);
        assert!(lines[0]["set"] == "null" && lines[0]["brier"].is_null() && lines[0]["null"] == 1, "{lines}");
        assert!(lines[1]["auc"].is_null() && lines[1]["average_precision"].is_null() && lines[1]["brier"].is_number());
        assert!(lines[1]["calibration"].is_null() && lines[1].get("against").is_none());
    }

    #[test]
    fn a_model_against_itself_does_not_differ() {
        let moderator = Moderator::builtin().unwrap();
        let mut evaluation = Evaluation::new(moderator.clone()).against(moderator);
        evaluation.add("set", &rows());
        let lines = evaluation.lines(1, 50);
        let against = lines[0].against.as_ref().unwrap();
        let auc = against.auc.unwrap();
        assert!(auc.difference == 0. && auc.p == 1. && auc.low == 0. && auc.high == 0. && against.rows == 40);
        assert_eq!(lines, evaluation.lines(1, 50));
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        let mut evaluation =
            Evaluation::new(Moderator::builtin().unwrap()).sliced_by(vec![Slicer::Length, Slicer::Context]);
        evaluation.add("set", &rows());
        evaluation.add("set", &[row(0., " ")]);
        let lines = evaluation.lines(1, 10);
        for by in ["length", "context"] {
            let of = |line: &&Line| line.slice.as_ref().is_some_and(|slice| slice.by == by);
            assert_eq!(lines.iter().filter(of).map(|line| line.rows).sum::<usize>(), 40);
            assert_eq!(lines.iter().filter(of).map(|line| line.null).sum::<usize>(), 1);
        }
        assert!(lines[0].slice.is_none() && lines[0].rows == 40 && lines[0].positives == 10);
    }

    #[test]
    fn the_worst_errors_are_kept_in_order() {
        let mut failures = Failures::default();
        for (at, score) in [0.2, 0.9, 0.5, 0.7].into_iter().enumerate() {
            failures.add(&row(0., &format!("{at} {}", "é".repeat(700))), false, score, 2);
            failures.add(&row(1., "short"), true, score, 3);
        }
        let scores = |kept: &[Failure]| kept.iter().map(|failure| failure.score).collect::<Vec<_>>();
        assert_eq!(scores(&failures.false_alarms), [0.9, 0.7]);
        assert_eq!(scores(&failures.missed), [0.2, 0.5, 0.7]);
        assert_eq!(failures.false_alarms[0].text.chars().count(), LONGEST_TEXT + 1);
    }
}
