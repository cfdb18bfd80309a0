//! WordPress's REST interface: pages of comments, of posts too where they were fetched.

use super::json::{Draft, Layout, Sink};
use super::record::Record;
use super::records::Shape;
use super::wording;
use crate::thread::Article;
use std::io;

pub(super) const LAYOUT: Layout = Layout {
    shape: Shape {
        records: &["[]"],
        values: &[
            "id",
            "post",
            "parent",
            "author_name",
            "date_gmt",
            "date",
            "content.rendered",
            "content.raw",
            "status",
            "type",
            "title.rendered",
            "link",
        ],
    },
    read,
};

fn read(record: &Record, _: &[Record], sink: &mut Sink<'_>) -> io::Result<()> {
    let content = || {
        let rendered = record.text("content.rendered").map(wording::plain);
        rendered.or_else(|| record.text("content.raw").map(wording::plain_with_breaks)).unwrap_or_default()
    };
    let Some(post) = record.text("post") else {
        let Some(id) = record.text("id").filter(|_| record.has("title.rendered")) else { return Ok(()) };
        let article = Article {
            title: record.text("title.rendered").map(wording::plain),
            text: Some(content()).filter(|text| !text.is_empty()),
            author: None,
            date: record.text("date_gmt").and_then(|date| wording::date(date, true).ok().flatten()),
        };
        return sink.heading(id, record.text("link"), article);
    };
    if matches!(record.text("type"), Some("pingback" | "trackback")) {
        return Ok(());
    }
    sink.heading(post, record.text("link"), Article::default())?;
    let draft = Draft {
        thread: post,
        id: record.text("id"),
        author: record.text("author_name"),
        date: record.first(&["date_gmt", "date"]),
        text: content(),
        parent: record.text("parent").filter(|parent| *parent != "0"),
        status: record.text("status"),
        ..Draft::default()
    };
    sink.comment(record, draft)
}
