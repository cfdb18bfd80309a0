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

/// Rows of a class that settings are tried on, about: a million rows would take an hour. What is chosen is how far weights are
/// expected to be from 0, which is no matter of how many rows there are.
pub(super) const MOST: usize = 20_000;

/// Returns about `most` of the rows at `places` of each class that has many more, by a digest of their texts, so that equal ones
/// stay together; all of them where only one class would be left. `row` tells digest and class.
pub(super) fn some_of(places: Vec<usize>, most: usize, row: impl Fn(usize) -> (u64, bool)) -> Vec<usize> {
    let positives = places.iter().filter(|&&at| row(at).1).count();
    let every = [places.len() - positives, positives].map(|rows| (rows / most).max(1) as u64);
    let taken = |&at: &usize| {
        let (digest, class) = row(at);
        // Mixed otherwise than for folds, which would be emptied by it.
        (digest.wrapping_mul(0xd6e8_feb8_6659_fd93) >> 32).is_multiple_of(every[usize::from(class)])
    };
    let some: Vec<usize> = places.iter().copied().filter(taken).collect();
    let is_there = |class| some.iter().any(|&at| row(at).1 == class);
    if is_there(false) && is_there(true) { some } else { places }
}

/// The share of the worst sentence that is tried where none is asked for; chosen for the model that ships.
const SHARE: f64 = 0.3;

/// Returns which shares of the worst sentence are tried: what the parameters say for a label and, where they say nothing, another.
pub(super) fn shares(parameters: &Parameters, label: &Label) -> impl Iterator<Item = f64> + use<> {
    let other = (!parameters.worst_sentence.contains_key(label)).then_some(SHARE);
    std::iter::once(parameters.worst_sentence_of(label)).chain(other)
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
        let digest = |at: usize| (at as u64 + 1).wrapping_mul(0x2545_f491_4f6c_dd1d);
        let row = |at: usize| (digest(at), at.is_multiple_of(100));
        let some = some_of((0..100_000).collect(), 2_000, row);
        let positives = some.iter().filter(|&&at| row(at).1).count();
        assert_eq!(positives, 1_000, "all of the rarer class");
        assert!((1_500..3_000).contains(&(some.len() - positives)), "{}", some.len());
        assert_eq!(some_of(vec![1, 2, 100], 2_000, row), [1, 2, 100]);
        // Very many copies of one text go together, or stay all where nothing else would be left of their class.
        let copies = |at: usize| if at < 50_000 { (7, true) } else { (digest(at), false) };
        let some = some_of((0..100_000).collect(), 2_000, copies);
        let kept = some.iter().filter(|&&at| copies(at).1).count();
        assert!(kept == 50_000, "{kept}");
        assert!(some.iter().any(|&at| !copies(at).1));
    }

    #[test]
    fn another_share_is_tried_where_none_is_asked_for() {
        let mut parameters = Parameters::new(vec![]);
        let house = Label::new("house").unwrap();
        assert_eq!(shares(&parameters, &house).collect::<Vec<_>>(), [0., SHARE]);
        for asked in [0., 0.2] {
            parameters.worst_sentence.insert(house.clone(), asked);
            assert_eq!(shares(&parameters, &house).collect::<Vec<_>>(), [asked]);
        }
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
