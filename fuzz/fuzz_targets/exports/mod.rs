//! What every reader of exports promises, whatever it reads.

#![allow(dead_code, reason = "each target uses one of the two readers")]

use gruff::corpus::{Body, Columns, Reader};
use gruff::extract::{Platform, export};
use gruff::thread::Thread;
use std::collections::HashMap;
use std::io::Cursor;

/// Reads `bytes` as an export of the format `name`.
pub fn read(name: &str, bytes: &[u8]) {
    let Some(platform) = Platform::named(name) else { panic!("no format {name}") };
    for thread in export(platform, Box::new(Cursor::new(bytes.to_vec()))).flatten() {
        assert!(thread.comments.iter().all(|comment| !comment.text.is_empty()));
        check(&thread);
    }
}

/// Reads `bytes` as an input that is called `name`.
pub fn read_rows(name: &str, bytes: &[u8]) {
    let Ok(reader) = Reader::from_stream(name, Box::new(Cursor::new(bytes.to_vec())), &Columns::default()) else {
        return;
    };
    for entry in reader.flatten() {
        match entry.body {
            // Pages have a target of their own.
            Body::Thread(thread) if entry.line.is_some() => check(&thread),
            Body::Thread(_) => {}
            Body::Row(row) => assert!(!row.text.contains('\0')),
        }
    }
}

/// Every comment has an id, none answers itself over others, and depths follow the parents.
fn check(thread: &Thread) {
    let mut first = HashMap::new();
    for comment in &thread.comments {
        assert!(!comment.id.is_empty());
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
