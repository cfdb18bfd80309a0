//! One comment on its way through the pipeline, and the memory that is used again for the next.

use super::{Judgement, Moderator};
use crate::detect::{Bound, Evidence, Occurrences, Seen};
use crate::features::RowMaker;
use crate::features::cues::Utterance;
use crate::features::topic::{self, Relevance, Topic};
use crate::label::Label;
use crate::model::{Columns, Tally};
use crate::policy::{Facts, UnknownLanguage, shift};
use crate::text::{Language, Normalized, TokenKind};
use std::cell::Cell;

/// Memory of one worker.
#[derive(Default)]
pub(super) struct Scratch {
    rows: RowMaker,
    tally: Tally,
    columns: Columns,
    measures: Vec<f64>,
    parent: Normalized,
    /// The comment at hand, where it was not prepared before.
    pub(super) text: Normalized,
    pub(super) stems: Vec<u32>,
}

/// A text of more bytes leaves no memory behind, of which it takes about fifty times as much.
const LARGEST_KEPT: usize = 64 << 10;

thread_local! {
    static SCRATCH: Cell<Option<Box<Scratch>>> = const { Cell::new(None) };
}

impl Scratch {
    /// Lends a thread's own memory to `work`, whose longest text has so many bytes; a panic loses it, so that no half-done
    /// work is ever seen again.
    pub(super) fn lend<T>(bytes: usize, work: impl FnOnce(&mut Self) -> T) -> T {
        let mut scratch = SCRATCH.take().unwrap_or_default();
        let done = work(&mut scratch);
        if bytes <= LARGEST_KEPT {
            SCRATCH.set(Some(scratch));
        }
        done
    }
}

/// A comment's text, normalised, and its stems.
pub(super) struct Prepared {
    pub(super) text: Normalized,
    pub(super) stems: Vec<u32>,
}

/// How near a comment is to what came before it.
pub(super) struct Context {
    pub(super) relevance: Option<Relevance>,
    pub(super) topic: Option<Topic>,
}

fn refilled<'a>(text: &'a mut Normalized, original: &str) -> &'a Normalized {
    text.refill(original);
    text
}

pub(super) fn prepare(original: &str) -> Prepared {
    let text = Normalized::new(original);
    let mut stems = Vec::new();
    topic::stems(&text, &mut stems);
    Prepared { text, stems }
}

impl Moderator {
    /// Judges a prepared comment.
    pub(super) fn finish(
        &self,
        id: Option<String>,
        original: &str,
        text: &Normalized,
        parent: Option<&str>,
        context: &Context,
        scratch: &mut Scratch,
    ) -> Judgement {
        let (language, language_known) = self.language(original, text);
        let facts = Facts { language: language.code, language_known };
        if !self.is_judged(text, language_known) {
            let scores = self.labels.iter().map(|label| (label.clone(), None)).collect();
            return self.decide(id, scores, facts, language, self.explain.then(Vec::new));
        }
        let Scratch { rows, tally, columns, measures, parent: parent_text, .. } = scratch;
        let utterance = Utterance { original, text, parent: parent.map(|parent| refilled(parent_text, parent)) };
        let topic = context.topic.as_ref().zip(self.model.background());
        let seen = Seen { utterance, relevance: context.relevance.as_ref(), topic };
        self.tally(tally, original, text, columns);
        let scores = self.rated().map(|rated| self.score_of(rated, columns, measures, &seen));
        let scores = self.labels.iter().cloned().zip(scores).collect();
        let evidence = self.explain.then(|| {
            let sentences = if self.model.reads_sentences() { rows.sentences(original, text) } else { Vec::new() };
            let occurrences = Occurrences::of(original, text, rows.make(original, text), sentences);
            self.bound.iter().flat_map(|bound| bound.evidence(&self.model, columns, &occurrences, &seen)).collect()
        });
        self.decide(id, scores, facts, language, evidence)
    }

    /// Scores a comment by its text alone into `scores`, in the order of the labels.
    pub(super) fn score_into(&self, original: &str, scratch: &mut Scratch, scores: &mut Vec<Option<f64>>) {
        scores.clear();
        let Scratch { tally, columns, measures, text, .. } = scratch;
        text.refill(original);
        let languages = &self.model.card().languages;
        let language_known = languages.is_empty() || Language::may_be_among(original, text, languages);
        if !self.is_judged(text, language_known) {
            scores.resize(self.labels.len(), None);
            return;
        }
        let seen = Seen { utterance: Utterance { original, text, parent: None }, relevance: None, topic: None };
        self.tally(tally, original, text, columns);
        scores.extend(self.rated().map(|rated| self.score_of(rated, columns, measures, &seen)));
    }

    /// Adds up the n-grams of a comment for every n-gram head; where no label needs them, nothing is done.
    fn tally(&self, tally: &mut Tally, original: &str, text: &Normalized, columns: &mut Columns) {
        if self.bound.iter().any(Bound::reads_ngrams) {
            tally.score(self.model.weights(), (original, text), self.model.reads_sentences(), columns);
        }
    }

    /// Returns a comment's language, and whether the model may know it.
    fn language(&self, original: &str, text: &Normalized) -> (Language, bool) {
        let language = Language::of(original, text);
        let languages = &self.model.card().languages;
        let foreign =
            language.reliable && !languages.is_empty() && !languages.iter().any(|known| known == language.code);
        (language, !foreign)
    }

    fn is_judged(&self, text: &Normalized, language_known: bool) -> bool {
        let has_words = text.tokens().iter().any(|token| token.kind == TokenKind::Word);
        has_words && (language_known || self.policy.unknown_language() == UnknownLanguage::Judge)
    }

    /// Each head of the model with the site's own rate of its label.
    fn rated(&self) -> impl Iterator<Item = (&Bound, Option<f64>)> {
        self.bound.iter().zip(self.rates.iter().copied())
    }

    /// A label's probability at the site's own base rate.
    fn score_of(
        &self,
        (bound, rate): (&Bound, Option<f64>),
        columns: &Columns,
        measures: &mut Vec<f64>,
        seen: &Seen<'_>,
    ) -> Option<f64> {
        let score = bound.score(&self.model, columns, seen, measures)?;
        match rate {
            // What is judged by a thread alone is judged at rates of its own.
            Some(rate) if bound.has_its_rate(&self.model, seen) => {
                Some(shift(score, bound.head(&self.model).calibration.base_rate, rate))
            }
            _ => Some(score),
        }
    }

    fn decide(
        &self,
        id: Option<String>,
        scores: Vec<(Label, Option<f64>)>,
        facts: Facts<'_>,
        language: Language,
        evidence: Option<Vec<Evidence>>,
    ) -> Judgement {
        let decision = self.policy.decide(&scores, &facts);
        Judgement {
            id,
            scores,
            flags: decision.flags,
            action: decision.action,
            reasons: decision.reasons,
            language: language.code,
            evidence,
        }
    }
}
