//! Perspective's attributes, and which of gruff's labels answer for them.

use crate::label;
use crate::moderator::{Judgement, Moderator};

/// What answers for an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Attribute {
    /// The score of a label.
    Label(String),
    /// The score of `house`, where the model has it, else the highest score of a label that the policy acts on.
    LikelyToReject,
}

/// The attributes of the first models: each was asked for as `NAME_EXPERIMENTAL` too, and both meant the same.
const ONCE_EXPERIMENTAL: [&str; 6] =
    [label::TOXICITY, label::SEVERE_TOXICITY, label::IDENTITY_ATTACK, label::INSULT, label::PROFANITY, label::THREAT];

impl Attribute {
    /// Finds what answers for a name; `None` where nothing does honestly.
    ///
    /// Every label of the model answers for its name in upper case. `OBSCENE` is profanity by another name.
    /// `ATTACK_ON_AUTHOR` and `ATTACK_ON_COMMENTER` ask whom an insult is aimed at, which gruff does not judge.
    pub(super) fn named(name: &str, moderator: &Moderator) -> Option<Self> {
        if name == "LIKELY_TO_REJECT" {
            return Some(Self::LikelyToReject);
        }
        if !name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_') {
            return None;
        }
        let plain = name.to_ascii_lowercase();
        let label = match plain.strip_suffix("_experimental") {
            Some(once) if ONCE_EXPERIMENTAL.contains(&once) => once,
            _ if name == "OBSCENE" => label::PROFANITY,
            _ => plain.as_str(),
        };
        moderator.labels().iter().any(|known| known.as_str() == label).then(|| Self::Label(label.to_owned()))
    }

    /// Whether a sentence can be judged by itself: being off topic is a matter of the whole comment.
    pub(super) fn has_sentences(&self) -> bool {
        !matches!(self, Self::Label(label) if label == label::OFF_TOPIC)
    }

    /// Returns its score; `None` where it could not be judged.
    pub(super) fn score(&self, judgement: &Judgement, moderator: &Moderator) -> Option<f64> {
        match self {
            Self::Label(label) => judgement.score(label),
            Self::LikelyToReject if moderator.labels().iter().any(|known| known.as_str() == label::HOUSE) => {
                judgement.score(label::HOUSE)
            }
            Self::LikelyToReject => judgement
                .scores
                .iter()
                .filter(|(label, _)| moderator.policy().acts_on(label.as_str()))
                .filter_map(|(_, score)| *score)
                .max_by(f64::total_cmp),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::thread::Row;

    #[test]
    fn names_find_the_labels_that_mean_the_same() {
        let moderator = Moderator::builtin().unwrap();
        let label = |name: &str| match Attribute::named(name, &moderator) {
            Some(Attribute::Label(label)) => label,
            other => format!("{other:?}"),
        };
        assert_eq!(label("TOXICITY"), "toxicity");
        assert_eq!(label("SEVERE_TOXICITY_EXPERIMENTAL"), "severe_toxicity");
        assert_eq!(label("OBSCENE"), "profanity");
        assert_eq!(label("OFF_TOPIC"), "off_topic");
        assert_eq!(label("SARCASM"), "sarcasm");
        assert_eq!(label("LIKELY_TO_REJECT"), "Some(LikelyToReject)");
        for name in
            ["toxicity", "SARCASM_EXPERIMENTAL", "ATTACK_ON_AUTHOR", "ATTACK_ON_COMMENTER", "SPAM", "FLIRTATION", ""]
        {
            assert_eq!(label(name), "None", "{name}");
        }
    }

    #[test]
    fn likely_to_reject_is_the_highest_score_that_acts() {
        let moderator = Moderator::builtin().unwrap();
        let judgement = moderator.judge_row(&Row { text: "You stupid bloody idiot.".into(), ..Row::default() });
        let acting = |label: &str| judgement.score(label).unwrap();
        let highest = acting("toxicity").max(acting("insult")).max(acting("profanity")).max(acting("threat"));
        let highest = highest.max(acting("severe_toxicity")).max(acting("identity_attack"));
        assert_eq!(Attribute::LikelyToReject.score(&judgement, &moderator), Some(highest));
    }
}
