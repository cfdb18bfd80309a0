//! Discourse's topics as JSON: the first post is the article, the others answer posts by their number.

use super::json::{Draft, Layout, Sink, owned};
use super::record::Record;
use super::records::Shape;
use super::wording;
use crate::thread::Article;
use std::io;

pub(super) const LAYOUT: Layout = Layout {
    shape: Shape {
        records: &["posts[]", "[]", "latest_posts[]"],
        values: &[
            "id",
            "title",
            "slug",
            "topic_id",
            "topic_title",
            "name",
            "username",
            "created_at",
            "cooked",
            "raw",
            "post_number",
            "reply_to_post_number",
            "hidden",
            "user_deleted",
            "deleted_at",
            "post_type",
            "action_code",
        ],
    },
    read,
};

fn read(record: &Record, around: &[Record], sink: &mut Sink<'_>) -> io::Result<()> {
    if !["post_number", "cooked", "raw"].iter().any(|path| record.has(path)) {
        // The topic itself, whose title stands behind its posts.
        let Some(id) = record.text("id") else { return Ok(()) };
        let article = Article { title: owned(record, &["title"]), ..Article::default() };
        return sink.heading(id, None, article);
    }
    let topic = record.text("topic_id").or_else(|| around.first()?.text("id")).unwrap_or_default();
    let text = match record.text("cooked") {
        Some(markup) => wording::plain(markup),
        None => wording::lines(record.text("raw").unwrap_or_default()),
    };
    let author = record.first(&["username", "name"]);
    if record.text("post_number") == Some("1") {
        let date = record.text("created_at").and_then(|date| wording::date(date, true).ok().flatten());
        let article = Article {
            title: owned(record, &["topic_title"]),
            text: Some(text),
            author: author.map(str::to_owned),
            date,
        };
        return sink.heading(topic, None, article);
    }
    // Small actions ("closed this topic") are posts of another kind.
    if record.has("action_code") || record.text("post_type") == Some("3") {
        return Ok(());
    }
    let withdrawn = record.flag("user_deleted") == Some(true);
    let status = match (record.has("deleted_at"), record.flag("hidden") == Some(true), withdrawn) {
        (_, _, true) => "withdrawn",
        (true, ..) => "deleted",
        (_, true, _) => "hidden",
        _ => "visible",
    };
    let draft = Draft {
        thread: topic,
        id: record.text("post_number"),
        author,
        date: record.text("created_at"),
        text,
        parent: record.text("reply_to_post_number").filter(|number| *number != "1"),
        status: Some(status),
        ..Draft::default()
    };
    sink.comment(record, draft)
}
