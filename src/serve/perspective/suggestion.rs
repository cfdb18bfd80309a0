//! `comments:suggestscore`: what a site decided about a comment, to be kept.

use super::super::json::Object;
use super::attribute::Attribute;
use super::body::{Call, Request, ScoreType};
use super::fault::Fault;
use super::question::{comment, surroundings, unknown};
use crate::label::{HOUSE, Label};
use crate::moderator::Moderator;
use crate::store::Event;
use crate::text::echo::shown;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A decision that a site suggests.
#[derive(Debug)]
pub(super) struct Suggestion {
    /// What is kept of it.
    pub(super) event: Event,
    languages: Vec<String>,
    client_token: Option<String>,
}

impl Suggestion {
    /// Reads a request.
    ///
    /// # Errors
    /// As Perspective has them.
    pub(super) fn read(body: &[u8], moderator: &Moderator) -> Result<Self, Fault> {
        let request = Request::of(Call::Suggest, body)?;
        let text = comment(request.comment)?;
        // The context is checked and not kept: the decision is about the comment.
        surroundings(request.context)?;
        let mut decisions = BTreeMap::new();
        for (name, Object(scores)) in request.attribute_scores.unwrap_or_default() {
            let named = shown(&name, 64);
            let Some(Object(score)) = scores.summary_score else {
                return Err(Fault::Invalid(format!("Missing summary_score of attribute {named}")));
            };
            if let Some(kind) = score.r#type.and_then(ScoreType::unsupported) {
                return Err(Fault::Invalid(format!(
                    "Requested score type {kind} is not supported by attribute {named}"
                )));
            }
            // As in all of Google's APIs, a number that is left out is 0.
            let value = score.value.unwrap_or_default();
            if !(0.0..=1.0).contains(&value) {
                return Err(Fault::Invalid(format!("The score of attribute {named} is not from 0 to 1")));
            }
            let (label, value) = decided(&name, value, moderator).ok_or_else(|| unknown(&name))?;
            decisions.insert(label, value);
        }
        if decisions.is_empty() {
            return Err(Fault::Invalid("Missing attribute_scores".to_owned()));
        }
        let token = request.client_token.clone().filter(|token| !token.is_empty());
        let community = request.community_id.filter(|community| !community.is_empty());
        Ok(Self {
            event: Event::now("perspective", community, token, &text, decisions.into_iter().collect()),
            languages: request.languages,
            client_token: request.client_token,
        })
    }

    /// Returns Perspective's answer.
    pub(super) fn answer(&self) -> Value {
        let mut answer = json!({"detectedLanguages": [self.event.language], "requestedLanguages": self.languages});
        if let Some(token) = &self.client_token {
            answer["clientToken"] = json!(token);
        }
        answer
    }
}

/// Returns what a suggested score decides.
///
/// Coral sends no attribute's name but what its moderator did, with the score 1.
fn decided(name: &str, value: f64, moderator: &Moderator) -> Option<(Label, f64)> {
    let house = |value| Label::new(HOUSE).ok().map(|label| (label, value));
    match (name, Attribute::named(name, moderator)) {
        (_, Some(Attribute::Label(label))) => Label::new(&label).ok().map(|label| (label, value)),
        (_, Some(Attribute::LikelyToReject)) | ("DELETED" | "REJECTED", None) => house(value),
        ("APPROVED", None) => house(1. - value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suggested(body: &Value) -> Result<Suggestion, Fault> {
        Suggestion::read(body.to_string().as_bytes(), &Moderator::builtin().unwrap())
    }

    fn decisions(scores: &Value) -> Vec<(String, f64)> {
        let suggestion = suggested(&json!({"comment": {"text": "a"}, "attributeScores": scores})).unwrap();
        suggestion.event.decisions.iter().map(|(label, value)| (label.to_string(), *value)).collect()
    }

    #[test]
    fn decisions_are_kept_under_our_labels() {
        let score = |value: f64| json!({"summaryScore": {"value": value}});
        assert_eq!(
            decisions(&json!({"TOXICITY": score(1.), "OBSCENE": score(0.25)})),
            [("profanity".into(), 0.25), ("toxicity".into(), 1.)]
        );
        assert_eq!(
            decisions(&json!({"INSULT_EXPERIMENTAL": {"summaryScore": {"type": "PROBABILITY"}}})),
            [("insult".into(), 0.)]
        );
        assert_eq!(decisions(&json!({"APPROVED": score(1.)})), [("house".into(), 0.)]);
        assert_eq!(decisions(&json!({"DELETED": score(1.)})), [("house".into(), 1.)]);
    }

    #[test]
    fn the_answer_has_perspectives_shape() {
        let suggestion = suggested(&json!({
            "comment": {"text": "You are the one who started it."}, "languages": ["en"], "clientToken": "comment:7",
            "communityId": "Coral:https://example.com", "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}},
            "context": {"entries": [{"text": "{\"url\":\"https://example.com/a\"}"}]},
        }))
        .unwrap();
        assert_eq!(
            suggestion.answer(),
            json!({"detectedLanguages": ["en"], "requestedLanguages": ["en"], "clientToken": "comment:7"})
        );
        assert_eq!(suggestion.event.subject, "comment:7");
        assert_eq!(suggestion.event.community.as_deref(), Some("Coral:https://example.com"));
    }

    #[test]
    fn what_cannot_be_kept_is_not_acknowledged() {
        let scores = json!({"TOXICITY": {"summaryScore": {"value": 1}}});
        for body in [
            json!({}),
            json!({"comment": {"text": "a"}}),
            json!({"comment": {"text": "a"}, "attributeScores": {}}),
            json!({"comment": {"text": "a"}, "attributeScores": {"TOXICITY": {}}}),
            json!({"comment": {"text": "a"}, "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1.5}}}}),
            json!({"comment": {"text": "a"}, "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1, "type": "RAW"}}}}),
            json!({"comment": {"text": "a"}, "attributeScores": {"WARMTH": {"summaryScore": {"value": 1}}}}),
            json!({"comment": {"text": "a"}, "attributeScores": scores, "clientToken": "x".repeat(1025)}),
        ] {
            let (status, told) = suggested(&body).unwrap_err().answer();
            assert!(status == 400 && told["error"]["details"][0]["errorType"].is_string(), "{told}");
        }
    }
}
