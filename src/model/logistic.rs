//! L2-regularised logistic regression on scaled sparse rows: the discriminative half of NB-LR.
//!
//! Wang & Manning (2012), "Baselines and Bigrams": each feature is multiplied by its naive-Bayes log-count ratio, then a
//! linear model is fitted. The optimiser is argmin's L-BFGS.

use super::sparse::{SparseRow, SparseRows};
use crate::features::FAMILIES;
use argmin::core::{CostFunction, Executor, Gradient, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;
use std::cmp::Reverse;
use std::ops::Range;
use std::sync::Mutex;

/// A step that lowers the mean loss by less than this is the last: what follows moves no ranking by a measurable amount.
const TOLERANCE: f64 = 2e-6;
/// Steps that L-BFGS remembers.
const MEMORY: usize = 7;
/// What a group's own feature counts in its rows, near to what other features do, so that the optimiser finds its way; and
/// the share of the penalty that its weight bears, next to none.
const GROUP: (f64, f64) = (0.3, 1e-3);

/// What is fitted.
#[derive(Clone, Copy)]
pub struct LogisticProblem<'a> {
    /// The rows.
    pub rows: &'a SparseRows,
    /// Which of them to use.
    pub indices: &'a [u32],
    /// Targets of the used rows.
    pub targets: &'a [bool],
    /// Weights of the used rows.
    pub weights: &'a [f64],
    /// What each feature is multiplied by (its damped log-count ratio and its weight by frequency).
    pub scales: &'a [f64],
    /// What the scales of each block of a row are multiplied by.
    pub families: [f64; FAMILIES],
    /// Inverse strength of the L2 penalty, as in scikit-learn and LIBLINEAR; above 0.
    pub c: f64,
    /// L-BFGS iterations at most.
    pub iterations: u64,
    /// The group of each used row, from 0, or nothing. Groups have intercepts of their own, which are not part of what is
    /// fitted: weights then tell rows within a group apart, and not one group from another (a fixed-effects regression).
    pub groups: &'a [u32],
}

/// Weights and intercept in terms of the unscaled features.
#[derive(Debug, Clone, PartialEq)]
pub struct Logistic {
    /// One a feature.
    pub weights: Vec<f64>,
    /// Added to every score.
    pub bias: f64,
}

impl Logistic {
    /// Returns the log-odds of a row.
    pub fn log_odds(&self, row: SparseRow<'_>) -> f64 {
        row.dot(&self.weights) + self.bias
    }

    /// Becomes the mean of itself and another fit on the same features, which counts `share` of 1.
    pub fn mix(&mut self, share: f64, other: &Self) {
        let mean = |ours: &mut f64, theirs: f64| *ours += share * (theirs - *ours);
        self.weights.iter_mut().zip(&other.weights).for_each(|(ours, theirs)| mean(ours, *theirs));
        mean(&mut self.bias, other.bias);
    }

    /// Fits the weights. The same input gives the same bytes on the same target.
    ///
    /// # Errors
    /// When the optimiser cannot go on, with its own words.
    pub fn fit(problem: &LogisticProblem<'_>) -> Result<Self, String> {
        // Slots that are not in use, or that say nothing, have weight 0: L-BFGS need not carry them about. The commonest
        // come first, so that what is read most lies in few cache lines.
        let mut counts = vec![0_u32; problem.scales.len()];
        for &index in problem.indices {
            problem
                .rows
                .row(index as usize)
                .times(problem.families)
                .slots()
                .for_each(|slot| counts[slot as usize] += 1);
        }
        let mut order: Vec<u32> = (0..problem.scales.len() as u32)
            .filter(|&slot| counts[slot as usize] > 0 && problem.scales[slot as usize] != 0.)
            .collect();
        order.sort_by_key(|&slot| (Reverse(counts[slot as usize]), slot));
        let mut compact = vec![u32::MAX; problem.scales.len()];
        for (number, &slot) in order.iter().enumerate() {
            compact[slot as usize] = number as u32;
        }
        let scales: Vec<f64> = order.iter().map(|&slot| problem.scales[slot as usize]).collect();
        let mut rows = SparseRows::new(scales.len());
        for &index in problem.indices {
            rows.push_mapped(problem.rows.row(index as usize), &compact, problem.families);
        }
        let features = scales.len();
        let indices: Vec<u32> = (0..problem.indices.len() as u32).collect();
        let problem =
            &LogisticProblem { rows: &rows, indices: &indices, scales: &scales, families: [1.; FAMILIES], ..*problem };
        let search = MoreThuenteLineSearch::new();
        let solver = LBFGS::new(search, MEMORY)
            .with_tolerance_grad(1e-6)
            .and_then(|solver| solver.with_tolerance_cost(TOLERANCE))
            .map_err(|error| error.to_string())?;
        let cached = Cached { problem, last: Mutex::new(None) };
        let result = Executor::new(cached, solver)
            .configure(|state| {
                state.param(vec![0.; features + 1 + problem.group_count()]).max_iters(problem.iterations)
            })
            .run()
            .map_err(|error| error.to_string())?;
        let mut best = result.state.get_best_param().cloned().ok_or("no step was taken")?;
        best.truncate(features + 1);
        let bias = best.pop().unwrap_or(0.);
        let weight = |&at: &u32| best.get(at as usize).map_or(0., |weight| weight * scales[at as usize]);
        Ok(Self { weights: compact.iter().map(weight).collect(), bias })
    }
}

