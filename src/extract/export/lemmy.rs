//! Lemmy's API: comments that bring their creator and post, and their way down from the top as `path`.

use super::json::{Draft, Layout, Sink, owned};
use super::record::Record;
use super::records::Shape;
use super::wording;
use crate::thread::Article;
use std::io;

pub(super) const LAYOUT: Layout = Layout {
    shape: Shape {
        records: &["[]", "comments[]"],
        values: &[
            "comment.id",
            "comment.content",
            "comment.published",
            "comment.published_at",
            "comment.path",
            "comment.deleted",
            "comment.removed",
            "comment.post_id",
            "creator.name",
            "creator.display_name",
            "post.id",
            "post.name",
            "post.body",
            "post.published",
        ],
    },
    read,
};

fn read(record: &Record, _: &[Record], sink: &mut Sink<'_>) -> io::Result<()> {
    // The document around a list of comments.
    if !record.has("comment.id") && !record.has("comment.content") {
        return Ok(());
    }
    let thread = record.first(&["comment.post_id", "post.id"]).unwrap_or_default();
    let article = Article {
        title: owned(record, &["post.name"]),
        text: owned(record, &["post.body"]),
        author: None,
        date: record.text("post.published").and_then(|date| wording::date(date, true).ok().flatten()),
    };
    sink.heading(thread, None, article)?;
    // `0.12.34`: 34 answers 12, and 0 stands for the post.
    let above = record.text("comment.path").and_then(|path| path.rsplit('.').nth(1)).filter(|above| *above != "0");
    let removed = record.flag("comment.removed") == Some(true);
    let withdrawn = record.flag("comment.deleted") == Some(true);
    let draft = Draft {
        thread,
        id: record.text("comment.id"),
        author: record.first(&["creator.display_name", "creator.name"]),
        date: record.first(&["comment.published", "comment.published_at"]),
        text: record.text("comment.content").map(wording::lines).unwrap_or_default(),
        parent: above,
        status: Some(match (removed, withdrawn) {
            (true, _) => "removed",
            (_, true) => "withdrawn",
            _ => "visible",
        }),
        ..Draft::default()
    };
    sink.comment(record, draft)
}
