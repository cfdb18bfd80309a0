//! From log-odds of a classifier to calibrated probabilities (Platt 1999), at a stated base rate.

use super::logistic::{sigmoid, softplus};
use argmin::core::{CostFunction, Executor, Gradient, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;
use serde::{Deserialize, Serialize};

/// L-BFGS iterations at most; a handful is enough.
const STEPS: u64 = 200;
/// A small ridge, so that separable scores do not run away.
const RIDGE: f64 = 1e-4;
/// The log-odds that a standard deviation of a single score is worth at least.
const FAINTEST: f64 = 0.05;
/// No probability is surer than this many log-odds: no comment is certain.
const SUREST: f64 = 12.;

/// A logistic map from one or more raw scores to a probability.
///
/// With several scores it also stacks them: the n-gram head and the cues of sarcasm are weighed against each other here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// One a raw score.
    pub slopes: Vec<f64>,
    /// Added.
    pub intercept: f64,
    /// The share of positives at which probabilities are calibrated, within (0, 1).
    pub base_rate: f64,
}

impl Calibration {
    /// Fits the map on scores of rows that the scorers were not trained on. Rows are weighted such that positives have
    /// the share `base_rate`.
    pub fn fit(scores: &[Vec<f64>], targets: &[bool], weights: &[f64], base_rate: f64) -> Self {
        let inputs = scores.first().map_or(0, Vec::len);
        // Standardised inputs keep the problem well conditioned.
        let (means, deviations) = standardise(scores, inputs);
        let total = |class: bool| -> f64 {
            targets.iter().zip(weights).filter(|(target, _)| **target == class).map(|(_, weight)| weight).sum()
        };
        let (positive, negative) = (base_rate / total(true).max(1e-12), (1. - base_rate) / total(false).max(1e-12));
        let rows = scores.iter().zip(targets).zip(weights).map(|((row, &target), &weight)| {
            let inputs =
                row.iter().zip(means.iter().zip(&deviations)).map(|(x, (mean, deviation))| (x - mean) / deviation);
            (inputs.collect(), target, weight * if target { positive } else { negative })
        });
        let start = [vec![0.; inputs], vec![(base_rate / (1. - base_rate)).ln()]].concat();
        let solver = LBFGS::new(MoreThuenteLineSearch::new(), 5);
        let best = Executor::new(Platt { rows: rows.collect() }, solver)
            .configure(|state| state.param(start.clone()).max_iters(STEPS))
            .run()
            .ok()
            .and_then(|result| result.state.get_best_param().cloned());
        // Where no step could be taken, every comment gets the base rate: no information, but no wrong one.
        let mut beta = best.filter(|beta| beta.iter().all(|value| value.is_finite())).unwrap_or(start);
        // A single score is never turned round: on few rows the fits of the parts may contradict each other, which says
        // nothing against the order of the whole, only that it is worth next to nothing.
        if inputs == 1 && beta[0] < FAINTEST {
            beta = vec![FAINTEST, (base_rate / (1. - base_rate)).ln()];
        }
        let slopes: Vec<f64> = (0..inputs).map(|at| beta[at] / deviations[at]).collect();
        let intercept = beta[inputs] - (0..inputs).map(|at| slopes[at] * means[at]).sum::<f64>();
        Self { slopes, intercept, base_rate }
    }

    /// Returns the calibrated log-odds of raw scores; finite for finite scores.
    pub fn log_odds(&self, scores: &[f64]) -> f64 {
        let sum: f64 = self.slopes.iter().zip(scores).map(|(slope, score)| slope * score).sum();
        (sum + self.intercept).clamp(-SUREST, SUREST)
    }

    /// Returns the calibrated probability, within (0, 1).
    pub fn probability(&self, scores: &[f64]) -> f64 {
        sigmoid(self.log_odds(scores))
    }

    /// Tells whether every number in it is usable.
    pub fn is_sound(&self) -> bool {
        self.slopes.iter().all(|slope| slope.is_finite())
            && self.intercept.is_finite()
            && self.base_rate > 0.
            && self.base_rate < 1.
    }
}

