//! Fitting heads: out-of-fold scores first, for calibration and the report, then all rows.

use super::examples::Examples;
use super::{Algorithm, Parameters};
use crate::error::{Error, Result};
use crate::evaluate::Scored;
use crate::features::{FAMILIES, SLOT_BITS};
use crate::label::Label;
use crate::model::{
    Calibration, DenseHead, Frequencies, Head, LabelCard, Logistic, LogisticProblem, NaiveBayes, NaiveBayesParams,
    SparseRows,
};
use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

/// L-BFGS iterations at most; it has long settled by then.
const ITERATIONS: u64 = 60;
/// What the strength of fits within sources is of the usual one; chosen as docs/experiments.md tells.
const WITHIN: f64 = 0.2;
/// The smallest and the largest base rate that is taken from the rows.
const BASE_RATES: (f64, f64) = (0.01, 0.5);
/// Positives and negatives that a label must have.
const FEWEST: usize = 5;

/// What is to be fitted, for every label.
pub(super) struct Plan<'a> {
    parameters: &'a Parameters,
    examples: &'a Examples,
    tasks: Vec<Task>,
    frequencies: &'a Frequencies,
    /// How many rows each slot stands in.
    counts: &'a [u32],
}

/// One label: which rows say something about it, what, and how much each counts.
struct Task {
    column: usize,
    label: Label,
    rows: Vec<u32>,
    targets: Vec<bool>,
    weights: Vec<f64>,
    /// What each counts in the fit within sources.
    weights_within: Vec<f64>,
    folds: Vec<usize>,
    families: [f64; FAMILIES],
}

/// A head, its column of n-gram weights where it has one, and what is known about it.
pub(super) type Trained = (Head, Option<Vec<f64>>, LabelCard);

/// The fitted parts of one head.
struct Parts {
    ngrams: Option<Logistic>,
    dense: Option<DenseHead>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(
        parameters: &'a Parameters,
        examples: &'a Examples,
        source_weights: &[f64],
        (frequencies, counts): (&'a Frequencies, &'a [u32]),
    ) -> Result<Self> {
        let tasks = parameters.labels.iter().enumerate();
        let tasks = tasks.map(|(column, label)| Task::new(parameters, examples, source_weights, column, label));
        Ok(Self { parameters, examples, tasks: tasks.collect::<Result<_>>()?, frequencies, counts })
    }

