//! Real dumps with gold threads, where the folder that `GRUFF_SHARED` names has them.

use std::fs;
use std::path::PathBuf;

fn seeds() -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = std::env::var_os("GRUFF_SHARED").map_or_else(beside, PathBuf::from).join("extract/seeds");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no dumps at {} (set GRUFF_SHARED)", folder.display());
    None
}

fn words(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[test]
fn threads_of_real_dumps_are_found_and_chrome_is_not() {
    let Some(folder) = seeds() else { return };
    let mut dumps: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    dumps.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    dumps.sort();
    assert_eq!(dumps.len(), 5);
    let least = [12, 10, 0, 0, 0];
    for (dump, least) in dumps.iter().zip(least) {
        let gold: serde_json::Value = serde_json::from_slice(&fs::read(dump.with_extension("json")).unwrap()).unwrap();
        let gold = gold["comments"].as_array().cloned().unwrap_or_default();
        let thread = gruff::extract::flat_text(&fs::read_to_string(dump).unwrap());
        if gold.is_empty() {
            assert!(thread.comments.is_empty(), "{}: chrome was taken for comments", dump.display());
        }
        let is_found = |gold: &&serde_json::Value| {
            let text = words(gold["text"].as_str().unwrap_or_default());
            let found = thread.comments.iter().find(|comment| words(&comment.text) == text);
            // Where the dump shows a depth, it must be that one.
            found.is_some_and(|comment| gold["depth"].is_null() || gold["depth"] == serde_json::json!(comment.depth))
        };
        let found = gold.iter().filter(is_found).count();
        assert!(found >= least, "{}: {found} of {}", dump.display(), gold.len());
        assert!(least != 12 || thread.comments.len() == 12);
    }
}
