//! Threads as they are printed: beside each date as the page writes it, where it can be read for certain, ISO 8601.

use gruff::extract;
use gruff::thread::{Article, Comment, Thread};

/// A thread as it is printed.
#[derive(serde::Serialize)]
pub(super) struct Dated<'a> {
    path: &'a Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread: &'a Option<String>,
    article: DatedArticle<'a>,
    comments: Vec<DatedComment<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    withheld: Vec<DatedComment<'a>>,
    stated_count: Option<u64>,
    source: &'a Option<String>,
    confidence: Option<f64>,
    notes: &'a [String],
}

#[derive(serde::Serialize)]
struct DatedArticle<'a> {
    #[serde(flatten)]
    article: &'a Article,
    date_iso: Option<String>,
}

#[derive(serde::Serialize)]
struct DatedComment<'a> {
    #[serde(flatten)]
    comment: &'a Comment,
    date_iso: Option<String>,
}

impl<'a> Dated<'a> {
    pub(super) fn of(thread: &'a Thread) -> Self {
        let iso = |date: &Option<String>| date.as_deref().and_then(extract::iso_date);
        let dated = |comments: &'a [Comment]| -> Vec<DatedComment<'a>> {
            comments.iter().map(|comment| DatedComment { comment, date_iso: iso(&comment.date) }).collect()
        };
        Self {
            path: &thread.path,
            thread: &thread.thread,
            article: DatedArticle { article: &thread.article, date_iso: iso(&thread.article.date) },
            comments: dated(&thread.comments),
            withheld: dated(&thread.withheld),
            stated_count: thread.stated_count,
            source: &thread.source,
            confidence: thread.confidence,
            notes: &thread.notes,
        }
    }
}