    /// Fits every label, folds first.
    pub(super) fn run(&self, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<Vec<Trained>> {
        let folds = self.parameters.folds;
        // Step `fold` of a task leaves that fold out; the last one leaves out nothing.
        let steps: Vec<(usize, usize)> =
            (0..self.tasks.len()).flat_map(|task| (0..=folds).map(move |fold| (task, fold))).collect();
        let done = AtomicUsize::new(0);
        let parts: Vec<Result<Parts>> = steps
            .par_iter()
            .map(|&(task, fold)| {
                let parts = self.fit(&self.tasks[task], fold);
                progress(done.fetch_add(1, Ordering::Relaxed) + 1, steps.len());
                parts
            })
            .collect();
        let parts: Vec<Parts> = parts.into_iter().collect::<Result<_>>()?;
        let mut parts = parts.into_iter();
        self.tasks
            .iter()
            .map(|task| {
                let held_out: Vec<Parts> = parts.by_ref().take(folds).collect();
                let whole = parts.next().ok_or_else(|| Error::training("a step is missing"))?;
                Ok(self.put_together(task, &held_out, whole))
            })
            .collect()
    }

    /// Fits one head on the rows of a task that are not in `fold`.
    fn fit(&self, task: &Task, fold: usize) -> Result<Parts> {
        let detector = self.examples.detector(task.column);
        let used: Vec<usize> = (0..task.rows.len()).filter(|&at| task.folds[at] != fold).collect();
        let ngrams = match detector {
            Some(detector) if !detector.reads_ngrams() => None,
            _ => Some(self.fit_ngrams(task, &used)?),
        };
        let dense = match detector {
            Some(detector) if !detector.measures().is_empty() => {
                let width = detector.measures().len();
                let mut values = Vec::with_capacity(used.len() * width);
                for &at in &used {
                    let measured = self.examples.measured(task.column, task.rows[at] as usize);
                    values.extend_from_slice(measured.unwrap_or(&[]));
                }
                let rows = Array2::from_shape_vec((used.len(), width), values)
                    .map_err(|error| Error::training(format!("{}: {error}", task.label)))?;
                let targets: Vec<bool> = used.iter().map(|&at| task.targets[at]).collect();
                Some(detector.fit(rows, &targets)?)
            }
            _ => None,
        };
        Ok(Parts { ngrams, dense })
    }

    fn fit_ngrams(&self, task: &Task, used: &[usize]) -> Result<Logistic> {
        let wrong = |what: String| Error::training(format!("{}: {what}", task.label));
        // The vocabulary: smoothing adds to every feature, so that slots which nothing hashes to must not be there.
        let known: Vec<usize> =
            (0..1 << SLOT_BITS).filter(|&slot| self.counts[slot] >= self.parameters.least_rows.max(1)).collect();
        let mut numbers = vec![u32::MAX; 1 << SLOT_BITS];
        for (number, &slot) in known.iter().enumerate() {
            numbers[slot] = number as u32;
        }
        let mut records = SparseRows::new(known.len());
        for &at in used {
            let row = self.examples.rows.row(task.rows[at] as usize).presence();
            // Log-count ratios are those of presence, as in NB-SVM.
            records.push_mapped(row, &numbers, task.families_in_use());
        }
        let targets: Vec<bool> = used.iter().map(|&at| task.targets[at]).collect();
        let bayes = |weights: &[f64]| {
            let dataset = DatasetBase::new(records.clone(), Array1::from(targets.clone()))
                .with_weights(weights.iter().map(|weight| *weight as f32).collect());
            NaiveBayesParams::new().alpha(self.parameters.alpha).fit(&dataset).map_err(|error| wrong(error.to_string()))
        };
        // The naive-Bayes weight of each slot, its ratio to some power.
        let ratios = |bayes: &NaiveBayes, damping: f64| {
            let mut ratios = vec![0.; 1 << SLOT_BITS];
            for (&slot, ratio) in known.iter().zip(bayes.log_count_ratios()) {
                let weight = self.frequencies.weight(slot);
                ratios[slot] = weight * ratio.abs().powf(damping).copysign(ratio);
            }
            ratios
        };
        let pick = |weights: &[f64]| -> Vec<f64> { used.iter().map(|&at| weights[at]).collect() };
        let weights = pick(&task.weights);
        let fitted = bayes(&weights)?;
        if self.parameters.algorithm == Algorithm::Nb {
            return Ok(Logistic { weights: ratios(&fitted, 1.), bias: fitted.log_prior_odds() });
        }
        let damping = self.parameters.label_damping.get(&task.label).copied().unwrap_or(self.parameters.damping);
        let indices: Vec<u32> = used.iter().map(|&at| task.rows[at]).collect();
        let problem = LogisticProblem {
            rows: &self.examples.rows,
            indices: &indices,
            targets: &targets,
            weights: &weights,
            scales: &ratios(&fitted, damping),
            families: task.families,
            c: self.parameters.label_c.get(&task.label).copied().unwrap_or(self.parameters.c),
            iterations: ITERATIONS,
            groups: &[],
        };
        let mut fitted = Logistic::fit(&problem).map_err(&wrong)?;
        let groups = self.groups(&indices, &targets);
        let share = self.parameters.label_within.get(&task.label).copied().unwrap_or(0.);
        if share > 0. && groups.iter().any(|group| *group != groups[0]) {
            let weights = pick(&task.weights_within);
            let scales = ratios(&bayes(&weights)?, self.parameters.damping);
            let c = WITHIN * problem.c;
            let problem = LogisticProblem { weights: &weights, scales: &scales, groups: &groups, c, ..problem };
            fitted.mix(share, &Logistic::fit(&problem).map_err(&wrong)?);
        }
        Ok(fitted)
    }

    /// Returns a number for the source of each row; sources of one class, which tell nothing by themselves, share one.
    fn groups(&self, indices: &[u32], targets: &[bool]) -> Vec<u32> {
        let source = |row: u32| self.examples.sources[row as usize];
        let mut classes = [BTreeSet::new(), BTreeSet::new()];
        for (&row, &target) in indices.iter().zip(targets) {
            classes[usize::from(target)].insert(source(row));
        }
        let both: Vec<u32> = classes[0].intersection(&classes[1]).copied().collect();
        let number = |&row: &u32| both.binary_search(&source(row)).map_or(0, |at| at as u32 + 1);
        indices.iter().map(number).collect()
    }

    /// Calibrates on the out-of-fold scores and writes the label's card.
    fn put_together(&self, task: &Task, held_out: &[Parts], whole: Parts) -> Trained {
        let raw: Vec<Vec<f64>> = (0..task.rows.len())
            .map(|at| {
                let (parts, row) = (&held_out[task.folds[at]], task.rows[at] as usize);
                let ngrams = parts
                    .ngrams
                    .as_ref()
                    .map(|ngrams| ngrams.log_odds(self.examples.rows.row(row).times(task.families)));
                let measured = self.examples.measured(task.column, row);
                let dense = parts.dense.as_ref().zip(measured).map(|(dense, measured)| dense.log_odds(measured));
                ngrams.into_iter().chain(dense).collect()
            })
            .collect();
        let positives = task.targets.iter().filter(|target| **target).count();
        let share = positives as f64 / task.targets.len() as f64;
        let base_rate = self.parameters.base_rates.get(&task.label).copied();
        let base_rate = base_rate.unwrap_or(share.clamp(BASE_RATES.0, BASE_RATES.1));
        let calibration = Calibration::fit(&raw, &task.targets, &task.weights, base_rate);
        let scores: Vec<f64> = raw.iter().map(|raw| calibration.probability(raw)).collect();
        let scored = Scored::new(&scores, &task.targets);
        let (auc, average_precision) = scored.with_intervals(self.parameters.seed);
        let (threshold, recall) = scored.operating_point(0.02);
        let ngrams = match self.parameters.algorithm {
            Algorithm::Nb => "nb",
            Algorithm::NbLr => "nb-lr",
        };
        let kind = whole.dense.as_ref().map(|dense| match dense {
            DenseHead::Bernoulli { .. } => "bernoulli-nb of cues",
            DenseHead::Gaussian { .. } => "gaussian-nb of measures",
            DenseHead::Logistic { .. } => "multinomial-nb of topics",
        });
        let algorithm = match (whole.ngrams.is_some(), kind) {
            (true, Some(kind)) => format!("{ngrams} + {kind}"),
            (true, None) => ngrams.to_owned(),
            (false, kind) => kind.unwrap_or("none").to_owned(),
        };
        let features = whole.ngrams.as_ref().map_or_else(
            || calibration.slopes.len(),
            |ngrams| ngrams.weights.iter().filter(|weight| **weight != 0.).count(),
        );
        let card = LabelCard {
            label: task.label.clone(),
            algorithm,
            rows: task.rows.len(),
            positives,
            features,
            base_rate,
            held_out_auc: auc,
            held_out_average_precision: average_precision,
            threshold_at_two_percent_false_alarms: threshold,
            recall_at_two_percent_false_alarms: recall,
        };
        let bias = whole.ngrams.as_ref().map(|ngrams| ngrams.bias);
        let families = task.families;
        let head = Head { label: task.label.clone(), ngrams: bias, families, dense: whole.dense, calibration };
        (head, whole.ngrams.map(|ngrams| ngrams.weights), card)
    }
}

impl Task {
    /// Returns 1 for each family that weighs something, else 0.
    fn families_in_use(&self) -> [f64; FAMILIES] {
        self.families.map(|weight| f64::from(u8::from(weight > 0.)))
    }

