//! What is to be learned of one label: its rows, how much each counts, and which are held out together.

use super::Parameters;
use super::examples::Examples;
use super::tune::Strength;
use crate::error::{Error, Result};
use crate::features::FAMILIES;
use crate::label::Label;
use std::collections::BTreeSet;

/// Positives and negatives that a label must have.
const FEWEST: usize = 5;

/// One label: which rows say something about it, what, and how much each counts.
pub(super) struct Task {
    pub(super) column: usize,
    pub(super) label: Label,
    pub(super) rows: Vec<u32>,
    pub(super) targets: Vec<bool>,
    pub(super) weights: Vec<f64>,
    /// What each counts in the fit within sources.
    pub(super) weights_within: Vec<f64>,
    /// What each counts where it is held out: how much a source is to teach does not tell how common its comments are.
    pub(super) weights_held_out: Vec<f64>,
    pub(super) folds: Vec<u8>,
    /// What made the folds.
    pub(super) division: Division,
    pub(super) families: [f64; FAMILIES],
    pub(super) strength: Strength,
    /// How much of a score is that of the worst sentence.
    pub(super) worst_sentence: f64,
}

impl Task {
    /// Returns the places of the rows of a fold.
    pub(super) fn inside(&self, fold: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.rows.len()).filter(move |&at| usize::from(self.folds[at]) == fold)
    }

    /// Returns the places of the rows of all other folds.
    pub(super) fn outside(&self, fold: usize) -> Vec<usize> {
        (0..self.rows.len()).filter(|&at| usize::from(self.folds[at]) != fold).collect()
    }

    /// Returns how many rows the rarer class has.
    pub(super) fn rarer(&self) -> usize {
        let positives = self.targets.iter().filter(|target| **target).count();
        positives.min(self.targets.len() - positives)
    }

    /// Returns 1 for each family that weighs something, else 0.
    pub(super) fn families_in_use(&self) -> [f64; FAMILIES] {
        self.families.map(|weight| f64::from(u8::from(weight > 0.)))
    }

    pub(super) fn new(
        parameters: &Parameters,
        examples: &Examples,
        source_weights: &[f64],
        column: usize,
        label: &Label,
    ) -> Result<Self> {
        let division = Division::new(parameters, examples, source_weights.len(), label);
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
        let folds = rows.iter().map(|&row| division.fold(examples, row)).collect();
        let balance = |share: f64, of_sources: &[f64]| balanced(share, examples, of_sources, &rows, &targets);
        let share = parameters.label_balance.get(label).copied().unwrap_or(parameters.balance);
        let weights = balance(share, source_weights);
        let weights_within = balance(parameters.balance, source_weights);
        let weights_held_out = balance(share, &vec![1.; source_weights.len()]);
        let rows = rows.into_iter().map(|row| row as u32).collect();
        let families = parameters.families_of(label);
        let strength = Strength::of(parameters, label);
        let worst_sentence = parameters.worst_sentence_of(label);
        let label = label.clone();
        let task = Self {
            column,
            label,
            rows,
            targets,
            weights,
            weights_within,
            weights_held_out,
            folds,
            division,
            families,
            strength,
            worst_sentence,
        };
        let one_class = |fold: &usize| {
            let left: BTreeSet<bool> = task.outside(*fold).into_iter().map(|at| task.targets[at]).collect();
            left.len() < 2
        };
        if task.division.by_source() && (0..parameters.folds).any(|fold| one_class(&fold)) {
            return Err(Error::training(format!(
                "{}: when whole sources are held out, rows of one class or none are left in a part; take it out of \
                 hold_out_sources, or give more sources",
                task.label
            )));
        }
        Ok(task)
    }
}

/// Which rows are held out together: those whose texts have the same remainder, or whole sources.
///
/// A head that borrows of another divides that one's rows by its own division, and so borrows nothing that was learned of
/// rows that are held out.
#[derive(Debug)]
pub(super) struct Division {
    folds: usize,
    seed: u64,
    /// The part of each source, where whole sources are held out.
    of_source: Option<Vec<u8>>,
}

impl Division {
    fn new(parameters: &Parameters, examples: &Examples, sources: usize, label: &Label) -> Self {
        let Parameters { folds, seed, .. } = *parameters;
        let by_source = parameters.hold_out_sources.contains(label);
        Self { folds, seed, of_source: by_source.then(|| dealt(&examples.sources, sources, folds)) }
    }

    /// Tells whether whole sources are held out.
    pub(super) fn by_source(&self) -> bool {
        self.of_source.is_some()
    }

    /// Returns the part of a row.
    pub(super) fn fold(&self, examples: &Examples, row: usize) -> u8 {
        if let Some(parts) = &self.of_source {
            return parts[examples.sources[row] as usize];
        }
        // Mixed with the seed, so that another seed makes other folds.
        let mixed = (examples.digests[row] ^ self.seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((mixed >> 33) as usize % self.folds) as u8
    }
}

/// Deals sources to parts such that all have about as many rows; returns the part of each.
fn dealt(sources: &[u32], count: usize, parts: usize) -> Vec<u8> {
    let mut rows: Vec<(usize, usize)> = (0..count).map(|source| (0, source)).collect();
    for &source in sources {
        rows[source as usize].0 += 1;
    }
    rows.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let (mut loads, mut part_of) = (vec![0; parts], vec![0; count]);
    for (rows, source) in rows {
        let least = (0..parts).min_by_key(|&part| loads[part]).unwrap_or(0);
        loads[least] += rows;
        part_of[source] = least as u8;
    }
    part_of
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
