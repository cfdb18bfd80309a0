//! What was judged and decided about one comment.

use crate::detect::Evidence;
use crate::label::Label;
use crate::policy::Action;
use serde::{Serialize, Serializer};

/// A judgement. Serialises to the object that `gruff score` prints.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judgement {
    /// The comment's id.
    pub id: Option<String>,
    /// A calibrated probability for each label, `None` where it could not be judged; in the order of the model's card.
    #[serde(serialize_with = "as_map")]
    pub scores: Vec<(Label, Option<f64>)>,
    /// The labels whose rule fired.
    pub flags: Vec<Label>,
    /// What the policy says.
    pub action: Action,
    /// Why, a sentence each.
    pub reasons: Vec<String>,
    /// ISO 639-1 code of the comment's language, `und` where it cannot be told.
    pub language: &'static str,
    /// Which words, cues and measures decided, where that was asked for; for each label the weightiest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Vec<Evidence>>,
}

impl Judgement {
    /// Returns the score of a label: `None` where it was not judged.
    pub fn score(&self, label: &str) -> Option<f64> {
        self.scores.iter().find(|(name, _)| name.as_str() == label).and_then(|(_, score)| *score)
    }
}

fn as_map<S: Serializer>(scores: &[(Label, Option<f64>)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(scores.iter().map(|(label, score)| (label.as_str(), score)))
}
