//! From labelled rows to a model: the same text and features as in scoring, then fit, calibrate, report.

mod examples;
mod fit;
mod recipe;
mod report;
mod task;
mod tune;
mod unmarked;

pub use recipe::{Recipe, RecipeSource};
pub use report::Report;
pub use unmarked::Unmarked;

use crate::detect;
use crate::error::{Error, Result};
use crate::features::topic::Background;
use crate::features::{FAMILIES, SCHEME};
use crate::label::{Label, OFF_TOPIC};
use crate::model::{Aside, Card, Frequencies, Model, SourceCard, Weights};
use crate::thread::Row;
use examples::Examples;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How n-gram heads are trained.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Algorithm {
    /// Multinomial naive Bayes.
    Nb,
    /// Logistic regression on naive-Bayes log-count ratios (Wang & Manning 2012).
    #[default]
    NbLr,
}

/// The largest `c`: beyond it the optimiser settles no more.
const MOST_C: f64 = 1e4;
/// The largest `alpha`: beyond it the rows say nothing.
const MOST_ALPHA: f64 = 1e6;

/// Parameters of training.
///
/// | name | default | purpose | range |
/// |---|---|---|---|
/// | `labels` | – | what to train | at least one |
/// | `algorithm` | `nb-lr` | how n-gram heads are trained | |
/// | `seed` | 1 | which rows fall into which fold, and the bootstrap | |
/// | `folds` | 4 | parts held out in turn, for calibration and the report | 2 to 20 |
/// | `alpha` | 1 | rows added to each feature and class | above 0 to 1e6 |
/// | `c` | 2 | inverse strength of the L2 penalty | above 0 to 1e4 |
/// | `damping` | 0.5 | power of the log-count ratios: 1 as in NB-SVM, 0 plain logistic regression | 0 to 1 |
/// | `families` | 1, 1, 0.5 (`nb`: 1, 0.7, 0.3) | weights of words, pieces of words and manner | 0 to 10 |
/// | `label_balance`, `label_damping`, `label_c` | – | the same for single labels; the fit within sources keeps the general `balance` and `damping` | |
/// | `label_within` | 0 | share of a second fit, for each label, that only tells rows of the same source apart | 0 to 1 |
/// | `hold_out_sources` | none | labels that are calibrated on scores of whole sources held out, not of rows | with two sources or more |
/// | `label_borrows` | none | for each label, other labels and the share of their n-gram weights that is added to its own | -1 to 1 |
/// | `worst_sentence` | 0 | share of a comment's score that is that of its worst sentence, for each label that words decide | 0 to 1 |
/// | `thread_alone` | none | rates at which off_topic is judged where no article is known | |
/// | `tune` | yes (recipes: no) | whether other strengths of the penalty and of rare n-grams, and the worst sentence, are tried | |
/// | `least_rows` | 2 | rows that an n-gram must stand in | |
/// | `balance` | 0 | 0: every row counts the same; 1: every source, and each class in it, counts the same | 0 to 1 |
/// | `base_rate` | share of positives | rate at which scores are probabilities, for each label | 0 to 1 |
#[derive(Debug, Clone, PartialEq)]
pub struct Parameters {
    /// What to train, in the order of the model.
    pub labels: Vec<Label>,
    /// How n-gram heads are trained.
    pub algorithm: Algorithm,
    /// Which rows fall into which fold, and the bootstrap.
    pub seed: u64,
    /// Parts held out in turn.
    pub folds: usize,
    /// Rows added to each feature and class.
    pub alpha: f64,
    /// Inverse strength of the L2 penalty.
    pub c: f64,
    /// Power of the log-count ratios that scale the features of the logistic head.
    pub damping: f64,
    /// Weights of words, pieces of words and manner, for labels that are not in `label_families`.
    pub families: Option<[f64; FAMILIES]>,
    /// The same for single labels.
    pub label_families: BTreeMap<Label, [f64; FAMILIES]>,
    /// Inverse strengths of the penalty for single labels, in place of `c`.
    pub label_c: BTreeMap<Label, f64>,
    /// Balances for single labels, in place of `balance`.
    pub label_balance: BTreeMap<Label, f64>,
    /// Powers of the log-count ratios for single labels, in place of `damping`.
    pub label_damping: BTreeMap<Label, f64>,
    /// Shares of a second fit in which every source has an intercept of its own: what differs between sources, which is
    /// often their manner and not their abuse, then teaches nothing. The heads are the mean of both fits (a compromise of
    /// pooled and fixed-effects regression).
    pub label_within: BTreeMap<Label, f64>,
    /// Labels for which whole sources are held out in turn instead of rows. Probabilities are then as sure as on a site
    /// that no source comes from, and the figures of the report are those of such a site: lower, and truer to most uses.
    pub hold_out_sources: Vec<Label>,
    /// What the n-gram head of a label borrows of the heads of others, as a share of their weights: sarcasm in quarrels
    /// comes with scorn, of which other sources tell more.
    pub label_borrows: BTreeMap<Label, BTreeMap<Label, f64>>,
    /// How much of a comment's raw score is that of the sentence that speaks loudest for the label, where it has several: one
    /// insult among many sober sentences is an insult (the standard assumption of multiple-instance learning, Dietterich et
    /// al. 1997). Weights are those of whole comments; what is learned of how sure to be counts it in.
    pub worst_sentence: BTreeMap<Label, f64>,
    /// How off_topic is judged where only a thread is known, for models that learn relevance from rows with articles.
    pub thread_alone: BTreeMap<Label, Aside>,
    /// Whether other strengths, and the worst sentence where nothing is asked of it, are tried in `nb-lr` heads, and taken where
    /// they tell the rows of every part held out apart better (by the area under the ROC curve); of very many rows some are tried.
    /// A label with fewer than 100 rows of a class keeps the usual ones, which so few cannot tell from others. Takes about four
    /// times as long; figures on held-out rows then flatter a little.
    pub tune: bool,
    /// Rows that an n-gram must stand in.
    pub least_rows: u32,
    /// How far sources and classes are given equal weight.
    pub balance: f64,
    /// Rates at which scores are probabilities; the share of positives, within .01 and .5, for labels that are not here.
    pub base_rates: BTreeMap<Label, f64>,
}

