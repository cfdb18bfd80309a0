//! The comments that benches judge: rows of this repository, as they are in ASCII and dressed in other characters.

use gruff::corpus::{Body, Columns, Reader};
use std::path::Path;

/// Reads the texts of files of rows.
pub fn texts(files: &[impl AsRef<Path>]) -> Vec<String> {
    let columns = Columns { wanted: Some(Vec::new()), ..Columns::default() };
    let rows = files.iter().flat_map(|file| Reader::open(file.as_ref(), &columns).expect("a file of rows"));
    let text = |entry: gruff::Result<gruff::corpus::Entry>| match entry.expect("a sound row").body {
        Body::Row(row) => vec![row.text],
        Body::Thread(thread) => thread.comments.into_iter().map(|comment| comment.text).collect(),
    };
    rows.flat_map(text).collect()
}

/// Comments in ASCII: those of `training-data/` that are.
pub fn ascii() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("training-data");
    let files =
        ["rough", "calm", "newsroom", "persons", "sarcasm"].map(|name| folder.join(name).with_extension("jsonl"));
    let mut texts = texts(&files);
    texts.retain(|text| text.is_ascii() && !text.is_empty());
    assert!(texts.len() > 500, "training-data/ has too few rows");
    texts
}

/// The same comments as people type them on phones and in other languages: typographic quotes and dashes, accents, emoji,
/// now and then a word in another script.
pub fn mixed() -> Vec<String> {
    const WORDS: [&str; 8] = ["правда", "naïve", "Größe", "日本", "déjà", "señor", "ελλάδα", "café"];
    let dress = |(at, text): (usize, String)| {
        let mut dressed = text.replace('\'', "’").replace(" - ", " — ").replace("...", "…");
        if at % 2 == 0 {
            dressed = dressed.replacen('e', "é", 2);
        }
        if at % 3 == 0 {
            dressed.push_str([" 😂😂", " 🙄", " 👍🏽", " ❤️"][at / 3 % 4]);
        }
        dressed.push(' ');
        dressed.push_str(WORDS[at % WORDS.len()]);
        dressed
    };
    ascii().into_iter().enumerate().map(dress).collect()
}
