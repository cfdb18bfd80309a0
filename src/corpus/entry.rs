//! What a reader hands out.

use crate::thread::{Row, RowArticle, Thread};
use std::sync::Arc;

/// One thing read from an input.
#[derive(Debug)]
pub struct Entry {
    /// The input's path; `-` is standard input.
    pub path: Arc<str>,
    /// Where it begins in the input, from 1; `None` for whole pages.
    pub line: Option<u64>,
    /// What was read.
    pub body: Body,
}

/// A thread or a row.
#[derive(Debug)]
pub enum Body {
    /// A page, a dump, or one thread of an export.
    Thread(Thread),
    /// A row that brings its own context.
    Row(Row),
}

impl Entry {
    /// Estimates the bytes of memory it holds, so that callers can batch with bounded memory.
    pub fn size(&self) -> usize {
        const FRAME: usize = 200;
        let part = |part: &Option<String>| part.as_ref().map_or(0, String::len);
        match &self.body {
            Body::Thread(thread) => {
                let comments = thread.comments.iter().map(|comment| {
                    FRAME + comment.text.len() + comment.id.len() + part(&comment.author) + part(&comment.date)
                });
                FRAME + part(&thread.article.title) + part(&thread.article.text) + comments.sum::<usize>()
            }
            Body::Row(row) => {
                let article = match &row.article {
                    None => 0,
                    Some(RowArticle::Text(text)) => text.len(),
                    Some(RowArticle::Whole(article)) => part(&article.title) + part(&article.text),
                };
                let thread: usize = row.thread.iter().map(|text| text.len() + 24).sum();
                let kept: usize = row.kept.values().map(|value| value.len() + 64).sum();
                FRAME
                    + kept
                    + row.text.len()
                    + part(&row.id)
                    + part(&row.parent)
                    + part(&row.community)
                    + article
                    + thread
            }
        }
    }
}
