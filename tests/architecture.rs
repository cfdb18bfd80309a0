//! The rooms import downward only, and no file grows past what one sitting can read.

use std::fs;
use std::path::{Path, PathBuf};

/// From low to high; rooms on one line may use each other only in the order they stand in.
const ORDER: &[&str] = &[
    "error",
    "label",
    "span",
    "thread",
    "extract",
    "text",
    "corpus",
    "features",
    "model",
    "adapt",
    "detect",
    "policy",
    "moderator",
    "evaluate",
    "train",
    "report",
    "store",
    "serve",
    "cli",
];
const LONGEST: usize = 500;

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn all() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.len() > 30, "the sources were not found");
    found.sort();
    found.into_iter().map(|path| (path.clone(), fs::read_to_string(&path).unwrap())).collect()
}

fn room(path: &Path) -> String {
    let below = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let first = below.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

fn rank(room: &str) -> Option<usize> {
    ORDER.iter().position(|known| *known == room)
}

/// Reads the rooms that a file names through `crate::`; code and tests alike, comments and docs left out.
fn named(source: &str) -> Vec<(usize, String)> {
    let mut rooms = Vec::new();
    for (number, line) in source.lines().enumerate() {
        if line.trim_start().starts_with("//") {
            continue;
        }
        for piece in line.split("crate::").skip(1) {
            let inner = piece.strip_prefix('{').unwrap_or(piece);
            let name: String = inner.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            if !name.is_empty() {
                rooms.push((number + 1, name));
            }
        }
    }
    rooms
}

#[test]
fn imports_run_downward() {
    let mut upward = Vec::new();
    for (path, source) in all() {
        let own = room(&path);
        if own == "main" || own == "lib" {
            continue;
        }
        let Some(mine) = rank(&own) else { panic!("{own} is not in the order of rooms") };
        for (line, other) in named(&source) {
            match rank(&other) {
                Some(theirs) if theirs > mine => upward.push(format!("{}:{line}: {own} uses {other}", path.display())),
                _ => {}
            }
        }
    }
    assert!(upward.is_empty(), "imports that run upward:\n{}", upward.join("\n"));
}

#[test]
fn the_test_sees_an_upward_import() {
    let found =
        named("use crate::serve::Pool;\n// use crate::cli\nlet x = crate::label::Label;\nuse crate::{error::Error};");
    let rooms: Vec<&str> = found.iter().map(|(_, room)| room.as_str()).collect();
    assert_eq!(rooms, ["serve", "label", "error"]);
    assert!(rank("serve") > rank("label"));
}

#[test]
fn files_are_of_one_thought() {
    let long: Vec<String> = all()
        .into_iter()
        .filter(|(_, source)| source.lines().count() > LONGEST)
        .map(|(path, source)| format!("{}: {} lines", path.display(), source.lines().count()))
        .collect();
    assert!(long.is_empty(), "split these by what they know:\n{}", long.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<String> = all()
        .into_iter()
        .filter(|(_, source)| !source.starts_with("//!"))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(silent.is_empty(), "no word of introduction:\n{}", silent.join("\n"));
}
