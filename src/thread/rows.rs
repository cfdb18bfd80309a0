//! A thread's comments as rows that bring their own context.

use super::{Comment, Row, RowArticle, Thread};
use crate::label::{self, Label};
use std::collections::{BTreeMap, HashMap, VecDeque};

/// How many earlier comments a row brings at most.
const EARLIER: usize = 50;

impl Thread {
    /// Makes a row of each comment, in order: with the article, up to 50 comments before it and the one it answers.
    ///
    /// What the site decided becomes the label `house`. Comments that readers did not see are in nobody's context.
    pub fn rows(&self) -> impl Iterator<Item = Row> + '_ {
        self.rows_with(EARLIER)
    }

    /// Makes rows as [`Thread::rows`] does, with up to `earlier` comments before each.
    pub fn rows_with(&self, earlier: usize) -> impl Iterator<Item = Row> + '_ {
        let article = (!self.article.is_blank()).then(|| RowArticle::Whole(self.article.clone()));
        let mut places: HashMap<&str, usize> = HashMap::with_capacity(self.comments.len());
        for (place, comment) in self.comments.iter().enumerate() {
            places.entry(&comment.id).or_insert(place);
        }
        let mut before: VecDeque<&Comment> = VecDeque::new();
        self.comments.iter().map(move |comment| {
            let parent = comment.parent.as_deref().and_then(|id| self.comments.get(*places.get(id)?));
            let row = Row {
                id: Some(comment.id.clone()),
                text: comment.text.clone(),
                labels: decided(comment),
                article: article.clone(),
                thread: before.iter().map(|comment| comment.text.clone()).collect(),
                parent: parent.map(|comment| comment.text.clone()),
                community: None,
                status: comment.status.clone(),
                kept: std::collections::BTreeMap::new(),
            };
            if comment.stood() && earlier > 0 {
                if before.len() == earlier {
                    before.pop_front();
                }
                before.push_back(comment);
            }
            row
        })
    }
}

/// What a site decided, as a label.
fn decided(comment: &Comment) -> BTreeMap<Label, f64> {
    let label = comment.house.and_then(|held| Some((Label::new(label::HOUSE).ok()?, f64::from(u8::from(held)))));
    label.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::thread::Article;

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
        assert!(rows[0].thread.is_empty() && rows[0].labels.is_empty());
        assert_eq!(rows[60].thread.len(), 50);
        assert_eq!(rows[60].thread[0], "comment 11");
        assert_eq!(rows[60].parent.as_deref(), Some("comment 2"));
        assert_eq!(rows[60].article.as_ref().unwrap().to_article().title.as_deref(), Some("A title"));
    }
    #[test]
    fn what_readers_did_not_see_is_a_row_and_no_context() {
        let comment = |id: &str, house: Option<bool>, status: Option<&str>| Comment {
            id: id.into(),
            text: id.into(),
            house,
            status: status.map(str::to_owned),
            ..Comment::default()
        };
        let comments = vec![
            comment("a", Some(false), Some("approved")),
            comment("b", Some(true), Some("spam")),
            comment("c", None, Some("odd")),
            comment("d", None, None),
        ];
        let mut thread = Thread { comments, ..Thread::default() };
        let rows: Vec<Row> = thread.rows().collect();
        let labels: Vec<_> = rows.iter().map(|row| row.labels.values().next().copied()).collect();
        assert_eq!(labels, [Some(0.), Some(1.), None, None]);
        assert_eq!((rows[3].thread.as_slice(), rows[1].status.as_deref()), (&["a".to_owned()][..], Some("spam")));
        thread.set_apart();
        assert_eq!((thread.comments.len(), thread.withheld.len(), thread.withheld[1].id.as_str()), (2, 2, "c"));
    }
}
