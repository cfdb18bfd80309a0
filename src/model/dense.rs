//! Dense heads: linfa-bayes fits them, our own arrays score with them.
//!
//! linfa keeps a fitted model in a private hash map and multiplies whole arrays; a comment is one short vector. So the
//! parameters are read once after fitting: `GaussianNb`'s through its serde form, `BernoulliNb`'s, which has none,
//! from its joint log-likelihood at the origin and the unit vectors, which is affine in the features. Equality with
//! linfa's `joint_log_likelihood` is tested.

use super::calibration::Calibration;
use crate::error::{Error, Result};
use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use linfa_bayes::{BernoulliNb, GaussianNb, NaiveBayes};
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

/// A fitted naive Bayes over a few named dense features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DenseHead {
    /// Features that are there or not.
    Bernoulli {
        /// Log-odds of a row in which nothing is there.
        bias: f64,
        /// What each feature that is there adds.
        weights: Vec<f64>,
    },
    /// Measures that are log-likelihood ratios already, weighed against each other.
    Logistic {
        /// Added.
        bias: f64,
        /// One a measure.
        weights: Vec<f64>,
    },
    /// Measures, normally distributed within each class.
    Gaussian {
        /// The negative class.
        negative: GaussianClass,
        /// The positive class.
        positive: GaussianClass,
    },
}

/// One class of a Gaussian naive Bayes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GaussianClass {
    prior: f64,
    mean: Vec<f64>,
    variance: Vec<f64>,
}

/// The class of linfa's own serialised form.
#[derive(Deserialize)]
struct LinfaGaussianClass {
    prior: f64,
    theta: Array1<f64>,
    sigma: Array1<f64>,
}

#[derive(Deserialize)]
struct LinfaGaussian {
    class_info: std::collections::BTreeMap<usize, LinfaGaussianClass>,
}

impl DenseHead {
    /// Fits `linfa_bayes::BernoulliNb` on features of 0 and 1.
    ///
    /// # Errors
    /// When rows are missing or all of one class.
    pub fn fit_bernoulli(rows: Array2<f64>, targets: &[bool]) -> Result<Self> {
        let features = rows.ncols();
        let model = BernoulliNb::params().fit(&dataset(rows, targets)?).map_err(|e| Error::training(e.to_string()))?;
        // Row 0 is the origin, row i + 1 the unit vector of feature i.
        let mut probe = Array2::zeros((features + 1, features));
        for feature in 0..features {
            probe[[feature + 1, feature]] = 1.;
        }
        let joint = model.joint_log_likelihood(probe.view());
        let (Some(negative), Some(positive)) = (joint.get(&0), joint.get(&1)) else {
            return Err(Error::training("both classes are needed"));
        };
        let log_odds = positive - negative;
        let bias = log_odds[0];
        Ok(Self::Bernoulli { bias, weights: log_odds.iter().skip(1).map(|value| value - bias).collect() })
    }

    /// Fits `linfa_bayes::GaussianNb` on measures.
    ///
    /// # Errors
    /// When rows are missing, all of one class, or hold something that is not a number.
    pub fn fit_gaussian(rows: Array2<f64>, targets: &[bool]) -> Result<Self> {
        if rows.iter().any(|value| !value.is_finite()) {
            return Err(Error::training("a dense feature is not a finite number"));
        }
        // linfa smooths by a share of the largest variance; a floor keeps a constant feature from dividing by 0.
        let model = GaussianNb::params()
            .var_smoothing(1e-6)
            .fit(&dataset(rows, targets)?)
            .map_err(|error| Error::training(error.to_string()))?;
        let read = serde_json::to_value(&model).and_then(serde_json::from_value::<LinfaGaussian>);
        let mut classes = read.map_err(|error| Error::training(error.to_string()))?.class_info;
        let mut class = |index| {
            let class = classes.remove(&index).ok_or_else(|| Error::training("both classes are needed"))?;
            let (mean, variance) = (class.theta.to_vec(), class.sigma.mapv(|sigma| sigma.max(1e-9)).to_vec());
            Ok::<_, Error>(GaussianClass { prior: class.prior, mean, variance })
        };
        Ok(Self::Gaussian { negative: class(0)?, positive: class(1)? })
    }

    /// Fits a logistic regression on measures that are scores of a naive Bayes themselves.
    ///
    /// A Gaussian naive Bayes over such scores is not monotone where its classes differ in variance.
    ///
    /// # Errors
    /// When rows are missing or all of one class.
    pub fn fit_logistic(rows: &Array2<f64>, targets: &[bool]) -> Result<Self> {
        let scores: Vec<Vec<f64>> = rows.rows().into_iter().map(|row| row.to_vec()).collect();
        let positives = targets.iter().filter(|target| **target).count();
        if scores.len() != targets.len() || positives == 0 || positives == targets.len() {
            return Err(Error::training("both classes are needed, and one target a row"));
        }
        let base_rate = positives as f64 / targets.len() as f64;
        let fitted = Calibration::fit(&scores, targets, &vec![1.; targets.len()], base_rate);
        Ok(Self::Logistic { bias: fitted.intercept, weights: fitted.slopes })
    }

