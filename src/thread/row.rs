//! One labelled or unlabelled comment of a file of rows, with its own context.

use super::Article;
use crate::label::Label;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A row: a comment that brings what it was written under.
///
/// `labels` holds what was judged: a label that is absent says nothing about the comment.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// As the file has it, else the row's number, from 1.
    #[serde(default)]
    pub id: Option<String>,
    /// The comment.
    pub text: String,
    /// 0 to 1 for each label that was judged.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<Label, f64>,
    /// What it was written under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<RowArticle>,
    /// Earlier comments, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thread: Vec<String>,
    /// The text of the comment it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Whose rules apply to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub community: Option<String>,
    /// Other fields of its file that the reader was asked to keep, as text.
    #[serde(skip)]
    pub kept: BTreeMap<String, String>,
    /// What the export it comes from calls its state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// A row's article: an object with title and text, or the text alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RowArticle {
    /// The text alone.
    Text(String),
    /// Title, text and what else is known.
    Whole(Article),
}

impl RowArticle {
    /// Returns it as an article.
    pub fn to_article(&self) -> Article {
        match self {
            Self::Text(text) => Article { text: Some(text.clone()), ..Article::default() },
            Self::Whole(article) => article.clone(),
        }
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row")
            .field("id", &self.id)
            .field("labels", &self.labels)
            .field("text", &format_args!("<{} bytes>", self.text.len()))
            .finish_non_exhaustive()
    }
}
