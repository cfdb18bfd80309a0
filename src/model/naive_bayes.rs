//! Multinomial naive Bayes over sparse rows, behind linfa's traits.
//!
//! `linfa_bayes::MultinomialNb` takes dense arrays only; 200,000 comments by 100,000 features would be 80 GB. This
//! estimator has the same definition (the tests hold the two equal to 1e-9) and the same way of use:
//!
//! ```
//! use gruff::model::{NaiveBayesParams, SparseRows};
//! use linfa::dataset::DatasetBase;
//! use linfa::traits::Fit;
//! use ndarray::array;
//!
//! let mut rows = SparseRows::new(4);
//! rows.push([&[0, 1], &[], &[]], [1.; 3]);
//! rows.push([&[2, 3], &[], &[]], [1.; 3]);
//! let dataset = DatasetBase::new(rows, array![true, false]);
//! let model = NaiveBayesParams::new().alpha(0.5).fit(&dataset)?;
//! assert!(model.log_odds(dataset.records.row(0)) > 0.);
//! # Ok::<(), gruff::model::NaiveBayesError>(())
//! ```

use super::sparse::{SparseRow, SparseRows};
use linfa::ParamGuard;
use linfa::dataset::{DatasetBase, Records};
use linfa::traits::{Fit, FitWith};
use ndarray::Array1;

/// Unchecked parameters of the sparse multinomial naive Bayes.
///
/// | name | default | purpose | range |
/// |---|---|---|---|
/// | [`alpha`](Self::alpha) | 1 | occurrences added to each feature and class (Laplace, Lidstone) | finite, > 0 |
#[derive(Debug, Clone, PartialEq)]
pub struct NaiveBayesParams(NaiveBayesValidParams);

/// Checked parameters of the sparse multinomial naive Bayes.
#[derive(Debug, Clone, PartialEq)]
pub struct NaiveBayesValidParams {
    alpha: f64,
}

/// What can be wrong with parameters or data.
#[derive(Debug, thiserror::Error)]
pub enum NaiveBayesError {
    /// Smoothing must be a finite number above 0.
    #[error("smoothing alpha is {0}; it must be a finite number above 0")]
    Alpha(f64),
    /// One target a row is needed.
    #[error("{rows} rows but {targets} targets")]
    Targets {
        /// Rows in the records.
        rows: usize,
        /// Targets given.
        targets: usize,
    },
    /// Weights are optional, but then one a row.
    #[error("{rows} rows but {weights} weights, or a weight that is not a finite number from 0")]
    Weights {
        /// Rows in the records.
        rows: usize,
        /// Weights given.
        weights: usize,
    },
    /// Both classes must occur.
    #[error("all {0} rows are of one class; naive Bayes needs both")]
    OneClass(usize),
    /// A model can only be continued on as many features as it was begun with.
    #[error("the model has {model} features, the rows have {rows}")]
    Features {
        /// Features of the model.
        model: usize,
        /// Features of the rows.
        rows: usize,
    },
    /// Something inside linfa.
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}

impl Default for NaiveBayesParams {
    fn default() -> Self {
        Self::new()
    }
}

impl NaiveBayesParams {
    /// Makes the default parameters.
    pub fn new() -> Self {
        Self(NaiveBayesValidParams { alpha: 1. })
    }

    /// Sets the smoothing.
    #[must_use]
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.0.alpha = alpha;
        self
    }
}

impl ParamGuard for NaiveBayesParams {
    type Checked = NaiveBayesValidParams;
    type Error = NaiveBayesError;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        if self.0.alpha.is_finite() && self.0.alpha > 0. {
            Ok(&self.0)
        } else {
            Err(NaiveBayesError::Alpha(self.0.alpha))
        }
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

/// A fitted sparse multinomial naive Bayes of two classes.
#[derive(Debug, Clone, PartialEq)]
pub struct NaiveBayes {
    alpha: f64,
    /// Summed weights of rows, and of features, of the negative and the positive class.
    rows: [f64; 2],
    counts: [Vec<f64>; 2],
}

impl Fit<SparseRows, Array1<bool>, NaiveBayesError> for NaiveBayesValidParams {
    type Object = NaiveBayes;

    fn fit(&self, dataset: &DatasetBase<SparseRows, Array1<bool>>) -> Result<NaiveBayes, NaiveBayesError> {
        let model = self.fit_with(None, dataset)?;
        if !model.has_both_classes() {
            return Err(NaiveBayesError::OneClass(dataset.records.nsamples()));
        }
        Ok(model)
    }
}

impl<'a> FitWith<'a, SparseRows, Array1<bool>, NaiveBayesError> for NaiveBayesValidParams {
    type ObjectIn = Option<NaiveBayes>;
    type ObjectOut = NaiveBayes;