impl Parameters {
    /// Returns the default parameters for some labels.
    pub fn new(labels: Vec<Label>) -> Self {
        Self {
            labels,
            algorithm: Algorithm::default(),
            seed: 1,
            folds: 4,
            alpha: 1.,
            c: 2.,
            damping: 0.5,
            families: None,
            label_families: BTreeMap::new(),
            label_c: BTreeMap::new(),
            label_balance: BTreeMap::new(),
            label_damping: BTreeMap::new(),
            label_within: BTreeMap::new(),
            hold_out_sources: Vec::new(),
            label_borrows: BTreeMap::new(),
            worst_sentence: BTreeMap::new(),
            thread_alone: BTreeMap::new(),
            tune: true,
            least_rows: 2,
            balance: 0.,
            base_rates: BTreeMap::new(),
        }
    }

    /// Returns the weights of words, pieces of words and manner for a label.
    pub fn families_of(&self, label: &Label) -> [f64; FAMILIES] {
        let usual = match self.algorithm {
            Algorithm::Nb => [1., 0.7, 0.3],
            Algorithm::NbLr => [1., 1., 0.5],
        };
        self.label_families.get(label).copied().or(self.families).unwrap_or(usual)
    }

    /// Returns how much of a label's score is that of the worst sentence.
    pub fn worst_sentence_of(&self, label: &Label) -> f64 {
        self.worst_sentence.get(label).copied().unwrap_or(0.)
    }

    /// Tells whether labels with rows enough choose of several settings.
    fn tries(&self) -> bool {
        self.tune && self.algorithm == Algorithm::NbLr
    }

    fn all_families(&self) -> impl Iterator<Item = &f64> {
        self.families.iter().chain(self.label_families.values()).flatten()
    }

