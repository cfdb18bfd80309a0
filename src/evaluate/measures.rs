//! Measures of how scores order rows: AUC, average precision, operating points.

use super::bootstrap::{Counts, measure, resample};
use crate::model::Measure;

/// Resamples of the intervals in a model's card.
const RESAMPLES: usize = 200;

/// Scores with their targets, sorted by score once; every measure is then one pass.
#[derive(Debug, Clone)]
pub struct Scored {
    /// Highest score first; ties in the order given.
    pairs: Vec<(f64, bool)>,
}

impl Scored {
    /// Sorts scores with their targets. Scores must not be NaN.
    pub fn new(scores: &[f64], targets: &[bool]) -> Self {
        Self::of_pairs(scores.iter().copied().zip(targets.iter().copied()).collect())
    }

    /// Sorts pairs of score and target. Scores must not be NaN.
    pub fn of_pairs(mut pairs: Vec<(f64, bool)>) -> Self {
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
        Self { pairs }
    }

    /// Returns the number of rows.
    pub fn rows(&self) -> usize {
        self.pairs.len()
    }

    /// Returns the number of positives.
    pub fn positives(&self) -> usize {
        self.pairs.iter().filter(|(_, target)| *target).count()
    }

    /// Returns scores and targets, the highest score first.
    pub fn pairs(&self) -> &[(f64, bool)] {
        &self.pairs
    }

    /// Returns the area under the ROC curve; NaN without rows of both classes.
    pub fn auc(&self) -> f64 {
        self.weighted_auc(|_| 1.)
    }

    /// Returns average precision (the area under the precision-recall steps); NaN without positives.
    pub fn average_precision(&self) -> f64 {
        self.weighted_average_precision(|_| 1.)
    }

    /// Returns AUC and average precision of a resample; the counts are in the order of [`Scored::pairs`].
    pub fn resampled(&self, counts: &Counts) -> (f64, f64) {
        (self.weighted_auc(|at| counts[at]), self.weighted_average_precision(|at| counts[at]))
    }

    /// Returns the mean squared distance of scores, which must be probabilities, from targets; NaN without rows.
    pub fn brier(&self) -> f64 {
        let squared = |(score, target): &(f64, bool)| (score - f64::from(u8::from(*target))).powi(2);
        self.pairs.iter().map(squared).sum::<f64>() / self.pairs.len() as f64
    }

    /// Returns the score above which at most `share` of the negatives lie, and the share of positives above it.
    pub fn operating_point(&self, share: f64) -> (f64, f64) {
        let positives = self.positives();
        let allowed = (share * (self.pairs.len() - positives) as f64).floor() as usize;
        let (mut false_alarms, mut caught, mut threshold) = (0, 0, self.pairs.first().map_or(1., |(score, _)| *score));
        let mut at = 0;
        while at < self.pairs.len() {
            let tied = self.tied(at);
            let negatives = self.pairs[at..at + tied].iter().filter(|(_, target)| !target).count();
            if false_alarms + negatives > allowed {
                break;
            }
            false_alarms += negatives;
            caught += tied - negatives;
            threshold = self.pairs[at].0;
            at += tied;
        }
        (threshold, if positives == 0 { f64::NAN } else { caught as f64 / positives as f64 })
    }

    fn tied(&self, at: usize) -> usize {
        self.pairs[at..].iter().take_while(|(score, _)| *score == self.pairs[at].0).count()
    }

    fn weighted_auc(&self, weight: impl Fn(usize) -> f64) -> f64 {
        let (mut positives, mut negatives, mut area, mut at) = (0., 0., 0., 0);
        while at < self.pairs.len() {
            let tied = self.tied(at);
            let (mut up, mut right) = (0., 0.);
            for index in at..at + tied {
                *(if self.pairs[index].1 { &mut up } else { &mut right }) += weight(index);
            }
            area += right * (positives + up / 2.);
            (positives, negatives, at) = (positives + up, negatives + right, at + tied);
        }
        area / (positives * negatives)
    }

    fn weighted_average_precision(&self, weight: impl Fn(usize) -> f64) -> f64 {
        let (mut positives, mut seen, mut sum, mut at) = (0., 0., 0., 0);
        while at < self.pairs.len() {
            let tied = self.tied(at);
            let mut up = 0.;
            for index in at..at + tied {
                let weight = weight(index);
                seen += weight;
                up += if self.pairs[index].1 { weight } else { 0. };
            }
            positives += up;
            sum += if seen > 0. { up * positives / seen } else { 0. };
            at += tied;
        }
        sum / positives
    }

    /// Returns AUC and average precision, each with its 95 % bootstrap interval. What is not defined is 0 with the widest
    /// interval, as a card needs a number.
    pub fn with_intervals(&self, seed: u64) -> (Measure, Measure) {
        let [areas, precisions] = resample(self.rows(), seed, RESAMPLES, |counts| self.resampled(counts).into());
        let undefined = Measure { value: 0., low: 0., high: 1. };
        let defined = |value, resampled| measure(value, resampled).unwrap_or(undefined);
        (defined(self.auc(), areas), defined(self.average_precision(), precisions))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auc_counts_ties_half() {
        let auc = |scores: &[f64], targets: &[bool]| Scored::new(scores, targets).auc();
        assert_eq!(auc(&[0.9, 0.8, 0.1], &[true, true, false]), 1.);
        assert_eq!(auc(&[0.1, 0.8, 0.9], &[true, true, false]), 0.);
        assert_eq!(auc(&[0.5, 0.5], &[true, false]), 0.5);
        assert_eq!(auc(&[0.9, 0.5, 0.5, 0.1], &[true, true, false, false]), 0.875);
        assert!(auc(&[0.5], &[true]).is_nan());
    }

    #[test]
    fn average_precision_is_the_mean_precision_at_positives() {
        let scored = Scored::new(&[0.9, 0.8, 0.7], &[true, false, true]);
        approx::assert_abs_diff_eq!(scored.average_precision(), (1. + 2. / 3.) / 2., epsilon = 1e-12);
    }

    #[test]
    fn the_operating_point_keeps_its_promise() {
        let scores: Vec<f64> = (0..200).map(|at| f64::from(at) / 200.).collect();
        let targets: Vec<bool> = (0..200).map(|at| at % 2 == 0).collect();
        let scored = Scored::new(&scores, &targets);
        let (threshold, recall) = scored.operating_point(0.02);
        let alarms = scores.iter().zip(&targets).filter(|(score, target)| **score >= threshold && !**target).count();
        assert_eq!(alarms, 2);
        assert!(recall > 0.);
    }

    #[test]
    fn intervals_hold_the_value_and_repeat() {
        let scores: Vec<f64> = (0..300).map(|at| f64::from((at * 7919) % 300)).collect();
        let targets: Vec<bool> = (0..300).map(|at| (at * 7919) % 300 > 150 || at % 5 == 0).collect();
        let scored = Scored::new(&scores, &targets);
        let (auc, _) = scored.with_intervals(1);
        assert!(auc.low < auc.value && auc.value < auc.high && auc.high - auc.low < 0.2, "{auc:?}");
        assert_eq!(scored.with_intervals(1), scored.with_intervals(1));
    }
}
