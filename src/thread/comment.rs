//! One comment.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
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
    /// The parts of `text` that repeat what somebody else wrote: start and end in bytes, in order, each whole lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quotes: Vec<(usize, usize)>,
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
    /// The longest text, in bytes, that readers and servers take for a comment. Judging takes memory for each of its words,
    /// and no platform lets anybody write as much.
    pub const LONGEST: usize = 1 << 20;

    /// Refuses a text that is too long; `what` it is.
    ///
    /// # Errors
    /// A sentence.
    pub(crate) fn bounded(what: &str, text: &str) -> Result<(), String> {
        if text.len() <= Self::LONGEST {
            return Ok(());
        }
        Err(format!("{what} is longer than {} MiB, which no comment is; shorten it", Self::LONGEST >> 20))
    }

    /// Returns the text without what it quotes.
    pub fn own_words(&self) -> Cow<'_, str> {
        if self.quotes.is_empty() {
            return Cow::Borrowed(&self.text);
        }
        let starts = self.quotes.iter().map(|(start, _)| *start).chain([self.text.len()]);
        let ends = [0].into_iter().chain(self.quotes.iter().map(|(_, end)| *end));
        let own =
            ends.zip(starts).filter_map(|(end, start)| self.text.get(end..start)).map(|part| part.trim_matches('\n'));
        Cow::Owned(own.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n"))
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_told_from_own_words() {
        let comment = Comment {
            text: "Ann said:\nIt rains.\nIt does not.\nBob said:\nIt does.\nNo.".to_owned(),
            quotes: vec![(0, 19), (33, 51)],
            ..Comment::default()
        };
        assert_eq!(comment.own_words(), "It does not.\nNo.");
        assert_eq!(Comment { quotes: vec![(5, 900)], ..comment.clone() }.own_words(), "Ann s");
        assert_eq!(Comment { quotes: Vec::new(), ..comment.clone() }.own_words(), comment.text);
        let json = serde_json::to_value(&comment).unwrap();
        assert_eq!(json["quotes"], serde_json::json!([[0, 19], [33, 51]]));
    }
}