fn standardise(scores: &[Vec<f64>], inputs: usize) -> (Vec<f64>, Vec<f64>) {
    let count = scores.len().max(1) as f64;
    let means: Vec<f64> = (0..inputs).map(|at| scores.iter().map(|row| row[at]).sum::<f64>() / count).collect();
    let deviations = (0..inputs)
        .map(|at| {
            let variance = scores.iter().map(|row| (row[at] - means[at]).powi(2)).sum::<f64>() / count;
            if variance > 1e-18 { variance.sqrt() } else { 1. }
        })
        .collect();
    (means, deviations)
}

/// The weighted logistic loss; the last parameter is the intercept.
struct Platt {
    /// Inputs, target and weight of each row; the weights add up to 1.
    rows: Vec<(Vec<f64>, bool, f64)>,
}

impl Platt {
    fn margin(beta: &[f64], inputs: &[f64]) -> f64 {
        inputs.iter().zip(beta).map(|(x, slope)| x * slope).sum::<f64>() + beta[inputs.len()]
    }
}

impl CostFunction for Platt {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, beta: &Vec<f64>) -> Result<f64, argmin::core::Error> {
        let loss = self.rows.iter().map(|(inputs, target, weight)| {
            let margin = Self::margin(beta, inputs);
            weight * softplus(if *target { -margin } else { margin })
        });
        let penalty: f64 = beta[..beta.len() - 1].iter().map(|slope| slope * slope).sum();
        Ok(loss.sum::<f64>() + 0.5 * RIDGE * penalty)
    }
}

impl Gradient for Platt {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, beta: &Vec<f64>) -> Result<Vec<f64>, argmin::core::Error> {
        let mut gradient: Vec<f64> = beta.iter().map(|slope| RIDGE * slope).collect();
        let last = beta.len() - 1;
        gradient[last] = 0.;
        for (inputs, target, weight) in &self.rows {
            let residual = weight * (sigmoid(Self::margin(beta, inputs)) - f64::from(u8::from(*target)));
            for (slope, x) in gradient.iter_mut().zip(inputs) {
                *slope += residual * x;
            }
            gradient[last] += residual;
        }
        Ok(gradient)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_map_that_made_the_targets() {
        // Scores on a grid, targets by their true probability under slope 2 and intercept -1.
        let (mut scores, mut targets, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        for at in -40..=40 {
            let score = f64::from(at) / 10.;
            let p = sigmoid(2. * score - 1.);
            for (target, weight) in [(true, p), (false, 1. - p)] {
                scores.push(vec![score]);
                targets.push(target);
                weights.push(weight);
            }
        }
        let positives: f64 = targets.iter().zip(&weights).filter(|(t, _)| **t).map(|(_, w)| w).sum();
        let base_rate = positives / weights.iter().sum::<f64>();
        let fitted = Calibration::fit(&scores, &targets, &weights, base_rate);
        assert!((fitted.slopes[0] - 2.).abs() < 0.1, "{fitted:?}");
        assert!((fitted.intercept + 1.).abs() < 0.1, "{fitted:?}");
    }

    #[test]
    fn a_single_score_is_not_turned_round() {
        let scores: Vec<Vec<f64>> = (0..40).map(|at| vec![f64::from(at)]).collect();
        let targets: Vec<bool> = (0..40).map(|at| at < 15).collect();
        let fitted = Calibration::fit(&scores, &targets, &[1.; 40], 0.1);
        assert!(fitted.slopes[0] > 0., "{fitted:?}");
        assert!((fitted.probability(&scores[20]) - 0.1).abs() < 0.02, "{fitted:?}");
    }

    #[test]
    fn the_mean_probability_is_the_base_rate() {
        let scores: Vec<Vec<f64>> = (0..100).map(|at| vec![f64::from(at % 10), f64::from(at % 3)]).collect();
        let targets: Vec<bool> = (0..100).map(|at| at % 10 > 4 + at % 2).collect();
        let fitted = Calibration::fit(&scores, &targets, &[1.; 100], 0.5);
        let positives = targets.iter().filter(|target| **target).count() as f64;
        let mean: f64 = scores
            .iter()
            .zip(&targets)
            .map(|(row, &target)| {
                fitted.probability(row) * if target { 0.5 / positives } else { 0.5 / (100. - positives) }
            })
            .sum();
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
    }

    #[test]
    fn separable_scores_stay_finite() {
        let fitted = Calibration::fit(&[vec![-1.], vec![1.]], &[false, true], &[1., 1.], 0.1);
        assert!(fitted.is_sound() && fitted.probability(&[1e12]) < 1.);
    }
}