    /// Adds the rows' counts to a model; weights of the dataset count, where it has any.
    fn fit_with(
        &self,
        model: Option<NaiveBayes>,
        dataset: &'a DatasetBase<SparseRows, Array1<bool>>,
    ) -> Result<NaiveBayes, NaiveBayesError> {
        let (rows, features) = (dataset.records.nsamples(), dataset.records.nfeatures());
        let (targets, weights) = (dataset.targets.len(), dataset.weights.len());
        if targets != rows {
            return Err(NaiveBayesError::Targets { rows, targets });
        }
        let sound = dataset.weights.iter().all(|weight| weight.is_finite() && *weight >= 0.);
        if (weights != 0 && weights != rows) || !sound {
            return Err(NaiveBayesError::Weights { rows, weights });
        }
        let mut model = model.unwrap_or_else(|| self.begin(features));
        if model.features() != features {
            return Err(NaiveBayesError::Features { model: model.features(), rows: features });
        }
        model.alpha = self.alpha;
        for (index, row) in dataset.records.rows().enumerate() {
            let class = usize::from(dataset.targets[index]);
            let weight = dataset.weights.get(index).map_or(1., |&weight| f64::from(weight));
            model.add(row, class == 1, weight);
        }
        Ok(model)
    }
}

impl NaiveBayesValidParams {
    /// Makes the model of no rows.
    pub fn begin(&self, features: usize) -> NaiveBayes {
        NaiveBayes { alpha: self.alpha, rows: [0.; 2], counts: [vec![0.; features], vec![0.; features]] }
    }
}

impl NaiveBayes {
    /// Adds a row where it lies, without a dataset that holds it; `weight` is a finite number from 0.
    pub fn add(&mut self, row: SparseRow<'_>, positive: bool, weight: f64) {
        self.rows[usize::from(positive)] += weight;
        row.add_to(weight, &mut self.counts[usize::from(positive)]);
    }

    /// Tells whether rows of both classes were added.
    pub fn has_both_classes(&self) -> bool {
        !self.rows.contains(&0.)
    }

    /// Returns the number of features.
    pub fn features(&self) -> usize {
        self.counts[0].len()
    }

    /// Returns the log prior odds of the positive class.
    pub fn log_prior_odds(&self) -> f64 {
        (self.rows[1] / self.rows[0]).ln()
    }

    /// Returns the log-count ratio of each feature: log p(feature | positive) − log p(feature | negative).
    pub fn log_count_ratios(&self) -> Vec<f64> {
        let [negative, positive] = self.log_probabilities();
        positive.iter().zip(&negative).map(|(positive, negative)| positive - negative).collect()
    }

    /// Returns the same over the features that some row had, as if there were no others; 0 for those that none had.
    ///
    /// Smoothing then adds nothing for features of rows that say nothing about the classes. Added for these as well it would
    /// shift the ratios of all features, the further the more unequal the classes are.
    pub fn known_log_count_ratios(&self) -> Vec<f64> {
        let [negative, positive] = &self.counts;
        let known = |at: &usize| negative[*at] > 0. || positive[*at] > 0.;
        let total = |counts: &[f64]| (0..counts.len()).filter(known).map(|at| counts[at] + self.alpha).sum::<f64>();
        let shift = (total(negative) / total(positive)).ln();
        let ratio = |at: usize| ((positive[at] + self.alpha) / (negative[at] + self.alpha)).ln() + shift;
        (0..negative.len()).map(|at| if known(&at) { ratio(at) } else { 0. }).collect()
    }

    /// Returns the joint log-likelihoods log p(class) + log p(row | class) of the negative and the positive class.
    pub fn joint_log_likelihood(&self, row: SparseRow<'_>) -> [f64; 2] {
        let total = self.rows[0] + self.rows[1];
        let mut class = 0;
        self.log_probabilities().map(|log_probabilities| {
            let prior = (self.rows[class] / total).ln();
            class += 1;
            prior + row.dot(&log_probabilities)
        })
    }

    /// Returns the log-odds of the positive class for a row.
    pub fn log_odds(&self, row: SparseRow<'_>) -> f64 {
        let [negative, positive] = self.joint_log_likelihood(row);
        positive - negative
    }

