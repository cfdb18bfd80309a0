//! Fitting heads: out-of-fold scores first, for calibration and the report, then all rows.

use super::examples::Examples;
use super::task::Task;
use super::tune::{self, Strength};
use super::{Algorithm, Parameters};
use crate::error::{Error, Result};
use crate::evaluate::Scored;
use crate::features::{FAMILIES, Family, SLOT_BITS};
use crate::model::{
    Calibration, DenseHead, Frequencies, Head, LabelCard, Logistic, LogisticProblem, NaiveBayes, NaiveBayesParams,
};
use linfa::ParamGuard;
use ndarray::Array2;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The mean gap between primal and dual loss of a row at which a fit has settled: a hundredth of it moves no figure. Some
/// six passes reach it, whatever the number of rows.
const TOLERANCE: f64 = 1e-5;
/// Passes over the rows at most.
const PASSES: usize = 100;
/// What the strength of fits within sources is of the usual one; chosen as docs/experiments.md tells.
const WITHIN: f64 = 0.2;
/// The smallest and the largest base rate that is taken from the rows.
const BASE_RATES: (f64, f64) = (0.01, 0.5);

/// What is to be fitted, for every label.
pub(super) struct Plan<'a> {
    parameters: &'a Parameters,
    examples: &'a Examples,
    tasks: Vec<Task>,
    frequencies: &'a Frequencies,
    /// The slot of each feature of the rows.
    vocabulary: &'a [u32],
}

/// A head, its column of n-gram weights where it has one, and what is known about it.
pub(super) type Trained = (Head, Option<Vec<f64>>, LabelCard);

/// The fitted parts of one head; weights are those of features, not of slots.
struct Parts {
    ngrams: Option<Logistic>,
    dense: Option<DenseHead>,
}

/// What a step gives.
enum Done {
    /// The raw scores of the rows of a fold, in their order.
    HeldOut(Vec<Vec<f64>>),
    Whole(Parts),
}

impl<'a> Plan<'a> {
    pub(super) fn new(
        parameters: &'a Parameters,
        examples: &'a Examples,
        source_weights: &[f64],
        (frequencies, vocabulary): (&'a Frequencies, &'a [u32]),
    ) -> Result<Self> {
        let tasks = parameters.labels.iter().enumerate();
        let tasks = tasks.map(|(column, label)| Task::new(parameters, examples, source_weights, column, label));
        Ok(Self { parameters, examples, tasks: tasks.collect::<Result<_>>()?, frequencies, vocabulary })
    }

