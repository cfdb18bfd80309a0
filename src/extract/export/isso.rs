//! Isso: its import format (threads with their comments), and its tables as rows of JSON.

use super::json::{Draft, Layout, Sink, owned};
use super::record::Record;
use super::records::Shape;
use super::wording;
use crate::thread::Article;
use std::io;

pub(super) const LAYOUT: Layout = Layout {
    shape: Shape {
        records: &["[]", "comments[]"],
        values: &["id", "tid", "uri", "title", "parent", "author", "created", "text", "mode", "comments"],
    },
    read,
};

fn read(record: &Record, around: &[Record], sink: &mut Sink<'_>) -> io::Result<()> {
    let page = |record: &Record| record.first(&["uri", "tid", "id"]).map(str::to_owned);
    let nested = record.list == Some("comments[]");
    let comment = nested || record.has("tid");
    let thread = if nested { around.last().and_then(page) } else { page(record) }.unwrap_or_default();
    if !nested {
        let article = Article { title: owned(record, &["title"]), ..Article::default() };
        sink.heading(&thread, record.text("uri"), article)?;
    }
    if !comment {
        return Ok(());
    }
    let mode = record.text("mode");
    let held = match mode {
        Some("1") => Some(false),
        Some("2" | "4") => Some(true),
        _ => None,
    };
    let draft = Draft {
        thread: &thread,
        id: record.text("id"),
        author: record.text("author"),
        date: record.text("created"),
        text: record.text("text").map(wording::lines).unwrap_or_default(),
        parent: record.text("parent"),
        status: match mode {
            Some("1") => Some("accepted"),
            Some("2") => Some("pending"),
            Some("4") => Some("deleted"),
            other => other,
        },
        held,
        ..Draft::default()
    };
    sink.comment(record, draft)
}
