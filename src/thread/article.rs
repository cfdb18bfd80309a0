//! The article that comments stand under.

use serde::{Deserialize, Serialize};

/// An article, or as much of it as is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Article {
    /// The headline.
    #[serde(default)]
    pub title: Option<String>,
    /// The body, one paragraph a line.
    #[serde(default)]
    pub text: Option<String>,
    /// The byline.
    #[serde(default)]
    pub author: Option<String>,
    /// As the page gives it; ISO 8601 where it does so.
    #[serde(default)]
    pub date: Option<String>,
}

impl Article {
    /// Tells whether there is anything to compare a comment with.
    pub fn is_blank(&self) -> bool {
        let blank = |part: &Option<String>| part.as_deref().is_none_or(|text| text.trim().is_empty());
        blank(&self.title) && blank(&self.text)
    }
}
