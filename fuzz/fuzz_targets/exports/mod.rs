//! What every reader of exports promises, whatever it reads.

use gruff::extract::{Platform, export};
use gruff::thread::Thread;
use std::collections::HashMap;
use std::io::Cursor;

/// Reads `bytes` as an export of the format `name`.
pub fn read(name: &str, bytes: &[u8]) {
    let Some(platform) = Platform::named(name) else { panic!("no format {name}") };
    for thread in export(platform, Box::new(Cursor::new(bytes.to_vec()))).flatten() {
        check(&thread);
    }
}

/// Every comment has a text and an id, none answers itself over others, and depths follow the parents.
fn check(thread: &Thread) {
    let mut first = HashMap::new();
    for comment in &thread.comments {
        assert!(!comment.text.is_empty() && !comment.id.is_empty());
        assert!(!comment.text.contains('\0'));
        first.entry(comment.id.as_str()).or_insert(comment);
    }
    // Of comments with one id the first is answered, which may have been left out since.
    let twins = thread.notes.iter().any(|note| note.contains("an id that another one has"));
    for comment in thread.comments.iter().filter(|_| !twins) {
        let Some(above) = comment.parent.as_deref().and_then(|parent| first.get(parent)) else { continue };
        assert_eq!(comment.depth, above.depth.map(|depth| depth + 1));
    }
}
