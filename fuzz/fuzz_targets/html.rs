//! Any bytes as a web page: decoded or refused, then read in both ways, and the thread keeps its promises.
#![no_main]

use gruff::extract::{Format, decode, html, html_by_shape};
use gruff::thread::Thread;
use libfuzzer_sys::fuzz_target;
use std::collections::HashSet;

fuzz_target!(|bytes: &[u8]| {
    let Ok(page) = decode(bytes, Format::Html) else { return };
    check(&html(&page));
    check(&html_by_shape(&page));
});

fn check(thread: &Thread) {
    let mut seen: HashSet<&str> = HashSet::new();
    for comment in &thread.comments {
        assert!(!comment.text.trim().is_empty());
        assert!(comment.parent.as_deref().is_none_or(|parent| seen.contains(parent)));
        assert!(seen.insert(&comment.id));
        let mut before = 0;
        for (start, end) in &comment.quotes {
            assert!(before <= *start && start < end && comment.text.get(*start..*end).is_some());
            before = *end;
        }
    }
    assert_eq!(thread.source.is_some(), thread.confidence.is_some());
}
