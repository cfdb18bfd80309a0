//! Commento's export: one document of comments, by page, and commenters by their ids.

use super::json::{Draft, Layout, Sink, owned};
use super::record::Record;
use super::records::Shape;
use super::wording;
use crate::thread::Article;
use std::io;

pub(super) const LAYOUT: Layout = Layout {
    shape: Shape {
        records: &["comments[]", "commenters[]", "pages[]"],
        values: &[
            "commentHex",
            "domain",
            "url",
            "path",
            "title",
            "commenterHex",
            "markdown",
            "html",
            "parentHex",
            "state",
            "creationDate",
            "deleted",
            "name",
        ],
    },
    read,
};

fn read(record: &Record, _: &[Record], sink: &mut Sink<'_>) -> io::Result<()> {
    match record.list {
        Some("commenters[]") => {
            if let (Some(id), Some(name)) = (record.text("commenterHex"), record.text("name")) {
                sink.person(record, id, name);
            }
        }
        Some("pages[]") => {
            let path = record.first(&["path", "url"]).unwrap_or_default();
            let article = Article { title: owned(record, &["title"]), ..Article::default() };
            sink.heading(path, Some(&link(record, path)), article)?;
        }
        Some(_) => {
            let page = record.first(&["url", "path"]).unwrap_or_default();
            sink.heading(page, Some(&link(record, page)), Article::default())?;
            let deleted = record.flag("deleted") == Some(true);
            let text = match record.text("markdown") {
                Some(markdown) => wording::lines(markdown),
                None => record.text("html").map(wording::plain).unwrap_or_default(),
            };
            // Commento empties what was deleted.
            let text = if text == "[deleted]" { String::new() } else { text };
            let draft = Draft {
                thread: page,
                id: record.text("commentHex"),
                person: record.text("commenterHex").filter(|id| *id != "anonymous"),
                date: record.text("creationDate"),
                text,
                parent: record.text("parentHex").filter(|parent| *parent != "root"),
                status: if deleted { Some("deleted") } else { record.text("state") },
                ..Draft::default()
            };
            sink.comment(record, draft)?;
        }
        None => {}
    }
    Ok(())
}

/// The whole link of a page: one path may stand with and without its last slash.
fn link(record: &Record, path: &str) -> String {
    match record.text("domain") {
        Some(domain) if path.starts_with('/') => format!("{domain}{path}"),
        _ => path.to_owned(),
    }
}