    fn log_probabilities(&self) -> [Vec<f64>; 2] {
        [&self.counts[0], &self.counts[1]].map(|counts| {
            let total: f64 = counts.iter().map(|count| count + self.alpha).sum();
            counts.iter().map(|count| (count + self.alpha).ln() - total.ln()).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linfa_bayes::NaiveBayes as _;
    use ndarray::Array2;
    use proptest::prelude::*;

    /// linfa's estimator on the same rows, dense. `MultinomialNb::fit` prints its counts, so its arithmetic is reached
    /// through one small fit a case.
    fn linfa_joint(dense: &Array2<f64>, targets: &Array1<usize>, alpha: f64) -> Vec<[f64; 2]> {
        let dataset = DatasetBase::new(dense.clone(), targets.clone());
        let model = linfa_bayes::MultinomialNb::params().alpha(alpha).fit(&dataset).unwrap();
        let joint = model.joint_log_likelihood(dense.view());
        (0..dense.nrows()).map(|row| [joint[&0][row], joint[&1][row]]).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn equals_linfa_bayes_on_dense_data(
            cells in prop::collection::vec(prop::collection::vec(any::<bool>(), 6), 4..12),
            scales in prop::collection::vec((1_u8..8, 1_u8..8), 12),
            alpha in 0.05_f64..3.,
        ) {
            let mut rows = SparseRows::new(6);
            let mut dense = Array2::<f64>::zeros((cells.len(), 6));
            for (index, row) in cells.iter().enumerate() {
                let scale = [f64::from(scales[index].0) / 4., f64::from(scales[index].1) / 4., 1.];
                let block = |range: std::ops::Range<usize>| -> Vec<u32> {
                    range.filter(|&slot| row[slot]).map(|slot| slot as u32).collect()
                };
                rows.push([&block(0..3), &block(3..6), &[]], scale);
                for slot in (0..6).filter(|&slot| row[slot]) {
                    dense[[index, slot]] = scale[usize::from(slot >= 3)];
                }
            }
            let targets: Array1<bool> = (0..cells.len()).map(|index| index % 3 == 0).collect();
            let theirs = linfa_joint(&dense, &targets.mapv(usize::from), alpha);
            let dataset = DatasetBase::new(rows, targets);
            let ours = NaiveBayesParams::new().alpha(alpha).fit(&dataset).unwrap();
            for (index, joint) in theirs.iter().enumerate() {
                let [negative, positive] = ours.joint_log_likelihood(dataset.records.row(index));
                prop_assert!((negative - joint[0]).abs() < 1e-9 && (positive - joint[1]).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn fitting_in_two_steps_equals_fitting_at_once() {
        let mut halves = [SparseRows::new(3), SparseRows::new(3)];
        halves[0].push([&[0], &[1], &[]], [1., 0.5, 1.]);
        halves[1].push([&[1], &[2], &[]], [1., 0.5, 1.]);
        let mut whole = SparseRows::new(3);
        whole.push([&[0], &[1], &[]], [1., 0.5, 1.]);
        whole.push([&[1], &[2], &[]], [1., 0.5, 1.]);
        let params = NaiveBayesParams::new().check().unwrap();
        let [first, second] = halves;
        let (first, second) =
            (DatasetBase::new(first, ndarray::array![true]), DatasetBase::new(second, ndarray::array![false]));
        let model = params.fit_with(None, &first).unwrap();
        let model = params.fit_with(Some(model), &second).unwrap();
        assert_eq!(model, params.fit(&DatasetBase::new(whole, ndarray::array![true, false])).unwrap());
    }

    #[test]
    fn features_that_no_row_had_shift_nothing() {
        let fit = |features: usize| {
            let mut rows = SparseRows::new(features);
            for _ in 0..9 {
                rows.push([&[0, 1], &[], &[]], [1.; 3]);
            }
            rows.push([&[1], &[], &[]], [1.; 3]);
            let targets = (0..10).map(|at| at == 9).collect();
            NaiveBayesParams::new().fit(&DatasetBase::new(rows, targets)).unwrap()
        };
        let (few, many) = (fit(2), fit(1000));
        assert_eq!(few.known_log_count_ratios(), many.known_log_count_ratios()[..2]);
        assert!(many.known_log_count_ratios()[2..].iter().all(|ratio| *ratio == 0.));
        for (known, all) in few.known_log_count_ratios().iter().zip(few.log_count_ratios()) {
            approx::assert_abs_diff_eq!(*known, all, epsilon = 1e-12);
        }
        assert!((many.log_count_ratios()[1] - few.log_count_ratios()[1]).abs() > 0.5, "all ratios were shifted");
    }

    #[test]
    fn bad_parameters_and_data_are_refused() {
        let mut rows = SparseRows::new(1);
        rows.push([&[0], &[], &[]], [1.; 3]);
        let dataset = DatasetBase::new(rows, ndarray::array![true]);
        for alpha in [0., -1., f64::NAN, f64::INFINITY] {
            assert!(matches!(NaiveBayesParams::new().alpha(alpha).fit(&dataset), Err(NaiveBayesError::Alpha(_))));
        }
        assert!(matches!(NaiveBayesParams::new().fit(&dataset), Err(NaiveBayesError::OneClass(1))));
        let weighted = dataset.with_weights(ndarray::array![1., 1.]);
        assert!(matches!(NaiveBayesParams::new().fit(&weighted), Err(NaiveBayesError::Weights { .. })));
    }
}
