//! Detectors bound to the heads of a model.

use super::{Detector, Evidence, EvidenceKind, Seen, find};
use crate::error::{Error, Result};
use crate::features::{Chunk, FAMILIES, Family, Feature, Ngrams, Visitor, visit};
use crate::label::{self, Label};
use crate::model::{Columns, Head, Model};
use crate::text::{EvasionKind, Normalized};
use std::collections::HashMap;

/// The n-grams of a comment and of its sentences, and how often each stands there. An n-gram counts once, or once in every
/// chunk of a sentence; as evidence each occurrence gets its part.
pub struct Occurrences<'a> {
    row: &'a Ngrams,
    whole: HashMap<u32, u32>,
    sentences: Vec<Ngrams>,
    inside: Vec<HashMap<u32, u32>>,
}

impl<'a> Occurrences<'a> {
    /// Counts the n-grams of a comment, whose `row` has each once and whose `sentences` have theirs, where they are asked for.
    pub fn of(original: &str, text: &Normalized, row: &'a Ngrams, sentences: Vec<Ngrams>) -> Self {
        let inside = vec![HashMap::new(); sentences.len()];
        let mut counted = Self { row, whole: HashMap::with_capacity(row.len()), sentences, inside };
        let mut take = |feature: Feature, sentence: Option<usize>| {
            *counted.whole.entry(feature.slot).or_default() += 1;
            if let Some(counts) = sentence.and_then(|sentence| counted.inside.get_mut(sentence)) {
                *counts.entry(feature.slot).or_default() += 1;
            }
        };
        visit(original, text, &mut Chunk::default(), &mut BySentence { now: None, take: &mut take });
        counted
    }

    /// Returns what an occurrence of each n-gram of a sentence counts there.
    fn parts(&self, sentence: usize) -> HashMap<u32, f64> {
        let (Some(row), Some(inside)) = (self.sentences.get(sentence), self.inside.get(sentence)) else {
            return HashMap::new();
        };
        let mut parts = HashMap::with_capacity(inside.len());
        for slot in row.families().into_iter().flatten() {
            let stands = inside.get(slot).copied().unwrap_or(1);
            *parts.entry(*slot).or_default() += 1. / f64::from(stands);
        }
        parts
    }
}

/// Hands on features with the number of the sentence they lie in.
struct BySentence<'a> {
    now: Option<(usize, u32)>,
    take: &'a mut dyn FnMut(Feature, Option<usize>),
}

impl Visitor for BySentence<'_> {
    fn take(&mut self, feature: Feature) {
        let now = self.now.filter(|(_, start)| feature.start >= *start && feature.family != Family::Manner);
        (self.take)(feature, now.map(|(number, _)| number));
    }

    fn hears_of_sentences(&self) -> bool {
        true
    }

    fn sentence(&mut self, number: usize, start: u32) {
        self.now = Some((number, start));
    }
}

/// A head of a model, with the detector that measures for it.
#[derive(Clone, Copy)]
pub struct Bound {
    head: usize,
    column: Option<usize>,
    detector: Option<&'static dyn Detector>,
}

/// Words named as evidence, at most, for each label.
const MOST_WORDS: usize = 8;
/// Evidence below this many log-odds is noise to a reader.
const FAINTEST: f64 = 0.1;
/// So are words below this share of the weightiest: on spans that people marked in news comments, a half and a third of
/// the weightiest agree with them best (character F1 .66 and .65; .40 with all words that speak for the label).
const LEAST_SHARE: f64 = 0.4;

impl std::fmt::Debug for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "head {} (column {:?})", self.head, self.column)
    }
}

/// Binds each head of a model to its detector, in the model's order.
///
/// # Errors
/// When a head's dense features are not those that its detector measures.
pub fn bind(model: &Model) -> Result<Vec<Bound>> {
    let mut bound = Vec::new();
    for (at, head) in model.heads().iter().enumerate() {
        let detector = find(head.label.as_str());
        let measured = detector.map_or(0, |detector| detector.measures().len());
        if let Some(dense) = &head.dense
            && dense.features() != measured
        {
            let what = format!(
                "{} was trained on {} measures, this gruff makes {measured}; train it again",
                head.label,
                dense.features()
            );
            return Err(Error::model(&model.card().name, what));
        }
        let needs_background = head.dense.is_some() && head.label.as_str() == label::OFF_TOPIC;
        if needs_background && model.background().is_none() {
            return Err(Error::model(&model.card().name, "off_topic needs a background of topics, and it has none"));
        }
        bound.push(Bound { head: at, column: model.column(head.label.as_str()), detector });
    }
    Ok(bound)
}

