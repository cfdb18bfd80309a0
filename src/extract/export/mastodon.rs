//! Mastodon: the context of a status, lists of statuses, and the archive of an account (`outbox.json`).

use super::json::{Draft, Layout, Sink};
use super::record::Record;
use super::records::Shape;
use super::wording;
use std::io;

pub(super) const LAYOUT: Layout = Layout {
    shape: Shape {
        records: &["[]", "ancestors[]", "descendants[]", "statuses[]", "orderedItems[]"],
        values: &[
            "id",
            "in_reply_to_id",
            "account.acct",
            "account.username",
            "content",
            "created_at",
            "object.id",
            "object.inReplyTo",
            "object.content",
            "object.published",
            "object.attributedTo",
        ],
    },
    read,
};

fn read(record: &Record, _: &[Record], sink: &mut Sink<'_>) -> io::Result<()> {
    let Some(content) = record.first(&["content", "object.content"]) else { return Ok(()) };
    let id = record.first(&["object.id", "id"]);
    let parent = record.first(&["object.inReplyTo", "in_reply_to_id"]);
    // A status names only what it answers: its thread is that one's. A context is one thread.
    let context = matches!(record.list, Some("ancestors[]" | "descendants[]"));
    let thread = if context { "" } else { parent.or(id).unwrap_or_default() };
    if let (Some(id), Some(parent), false) = (id, parent, context) {
        sink.belongs(id, parent);
    }
    // The status that was asked for is not in its own context; the first below it answers it.
    if let (Some("descendants[]"), Some(parent)) = (record.list, parent) {
        sink.heading_of("", parent)?;
    }
    let person = record.text("object.attributedTo").and_then(|link| link.rsplit('/').next());
    let draft = Draft {
        thread,
        id,
        author: record.first(&["account.acct", "account.username"]).or(person),
        date: record.first(&["created_at", "object.published"]),
        text: wording::plain(content),
        parent,
        ..Draft::default()
    };
    sink.comment(record, draft)
}