    /// Returns the number of features.
    pub fn features(&self) -> usize {
        match self {
            Self::Bernoulli { weights, .. } | Self::Logistic { weights, .. } => weights.len(),
            Self::Gaussian { negative, .. } => negative.mean.len(),
        }
    }

    /// Tells whether every number in it is finite and the shapes agree.
    pub fn is_sound(&self) -> bool {
        match self {
            Self::Bernoulli { bias, weights } | Self::Logistic { bias, weights } => {
                bias.is_finite() && weights.iter().all(|weight| weight.is_finite())
            }
            Self::Gaussian { negative, positive } => {
                negative.mean.len() == positive.mean.len()
                    && [negative, positive].iter().all(|class| {
                        class.prior > 0.
                            && class.mean.len() == class.variance.len()
                            && class.mean.iter().all(|mean| mean.is_finite())
                            && class.variance.iter().all(|variance| variance.is_finite() && *variance > 0.)
                    })
            }
        }
    }

    /// Returns the log-odds of the positive class.
    pub fn log_odds(&self, features: &[f64]) -> f64 {
        self.prior() + (0..self.features()).map(|at| self.weight(features, at)).sum::<f64>()
    }

    /// Returns what feature `at` of a row adds to the log-odds.
    pub fn weight(&self, features: &[f64], at: usize) -> f64 {
        match self {
            Self::Bernoulli { weights, .. } | Self::Logistic { weights, .. } => weights[at] * features[at],
            Self::Gaussian { negative, positive } => positive.term(features[at], at) - negative.term(features[at], at),
        }
    }

    /// Returns the log-odds before any feature is seen.
    fn prior(&self) -> f64 {
        match self {
            Self::Bernoulli { bias, .. } | Self::Logistic { bias, .. } => *bias,
            Self::Gaussian { negative, positive } => (positive.prior / negative.prior).ln(),
        }
    }
}

impl GaussianClass {
    fn term(&self, value: f64, at: usize) -> f64 {
        let (distance, variance) = (value - self.mean[at], self.variance[at]);
        -0.5 * (std::f64::consts::TAU * variance).ln() - 0.5 * distance * distance / variance
    }
}

fn dataset(rows: Array2<f64>, targets: &[bool]) -> Result<DatasetBase<Array2<f64>, Array1<usize>>> {
    if rows.nrows() != targets.len() || !targets.contains(&true) || !targets.contains(&false) {
        return Err(Error::training("both classes are needed, and one target a row"));
    }
    Ok(DatasetBase::new(rows, targets.iter().map(|&target| usize::from(target)).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn measures() -> (Array2<f64>, [bool; 5]) {
        (array![[0.1, 2.], [0.3, 1.], [0.9, -1.], [0.8, 0.], [0.7, 0.4]], [false, false, true, true, true])
    }

    #[test]
    fn gaussian_equals_linfa() {
        let (rows, targets) = measures();
        let head = DenseHead::fit_gaussian(rows.clone(), &targets).unwrap();
        let linfa = GaussianNb::params().var_smoothing(1e-6).fit(&dataset(rows.clone(), &targets).unwrap()).unwrap();
        let joint = linfa.joint_log_likelihood(rows.view());
        for (index, row) in rows.rows().into_iter().enumerate() {
            let theirs = joint[&1][index] - joint[&0][index];
            approx::assert_abs_diff_eq!(head.log_odds(&row.to_vec()), theirs, epsilon = 1e-9);
        }
    }

    #[test]
    fn bernoulli_equals_linfa() {
        let (rows, targets) = measures();
        let rows = rows.mapv(|value| if value > 0.5 { 1. } else { 0. });
        let head = DenseHead::fit_bernoulli(rows.clone(), &targets).unwrap();
        let linfa = BernoulliNb::params().fit(&dataset(rows.clone(), &targets).unwrap()).unwrap();
        let joint = linfa.joint_log_likelihood(rows.view());
        for (index, row) in rows.rows().into_iter().enumerate() {
            let theirs = joint[&1][index] - joint[&0][index];
            approx::assert_abs_diff_eq!(head.log_odds(&row.to_vec()), theirs, epsilon = 1e-9);
        }
    }

    #[test]
    fn one_class_and_no_rows_are_refused() {
        assert!(DenseHead::fit_gaussian(Array2::zeros((2, 1)), &[true, true]).is_err());
        assert!(DenseHead::fit_bernoulli(Array2::zeros((0, 1)), &[]).is_err());
        assert!(DenseHead::fit_gaussian(array![[f64::NAN], [1.]], &[true, false]).is_err());
    }

    #[test]
    fn a_constant_feature_stays_finite() {
        let head = DenseHead::fit_gaussian(array![[1., 0.], [1., 0.]], &[true, false]).unwrap();
        assert!(head.is_sound() && head.log_odds(&[5., 0.]).is_finite());
    }
}
