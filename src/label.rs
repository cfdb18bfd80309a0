//! The names of what is judged.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

/// A label: 1 to 40 of `a-z`, `0-9` and `_`, beginning with a letter.
///
/// The labels gruff knows are constants here; a site may train any other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Label(Arc<str>);

/// Rude, contemptuous or hateful enough to make people leave a conversation.
pub const TOXICITY: &str = "toxicity";
/// Hateful or brutal beyond doubt.
pub const SEVERE_TOXICITY: &str = "severe_toxicity";
/// Demeans a person or a group.
pub const INSULT: &str = "insult";
/// Swear words and obscene language, at whomever.
pub const PROFANITY: &str = "profanity";
/// Announces, wishes or calls for harm.
pub const THREAT: &str = "threat";
/// Attacks people for what they are.
pub const IDENTITY_ATTACK: &str = "identity_attack";
/// Says other than what is meant, so that the reader should notice.
pub const SARCASM: &str = "sarcasm";
/// Is about something other than the article and the thread.
pub const OFF_TOPIC: &str = "off_topic";
/// This site's moderators would hold it.
pub const HOUSE: &str = "house";

/// What data sets call the labels that gruff knows. `train` prints which of these it used.
const ALIASES: &[(&str, &str)] = &[
    ("toxic", TOXICITY),
    ("severe_toxic", SEVERE_TOXICITY),
    ("obscene", PROFANITY),
    ("identity_hate", IDENTITY_ATTACK),
    ("sarcastic", SARCASM),
    ("offtopic", OFF_TOPIC),
];

impl Label {
    /// Makes a label of a well-formed name; upper case and `-` are folded.
    ///
    /// # Errors
    /// When the name is empty, too long, or has other characters.
    pub fn new(name: &str) -> Result<Self> {
        let folded: String = name.trim().chars().map(|c| if c == '-' { '_' } else { c.to_ascii_lowercase() }).collect();
        let well_formed = (1..=40).contains(&folded.len())
            && folded.starts_with(|c: char| c.is_ascii_lowercase())
            && folded.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if well_formed { Ok(Self(folded.into())) } else { Err(Error::label(name)) }
    }

    /// Makes the label that a data set's name for it stands for: `toxic` is `toxicity`.
    ///
    /// # Errors
    /// As [`Label::new`].
    pub fn from_data_set(name: &str) -> Result<Self> {
        let label = Self::new(name)?;
        Ok(ALIASES.iter().find(|(alias, _)| *alias == label.as_str()).map_or(label, |(_, known)| Self((*known).into())))
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Borrow<str> for Label {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Label {
    type Error = Error;
    fn try_from(name: String) -> Result<Self> {
        Self::new(&name)
    }
}

impl From<Label> for String {
    fn from(label: Label) -> Self {
        label.0.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_data_sets_map_to_ours() {
        assert_eq!(Label::from_data_set("Identity-Hate").unwrap().as_str(), IDENTITY_ATTACK);
        assert_eq!(Label::from_data_set("our_own").unwrap().as_str(), "our_own");
    }

    #[test]
    fn malformed_names_are_refused() {
        for name in ["", "1st", "two words", "läbel", &"x".repeat(41)] {
            assert!(Label::new(name).is_err(), "{name:?}");
        }
    }
}
