//! YouTube's API: comment threads with some of their answers, and lists of answers.

use super::json::{Draft, Layout, Sink};
use super::record::Record;
use super::records::Shape;
use super::wording;
use std::io;

pub(super) const LAYOUT: Layout = Layout {
    shape: Shape {
        records: &["[]", "items[]", "comments[]"],
        values: &[
            "id",
            "snippet.videoId",
            "snippet.textOriginal",
            "snippet.textDisplay",
            "snippet.authorDisplayName",
            "snippet.publishedAt",
            "snippet.parentId",
            "snippet.moderationStatus",
            "snippet.topLevelComment.id",
            "snippet.topLevelComment.snippet.videoId",
            "snippet.topLevelComment.snippet.textOriginal",
            "snippet.topLevelComment.snippet.textDisplay",
            "snippet.topLevelComment.snippet.authorDisplayName",
            "snippet.topLevelComment.snippet.publishedAt",
            "snippet.topLevelComment.snippet.moderationStatus",
        ],
    },
    read,
};

fn read(record: &Record, around: &[Record], sink: &mut Sink<'_>) -> io::Result<()> {
    let top = "snippet.topLevelComment.";
    let get = |name: &str| record.text(&format!("{top}{name}")).or_else(|| record.text(name));
    let text = match (get("snippet.textOriginal"), get("snippet.textDisplay")) {
        (Some(text), _) => wording::lines(text),
        (None, Some(markup)) => wording::plain(markup),
        (None, None) => return Ok(()),
    };
    let id = get("id");
    let video = |record: &Record| {
        record.first(&["snippet.videoId", "snippet.topLevelComment.snippet.videoId"]).map(str::to_owned)
    };
    let outer = || around.iter().rev().find_map(video);
    let thread = video(record).or_else(outer).unwrap_or_default();
    // Answers to answers have ids with a dot, and name the comment at the top.
    let parent = record.text("snippet.parentId").or_else(|| id?.split_once('.').map(|(parent, _)| parent));
    let status = get("snippet.moderationStatus");
    let held = match status {
        Some("published") => Some(false),
        Some("heldForReview" | "likelySpam" | "rejected") => Some(true),
        _ => None,
    };
    let draft = Draft {
        thread: &thread,
        id,
        author: get("snippet.authorDisplayName"),
        date: get("snippet.publishedAt"),
        text,
        parent,
        status,
        held,
        ..Draft::default()
    };
    sink.comment(record, draft)
}
