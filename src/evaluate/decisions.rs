//! What a threshold makes of scores: confusion, precision, recall, F1; and the curves over all thresholds.

use super::bootstrap::{measure, resample};
use super::measures::Scored;
use crate::model::Measure;
use serde::Serialize;

/// How rows fall on the two sides of a threshold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Confusion {
    /// Positives at or above it.
    pub true_positives: f64,
    /// Negatives at or above it.
    pub false_positives: f64,
    /// Positives below it.
    pub false_negatives: f64,
    /// Negatives below it.
    pub true_negatives: f64,
}

impl Confusion {
    /// Counts rows, each as often as `count` says for its place.
    pub fn at(threshold: f64, pairs: &[(f64, bool)], count: impl Fn(usize) -> f64) -> Self {
        let mut confusion = Self::default();
        for (at, (score, target)) in pairs.iter().enumerate() {
            let cell = match (*score >= threshold, target) {
                (true, true) => &mut confusion.true_positives,
                (true, false) => &mut confusion.false_positives,
                (false, true) => &mut confusion.false_negatives,
                (false, false) => &mut confusion.true_negatives,
            };
            *cell += count(at);
        }
        confusion
    }

    /// Returns the share of rows at or above the threshold that are positive; NaN without such rows.
    pub fn precision(&self) -> f64 {
        self.true_positives / (self.true_positives + self.false_positives)
    }

    /// Returns the share of positives that are at or above the threshold; NaN without positives.
    pub fn recall(&self) -> f64 {
        self.true_positives / (self.true_positives + self.false_negatives)
    }

    /// Returns the share of negatives that are at or above the threshold; NaN without negatives.
    pub fn false_alarms(&self) -> f64 {
        self.false_positives / (self.false_positives + self.true_negatives)
    }

    /// Returns the harmonic mean of precision and recall: 0 where no positive is found, NaN without positives.
    pub fn f1(&self) -> f64 {
        if self.true_positives + self.false_negatives == 0. {
            return f64::NAN;
        }
        2. * self.true_positives / (2. * self.true_positives + self.false_positives + self.false_negatives)
    }
}

/// How a label does at one threshold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AtThreshold {
    /// The threshold, on the scores as the model gives them.
    pub threshold: f64,
    /// The rows on its two sides.
    pub confusion: Confusion,
    /// The share of rows above it that are positive; `None` without such rows.
    pub precision: Option<f64>,
    /// The share of positives above it.
    pub recall: Option<f64>,
    /// The share of negatives above it.
    pub false_alarms: Option<f64>,
    /// F1 with its interval; `None` without positives.
    pub f1: Option<Measure>,
}

impl AtThreshold {
    /// Looks at scores from one threshold, which was not chosen on them.
    pub fn of(scored: &Scored, threshold: f64, seed: u64, resamples: usize) -> Self {
        let pairs = scored.pairs();
        let confusion = Confusion::at(threshold, pairs, |_| 1.);
        let [f1] =
            resample(pairs.len(), seed, resamples, |counts| [Confusion::at(threshold, pairs, |at| counts[at]).f1()]);
        let defined = |value: f64| value.is_finite().then_some(value);
        Self {
            threshold,
            confusion,
            precision: defined(confusion.precision()),
            recall: defined(confusion.recall()),
            false_alarms: defined(confusion.false_alarms()),
            f1: measure(confusion.f1(), f1),
        }
    }
}

/// The highest F1 that any threshold reaches, and that threshold. Chosen on the rows it is told for: an upper bound.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BestF1 {
    /// The highest F1.
    pub f1: f64,
    /// Where it is reached.
    pub threshold: f64,
}

/// What the rows at or above one score come to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) score: f64,
    pub(super) positives: f64,
    pub(super) negatives: f64,
}

impl Scored {
    /// Returns the highest F1 of all thresholds; `None` without positives.
    pub fn best_f1(&self) -> Option<BestF1> {
        let all = self.positives() as f64;
        let f1 = |step: &Step| 2. * step.positives / (step.positives + step.negatives + all);
        let best = self.steps().into_iter().max_by(|a, b| f1(a).total_cmp(&f1(b)))?;
        (all > 0.).then(|| BestF1 { f1: f1(&best), threshold: best.score })
    }

