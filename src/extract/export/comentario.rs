//! Comentario's export: pages, commenters and comments that name both by their ids.

use super::json::{Draft, Layout, Sink, owned};
use super::record::Record;
use super::records::Shape;
use super::wording;
use crate::thread::Article;
use std::io;

pub(super) const LAYOUT: Layout = Layout {
    shape: Shape {
        records: &["comments[]", "commenters[]", "users[]", "pages[]"],
        values: &[
            "id",
            "parentId",
            "pageId",
            "path",
            "title",
            "markdown",
            "html",
            "isApproved",
            "isPending",
            "isDeleted",
            "isSpam",
            "createdTime",
            "userCreated",
            "authorId",
            "authorName",
            "name",
        ],
    },
    read,
};

fn read(record: &Record, _: &[Record], sink: &mut Sink<'_>) -> io::Result<()> {
    let id = record.text("id");
    match record.list {
        Some("commenters[]" | "users[]") => {
            if let (Some(id), Some(name)) = (id, record.text("name")) {
                sink.person(record, id, name);
            }
        }
        Some("pages[]") => {
            let article = Article { title: owned(record, &["title", "path"]), ..Article::default() };
            sink.heading(id.unwrap_or_default(), record.text("path"), article)?;
        }
        Some(_) => {
            let is = |flag: &str| record.flag(flag) == Some(true);
            let status = match (is("isDeleted"), is("isSpam"), is("isPending"), record.flag("isApproved")) {
                (true, ..) => Some("deleted"),
                (_, true, ..) => Some("spam"),
                (_, _, true, _) => Some("pending"),
                (.., Some(true)) => Some("approved"),
                (.., Some(false)) => Some("rejected"),
                _ => None,
            };
            let text = match record.text("markdown") {
                Some(markdown) => wording::lines(markdown),
                None => record.text("html").map(wording::plain).unwrap_or_default(),
            };
            let draft = Draft {
                thread: record.text("pageId").unwrap_or_default(),
                id,
                author: record.text("authorName"),
                person: record.first(&["userCreated", "authorId"]),
                date: record.text("createdTime"),
                text,
                parent: record.text("parentId"),
                status,
                ..Draft::default()
            };
            sink.comment(record, draft)?;
        }
        None => {}
    }
    Ok(())
}
