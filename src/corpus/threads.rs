//! Threads as `gruff extract` prints them, one a line of JSON, read back.

use crate::thread::{Comment, Thread};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

/// Whatever fields, but an object.
type Object = BTreeMap<String, IgnoredAny>;

/// A thread as far as its kinds of values go: lists would pass for objects.
#[derive(Deserialize)]
#[serde(expecting = "a thread")]
struct Shape {
    #[serde(rename = "article")]
    _article: Option<Object>,
    #[serde(rename = "comments")]
    _comments: Vec<Object>,
    #[serde(default, rename = "withheld")]
    _withheld: Vec<Object>,
}

/// Reads a line that has `comments` in place of a text.
///
/// What readers did not see comes after the other comments, as it is judged and learned from too.
///
/// # Errors
/// A sentence: what is wrong, in which column, and how to mend it.
pub(super) fn thread(line: &str) -> Result<Thread, String> {
    let refuse = |error: serde_json::Error| {
        let told = error.to_string();
        let told = told.split(" at line ").next().unwrap_or_default();
        format!(
            "no thread as `gruff extract` prints it: {told} in column {}; mend it, or extract the page again",
            error.column()
        )
    };
    serde_json::from_str::<Shape>(line).map_err(refuse)?;
    let mut thread: Thread = serde_json::from_str(line).map_err(refuse)?;
    let withheld = std::mem::take(&mut thread.withheld);
    thread.comments.extend(withheld);
    let nul = |comment: &Comment| comment.text.contains('\0') || comment.id.contains('\0');
    match thread.comments.iter().position(nul) {
        Some(at) => Err(format!("comment {} of the thread holds a NUL character; remove it", at + 1)),
        None => Ok(thread),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read_back() {
        let comment = |id: &str, house: Option<bool>| Comment { id: id.into(), house, ..Comment::default() };
        let mut printed = Thread {
            path: Some("page.html".into()),
            comments: vec![comment("a", None), comment("b", Some(true)), comment("c", Some(false))],
            notes: vec!["a note".into()],
            ..Thread::default()
        };
        printed.set_apart();
        let read = thread(&serde_json::to_string(&printed).unwrap()).unwrap();
        let ids: Vec<&str> = read.comments.iter().map(|comment| comment.id.as_str()).collect();
        assert_eq!((ids, read.withheld.len(), read.notes.len()), (vec!["a", "c", "b"], 0, 1));
        assert_eq!(read.path.as_deref(), Some("page.html"));
    }

    #[test]
    fn what_is_no_thread_is_told() {
        for (line, part) in [
            (r#"{"comments":[{"text":"a"}]}"#, "missing field `id` in column 25"),
            (r#"{"comments":[5]}"#, "invalid type: integer `5`, expected a map in column 14"),
            (r#"{"comments":[["1","ann",null,"You fool.",0,null]]}"#, "invalid type: sequence"),
            (r#"{"comments":{}}"#, "invalid type: map, expected a sequence"),
            (r#"{"article":["title"],"comments":[]}"#, "invalid type: sequence"),
            ("{\"comments\":[{\"id\":\"1\",\"text\":\"a\\u0000\"}]}", "comment 1 of the thread holds a NUL"),
        ] {
            let told = thread(line).unwrap_err();
            assert!(told.contains(part), "{line}: {told}");
        }
    }
}