/// A point, its cost and its gradient.
type Evaluated = (Vec<f64>, f64, Vec<f64>);

/// The problem with its last evaluation: argmin asks for cost and gradient of a point one after the other.
struct Cached<'a> {
    problem: &'a LogisticProblem<'a>,
    last: Mutex<Option<Evaluated>>,
}

impl Cached<'_> {
    fn at(&self, point: &[f64]) -> (f64, Vec<f64>) {
        let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((known, cost, gradient)) = &*last
            && known == point
        {
            return (*cost, gradient.clone());
        }
        let (cost, gradient) = self.problem.evaluate(point);
        *last = Some((point.to_vec(), cost, gradient.clone()));
        (cost, gradient)
    }
}

impl LogisticProblem<'_> {
    fn group_count(&self) -> usize {
        self.groups.iter().max().map_or(0, |last| *last as usize + 1)
    }

    /// Returns the penalised negative log-likelihood, per unit of row weight, and its gradient; the last parameter is
    /// the intercept, which is not penalised, but for those of the groups that follow.
    fn evaluate(&self, point: &[f64]) -> (f64, Vec<f64>) {
        let features = self.scales.len();
        // A weight and its part of the gradient lie side by side: a row's second visit to them finds them in the cache.
        let pairs: Vec<[f64; 2]> =
            point[..features].iter().zip(self.scales).map(|(w, scale)| [w * scale, 0.]).collect();
        let bias = point[features];
        let groups: Vec<f64> = point[features + 1..].iter().map(|weight| bias + weight * GROUP.0).collect();
        let biases = if groups.is_empty() { &[bias][..] } else { &groups };
        // Two halves of the rows at most, because each needs a table of its own.
        let half = self.indices.len().div_ceil(2);
        let ((first, second), sums) = {
            let mut other = pairs.clone();
            let mut pairs = pairs;
            let sums = rayon::join(
                || self.accumulate(0..half, biases, &mut pairs),
                || self.accumulate(half..self.indices.len(), biases, &mut other),
            );
            ((pairs, other), sums)
        };
        let loss = sums.0.0 + sums.1.0;
        let slopes: Vec<f64> = sums.0.1.iter().zip(&sums.1.1).map(|(first, second)| first + second).collect();
        let total: f64 = self.weights.iter().sum();
        let strength = 1. / self.c;
        let mut penalty = 0.;
        let mut gradient = Vec::with_capacity(point.len());
        for at in 0..features {
            gradient.push(((first[at][1] + second[at][1]) * self.scales[at] + strength * point[at]) / total);
            penalty += point[at] * point[at];
        }
        gradient.push(slopes.iter().sum::<f64>() / total);
        for (slope, weight) in slopes.iter().zip(&point[features + 1..]) {
            gradient.push((slope * GROUP.0 + strength * GROUP.1 * weight) / total);
            penalty += GROUP.1 * weight * weight;
        }
        ((0.5 * strength * penalty + loss) / total, gradient)
    }

    /// Adds the gradient of some rows to the second of each pair; returns their loss and the slopes of the intercepts, one
    /// a group or one in all.
    fn accumulate(&self, range: Range<usize>, biases: &[f64], pairs: &mut [[f64; 2]]) -> (f64, Vec<f64>) {
        let (mut loss, mut slopes) = (0., vec![0.; biases.len()]);
        for at in range {
            let (row, target, weight) = (self.rows.row(self.indices[at] as usize), self.targets[at], self.weights[at]);
            let group = self.groups.get(at).map_or(0, |group| *group as usize);
            let margin = row.dot_first(pairs) + biases[group];
            let signed = if target { margin } else { -margin };
            loss += weight * softplus(-signed);
            let residual = weight * -sigmoid(-signed) * if target { 1. } else { -1. };
            slopes[group] += residual;
            row.add_to_second(residual, pairs);
        }
        (loss, slopes)
    }
}

impl CostFunction for Cached<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, point: &Self::Param) -> Result<f64, argmin::core::Error> {
        Ok(self.at(point).0)
    }
}

impl Gradient for Cached<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, point: &Self::Param) -> Result<Vec<f64>, argmin::core::Error> {
        Ok(self.at(point).1)
    }
}

