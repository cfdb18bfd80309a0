//! L2-regularised logistic regression on scaled sparse rows: the discriminative half of NB-LR.
//!
//! Wang & Manning (2012), "Baselines and Bigrams": each feature is multiplied by its naive-Bayes log-count ratio, then a
//! linear model is fitted. The optimiser is dual coordinate descent (Yu, Huang & Lin 2011, "Dual coordinate descent methods
//! for logistic regression and maximum entropy models"; LIBLINEAR has it as solver 7): a dual variable a row, each set in
//! turn to its best value given the others, while the weights are kept up to date.

use super::sparse::{BUCKET, SparseRow, SparseRows};
use crate::features::FAMILIES;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// Of the order in which rows are visited.
const SEED: u64 = 1;
/// What an intercept's own feature counts in every row of its group, squared.
const INTERCEPT: f64 = 1.;
/// Newton steps at most for one row, and the smallest worth another.
const STEPS: (usize, f64) = (20, 1e-6);

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
    /// A pass in which the mean gap between primal and dual loss of a row was less than this is the last; above 0.
    pub tolerance: f64,
    /// Passes over the rows at most.
    pub passes: usize,
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

    /// Adds a share of the weights of another fit over the same features.
    pub fn add(&mut self, share: f64, other: &Self) {
        self.weights.iter_mut().zip(&other.weights).for_each(|(ours, theirs)| *ours += share * theirs);
        self.bias += share * other.bias;
    }

    /// Fits the weights. The same input gives the same bytes on the same target.
    pub fn fit(problem: &LogisticProblem<'_>) -> Self {
        let mut descent = Descent::new(problem);
        let mut order: Vec<u32> = (0..problem.indices.len() as u32).collect();
        let mut rng = ChaCha8Rng::seed_from_u64(SEED);
        let total: f64 = problem.weights.iter().sum();
        for pass in 0..problem.passes {
            order.shuffle(&mut rng);
            let gap: f64 = order.iter().map(|&at| descent.visit(at as usize, pass == 0)).sum();
            if gap <= problem.tolerance * total {
                break;
            }
            descent.release_intercepts();
        }
        let cells = descent.cells.iter().take(problem.scales.len());
        Self { weights: cells.map(|cell| f64::from(cell.weight)).collect(), bias: descent.biases[0] }
    }
}

/// What is known of a feature, side by side: a row's visit finds it in one cache line.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    /// Its weight in terms of the unscaled features.
    weight: f32,
    /// Its scale, squared.
    square: f32,
}

/// What is known of a row.
#[derive(Debug, Clone, Copy)]
struct Visited {
    /// Its dual variable as a share of its upper bound, in log-odds: at the optimum the row's margin, negated.
    logit: f64,
    /// Its squared length.
    norm: f64,
}

/// A fit on its way.
struct Descent<'a> {
    problem: &'a LogisticProblem<'a>,
    /// Whole buckets of features.
    cells: Vec<Cell>,
    visited: Vec<Visited>,
    /// Intercepts, one a group or one in all.
    biases: Vec<f64>,
    /// What the rows of each group pull its intercept by; nothing, at the optimum.
    pulls: Vec<f64>,
}

impl<'a> Descent<'a> {
    fn new(problem: &'a LogisticProblem<'a>) -> Self {
        let mut cells = vec![Cell::default(); problem.scales.len().next_multiple_of(BUCKET)];
        cells.iter_mut().zip(problem.scales).for_each(|(cell, scale)| cell.square = (scale * scale) as f32);
        let groups = problem.groups.iter().max().map_or(1, |last| *last as usize + 1);
        Self {
            problem,
            cells,
            visited: vec![Visited { logit: f64::NEG_INFINITY, norm: 0. }; problem.indices.len()],
            biases: vec![0.; groups],
            pulls: vec![0.; groups],
        }
    }

    /// Moves the point that intercepts are drawn to, which is 0 at first, to where they are: the penalty keeps a pass from
    /// going astray and has no part in the result (the method of multipliers; Hestenes 1969).
    fn release_intercepts(&mut self) {
        self.biases.iter_mut().zip(&self.pulls).for_each(|(bias, pull)| *bias += pull * INTERCEPT);
    }

    /// Sets the dual variable of a row to its best value; returns how far its loss was from its dual.
    fn visit(&mut self, at: usize, first: bool) -> f64 {
        let problem = self.problem;
        let row = problem.rows.row(problem.indices[at] as usize);
        let scales: [f64; FAMILIES] = std::array::from_fn(|family| row.scales()[family] * problem.families[family]);
        let group = problem.groups.get(at).map_or(0, |group| *group as usize);
        let sign = if problem.targets[at] { 1. } else { -1. };
        let bound = problem.c * problem.weights[at];
        if bound <= 0. {
            return 0.;
        }
        let (cells, _) = self.cells.as_chunks_mut::<BUCKET>();
        let mut product = self.biases[group];
        if first {
            let mut norm = INTERCEPT;
            for (family, scale) in scales.into_iter().enumerate().filter(|(_, scale)| *scale != 0.) {
                let [weights, squares] = sums(row, family, cells);
                product += scale * weights;
                norm += scale * scale * squares;
            }
            self.visited[at].norm = norm;
        } else {
            for (family, scale) in scales.into_iter().enumerate().filter(|(_, scale)| *scale != 0.) {
                product += scale * sum(row, family, cells);
            }
        }
        let Visited { logit, norm } = self.visited[at];
        let (margin, share) = (sign * product, sigmoid(logit));
        let better = solve(margin, bound * norm, share);
        self.visited[at].logit = better;
        let step = sign * bound * (sigmoid(better) - share);
        self.biases[group] += step * INTERCEPT;
        self.pulls[group] += step;
        for (family, scale) in scales.into_iter().enumerate().filter(|(_, scale)| *scale != 0.) {
            let step = (step * scale) as f32;
            for (lows, cells) in row.buckets(family).zip(cells.iter_mut()) {
                for &low in lows {
                    let cell = &mut cells[usize::from(low)];
                    cell.weight += step * cell.square;
                }
            }
        }
        // Half of Jeffreys' divergence between what the dual and what the weights say, which near the optimum is the gap.
        if first {
            problem.weights[at]
        } else {
            0.5 * problem.weights[at] * (share - sigmoid(-margin)) * (logit + margin)
        }
    }
}