    /// Chooses the strength of every label where that is wanted, then fits it.
    pub(super) fn run(mut self, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<Vec<Trained>> {
        let folds = self.parameters.folds;
        let (finished, tries) = (AtomicUsize::new(0), self.tries());
        let of = tries.len() + self.tasks.len() * (folds + 1);
        let finish = || progress(finished.fetch_add(1, Ordering::Relaxed) + 1, of);
        self.choose(&tries, &finish)?;
        let plan = &self;
        // Step `fold` of a task leaves that fold out. The first leaves out nothing: what takes longest is begun first.
        let steps: Vec<(&Task, usize)> =
            plan.tasks.iter().flat_map(|task| (0..=folds).rev().map(move |fold| (task, fold))).collect();
        let step = |&(task, fold): &(&Task, usize)| {
            let parts = plan.fit(task, fold)?;
            finish();
            Ok(if fold == folds {
                Done::Whole(parts)
            } else {
                let inside: Vec<usize> = task.inside(fold).collect();
                Done::HeldOut(plan.raw(task, &inside, &parts, task.worst_sentence))
            })
        };
        let done: Vec<Result<Done>> = steps.par_iter().map(step).collect();
        let mut done = done.into_iter().collect::<Result<Vec<_>>>()?.into_iter();
        let missing = || Error::training("a step is missing");
        let mut trained = Vec::new();
        for task in &plan.tasks {
            let Some(Done::Whole(whole)) = done.next() else { return Err(missing()) };
            let mut raw = vec![Vec::new(); task.rows.len()];
            for fold in (0..folds).rev() {
                let Some(Done::HeldOut(scores)) = done.next() else { return Err(missing()) };
                let rows = task.folds.iter().zip(&mut raw).filter(|(of, _)| usize::from(**of) == fold);
                rows.zip(scores).for_each(|((_, raw), scores)| *raw = scores);
            }
            trained.push(plan.put_together(task, &raw, whole));
        }
        Ok(trained)
    }

    /// Lists what is to be tried before fitting: task, strength, fold. Nothing where there is nothing to choose from.
    fn tries(&self) -> Vec<(usize, Strength, usize)> {
        let reads = |task: &Task| self.examples.detector(task.column).is_none_or(|detector| detector.reads_ngrams());
        let mut tries = Vec::new();
        for (at, task) in self.tasks.iter().enumerate().filter(|(_, task)| reads(task)) {
            let candidates = task.strength.candidates(self.parameters, task.rarer());
            if candidates.len() > 1 {
                let folds = 0..self.parameters.folds;
                tries.extend(
                    candidates.iter().flat_map(|&strength| folds.clone().map(move |fold| (at, strength, fold))),
                );
            }
        }
        tries
    }

    /// Gives every label the strength, and the share of the worst sentence, that tell its held-out rows apart best.
    fn choose(&mut self, tries: &[(usize, Strength, usize)], finish: &(dyn Fn() + Sync)) -> Result<()> {
        // One fit serves all shares.
        let areas = |&(task, strength, fold): &(usize, Strength, usize)| {
            let task = &self.tasks[task];
            let row = |at: usize| (self.examples.digests[task.rows[at] as usize], task.targets[at]);
            let outside = tune::some_of(task.outside(fold), tune::MOST, row);
            let inside = tune::some_of(task.inside(fold).collect(), tune::MOST, row);
            let parts = Parts { ngrams: Some(self.fit_ngrams(task, &outside, strength)?), dense: None };
            let targets: Vec<bool> = inside.iter().map(|&at| task.targets[at]).collect();
            let area = |share| {
                let scores: Vec<f64> = self.raw(task, &inside, &parts, share).into_iter().flatten().collect();
                Scored::new(&scores, &targets).auc()
            };
            let areas = tune::shares(self.parameters, &task.label).map(area).collect();
            finish();
            Ok(areas)
        };
        let areas: Vec<Result<Vec<f64>>> = tries.par_iter().map(areas).collect();
        let areas = areas.into_iter().collect::<Result<Vec<_>>>()?;
        let folds = self.parameters.folds;
        for (at, task) in self.tasks.iter_mut().enumerate() {
            let (mut tried, mut areas_of_tried) = (Vec::new(), Vec::new());
            for (tries, areas) in tries.chunks(folds).zip(areas.chunks(folds)).filter(|(tries, _)| tries[0].0 == at) {
                for (number, share) in tune::shares(self.parameters, &task.label).enumerate() {
                    tried.push((tries[0].1, share));
                    areas_of_tried.push(areas.iter().map(|areas: &Vec<f64>| areas[number]).collect());
                }
            }
            if let Some(&best) = tried.get(tune::best(&areas_of_tried)) {
                (task.strength, task.worst_sentence) = best;
            }
        }
        Ok(())
    }

    /// Returns the raw scores of the rows at some places of a task.
    fn raw(&self, task: &Task, places: &[usize], parts: &Parts, worst_sentence: f64) -> Vec<Vec<f64>> {
        let score = |&at: &usize| {
            let row = task.rows[at] as usize;
            let ngrams = parts.ngrams.as_ref();
            let ngrams = ngrams.map(|ngrams| self.log_odds(task, row, ngrams, worst_sentence));
            let measured = self.examples.measured(task.column, row);
            let dense = parts.dense.as_ref().zip(measured).map(|(dense, measured)| dense.log_odds(measured));
            ngrams.into_iter().chain(dense).collect()
        };
        places.iter().map(score).collect()
    }

    /// Returns the raw score of a row, as [`Head::raw`] does of a comment.
    fn log_odds(&self, task: &Task, row: usize, ngrams: &Logistic, share: f64) -> f64 {
        let entries = self.examples.rows.row(row).times(task.families);
        let whole = ngrams.log_odds(entries);
        if share == 0. {
            return whole;
        }
        let mut only_manner = [0.; FAMILIES];
        only_manner[Family::Manner as usize] = 1.;
        let manner = ngrams.log_odds(entries.times(only_manner)) - ngrams.bias;
        let sentences = self.examples.sentences(row);
        let worst = sentences.map(|sentence| manner + ngrams.log_odds(sentence.times(task.families))).reduce(f64::max);
        whole + share * (worst.unwrap_or(whole) - whole)
    }

    /// Fits one head on the rows of a task that are not in `fold`.
    fn fit(&self, task: &Task, fold: usize) -> Result<Parts> {
        let detector = self.examples.detector(task.column);
        let used = task.outside(fold);
        let ngrams = match detector {
            Some(detector) if !detector.reads_ngrams() => None,
            _ => Some(self.fit_ngrams(task, &used, task.strength)?),
        };
        let ngrams = ngrams.map(|ngrams| self.borrow(task, fold, ngrams)).transpose()?;
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

    /// Adds to a head what it borrows of others, fitted without the rows of the same fold.
    fn borrow(&self, task: &Task, fold: usize, mut ngrams: Logistic) -> Result<Logistic> {
        for (lender, share) in self.parameters.label_borrows.get(&task.label).into_iter().flatten() {
            let Some(lender) = self.tasks.iter().find(|task| task.label == *lender) else { continue };
            let row = |at: usize| lender.rows[at] as usize;
            let outside = |at: &usize| usize::from(task.division.fold(self.examples, row(*at))) != fold;
            let used: Vec<usize> = (0..lender.rows.len()).filter(outside).collect();
            let lent = self.fit_ngrams(lender, &used, lender.strength).map_err(|_| {
                Error::training(format!(
                    "{} borrows of {}, which has no rows of both classes outside a part that is held out; give that more rows \
                     in other sources, or take the line out of label_borrows",
                    task.label, lender.label
                ))
            })?;
            ngrams.add(*share, &lent);
        }
        Ok(ngrams)
    }

    fn fit_ngrams(&self, task: &Task, used: &[usize], strength: Strength) -> Result<Logistic> {
        let pick = |weights: &[f64]| -> Vec<f64> { used.iter().map(|&at| weights[at]).collect() };
        let (targets, weights) = (used.iter().map(|&at| task.targets[at]).collect::<Vec<_>>(), pick(&task.weights));
        let bayes = self.count(task, used, &weights)?;
        if self.parameters.algorithm == Algorithm::Nb {
            let weight = |(&slot, ratio): (&u32, f64)| self.frequencies.weight(slot as usize) * ratio;
            let weights = self.vocabulary.iter().zip(bayes.known_log_count_ratios()).map(weight).collect();
            return Ok(Logistic { weights, bias: bayes.log_prior_odds() });
        }
        let indices: Vec<u32> = used.iter().map(|&at| task.rows[at]).collect();
        let problem = LogisticProblem {
            rows: &self.examples.rows,
            indices: &indices,
            targets: &targets,
            weights: &weights,
            scales: &self.scales(&bayes, strength),
            families: task.families,
            c: strength.c,
            tolerance: TOLERANCE,
            passes: PASSES,
            groups: &[],
        };
        let mut fitted = Logistic::fit(&problem);
        let share = self.parameters.label_within.get(&task.label).copied().unwrap_or(0.);
        let groups = if share > 0. { self.groups(&indices, &targets) } else { Vec::new() };
        if groups.iter().any(|group| *group != groups[0]) {
            let weights = pick(&task.weights_within);
            let strength = Strength { damping: self.parameters.damping, ..strength };
            let scales = self.scales(&self.count(task, used, &weights)?, strength);
            let c = WITHIN * strength.c;
            let problem = LogisticProblem { weights: &weights, scales: &scales, groups: &groups, c, ..problem };
            // What the fit within sources adds is their order; where the scale begins is for the pooled fit to say, which
            // a source whose few positives all fall into one part cannot move.
            let mut within = Logistic::fit(&problem);
            within.bias = fitted.bias;
            fitted.mix(share, &within);
        }
        Ok(fitted)
    }

    /// Counts the features of some rows, each row as much as its weight says.
    fn count(&self, task: &Task, used: &[usize], weights: &[f64]) -> Result<NaiveBayes> {
        let wrong = |what: String| Error::training(format!("{}: {what}", task.label));
        let bayes = NaiveBayesParams::new().alpha(self.parameters.alpha).check();
        // The features are the vocabulary of all rows: those that this label's rows do not have are left out of its ratios.
        let mut bayes = bayes.map_err(|error| wrong(error.to_string()))?.begin(self.vocabulary.len());
        for (&at, &weight) in used.iter().zip(weights) {
            // Log-count ratios are those of presence, as in NB-SVM.
            let row = self.examples.rows.row(task.rows[at] as usize).presence().times(task.families_in_use());
            bayes.add(row, task.targets[at], weight);
        }
        if used.is_empty() {
            return Err(wrong(
                "equal texts are held out together, and all rows have the same; give more texts".to_owned(),
            ));
        }
        if !bayes.has_both_classes() {
            return Err(wrong(format!("all {} rows are of one class in a part; give more rows", used.len())));
        }
        Ok(bayes)
    }

    /// Returns what every feature is multiplied by before it is weighed.
    fn scales(&self, bayes: &NaiveBayes, strength: Strength) -> Vec<f64> {
        let scale = |(&slot, ratio): (&u32, f64)| {
            self.frequencies.weight(slot as usize).powf(strength.rarity) * ratio.abs().powf(strength.damping)
        };
        self.vocabulary.iter().zip(bayes.known_log_count_ratios()).map(scale).collect()
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
    fn put_together(&self, task: &Task, raw: &[Vec<f64>], whole: Parts) -> Trained {
        let positives = task.targets.iter().filter(|target| **target).count();
        let share = positives as f64 / task.targets.len() as f64;
        let base_rate = self.parameters.base_rates.get(&task.label).copied();
        let base_rate = base_rate.unwrap_or(share.clamp(BASE_RATES.0, BASE_RATES.1));
        let calibration = Calibration::fit(raw, &task.targets, &task.weights_held_out, base_rate);
        let scores: Vec<f64> = raw.iter().map(|raw| calibration.probability(raw)).collect();
        let scored = Scored::new(&scores, &task.targets);
        let (auc, average_precision) = scored.with_intervals(self.parameters.seed);
        let (threshold, recall) = scored.operating_point(0.02);
        let Strength { c, damping, rarity } = task.strength;
        let ngrams = match self.parameters.algorithm {
            Algorithm::Nb => "nb".to_owned(),
            Algorithm::NbLr if task.strength == Strength::of(self.parameters, &task.label) => "nb-lr".to_owned(),
            Algorithm::NbLr => format!("nb-lr (C {c}, damping {damping}, rarity {rarity})"),
        };
        let kind = whole.dense.as_ref().map(|dense| match dense {
            DenseHead::Bernoulli { .. } => "bernoulli-nb of cues",
            DenseHead::Gaussian { .. } => "gaussian-nb of measures",
            DenseHead::Logistic { .. } => "multinomial-nb of topics",
        });
        let algorithm = match (whole.ngrams.is_some(), kind) {
            (true, Some(kind)) => format!("{ngrams} + {kind}"),
            (true, None) => ngrams,
            (false, kind) => kind.unwrap_or("none").to_owned(),
        };
        let features = whole.ngrams.as_ref().map_or_else(
            || calibration.slopes.len(),
            |ngrams| ngrams.weights.iter().filter(|weight| **weight != 0.).count(),
        );
        let aside = self.parameters.thread_alone.get(&task.label).copied();
        let card = LabelCard {
            label: task.label.clone(),
            algorithm,
            rows: task.rows.len(),
            positives,
            features,
            base_rate,
            thread_alone: aside,
            worst_sentence: task.worst_sentence,
            sources_held_out: task.division.by_source(),
            held_out_auc: auc,
            held_out_average_precision: average_precision,
            threshold_at_two_percent_false_alarms: threshold,
            recall_at_two_percent_false_alarms: recall,
            operating_points: scored.operating_points(base_rate),
        };
        let bias = whole.ngrams.as_ref().map(|ngrams| ngrams.bias);
        let families = task.families;
        let worst_sentence = task.worst_sentence;
        let dense = whole.dense;
        let head =
            Head { label: task.label.clone(), ngrams: bias, families, worst_sentence, dense, calibration, aside };
        let column = whole.ngrams.map(|ngrams| {
            let mut column = vec![0.; 1 << SLOT_BITS];
            self.vocabulary.iter().zip(ngrams.weights).for_each(|(&slot, weight)| column[slot as usize] = weight);
            column
        });
        (head, column, card)
    }
}