    fn new(
        parameters: &Parameters,
        examples: &Examples,
        source_weights: &[f64],
        column: usize,
        label: &Label,
    ) -> Result<Self> {
        let measures = examples.detector(column).is_some_and(|detector| !detector.measures().is_empty());
        let usable = |&row: &usize| {
            examples.target(column, row).is_some() && (!measures || examples.measured(column, row).is_some())
        };
        let rows: Vec<usize> = (0..examples.len()).filter(usable).collect();
        let targets: Vec<bool> = rows.iter().map(|&row| examples.target(column, row) == Some(true)).collect();
        let positives = targets.iter().filter(|target| **target).count();
        if positives < FEWEST || targets.len() - positives < FEWEST {
            let hint = if label.as_str() == crate::label::OFF_TOPIC {
                "; off_topic also needs an article or thread in each row"
            } else {
                ""
            };
            return Err(Error::training(format!(
                "{label}: {positives} positive and {} negative rows; at least {FEWEST} of each are needed{hint}",
                targets.len() - positives
            )));
        }
        let folds = rows.iter().map(|&row| {
            // Mixed with the seed, so that another seed makes other folds.
            let mixed = (examples.digests[row] ^ parameters.seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            (mixed >> 33) as usize % parameters.folds
        });
        let folds = folds.collect();
        let balance = |share: f64| balanced(share, examples, source_weights, &rows, &targets);
        let weights = balance(parameters.label_balance.get(label).copied().unwrap_or(parameters.balance));
        let weights_within = balance(parameters.balance);
        let rows = rows.into_iter().map(|row| row as u32).collect();
        let families = parameters.families_of(label);
        Ok(Self { column, label: label.clone(), rows, targets, weights, weights_within, folds, families })
    }
}

/// Gives sources, and the classes in them, weights between that of their rows and an equal one; the mean is 1.
fn balanced(balance: f64, examples: &Examples, source_weights: &[f64], rows: &[usize], targets: &[bool]) -> Vec<f64> {
    let mut counts = vec![[0_usize; 2]; source_weights.len()];
    for (&row, &target) in rows.iter().zip(targets) {
        counts[examples.sources[row] as usize][usize::from(target)] += 1;
    }
    let mut weights: Vec<f64> = rows
        .iter()
        .zip(targets)
        .map(|(&row, &target)| {
            let source = examples.sources[row] as usize;
            source_weights[source] * (counts[source][usize::from(target)] as f64).powf(-balance)
        })
        .collect();
    let mean = weights.iter().sum::<f64>() / weights.len().max(1) as f64;
    if mean > 0. {
        weights.iter_mut().for_each(|weight| *weight /= mean);
    }
    weights
}
