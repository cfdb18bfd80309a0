//! How strongly a head is fitted, how much the worst sentence counts, and choosing both by what tells held-out rows apart
//! best.

use super::Parameters;
use crate::label::Label;

/// How strongly the weights of n-grams are held down, and which of them least.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Strength {
    /// Inverse strength of the penalty.
    pub(super) c: f64,
    /// Power of the log-count ratios.
    pub(super) damping: f64,
    /// Power of the weights of rare n-grams.
    pub(super) rarity: f64,
}

/// Rows of the rarer class from which on they can tell strengths apart.
const FEWEST: usize = 100;
/// What else is tried: factors of the penalty's inverse and of the power of ratios (never beyond 1), and what is added to
/// the power of rare n-grams' weights. Chosen as docs/experiments.md tells.
const OTHERS: [(f64, f64, f64); 4] = [(0.5, 1., 0.), (1., 1.4, 0.), (0.25, 1., 1.), (0.15, 1., 2.)];

impl Strength {
    /// Returns what the parameters say for a label.
    pub(super) fn of(parameters: &Parameters, label: &Label) -> Self {
        let c = parameters.label_c.get(label).copied().unwrap_or(parameters.c);
        let damping = parameters.label_damping.get(label).copied().unwrap_or(parameters.damping);
        Self { c, damping, rarity: 1. }
    }

    /// Returns what is tried for a head, the usual one first, where the rarer class has so many rows.
    pub(super) fn candidates(self, parameters: &Parameters, rarer: usize) -> Vec<Self> {
        let mut candidates = vec![self];
        if parameters.tries() && rarer >= FEWEST {
            candidates.extend(OTHERS.map(|(c, damping, rarity)| Self {
                c: self.c * c,
                damping: (self.damping * damping).min(1.),
                rarity: self.rarity + rarity,
            }));
        }
        candidates
    }
}

/// Rows that settings are tried on: more tell no more, and would make a million rows take an hour.
const MOST: usize = 50_000;
/// Rows of the rarer class that are tried nevertheless, where there are so many.
const ENOUGH: usize = 2_000;

/// Returns of how many rows one is tried, where there are `rows`, of which the rarer class has `rarer`.
pub(super) fn every(rows: usize, rarer: usize) -> usize {
    rows.div_ceil(MOST).min(rarer / ENOUGH).max(1)
}

/// The share of the worst sentence that is tried where none is asked for; chosen for the model that ships.
const SHARE: f64 = 0.3;

/// Returns which shares of the worst sentence are tried, the usual one first.
pub(super) fn shares(usual: f64) -> impl Iterator<Item = f64> {
    std::iter::once(usual).chain((usual == 0.).then_some(SHARE))
}

/// Returns which candidate to take, of the area under the ROC curve of each in each part held out: the best in the mean of
/// those that are better than the first in every part. What is better by chance in four parts is rare enough.
pub(super) fn best(areas: &[Vec<f64>]) -> usize {
    let Some(usual) = areas.first() else { return 0 };
    // A part of one class has no area.
    let told: Vec<usize> = (0..usual.len()).filter(|&part| !usual[part].is_nan()).collect();
    let surpasses = |candidate: &[f64]| !told.is_empty() && told.iter().all(|&part| candidate[part] > usual[part]);
    let mean = |areas: &[f64]| told.iter().map(|&part| areas[part]).sum::<f64>() / told.len() as f64;
    let better = areas.iter().enumerate().skip(1).filter(|(_, candidate)| surpasses(candidate));
    better.max_by(|(_, one), (_, other)| mean(one).total_cmp(&mean(other))).map_or(0, |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Algorithm;

    #[test]
    fn only_what_is_better_everywhere_is_chosen() {
        let usual = vec![0.8, 0.8, 0.8];
        assert_eq!(best(std::slice::from_ref(&usual)), 0);
        assert_eq!(best(&[usual.clone(), vec![0.9, 0.9, 0.8]]), 0);
        assert_eq!(best(&[usual.clone(), vec![0.81, 0.81, 0.81], vec![0.82, 0.82, 0.82], vec![0.9, 0.9, 0.7]]), 2);
        assert_eq!(best(&[usual, vec![f64::NAN; 3]]), 0);
        assert_eq!(best(&[vec![0.8, f64::NAN], vec![0.9, f64::NAN]]), 1, "a part of one class is left out");
        assert_eq!(best(&[vec![f64::NAN; 2], vec![f64::NAN; 2]]), 0);
    }

    #[test]
    fn of_very_many_rows_some_are_tried() {
        assert_eq!(every(MOST, MOST / 2), 1);
        assert_eq!(every(20 * MOST, 10 * MOST), 20);
        assert_eq!(every(20 * MOST, 3 * ENOUGH), 3);
        assert_eq!(every(20 * MOST, FEWEST), 1);
    }

    #[test]
    fn others_are_tried_where_rows_can_tell_and_nobody_forbids_it() {
        let mut parameters = Parameters::new(vec![]);
        let usual = Strength::of(&parameters, &Label::new("house").unwrap());
        assert_eq!(usual.candidates(&parameters, FEWEST).len(), 5);
        assert_eq!(usual.candidates(&parameters, FEWEST - 1), [usual]);
        parameters.tune = false;
        assert_eq!(usual.candidates(&parameters, FEWEST), [usual]);
        (parameters.tune, parameters.algorithm) = (true, Algorithm::Nb);
        assert_eq!(usual.candidates(&parameters, FEWEST), [usual]);
    }
}