    fn may_lend(&self, to: &Label, from: &Label) -> bool {
        to != from && self.labels.contains(from) && has_words(to) && has_words(from)
    }

    fn check(&self) -> Result<()> {
        let wrong = if self.labels.is_empty() {
            "no label is to be trained"
        } else if !(2..=20).contains(&self.folds) {
            "folds must be 2 to 20"
        } else if !(self.alpha > 0. && self.alpha <= MOST_ALPHA) {
            "alpha must be above 0 and at most 1000000"
        } else if !self.label_c.values().chain([&self.c]).all(|c| *c > 0. && *c <= MOST_C) {
            "c (the penalty) must be above 0 and at most 10000"
        } else if !self.label_damping.values().chain([&self.damping]).all(|power| (0. ..=1.).contains(power)) {
            "damping must be within 0 and 1"
        } else if !self.all_families().all(|weight| (0. ..=10.).contains(weight)) {
            "the weight of a family must be within 0 and 10"
        } else if self.algorithm == Algorithm::Nb && !self.label_within.is_empty() {
            "label_within is for the algorithm nb-lr"
        } else if !self.label_within.values().all(|share| (0. ..=1.).contains(share)) {
            "the share of a fit within sources must be within 0 and 1"
        } else if !self.label_borrows.values().flat_map(BTreeMap::values).all(|share| share.abs() <= 1.) {
            "the share that a label borrows of another must be within -1 and 1"
        } else if !self.label_borrows.iter().all(|(to, from)| from.keys().all(|from| self.may_lend(to, from))) {
            "a label borrows of another that is trained beside it and that words decide"
        } else if !self.worst_sentence.iter().all(|(label, share)| has_words(label) && (0. ..=1.).contains(share)) {
            "worst_sentence is for labels that words decide, and must be within 0 and 1"
        } else if !self.thread_alone.iter().all(|(label, aside)| label.as_str() == OFF_TOPIC && aside.is_sound()) {
            "thread_alone is for off_topic; strayed must be above 0 and below 1, idle from 0 and below 1, words above 0"
        } else if !self.label_balance.values().chain([&self.balance]).all(|balance| (0. ..=1.).contains(balance)) {
            "balance must be within 0 and 1"
        } else if !self.base_rates.values().all(|rate| *rate > 0. && *rate < 1.) {
            "a base rate must be above 0 and below 1"
        } else {
            return Ok(());
        };
        Err(Error::training(wrong))
    }
}

/// Tells whether the words of a comment speak for or against a label.
fn has_words(label: &Label) -> bool {
    detect::find(label.as_str()).is_none_or(|detector| detector.reads_ngrams())
}

/// What a new model is called and what it is for; goes into its card.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Identity {
    /// Its name.
    pub name: String,
    /// ISO 639-1 codes of the languages it may judge; empty for all.
    pub languages: Vec<String>,
    /// What it is meant for.
    pub intended_use: String,
    /// What it cannot do.
    pub limits: Vec<String>,
    /// Under which licence its weights are given.
    pub licence: Option<String>,
}

/// Takes rows, source by source, and makes a model of them.
#[derive(Debug)]
pub struct Trainer {
    parameters: Parameters,
    examples: Examples,
    sources: Vec<SourceCard>,
    source_weights: Vec<f64>,
}

impl Trainer {
    /// Makes a trainer.
    ///
    /// # Errors
    /// When a parameter is out of its range.
    pub fn new(parameters: Parameters) -> Result<Self> {
        parameters.check()?;
        let tries = parameters.tries() && parameters.labels.iter().any(has_words);
        let reads_sentences = tries || !parameters.worst_sentence.is_empty();
        let examples = Examples::new(&parameters.labels, reads_sentences);
        Ok(Self { parameters, examples, sources: Vec::new(), source_weights: Vec::new() })
    }

    /// Begins a source; rows that are added belong to it. `weight` multiplies the weight of its rows.
    pub fn begin_source(&mut self, card: SourceCard, weight: f64) {
        self.sources.push(SourceCard { weight, ..card });
        self.source_weights.push(weight);
    }

