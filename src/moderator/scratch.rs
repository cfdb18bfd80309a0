//! One comment on its way through the pipeline, and the memory that is used again for the next.

use super::{Judgement, Moderator};
use crate::detect::{Bound, Evidence, Occurrences, Seen};
use crate::features::RowMaker;
use crate::features::cues::Utterance;
use crate::features::topic::{self, Relevance, Topic};
use crate::label::Label;
use crate::policy::{Facts, UnknownLanguage, shift};
use crate::text::{Language, Normalized, TokenKind};
use std::cell::Cell;

/// Memory of one worker.
#[derive(Default)]
pub(super) struct Scratch {
    rows: RowMaker,
    columns: Vec<f64>,
    /// The comment at hand, where it was not prepared before.
    pub(super) text: Normalized,
    pub(super) stems: Vec<u32>,
}

thread_local! {
    static SCRATCH: Cell<Option<Box<Scratch>>> = const { Cell::new(None) };
}

impl Scratch {
    /// Lends a thread's own memory to `work`; a panic loses it, so that no half-done work is ever seen again.
    pub(super) fn lend<T>(work: impl FnOnce(&mut Self) -> T) -> T {
        let mut scratch = SCRATCH.take().unwrap_or_default();
        let done = work(&mut scratch);
        SCRATCH.set(Some(scratch));
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
        let language = Language::detect(original);
        let has_words = text.tokens().iter().any(|token| token.kind == TokenKind::Word);
        let languages = &self.model.card().languages;
        let foreign =
            language.reliable && !languages.is_empty() && !languages.iter().any(|known| known == language.code);
        let facts = Facts { language: language.code, language_known: !foreign };
        if !has_words || (foreign && self.policy.unknown_language() != UnknownLanguage::Judge) {
            let scores = self.labels.iter().map(|label| (label.clone(), None)).collect();
            return self.decide(id, scores, facts, language, self.explain.then(Vec::new));
        }
        let parent = parent.map(Normalized::new);
        let utterance = Utterance { original, text, parent: parent.as_ref() };
        let topic = context.topic.as_ref().zip(self.model.background());
        let seen = Seen { utterance, relevance: context.relevance.as_ref(), topic };
        let row = scratch.rows.make(text);
        self.model.weights().score(row, &mut scratch.columns);
        let score = |bound: &Bound| {
            let head = bound.head(&self.model);
            let score = bound.score(&self.model, &scratch.columns, &seen)?;
            let rate = self.policy.base_rate(head.label.as_str()).unwrap_or(head.calibration.base_rate);
            Some(shift(score, head.calibration.base_rate, rate))
        };
        let scores = self.labels.iter().cloned().zip(self.bound.iter().map(score)).collect();
        let evidence = self.explain.then(|| {
            let occurrences = Occurrences::of(text, row);
            self.bound.iter().flat_map(|bound| bound.evidence(&self.model, row, &occurrences, &seen)).collect()
        });
        self.decide(id, scores, facts, language, evidence)
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
