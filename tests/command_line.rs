//! The program as people call it: what it reads, what it tells, and how it ends.
#![cfg(all(feature = "cli", feature = "serve"))]

use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs a line of arguments that spaces keep apart in a folder.
fn gruff(folder: &Path, line: &str, input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gruff"));
    command.args(line.split_whitespace()).current_dir(folder);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // The program may end before it has read all.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

#[test]
fn rows_behind_a_broken_quote_are_read_and_the_quote_is_told() {
    let table = "id,text\n1,fine\n2,\"unclosed comment\n3,\"lost here\"\n4,\"a \"quoted\" word\"\n5,you idiot\n";
    let folder = folder(&[("u.csv", table)]);
    let output = gruff(folder.path(), "extract u.csv --to jsonl", "");
    assert_eq!(output.status.code(), Some(2));
    let texts: Vec<Value> = lines(&output).into_iter().map(|row| row["text"].clone()).collect();
    assert_eq!(texts, ["fine", "lost here", "you idiot"]);
    assert_eq!(
        told(&output),
        "gruff: u.csv:3: byte 17: a quote is opened here and ends on line 4, where 'l' follows and no separator; close it in \
         its own row, and write a quote inside a text twice, \"\"\n\
         gruff: u.csv:5: byte 53: a quote ends a field and 'q' follows, which is no separator; write a quote inside a text \
         twice, \"\"\n"
    );
}