    /// Adds rows of the current source. Their text is read in parallel and only its features are kept, but for the
    /// context of rows that are labelled for a judgement of relevance.
    ///
    /// # Errors
    /// When no source was begun.
    pub fn add(&mut self, rows: &[Row]) -> Result<()> {
        let Some(source) = self.sources.last_mut() else {
            return Err(Error::training("rows were added before a source was begun"));
        };
        source.rows += rows.len();
        self.examples.add(self.sources.len() - 1, rows);
        Ok(())
    }

    /// Returns the number of rows so far.
    pub fn rows(&self) -> usize {
        self.examples.len()
    }

    /// Fits, calibrates and reports. The same rows in the same order give the same model to the byte, on the same target
    /// and toolchain. Heads of `base` for other labels are kept as they are. `progress` hears of each finished step of
    /// all.
    ///
    /// # Errors
    /// When a label has no rows, or rows of one class only, and when the optimiser fails.
    pub fn finish(
        mut self,
        identity: Identity,
        base: Option<&Model>,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<(Model, Report)> {
        let background = match (base.and_then(Model::background), self.parameters.labels.as_slice()) {
            // Heads of the base were fitted on its background: it stays, unless off_topic is trained anew.
            (Some(kept), labels) if !labels.iter().any(|label| label.as_str() == crate::label::OFF_TOPIC) => {
                kept.clone()
            }
            _ => Background::from_counts(self.examples.stem_counts()),
        };
        self.examples.measure_relevance(&background);
        let (mut frequencies, counts) = Frequencies::count(&self.examples.rows, self.parameters.least_rows);
        let entries = self.examples.rows.entries();
        if let Some(base) = base {
            // One table serves all heads, and those of the base were fitted on its own.
            frequencies = base.weights().frequencies();
        }
        for rows in [&mut self.examples.rows, &mut self.examples.sentences] {
            rows.rescale(|row| frequencies.scales(row));
        }
        let vocabulary = self.examples.keep_known(&counts, self.parameters.least_rows);
        let plan = fit::Plan::new(&self.parameters, &self.examples, &self.source_weights, (&frequencies, &vocabulary))?;
        let fitted = plan.run(progress)?;
        let mut heads: Vec<fit::Trained> = Vec::new();
        if let Some(base) = base {
            for (head, card) in base.heads().iter().zip(&base.card().labels) {
                let column = base.column(head.label.as_str()).map(|column| base.weights().column(column));
                heads.push((head.clone(), column, card.clone()));
            }
        }
        for trained in fitted {
            match heads.iter_mut().find(|(head, _, _)| head.label == trained.0.label) {
                Some(old) => *old = trained,
                None => heads.push(trained),
            }
        }
        let report =
            Report::new(&self.parameters, (self.examples.len(), entries), heads.iter().map(|(_, _, card)| card));
        let mut sources = base.map_or_else(Vec::new, |base| base.card().sources.clone());
        sources.extend(self.sources);
        let card = Card {
            name: identity.name,
            gruff: env!("CARGO_PKG_VERSION").into(),
            features: SCHEME.into(),
            languages: identity.languages,
            labels: heads.iter().map(|(_, _, card)| card.clone()).collect(),
            sources,
            seed: self.parameters.seed,
            intended_use: identity.intended_use,
            limits: identity.limits,
            licence: identity.licence,
        };
        let columns: Vec<Vec<f64>> = heads.iter().filter_map(|(_, column, _)| column.clone()).collect();
        let model = Model::new(
            card,
            heads.into_iter().map(|(head, _, _)| head).collect(),
            Weights::quantise(&columns, &frequencies),
            Some(background),
        )?;
        detect::bind(&model)?;
        Ok((model, report))
    }
}

/// Maps in parallel, in order.
fn in_order<T: Sync, U: Send>(items: &[T], map: impl Fn(&T) -> U + Sync + Send) -> Vec<U> {
    items.par_iter().map(map).collect()
}
