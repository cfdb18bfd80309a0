//! The measures of one label on one set, or on a part of it.

use super::bootstrap::{interval, measure, p_value, resample};
use super::calibration::CalibrationFigures;
use super::decisions::{AtThreshold, BestF1};
use super::gathered::Terms;
use super::measures::Scored;
use crate::label::Label;
use crate::model::Measure;
use crate::policy::shift;
use serde::Serialize;

/// How one label does on one set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// The set's name.
    pub set: String,
    /// The label.
    pub label: Label,
    /// The part of the set; `None` for all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slice: Option<Slice>,
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
    /// The share of positives caught where 2 % of negatives are; `None` without rows of both classes.
    pub recall_at_two_percent: Option<f64>,
    /// Mean squared error of the probabilities, as they come from the model; `None` without rows.
    pub brier: Option<f64>,
    /// Mean probability; compare with the share of positives; `None` without rows.
    pub mean_score: Option<f64>,
    /// How sound the probabilities are at the set's own base rate; `None` without rows of both classes.
    pub calibration: Option<CalibrationFigures>,
    /// Precision, recall and F1 at the threshold of the model's card; `None` without rows.
    pub at_threshold: Option<AtThreshold>,
    /// The highest F1 of any threshold; `None` without positives.
    pub best_f1: Option<BestF1>,
    /// What the policy holds or rejects, for whichever label.
    pub policy: Option<PolicyShares>,
    /// This model against the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<Against>,
}

/// A part of a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Slice {
    /// By what the set was parted.
    pub by: String,
    /// Which part it is.
    pub part: String,
}

/// Shares of rows that the policy holds or rejects.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PolicyShares {
    /// Of the positives; `None` without any.
    pub held_positives: Option<f64>,
    /// Of the negatives; `None` without any.
    pub held_negatives: Option<f64>,
}

/// One model against another on the same rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Against {
    /// Rows that both judged.
    pub rows: usize,
    /// The difference in AUC.
    pub auc: Option<Difference>,
    /// The difference in average precision.
    pub average_precision: Option<Difference>,
    /// The difference in Brier score at the set's own base rate: below 0 this model is the better one.
    pub brier: Option<Difference>,
}

/// This model's figure less the other's, with the 95 % interval and p-value of a paired bootstrap.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Difference {
    /// The other model's figure.
    pub other: f64,
    /// The difference.
    pub difference: f64,
    /// 2.5th percentile.
    pub low: f64,
    /// 97.5th percentile.
    pub high: f64,
    /// Two-sided p-value of there being no difference.
    pub p: f64,
}

impl Difference {
    fn of(own: f64, other: f64, resampled: Vec<f64>) -> Option<Self> {
        let p = p_value(&resampled);
        let (low, high) = interval(resampled)?;
        (own - other).is_finite().then_some(Self { other, difference: own - other, low, high, p })
    }
}

/// What a line is about.
pub(super) struct Subject {
    pub(super) set: String,
    pub(super) label: Label,
    pub(super) slice: Option<Slice>,
}

/// Rows of one label: what the models said, and what is right.
#[derive(Debug, Default)]
pub(super) struct Sample {
    rows: Vec<Judged>,
}

#[derive(Debug, Clone, Copy)]
struct Judged {
    /// `None` where it was not judged, by this model or by the other.
    score: Option<f64>,
    other: Option<f64>,
    target: bool,
    held: bool,
}

impl Sample {
    pub(super) fn add(&mut self, score: Option<f64>, other: Option<f64>, target: bool, held: bool) {
        self.rows.push(Judged { score, other, target, held });
    }

    /// Returns the rows at some places.
    pub(super) fn part(&self, places: &[usize]) -> Self {
        Self { rows: places.iter().filter_map(|place| self.rows.get(*place)).copied().collect() }
    }

    pub(super) fn pairs(&self) -> Vec<(f64, bool)> {
        self.rows.iter().filter_map(|row| Some((row.score?, row.target))).collect()
    }

    /// The other model's scores, where there is one.
    pub(super) fn other_pairs(&self) -> Option<Vec<(f64, bool)>> {
        let pairs: Vec<_> = self.rows.iter().filter_map(|row| row.score.and(Some((row.other?, row.target)))).collect();
        (!pairs.is_empty()).then_some(pairs)
    }

    /// Computes the measures.
    pub(super) fn line(&self, subject: Subject, terms: &Terms, (seed, resamples): (u64, usize)) -> Line {
        let pairs = self.pairs();
        let scored = Scored::of_pairs(pairs.clone());
        let (rows, positives) = (scored.rows(), scored.positives());
        let both = positives > 0 && positives < rows;
        let [areas, precisions] = resample(rows, seed, resamples, |counts| scored.resampled(counts).into());
        let threshold = terms.threshold.filter(|_| rows > 0);
        Line {
            set: subject.set,
            label: subject.label,
            slice: subject.slice,
            rows,
            positives,
            null: self.rows.len() - rows,
            auc: measure(scored.auc(), areas),
            average_precision: measure(scored.average_precision(), precisions).filter(|_| positives > 0),
            recall_at_two_percent: both.then(|| scored.operating_point(0.02).1),
            brier: (rows > 0).then(|| scored.brier()),
            mean_score: (rows > 0).then(|| pairs.iter().map(|(score, _)| score).sum::<f64>() / rows as f64),
            calibration: CalibrationFigures::of(&pairs, terms.from_rate, seed, resamples),
            at_threshold: threshold.map(|threshold| AtThreshold::of(&scored, threshold, seed, resamples)),
            best_f1: scored.best_f1(),
            policy: (rows > 0).then(|| self.policy()),
            against: self.against(terms, seed, resamples),
        }
    }

