//! Hacker News: Algolia's items (answers in their comments) and search results, and Firebase's items one by one.

use super::json::{Draft, Layout, Sink, owned};
use super::record::Record;
use super::records::Shape;
use super::wording;
use crate::thread::Article;
use std::io;

pub(super) const LAYOUT: Layout = Layout {
    shape: Shape {
        records: &["[]", "children[]", "hits[]"],
        values: &[
            "id",
            "objectID",
            "type",
            "author",
            "created_at",
            "created_at_i",
            "parent_id",
            "story_id",
            "story_title",
            "story_url",
            "title",
            "url",
            "text",
            "story_text",
            "comment_text",
            "points",
        ],
    },
    read,
};

pub(super) const FIREBASE: Layout = Layout {
    shape: Shape {
        records: &["[]", "items[]"],
        values: &["id", "type", "by", "time", "parent", "text", "title", "url", "deleted", "dead"],
    },
    read: firebase,
};

fn read(record: &Record, around: &[Record], sink: &mut Sink<'_>) -> io::Result<()> {
    let id = record.first(&["id", "objectID"]);
    let outer = around.iter().find_map(|outer| outer.text("id"));
    let nested = record.list == Some("children[]");
    let comment = nested || record.text("type") == Some("comment") || record.has("comment_text");
    if !comment {
        // The document around a list of search results has no id.
        let Some(own) = id else { return Ok(()) };
        let article = Article {
            title: owned(record, &["title"]),
            text: record.first(&["text", "story_text"]).map(wording::plain),
            author: owned(record, &["author"]),
            date: owned(record, &["created_at"]).and_then(|date| wording::date(&date, true).ok().flatten()),
        };
        return sink.heading(own, None, article);
    }
    let thread = if nested { outer.or_else(|| record.text("story_id")) } else { record.text("story_id") };
    let thread = thread.unwrap_or_default();
    if let Some(title) = owned(record, &["story_title"]) {
        sink.heading(thread, None, Article { title: Some(title), ..Article::default() })?;
    }
    let above = around.last().and_then(|outer| outer.text("id"));
    let draft = Draft {
        thread,
        id,
        author: record.text("author"),
        date: record.first(&["created_at", "created_at_i"]),
        text: record.first(&["text", "comment_text"]).map(wording::plain).unwrap_or_default(),
        parent: record.text("parent_id").or(above).filter(|parent| *parent != thread),
        ..Draft::default()
    };
    sink.comment(record, draft)
}

fn firebase(record: &Record, _: &[Record], sink: &mut Sink<'_>) -> io::Result<()> {
    let id = record.text("id");
    let Some(parent) = record.text("parent").filter(|_| record.text("type") == Some("comment")) else {
        let Some(id) = id else { return Ok(()) };
        let article = Article {
            title: owned(record, &["title"]),
            text: record.text("text").map(wording::plain),
            author: owned(record, &["by"]),
            date: record.text("time").and_then(|date| wording::date(date, true).ok().flatten()),
        };
        return sink.heading(id, None, article);
    };
    // A comment names only what it answers: its thread is that one's.
    if let Some(id) = id {
        sink.belongs(id, parent);
    }
    let dead = record.flag("dead") == Some(true);
    let draft = Draft {
        thread: parent,
        id,
        author: record.text("by"),
        date: record.text("time"),
        text: record.text("text").map(wording::plain).unwrap_or_default(),
        parent: Some(parent),
        status: dead.then_some("dead"),
        held: Some(dead),
        ..Draft::default()
    };
    sink.comment(record, draft)
}
