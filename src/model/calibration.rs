//! From log-odds of a classifier to calibrated probabilities (Platt 1999), at a stated base rate.

use super::logistic::sigmoid;
use serde::{Deserialize, Serialize};

/// Newton steps at most; a handful is enough.
const STEPS: usize = 50;
/// A small ridge, so that separable scores do not run away.
const RIDGE: f64 = 1e-5;
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
        // Standardised inputs keep the Newton steps well conditioned.
        let (means, deviations) = standardise(scores, inputs);
        let total = |class: bool| -> f64 {
            targets.iter().zip(weights).filter(|(target, _)| **target == class).map(|(_, weight)| weight).sum()
        };
        let (positive, negative) = (base_rate / total(true).max(1e-12), (1. - base_rate) / total(false).max(1e-12));
        let scale = targets.len() as f64;
        let mut beta = vec![0.; inputs + 1];
        beta[inputs] = (base_rate / (1. - base_rate)).ln();
        for _ in 0..STEPS {
            let size = inputs + 1;
            let (mut gradient, mut hessian) = (vec![0.; size], vec![vec![0.; size]; size]);
            for ((row, &target), &weight) in scores.iter().zip(targets).zip(weights) {
                let weight = weight * scale * if target { positive } else { negative };
                let x = |at: usize| if at == inputs { 1. } else { (row[at] - means[at]) / deviations[at] };
                let p = sigmoid((0..size).map(|at| beta[at] * x(at)).sum());
                let (residual, curvature) = (p - f64::from(u8::from(target)), (p * (1. - p)).max(1e-9));
                for i in 0..size {
                    gradient[i] += weight * residual * x(i);
                    for j in 0..size {
                        hessian[i][j] += weight * curvature * x(i) * x(j);
                    }
                }
            }
            for at in 0..inputs {
                gradient[at] += RIDGE * scale * beta[at];
                hessian[at][at] += RIDGE * scale;
            }
            let step = solve(hessian, gradient);
            let moved = step.iter().fold(0_f64, |most, value| most.max(value.abs()));
            // A step of more than a few units would overshoot where the sigmoid is flat.
            let damping = if moved > 2. { 2. / moved } else { 1. };
            for (value, step) in beta.iter_mut().zip(&step) {
                *value -= damping * step;
            }
            if moved < 1e-10 {
                break;
            }
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

/// Solves a small symmetric positive definite system by Gaussian elimination with pivots.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let size = right.len();
    for column in 0..size {
        let pivot = (column..size).max_by(|&a, &b| matrix[a][column].abs().total_cmp(&matrix[b][column].abs()));
        let pivot = pivot.unwrap_or(column);
        matrix.swap(column, pivot);
        right.swap(column, pivot);
        let lead = matrix[column][column];
        if lead.abs() < 1e-300 {
            continue;
        }
        for row in column + 1..size {
            let factor = matrix[row][column] / lead;
            for at in column..size {
                matrix[row][at] -= factor * matrix[column][at];
            }
            right[row] -= factor * right[column];
        }
    }
    for row in (0..size).rev() {
        let known: f64 = (row + 1..size).map(|at| matrix[row][at] * right[at]).sum();
        let lead = matrix[row][row];
        right[row] = if lead.abs() < 1e-300 { 0. } else { (right[row] - known) / lead };
    }
    right
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