    fn policy(&self) -> PolicyShares {
        let share = |target: bool| {
            let rows = || self.rows.iter().filter(|row| row.score.is_some() && row.target == target);
            let (all, held) = (rows().count(), rows().filter(|row| row.held).count());
            (all > 0).then(|| held as f64 / all as f64)
        };
        PolicyShares { held_positives: share(true), held_negatives: share(false) }
    }

    fn against(&self, terms: &Terms, seed: u64, resamples: usize) -> Option<Against> {
        let rows: Vec<(f64, f64, bool)> =
            self.rows.iter().filter_map(|row| Some((row.score?, row.other?, row.target))).collect();
        if rows.is_empty() {
            return None;
        }
        // Both in the order of their scores; the counts of a resample stand in the order of the rows.
        let own = Ordered::new(rows.iter().map(|(own, _, target)| (*own, *target)));
        let other = Ordered::new(rows.iter().map(|(_, other, target)| (*other, *target)));
        let rate = rows.iter().filter(|(.., target)| *target).count() as f64 / rows.len() as f64;
        let moved: Vec<(f64, f64, f64)> = rows
            .iter()
            .map(|(own, other, target)| {
                let (own, other) = (shift(*own, terms.from_rate, rate), shift(*other, terms.other_rate, rate));
                (own, other, f64::from(u8::from(*target)))
            })
            .collect();
        let squared = |count: &dyn Fn(usize) -> f64| {
            let (mut own, mut other) = (0., 0.);
            for (at, (p, q, target)) in moved.iter().enumerate() {
                own += count(at) * (p - target).powi(2);
                other += count(at) * (q - target).powi(2);
            }
            (own / moved.len() as f64, other / moved.len() as f64)
        };
        let [auc, precision, brier] = resample(rows.len(), seed, resamples, |counts| {
            let (mine, theirs) = (own.resampled(counts), other.resampled(counts));
            let (squares, others) = squared(&|at| counts[at]);
            [mine.0 - theirs.0, mine.1 - theirs.1, squares - others]
        });
        let (squares, others) = squared(&|_| 1.);
        Some(Against {
            rows: rows.len(),
            auc: Difference::of(own.scored.auc(), other.scored.auc(), auc),
            average_precision: Difference::of(
                own.scored.average_precision(),
                other.scored.average_precision(),
                precision,
            ),
            brier: Difference::of(squares, others, brier).filter(|_| rate > 0. && rate < 1.),
        })
    }
}

/// Scores in their order, and which row each is of.
struct Ordered {
    scored: Scored,
    rows: Vec<usize>,
}

impl Ordered {
    fn new(pairs: impl Iterator<Item = (f64, bool)>) -> Self {
        let pairs: Vec<_> = pairs.collect();
        let mut rows: Vec<usize> = (0..pairs.len()).collect();
        // The same stable order as that of `Scored`.
        rows.sort_by(|a, b| pairs[*b].0.total_cmp(&pairs[*a].0));
        Self { scored: Scored::of_pairs(pairs), rows }
    }

    fn resampled(&self, counts: &[f64]) -> (f64, f64) {
        let sorted: Vec<f64> = self.rows.iter().map(|row| counts[*row]).collect();
        self.scored.resampled(&sorted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject() -> Subject {
        Subject { set: "set".into(), label: Label::new("insult").unwrap(), slice: None }
    }

    #[test]
    fn a_better_model_is_told_from_a_worse_one() {
        let mut sample = Sample::default();
        for at in 0..400_u32 {
            let target = at % 4 == 0;
            let noise = f64::from((at * 7919) % 100) / 100.;
            let good = if target { 0.5 + noise / 2. } else { 0.75 * noise };
            sample.add(Some(good), Some(noise), target, false);
        }
        let terms = Terms { from_rate: 0.25, other_rate: 0.25, threshold: Some(0.5) };
        let line = sample.line(subject(), &terms, (1, 200));
        let auc = line.against.as_ref().unwrap().auc.unwrap();
        assert!(auc.difference > 0.2 && auc.low > 0.1 && auc.p < 0.02, "{auc:?}");
        approx::assert_abs_diff_eq!(auc.other + auc.difference, line.auc.unwrap().value, epsilon = 1e-12);
        assert!(line.against.unwrap().brier.unwrap().difference < 0.);
        assert_eq!(line.at_threshold.unwrap().recall, Some(1.));
    }

    #[test]
    fn rows_that_one_of_two_does_not_judge_are_left_out() {
        let mut sample = Sample::default();
        sample.add(Some(0.9), Some(0.1), true, true);
        sample.add(Some(0.2), Some(0.3), false, false);
        sample.add(None, None, false, true);
        let terms = Terms { from_rate: 0.5, other_rate: 0.5, threshold: None };
        let line = sample.line(subject(), &terms, (1, 10));
        assert_eq!((line.rows, line.null, line.against.unwrap().rows), (2, 1, 2));
        let shares = PolicyShares { held_positives: Some(1.), held_negatives: Some(0.) };
        assert_eq!(line.policy, Some(shares));
    }
}
