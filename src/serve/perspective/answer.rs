//! The JSON of Perspective's answers, written as it is made: analysing is what clients wait for.

use crate::span::Span;
use serde::{Serialize, Serializer};

/// The answer to `comments:analyze`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer<'a> {
    #[serde(serialize_with = "as_map")]
    pub(super) attribute_scores: Vec<(&'a str, AttributeScore)>,
    pub(super) languages: Vec<&'a str>,
    pub(super) detected_languages: [&'a str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) client_token: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AttributeScore {
    pub(super) span_scores: Vec<SpanScore>,
    pub(super) summary_score: Score,
}

/// A piece of the comment, in UTF-16 code units, and its score.
#[derive(Serialize)]
pub(super) struct SpanScore {
    begin: usize,
    end: usize,
    score: Score,
}

impl SpanScore {
    pub(super) fn new(span: Span, score: f64) -> Self {
        Self { begin: span.start, end: span.end, score: Score::probability(score) }
    }
}

/// A score.
#[derive(Clone, Copy, Serialize)]
pub(super) struct Score {
    value: f64,
    r#type: &'static str,
}

impl Score {
    pub(super) fn probability(value: f64) -> Self {
        Self { value, r#type: "PROBABILITY" }
    }
}

fn as_map<S: Serializer>(scores: &[(&str, AttributeScore)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(scores.iter().map(|(name, score)| (name, score)))
}
