//! A thread's comments as rows that bring their own context.

use super::{Row, RowArticle, Thread};
use std::collections::HashMap;

/// How many earlier comments a row brings at most.
const EARLIER: usize = 50;

impl Thread {
    /// Makes a row of each comment, in order: with the article, up to 50 comments before it and the one it answers.
    pub fn rows(&self) -> impl Iterator<Item = Row> + '_ {
        let article = (!self.article.is_blank()).then(|| RowArticle::Whole(self.article.clone()));
        let mut places: HashMap<&str, usize> = HashMap::with_capacity(self.comments.len());
        for (place, comment) in self.comments.iter().enumerate() {
            places.entry(&comment.id).or_insert(place);
        }
        self.comments.iter().enumerate().map(move |(place, comment)| {
            let earlier = self.comments.get(place.saturating_sub(EARLIER)..place).unwrap_or_default();
            let parent = comment.parent.as_deref().and_then(|id| self.comments.get(*places.get(id)?));
            Row {
                id: Some(comment.id.clone()),
                text: comment.text.clone(),
                article: article.clone(),
                thread: earlier.iter().map(|comment| comment.text.clone()).collect(),
                parent: parent.map(|comment| comment.text.clone()),
                ..Row::default()
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::thread::{Article, Comment};

    #[test]
    fn a_row_brings_what_was_said_before_it() {
        let comment = |id: usize, parent: Option<usize>| Comment {
            id: id.to_string(),
            text: format!("comment {id}"),
            parent: parent.map(|id| id.to_string()),
            ..Comment::default()
        };
        let mut comments: Vec<Comment> = (1..=60).map(|id| comment(id, None)).collect();
        comments.push(comment(61, Some(2)));
        let article = Article { title: Some("A title".into()), ..Article::default() };
        let thread = Thread { article, comments, ..Thread::default() };
        let rows: Vec<Row> = thread.rows().collect();
        assert!(rows[0].thread.is_empty());
        assert_eq!(rows[60].thread.len(), 50);
        assert_eq!(rows[60].thread[0], "comment 11");
        assert_eq!(rows[60].parent.as_deref(), Some("comment 2"));
        assert_eq!(rows[60].article.as_ref().unwrap().to_article().title.as_deref(), Some("A title"));
    }
}
