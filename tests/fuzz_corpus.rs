//! The fuzz targets' corpora, and pages and dumps made of their pieces, read by the ordinary compiler.

use gruff::extract::{flat_text, html, html_by_shape};
use gruff::thread::Thread;
use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

/// How many mixtures of each kind are read.
const MIXTURES: usize = 400;

fn corpus(name: &str) -> Vec<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    files.iter().map(|file| String::from_utf8_lossy(&fs::read(file).unwrap()).into_owned()).collect()
}

/// Numbers that look random and are the same every time (Knuth's linear congruential generator).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }
}

/// Pieces of the files in any order, some of them torn, doubled or with a character changed.
fn mixture(files: &[String], numbers: &mut Numbers) -> String {
    let mut out = String::new();
    for _ in 0..=numbers.below(8) {
        let file: Vec<char> = files[numbers.below(files.len())].chars().collect();
        let from = numbers.below(file.len());
        let to = from + numbers.below(file.len() - from + 1);
        let mut piece: Vec<char> = file[from..to].to_vec();
        match numbers.below(4) {
            0 if !piece.is_empty() => {
                let at = numbers.below(piece.len());
                piece[at] = ['<', '>', '"', '\'', '&', '/', '\0', ' ', '1', 'é', '\u{200b}', '💬'][numbers.below(12)];
            }
            1 => piece.extend_from_within(..),
            _ => {}
        }
        out.extend(piece);
    }
    out
}

fn keeps_its_promises(thread: &Thread) {
    let mut seen: HashSet<&str> = HashSet::new();
    for comment in &thread.comments {
        assert!(!comment.text.trim().is_empty());
        assert!(comment.parent.as_deref().is_none_or(|parent| seen.contains(parent)));
        assert!(seen.insert(&comment.id));
        assert!(comment.quotes.iter().all(|(start, end)| start < end && comment.text.get(*start..*end).is_some()));
    }
    assert!(thread.confidence.is_none_or(|sure| (0.0..=1.0).contains(&sure)));
    assert!(thread.comments.is_empty() || thread.confidence.is_some());
}

#[test]
fn pages_of_the_corpus_and_mixtures_of_them_are_read() {
    let files = corpus("html");
    let mut numbers = Numbers(1);
    let mixtures: Vec<String> = (0..MIXTURES).map(|_| mixture(&files, &mut numbers)).collect();
    for page in files.iter().chain(&mixtures) {
        keeps_its_promises(&html(page));
        keeps_its_promises(&html_by_shape(page));
    }
}

#[test]
fn dumps_of_the_corpus_and_mixtures_of_them_are_read() {
    let files = corpus("flat_text");
    let mut numbers = Numbers(2);
    let mixtures: Vec<String> = (0..MIXTURES).map(|_| mixture(&files, &mut numbers)).collect();
    for dump in files.iter().chain(&mixtures) {
        keeps_its_promises(&flat_text(dump));
    }
}
