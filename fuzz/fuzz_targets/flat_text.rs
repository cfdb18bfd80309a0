//! Any bytes as a text dump: decoded or refused, then read, and the thread keeps its promises.
#![no_main]

use gruff::extract::{Format, decode, flat_text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(dump) = decode(bytes, Format::FlatText) else { return };
    let thread = flat_text(&dump);
    for (place, comment) in thread.comments.iter().enumerate() {
        assert!(!comment.text.trim().is_empty());
        assert_eq!(comment.id, (place + 1).to_string());
        let parent = comment.parent.as_deref().map(|parent| parent.parse::<usize>().unwrap_or(usize::MAX));
        assert!(parent.is_none_or(|parent| parent <= place));
    }
    assert_eq!(thread.source.is_some(), !thread.comments.is_empty());
});