impl Bound {
    /// Returns the head in its model.
    pub fn head<'m>(&self, model: &'m Model) -> &'m Head {
        &model.heads()[self.head]
    }

    /// Tells whether the head needs the scores of the model's n-gram heads.
    pub fn reads_ngrams(&self) -> bool {
        self.column.is_some()
    }

    /// Tells whether scores of the head are at the rate of its calibration, so that they may be moved to another.
    pub fn has_its_rate(&self, model: &Model, seen: &Seen<'_>) -> bool {
        let Some(detector) = self.detector.filter(|_| self.head(model).aside.is_some()) else { return true };
        let anew = |measures: &[f64]| detector.weigh_anew(self.head(model), measures, 0.5) != 0.5;
        !detector.measure(seen).is_some_and(|measures| anew(&measures))
    }

    /// Judges a comment: the calibrated probability, or `None` where it cannot be judged. `columns` are the raw scores of
    /// the model's n-gram heads; `measures` is memory to work in.
    pub fn score(&self, model: &Model, columns: &Columns, seen: &Seen<'_>, measures: &mut Vec<f64>) -> Option<f64> {
        let head = self.head(model);
        // At most two raw scores, n-grams first, as the calibration expects them.
        let (mut raw, mut count) = ([0.; 2], 0);
        if let Some(score) = self.column.and_then(|column| head.raw(columns, column)) {
            raw[0] = score;
            count = 1;
        }
        if let Some(dense) = &head.dense {
            if !self.detector?.measure_into(seen, measures) {
                return None;
            }
            raw[count] = dense.log_odds(measures);
            count += 1;
        }
        let probability = head.calibration.probability(&raw[..count]);
        Some(match self.detector {
            Some(detector) if head.aside.is_some() => detector.weigh_anew(head, measures, probability),
            _ => probability,
        })
    }

    /// Finds the evidence for the head's label, weightiest first; `columns` are the raw scores that were judged by.
    pub fn evidence(
        &self,
        model: &Model,
        columns: &Columns,
        occurrences: &Occurrences<'_>,
        seen: &Seen<'_>,
    ) -> Vec<Evidence> {
        let head = self.head(model);
        let mut found = Vec::new();
        let mut slopes = head.calibration.slopes.iter();
        if let (Some(column), Some(slope)) = (self.column, slopes.next().filter(|_| head.ngrams.is_some())) {
            let worst = head.worst_sentence(columns, column).map(|(number, _)| number);
            self.words(model, (column, *slope), worst, occurrences, seen, &mut found);
        }
        if let (Some(dense), Some(detector), Some(slope)) = (&head.dense, self.detector, head.calibration.slopes.last())
            && let Some(measured) = detector.measure(seen)
        {
            let mut cues = Vec::new();
            detector.evidence(seen, &|at| slope * dense.weight(&measured, at), &mut cues);
            if head.aside.is_some() {
                let before = head.calibration.probability(&[dense.log_odds(&measured)]);
                let log_odds = |p: f64| (p / (1. - p)).ln();
                cues.push(Evidence {
                    label: head.label.clone(),
                    kind: EvidenceKind::Topic,
                    name: Some("how much it says, where no article is known"),
                    span: None,
                    text: None,
                    weight: log_odds(detector.weigh_anew(head, &measured, before)) - log_odds(before),
                });
            }
            found.extend(cues.into_iter().filter(|evidence| evidence.weight.abs() >= FAINTEST));
        }
        found.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        found
    }

    /// Shares the weight of every n-gram out among the words it covers.
    fn words(
        &self,
        model: &Model,
        (column, slope): (usize, f64),
        worst: Option<usize>,
        occurrences: &Occurrences<'_>,
        seen: &Seen<'_>,
        found: &mut Vec<Evidence>,
    ) {
        let label: &Label = &self.head(model).label;
        let text = seen.utterance.text;
        let tokens = text.tokens();
        let head = self.head(model);
        let scales = |row: &Ngrams, share: f64| -> [f64; FAMILIES] {
            let scales = model.weights().row_scales(row);
            std::array::from_fn(|family| share * slope * scales[family] * head.families[family])
        };
        // What the worst sentence says counts as a part of the whole: its share is taken off the rest, but for the manner.
        let worst = worst.and_then(|number| Some((number, occurrences.sentences.get(number)?)));
        let inside = worst.map_or([0.; FAMILIES], |(_, row)| scales(row, head.worst_sentence));
        let parts = worst.map(|(number, _)| occurrences.parts(number)).unwrap_or_default();
        let mut whole = scales(occurrences.row, 1.);
        if worst.is_some() {
            for family in [Family::Words as usize, Family::Pieces as usize] {
                whole[family] *= 1. - head.worst_sentence;
            }
        }
        let mut chunk = Chunk::default();
        let mut by_token = vec![0.; tokens.len()];
        let mut by_view = vec![0.; text.views().len()];
        let views = text.views();
        let view_at: HashMap<(usize, usize), usize> =
            views.iter().enumerate().map(|(index, view)| ((view.range.start, view.range.end), index)).collect();
        let mut at = 0;
        let mut manner = 0.;
        let mut take = |feature: Feature, sentence: Option<usize>| {
            let family = feature.family as usize;
            let mut scale = whole[family] / f64::from(occurrences.whole.get(&feature.slot).copied().unwrap_or(1));
            if sentence.is_some() && sentence == worst.map(|(number, _)| number) {
                scale += inside[family] * parts.get(&feature.slot).copied().unwrap_or(0.);
            }
            let weight = scale * model.weights().get(feature.slot, column);
            // What stands nowhere is of the whole text.
            if feature.end <= feature.start {
                manner += weight;
                return;
            }
            // Features come nearly in order of their start, words first, then pieces, then views.
            while at > 0 && tokens[at.min(tokens.len() - 1)].start > feature.start {
                at -= 1;
            }
            while at < tokens.len() && tokens[at].end <= feature.start {
                at += 1;
            }
            // What covers exactly a respelled stretch is credited to the trick.
            if let Some(&view) = view_at.get(&(feature.start as usize, feature.end as usize)) {
                by_view[view] += weight;
                return;
            }
            let covered = tokens[at..].iter().take_while(|token| token.start < feature.end).count();
            for token in &mut by_token[at..at + covered] {
                *token += weight / covered as f64;
            }
        };
        visit(seen.utterance.original, text, &mut chunk, &mut BySentence { now: None, take: &mut take });
        if manner >= FAINTEST {
            let name = Some("capitals, marks and length");
            found.push(Evidence {
                label: label.clone(),
                kind: EvidenceKind::Cue,
                name,
                span: None,
                text: None,
                weight: manner,
            });
        }
        let mut push = |kind, name, range: std::ops::Range<usize>, weight: f64| {
            let span = text.span(range);
            let slice = span.slice(seen.utterance.original).to_owned();
            found.push(Evidence { label: label.clone(), kind, name, span: Some(span), text: Some(slice), weight });
        };
        let weightiest = by_token.iter().chain(&by_view).copied().fold(0., f64::max);
        let least = FAINTEST.max(LEAST_SHARE * weightiest);
        let mut order: Vec<usize> = (0..tokens.len()).filter(|&token| by_token[token] >= least).collect();
        order.sort_by(|&a, &b| by_token[b].total_cmp(&by_token[a]).then(a.cmp(&b)));
        for &token in order.iter().take(MOST_WORDS) {
            let range = tokens[token].start as usize..tokens[token].end as usize;
            push(EvidenceKind::Words, None, range, by_token[token]);
        }
        for (view, &weight) in views.iter().zip(&by_view) {
            if weight >= least {
                push(EvidenceKind::Evasion, Some(trick(view.kind)), view.range.clone(), weight);
            }
        }
    }
}

/// Names a trick of spelling for moderators.
fn trick(kind: EvasionKind) -> &'static str {
    match kind {
        EvasionKind::Homoglyph => "look-alike letters",
        EvasionKind::Leet => "digits for letters",
        EvasionKind::Spaced => "letters set apart",
        EvasionKind::Masked => "letters masked",
        EvasionKind::Repeated => "letters drawn out",
        EvasionKind::Invisible => "invisible characters",
        EvasionKind::Misspelt => "letters left out or swapped",
        EvasionKind::Turned => "letters upside down",
    }
}
