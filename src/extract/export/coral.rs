//! Coral (once Talk): comments and stories as its database or its GraphQL gives them.

use super::json::{Draft, Layout, Sink, owned};
use super::record::Record;
use super::records::Shape;
use super::wording;
use crate::thread::Article;
use std::io;

pub(super) const LAYOUT: Layout = Layout {
    shape: Shape {
        records: &["[]", "edges[]", "comments[]", "nodes[]", "stories[]", "users[]"],
        values: &[
            "id",
            "storyID",
            "asset_id",
            "parentID",
            "parent_id",
            "authorID",
            "author_id",
            "status",
            "body",
            "revisions[].body",
            "createdAt",
            "createdAt.$date",
            "created_at",
            "created_at.$date",
            "deletedAt",
            "url",
            "username",
            "metadata.title",
            "metadata.author",
            "metadata.publishedAt",
            "title",
            "author.username",
            "revision.body",
            "story.id",
            "story.url",
            "story.metadata.title",
            "parent.id",
            "node.id",
            "node.body",
            "node.status",
            "node.createdAt",
            "node.author.username",
            "node.parent.id",
            "node.story.id",
            "node.story.url",
            "node.story.metadata.title",
        ],
    },
    read,
};

fn read(record: &Record, _: &[Record], sink: &mut Sink<'_>) -> io::Result<()> {
    let thread = record.first(&["storyID", "asset_id", "story.id", "node.story.id"]);
    let body = record.first(&["node.body", "body", "revision.body", "revisions[].body"]);
    let id = record.first(&["node.id", "id"]);
    if thread.is_none() && body.is_none() && !record.has("status") {
        if let (Some(id), Some(name)) = (id, record.text("username")) {
            sink.person(record, id, name);
        } else if let (Some(id), Some(url)) = (id, record.text("url")) {
            let article = Article {
                title: owned(record, &["metadata.title", "title"]),
                author: owned(record, &["metadata.author"]),
                date: owned(record, &["metadata.publishedAt"]),
                text: None,
            };
            sink.heading(id, Some(url), article)?;
        }
        return Ok(());
    }
    // The document around a list of comments.
    if id.is_none() && body.is_none() {
        return Ok(());
    }
    let thread = thread.unwrap_or_default();
    let title = owned(record, &["story.metadata.title", "node.story.metadata.title"]);
    let link = record.first(&["story.url", "node.story.url"]);
    if title.is_some() || link.is_some() {
        sink.heading(thread, link, Article { title, ..Article::default() })?;
    }
    let status = record.first(&["node.status", "status"]);
    let draft = Draft {
        thread,
        id,
        author: record.first(&["author.username", "node.author.username"]),
        person: record.first(&["authorID", "author_id"]),
        date: record.first(&["node.createdAt", "createdAt", "createdAt.$date", "created_at", "created_at.$date"]),
        text: body.map(wording::plain).unwrap_or_default(),
        parent: record.first(&["parentID", "parent_id", "parent.id", "node.parent.id"]),
        status,
        ..Draft::default()
    };
    sink.comment(record, draft)
}