/// Returns 1 / (1 + e^−x) without overflow.
pub fn sigmoid(x: f64) -> f64 {
    if x >= 0. { 1. / (1. + (-x).exp()) } else { x.exp() / (1. + x.exp()) }
}

/// Returns log(1 + e^x) without overflow.
pub(super) fn softplus(x: f64) -> f64 {
    if x > 0. { x + (-x).exp().ln_1p() } else { x.exp().ln_1p() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(c: f64) -> (SparseRows, Logistic) {
        let mut rows = SparseRows::new(3);
        for index in 0..40_u32 {
            rows.push([&[index % 2], &[2], &[]], [1., 0.5, 1.]);
        }
        let targets: Vec<bool> = (0..40).map(|index| index % 2 == 0).collect();
        let indices: Vec<u32> = (0..40).collect();
        let problem = LogisticProblem {
            rows: &rows,
            indices: &indices,
            targets: &targets,
            weights: &[1.; 40],
            scales: &[1.; 3],
            families: [1.; FAMILIES],
            c,
            iterations: 100,
            groups: &[],
        };
        let fitted = Logistic::fit(&problem).unwrap();
        (rows, fitted)
    }

    #[test]
    fn what_tells_groups_apart_weighs_nothing_within_them() {
        // Feature 0 marks a group that is mostly positive and says nothing in it; feature 1 tells classes apart in both.
        let mut rows = SparseRows::new(3);
        let (mut targets, mut groups) = (Vec::new(), Vec::new());
        for index in 0..200_u32 {
            let first = index % 2 == 0;
            let positive = if first { index % 10 != 0 } else { index % 10 == 1 };
            let slots: &[u32] = match (first, positive == (index % 7 != 0)) {
                (true, true) => &[0, 1],
                (true, false) => &[0],
                (false, true) => &[1, 2],
                (false, false) => &[2],
            };
            rows.push([slots, &[], &[]], [1.; FAMILIES]);
            targets.push(positive);
            groups.push(u32::from(first));
        }
        let indices: Vec<u32> = (0..200).collect();
        let problem = LogisticProblem {
            rows: &rows,
            indices: &indices,
            targets: &targets,
            weights: &[1.; 200],
            scales: &[1.; 3],
            families: [1.; FAMILIES],
            c: 1.,
            iterations: 200,
            groups: &[],
        };
        let between = Logistic::fit(&problem).unwrap();
        let within = Logistic::fit(&LogisticProblem { groups: &groups, ..problem }).unwrap();
        assert!(between.weights[0] > 1., "{between:?}");
        assert!(within.weights[0].abs() < 0.2, "{within:?}");
        assert!(within.weights[1] > 0.3, "{within:?}");
    }

    #[test]
    fn separates_what_can_be_separated() {
        let (rows, fitted) = fit(1.);
        assert!(fitted.log_odds(rows.row(0)) > 1. && fitted.log_odds(rows.row(1)) < -1.);
        assert!(fitted.weights[2].abs() < 1e-3, "the constant feature says nothing");
    }

    #[test]
    fn a_stronger_penalty_gives_smaller_weights() {
        assert!(fit(0.01).1.weights[0].abs() < fit(10.).1.weights[0].abs());
    }

    #[test]
    fn the_gradient_is_that_of_the_cost() {
        let mut rows = SparseRows::new(3);
        rows.push([&[0, 1], &[2], &[]], [0.7, 0.3, 1.]);
        rows.push([&[1], &[2], &[]], [1., 0.3, 1.]);
        let problem = LogisticProblem {
            rows: &rows,
            indices: &[0, 1],
            targets: &[true, false],
            weights: &[1., 2.],
            scales: &[0.5, -1.5, 2.],
            families: [1.; FAMILIES],
            c: 3.,
            iterations: 1,
            groups: &[],
        };
        let grouped = LogisticProblem { groups: &[1, 0], ..problem };
        for (problem, point) in [(problem, vec![0.3, -0.2, 0.5, 0.1]), (grouped, vec![0.3, -0.2, 0.5, 0.1, 2., -3.])] {
            let (_, gradient) = problem.evaluate(&point);
            assert_eq!(gradient.len(), point.len());
            for at in 0..point.len() {
                let shifted = |by: f64| {
                    let mut other = point.clone();
                    other[at] += by;
                    problem.evaluate(&other).0
                };
                let numeric = (shifted(1e-6) - shifted(-1e-6)) / 2e-6;
                assert!((numeric - gradient[at]).abs() < 1e-5, "{at}: {numeric} {}", gradient[at]);
            }
        }
    }

    #[test]
    fn extreme_margins_stay_finite() {
        assert_eq!(sigmoid(-1e9), 0.);
        assert_eq!(sigmoid(1e9), 1.);
        assert_eq!(softplus(1e9), 1e9);
    }
}