    /// Returns the ROC curve: share of negatives and share of positives above each score, from (0, 0) to (1, 1). Empty
    /// without rows of both classes.
    pub fn roc(&self) -> Vec<(f64, f64)> {
        let (positives, rows) = (self.positives() as f64, self.rows() as f64);
        if positives == 0. || positives == rows {
            return Vec::new();
        }
        let point = |step: Step| (step.negatives / (rows - positives), step.positives / positives);
        std::iter::once((0., 0.)).chain(self.steps().into_iter().map(point)).collect()
    }

    /// Returns the precision-recall curve: recall and precision at each score. Empty without positives.
    pub fn precision_recall(&self) -> Vec<(f64, f64)> {
        let positives = self.positives() as f64;
        if positives == 0. {
            return Vec::new();
        }
        let point = |step: Step| (step.positives / positives, step.positives / (step.positives + step.negatives));
        self.steps().into_iter().map(point).collect()
    }

    /// Counts scores, which must be probabilities, in bins of equal width: negatives and positives.
    pub fn histogram(&self, bins: usize) -> Vec<(usize, usize)> {
        let mut counts = vec![(0, 0); bins.max(1)];
        let last = counts.len() - 1;
        for (score, target) in self.pairs() {
            let (negatives, positives) = &mut counts[((score * bins as f64) as usize).min(last)];
            *(if *target { positives } else { negatives }) += 1;
        }
        counts
    }

    /// One step for each distinct score, the highest first.
    pub(super) fn steps(&self) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        let (mut positives, mut negatives) = (0., 0.);
        for (score, target) in self.pairs() {
            *(if *target { &mut positives } else { &mut negatives }) += 1.;
            let step = Step { score: *score, positives, negatives };
            match steps.last_mut() {
                Some(last) if last.score == *score => *last = step,
                _ => steps.push(step),
            }
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored() -> Scored {
        Scored::new(&[0.9, 0.8, 0.8, 0.4, 0.2], &[true, false, true, true, false])
    }

    #[test]
    fn a_threshold_is_within_what_it_flags() {
        let at = AtThreshold::of(&scored(), 0.8, 1, 50);
        let expected = Confusion { true_positives: 2., false_positives: 1., false_negatives: 1., true_negatives: 1. };
        assert_eq!(at.confusion, expected);
        let f1 = at.f1.unwrap();
        approx::assert_abs_diff_eq!(f1.value, 2. / 3., epsilon = 1e-12);
        assert!(f1.low <= f1.value && f1.value <= f1.high);
        let above_all = AtThreshold::of(&scored(), 0.95, 1, 50);
        assert!(above_all.precision.is_none() && above_all.f1.unwrap().value == 0.);
    }

    #[test]
    fn the_best_threshold_is_found() {
        let best = scored().best_f1().unwrap();
        assert_eq!(best.threshold, 0.4);
        approx::assert_abs_diff_eq!(best.f1, 6. / 7., epsilon = 1e-12);
        assert_eq!(Scored::new(&[0.1], &[false]).best_f1(), None);
    }

    #[test]
    fn curves_step_over_ties_and_enclose_their_areas() {
        let roc = scored().roc();
        assert_eq!(roc, [(0., 0.), (0., 1. / 3.), (0.5, 2. / 3.), (0.5, 1.), (1., 1.)]);
        let area: f64 = roc.windows(2).map(|two| (two[1].0 - two[0].0) * (two[0].1 + two[1].1) / 2.).sum();
        approx::assert_abs_diff_eq!(area, scored().auc(), epsilon = 1e-12);
        let mut recall = 0.;
        let steps = |(at, precision): &(f64, f64)| (at - std::mem::replace(&mut recall, *at)) * precision;
        let area: f64 = scored().precision_recall().iter().map(steps).sum();
        approx::assert_abs_diff_eq!(area, scored().average_precision(), epsilon = 1e-12);
        assert!(Scored::new(&[0.5], &[true]).roc().is_empty());
    }

    #[test]
    fn histograms_hold_every_row() {
        assert_eq!(scored().histogram(2), [(1, 1), (1, 2)]);
        assert_eq!(Scored::new(&[1.], &[true]).histogram(4)[3], (0, 1));
    }
}
