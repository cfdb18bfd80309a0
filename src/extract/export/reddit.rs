//! Reddit: a thread's listings, with answers in their comments, and Pushshift's dumps, a comment or post a line.

use super::json::{Draft, Layout, Sink, owned};
use super::record::Record;
use super::records::Shape;
use super::wording;
use crate::thread::Article;
use std::io;

pub(super) const LISTING: Layout = Layout {
    shape: Shape {
        records: &["children[]"],
        values: &[
            "kind",
            "data.id",
            "data.title",
            "data.selftext",
            "data.author",
            "data.body",
            "data.created_utc",
            "data.parent_id",
            "data.link_id",
            "data.link_title",
            "data.removed",
            "data.spam",
            "data.approved",
            "data.banned_by",
        ],
    },
    read: listing,
};

pub(super) const PUSHSHIFT: Layout = Layout {
    shape: Shape {
        records: &["[]", "data[]"],
        values: &["id", "title", "selftext", "author", "body", "created_utc", "parent_id", "link_id"],
    },
    read: pushshift,
};

fn listing(record: &Record, around: &[Record], sink: &mut Sink<'_>) -> io::Result<()> {
    let kind = record.text("kind");
    let id = record.text("data.id");
    if kind == Some("t3") {
        return heading(record, id.unwrap_or_default(), "data.", sink);
    }
    // `more` stands for comments that were not fetched.
    if kind != Some("t1") {
        return Ok(());
    }
    let flag = |name: &str| record.flag(name) == Some(true);
    let status = match (flag("data.spam"), flag("data.removed") || record.has("data.banned_by"), flag("data.approved"))
    {
        (true, ..) => Some("spam"),
        (_, true, _) => Some("removed"),
        (.., true) => Some("approved"),
        _ => None,
    };
    let link = record.text("data.link_id").map(bare).or_else(|| top(record, around)).unwrap_or_default();
    if let Some(title) = owned(record, &["data.link_title"]) {
        sink.heading(link, None, Article { title: Some(title), ..Article::default() })?;
    }
    comment(record, link, "data.", status, sink)
}

/// The post that the outermost comment answers, where comments do not name it themselves.
fn top<'a>(record: &'a Record, around: &'a [Record]) -> Option<&'a str> {
    let mut records = around.iter().chain(std::iter::once(record));
    records.find_map(|record| record.text("data.parent_id")?.strip_prefix("t3_"))
}

fn pushshift(record: &Record, _: &[Record], sink: &mut Sink<'_>) -> io::Result<()> {
    let id = record.text("id");
    let Some(link) = record.text("link_id").map(bare) else {
        return match id {
            Some(id) if record.has("title") => heading(record, id, "", sink),
            _ => Ok(()),
        };
    };
    comment(record, link, "", None, sink)
}

/// Takes a comment whose values stand under `prefix`.
fn comment(record: &Record, link: &str, prefix: &str, status: Option<&str>, sink: &mut Sink<'_>) -> io::Result<()> {
    let get = |name: &str| record.text(&format!("{prefix}{name}"));
    let draft = Draft {
        thread: link,
        id: get("id"),
        author: author(get("author")),
        date: get("created_utc"),
        text: body(get("body")),
        parent: get("parent_id").filter(|parent| !parent.starts_with("t3_")).map(bare),
        status,
        ..Draft::default()
    };
    sink.comment(record, draft)
}

fn heading(record: &Record, id: &str, prefix: &str, sink: &mut Sink<'_>) -> io::Result<()> {
    let get = |name: &str| record.text(&format!("{prefix}{name}"));
    let article = Article {
        title: get("title").map(|title| wording::unescaped(title).into_owned()),
        text: Some(body(get("selftext"))).filter(|text| !text.is_empty()),
        author: author(get("author")).map(str::to_owned),
        date: get("created_utc").and_then(|date| wording::date(date, true).ok().flatten()),
    };
    sink.heading(id, None, article)
}

/// An id without its kind: `t1_` and the like.
fn bare(id: &str) -> &str {
    match id.as_bytes() {
        [b't', b'1'..=b'6', b'_', ..] => id.get(3..).unwrap_or(id),
        _ => id,
    }
}

fn author(name: Option<&str>) -> Option<&str> {
    name.filter(|name| *name != "[deleted]")
}

/// A text in Markdown; nothing for what was deleted.
fn body(text: Option<&str>) -> String {
    let text = text.unwrap_or_default().trim();
    match text {
        "[deleted]" | "[removed]" | "[ Removed by Reddit ]" | "[deleted by user]" => String::new(),
        _ => wording::lines(&wording::unescaped(text)),
    }
}
