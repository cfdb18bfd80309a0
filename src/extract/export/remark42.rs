//! Remark42's backup: a line about the backup, then a comment a line, in any order.

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
            "version",
            "id",
            "pid",
            "text",
            "orig",
            "user.name",
            "locator.url",
            "time",
            "delete",
            "title",
            "score",
        ],
    },
    read,
};

fn read(record: &Record, _: &[Record], sink: &mut Sink<'_>) -> io::Result<()> {
    // The first line is about the backup.
    let is_comment = ["id", "text", "orig", "locator.url"].iter().any(|path| record.has(path));
    if !is_comment {
        return Ok(());
    }
    let url = record.text("locator.url").unwrap_or_default();
    sink.heading(url, Some(url), Article { title: owned(record, &["title"]), ..Article::default() })?;
    let deleted = record.flag("delete") == Some(true);
    let text = match record.text("text") {
        Some(markup) => wording::plain(markup),
        None => record.text("orig").map(wording::lines).unwrap_or_default(),
    };
    let draft = Draft {
        thread: url,
        id: record.text("id"),
        author: record.text("user.name"),
        date: record.text("time"),
        text,
        parent: record.text("pid"),
        status: Some(if deleted { "deleted" } else { "approved" }),
        ..Draft::default()
    };
    sink.comment(record, draft)
}
