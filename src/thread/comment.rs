//! One comment.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A comment as its author wrote it.
///
/// `Debug` hides the text, so that a comment never reaches a log by accident.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// The page's own id where it has one, else its number in the thread, from 1.
    pub id: String,
    /// The name the page shows.
    pub author: Option<String>,
    /// As the page gives it; ISO 8601 where it does so.
    pub date: Option<String>,
    /// Paragraphs and lines are separated by `\n`.
    pub text: String,
    /// 0 for a comment on the article, 1 for an answer to one of those …; gaps occur where a page lost an item.
    pub depth: Option<u32>,
    /// The id of the comment this one answers.
    pub parent: Option<String>,
    /// What an export calls the state it is in: `approved`, `spam`, `hold` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// What the site decided, where its export tells: `true` held, removed or marked as spam, `false` stood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub house: Option<bool>,
}

impl Comment {
    /// Tells whether readers saw it, as far as is known: a state that decides nothing counts as unseen.
    pub fn stood(&self) -> bool {
        self.house.map_or(self.status.is_none(), |held| !held)
    }
}

impl fmt::Debug for Comment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Comment")
            .field("id", &self.id)
            .field("depth", &self.depth)
            .field("parent", &self.parent)
            .field("text", &format_args!("<{} bytes>", self.text.len()))
            .finish_non_exhaustive()
    }
}
