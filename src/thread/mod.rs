//! What was said, where, and in answer to what: articles, comments, threads and rows.

mod article;
mod comment;
mod connect;
mod row;
mod rows;

pub use article::Article;
pub use comment::Comment;
pub(crate) use connect::{Earlier, connect};
pub use row::{Row, RowArticle};

use serde::{Deserialize, Serialize};

/// The comments of one article, as they were found in one place.
///
/// What is not there is `None`: an author or a date is never guessed. Serialises to the object that `gruff extract`
/// prints.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Thread {
    /// The file or stream it was read from; `-` is standard input.
    pub path: Option<String>,
    /// The thread's own id in a file of many threads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// What the comments were written under.
    #[serde(default)]
    pub article: Article,
    /// In the order in which they stand on the page.
    #[serde(default)]
    pub comments: Vec<Comment>,
    /// The comments that readers did not see, once [`Thread::set_apart`] took them out of `comments`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<Comment>,
    /// How many comments the page itself says there are.
    #[serde(default)]
    pub stated_count: Option<u64>,
    /// Which rule or reader found the comments: `wordpress`, `flat-list`, `csv` …
    #[serde(default)]
    pub source: Option<String>,
    /// How sure the extractor is that these are the comments, 0 to 1.
    #[serde(default)]
    pub confidence: Option<f64>,
    /// What a person should know: comments loaded by a script, counts that differ …
    #[serde(default)]
    pub notes: Vec<String>,
}

impl Thread {
    /// Moves the comments that were held, removed or marked as spam from `comments` to `withheld`.
    pub fn set_apart(&mut self) {
        if self.comments.iter().all(Comment::stood) {
            return;
        }
        let (stood, withheld) = std::mem::take(&mut self.comments).into_iter().partition(Comment::stood);
        self.comments = stood;
        self.withheld.extend::<Vec<Comment>>(withheld);
    }

    /// Returns the comment that `comment` answers, where that is known and present.
    ///
    /// Looks from the front; use an index of your own for threads of thousands.
    pub fn parent_of(&self, comment: &Comment) -> Option<&Comment> {
        let parent = comment.parent.as_deref()?;
        self.comments.iter().find(|other| other.id == parent)
    }
}