/// Sums the weights of a family of a row, in four parts, so that one addition need not wait for the other.
#[inline]
fn sum(row: SparseRow<'_>, family: usize, cells: &[[Cell; BUCKET]]) -> f64 {
    let mut parts = [0_f32; 4];
    for (lows, cells) in row.buckets(family).zip(cells) {
        let (fours, rest) = lows.as_chunks::<4>();
        for four in fours {
            for (part, &low) in parts.iter_mut().zip(four) {
                *part += cells[usize::from(low)].weight;
            }
        }
        for &low in rest {
            parts[0] += cells[usize::from(low)].weight;
        }
    }
    f64::from((parts[0] + parts[1]) + (parts[2] + parts[3]))
}

/// Sums the weights and the squared scales of a family of a row.
fn sums(row: SparseRow<'_>, family: usize, cells: &[[Cell; BUCKET]]) -> [f64; 2] {
    let mut sums = [0.; 2];
    for (lows, cells) in row.buckets(family).zip(cells) {
        for &low in lows {
            let cell = cells[usize::from(low)];
            sums[0] += f64::from(cell.weight);
            sums[1] += f64::from(cell.square);
        }
    }
    sums
}

/// Returns the log-odds t at which the derivative of a row's dual is 0: t + margin + length · (σ(t) − share) = 0.
fn solve(margin: f64, length: f64, share: f64) -> f64 {
    let (mut low, mut high) = (-margin + length * (share - 1.), -margin + length * share);
    let mut t = (-margin).clamp(low, high);
    for _ in 0..STEPS.0 {
        let p = sigmoid(t);
        let value = t + margin + length * (p - share);
        if value == 0. {
            break;
        }
        if value > 0. {
            high = t
        } else {
            low = t
        }
        let next = t - value / (1. + length * p * (1. - p));
        let next = if next > low && next < high { next } else { 0.5 * (low + high) };
        let step = next - t;
        t = next;
        if step.abs() < STEPS.1 {
            break;
        }
    }
    t
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
            tolerance: 1e-7,
            passes: 100,
            groups: &[],
        };
        let fitted = Logistic::fit(&problem);
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
            tolerance: 1e-7,
            passes: 200,
            groups: &[],
        };
        let between = Logistic::fit(&problem);
        let within = Logistic::fit(&LogisticProblem { groups: &groups, ..problem });
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
    fn the_gradient_of_the_primal_loss_is_nothing_at_the_end() {
        let (mut rows, mut targets, mut weights) = (SparseRows::new(70_000), Vec::new(), Vec::new());
        for index in 0..300_u32 {
            let slots = [index % 7, 65_530 + index % 11, 100 + index % 13];
            rows.push([&slots[..2], &slots[2..], &[]], [0.7, 0.3, 1.]);
            targets.push(index % 7 + index % 11 > 8 + index % 3);
            weights.push(0.5 + f64::from(index % 5));
        }
        let scales: Vec<f64> = (0..70_000).map(|slot| 0.5 + f64::from(slot % 3)).collect();
        let indices: Vec<u32> = (0..300).rev().collect();
        let problem = LogisticProblem {
            rows: &rows,
            indices: &indices,
            targets: &targets,
            weights: &weights,
            scales: &scales,
            families: [1., 0.5, 1.],
            c: 3.,
            tolerance: 1e-12,
            passes: 500,
            groups: &[],
        };
        let fitted = Logistic::fit(&problem);
        // Of a weight in terms of scaled features: itself, and what the rows add.
        let mut gradient: Vec<f64> = (0..70_000).map(|at| fitted.weights[at] / scales[at]).collect();
        for (at, &index) in indices.iter().enumerate() {
            let row = rows.row(index as usize).times(problem.families);
            let sign = if targets[at] { 1. } else { -1. };
            let slope = -sign * sigmoid(-sign * fitted.log_odds(row)) * problem.c * weights[at];
            row.entries().for_each(|(slot, value)| gradient[slot] += slope * value * scales[slot]);
        }
        let largest = gradient.iter().fold(0_f64, |most, slope| most.max(slope.abs()));
        let usual: f64 = fitted.weights.iter().fold(0_f64, |most, weight| most.max(weight.abs()));
        assert!(largest < 1e-3 * usual, "{largest} {usual}");
        let slope = |(at, &index): (usize, &u32)| {
            let margin = fitted.log_odds(rows.row(index as usize).times(problem.families));
            weights[at] * (sigmoid(margin) - f64::from(u8::from(targets[at])))
        };
        let pull: f64 = indices.iter().enumerate().map(slope).sum();
        assert!(pull.abs() < 0.1, "the intercept is not penalised: {pull}");
    }

    #[test]
    fn a_row_is_set_to_the_zero_of_its_derivative() {
        for margin in [-1e3, -5., -0.1, 0., 2., 40., 1e6] {
            for length in [1e-6, 0.3, 4., 1e3] {
                for share in [0., 1e-9, 0.5, 1.] {
                    let t = solve(margin, length, share);
                    let value = t + margin + length * (sigmoid(t) - share);
                    assert!(value.abs() < 1e-3 * (1. + margin.abs()), "{margin} {length} {share}: {t} {value}");
                }
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
