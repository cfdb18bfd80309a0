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
         gruff: u.csv:5: byte 54: a quote ends a field and 'q' follows, which is no separator; write a quote inside a text \
         twice, \"\"\n"
    );
}

fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    path.to_str().unwrap().to_owned()
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_thread_that_was_extracted_is_judged_as_its_page() {
    let page = "tests/fixtures/pages/bridge.html";
    let extracted = gruff(here(), &format!("extract {page}"), "");
    let extracted = String::from_utf8(extracted.stdout).unwrap();
    let (direct, piped) = (gruff(here(), &format!("score {page}"), ""), gruff(here(), "score", &extracted));
    assert_eq!((direct.status.code(), told(&direct), direct.stdout.is_empty()), (Some(0), String::new(), false));
    assert_eq!((piped.status.code(), told(&piped)), (Some(0), String::new()));
    assert!(direct.stdout == piped.stdout);
    let explain = "--id 9106 --labels profanity,off_topic";
    let direct = gruff(here(), &format!("explain {page} {explain}"), "");
    let folder = folder(&[("thread.jsonl", &extracted)]);
    for (path, input) in [("-", extracted.as_str()), ("thread.jsonl", "")] {
        let piped = gruff(folder.path(), &format!("explain {path} {explain}"), input);
        assert!(direct.stdout == piped.stdout && !piped.stdout.is_empty(), "{}", told(&piped));
    }
    let checked = gruff(here(), "check", &extracted);
    assert_eq!(
        (checked.status.code(), told(&checked)),
        (
            Some(2),
            "gruff: standard input: this is a thread and not one comment; `gruff score` judges threads\n".to_owned()
        )
    );
    // What readers did not see is judged too, and an export's decisions are kept.
    let export = fixture("exports/wxr.xml");
    let extracted = gruff(here(), &format!("extract {export}"), "");
    let (direct, piped) = (
        gruff(here(), &format!("score {export}"), ""),
        gruff(here(), "score", &String::from_utf8(extracted.stdout).unwrap()),
    );
    let statuses = |output: &Output| {
        let mut all: Vec<String> =
            lines(output).iter().map(|line| format!("{}{}", line["id"], line["status"])).collect();
        all.sort();
        all
    };
    assert_eq!(statuses(&direct), statuses(&piped));
}

#[test]
fn a_page_that_was_cut_is_told_where_its_notes_are_not_written() {
    let page = fs::read(fixture("pages/bridge.html")).unwrap();
    let folder = folder(&[]);
    fs::write(folder.path().join("c.html"), &page[..4000]).unwrap();
    let note = "gruff: c.html: the page says it has 8 comments, 2 were found in it\n";
    for line in ["score c.html", "extract c.html --to jsonl", "explain c.html"] {
        let output = gruff(folder.path(), line, "");
        assert_eq!((output.status.code(), told(&output)), (Some(0), note.to_owned()), "{line}");
    }
    let extracted = gruff(folder.path(), "extract c.html", "");
    assert_eq!(told(&extracted), "", "the line has it");
    let piped = gruff(folder.path(), "score", &String::from_utf8(extracted.stdout).unwrap());
    assert_eq!(told(&piped), note);
}

#[test]
fn what_has_no_comments_is_told_and_no_fault() {
    let folder =
        folder(&[("empty.html", "<html><body><p>Nothing here.</p></body></html>"), ("a.jsonl", "{\"text\":\"a\"}\n")]);
    for command in ["score", "extract", "extract --to jsonl", "explain"] {
        let output = gruff(folder.path(), &format!("{command} empty.html"), "");
        let said = "gruff: empty.html: no comments were found in this\n".to_owned();
        assert_eq!((output.status.code(), told(&output)), (Some(0), said), "{command}");
    }
    for command in ["score", "extract", "extract --to csv"] {
        assert_eq!(gruff(folder.path(), command, "").status.code(), Some(0), "{command}");
        let output = gruff(folder.path(), &format!("{command} empty.html a.jsonl"), "");
        assert_eq!((output.status.code(), told(&output).lines().count()), (Some(0), 1), "{command}");
    }
    let output = gruff(folder.path(), "score", "What an idiot.\n");
    assert_eq!(output.status.code(), Some(0));
    assert!(told(&output).contains("`gruff check` judges one comment, and `jq -Rc '{text: .}'` makes rows"));
}

#[test]
fn columns_that_are_in_no_row_are_told() {
    let folder = folder(&[("a.jsonl", "{\"text\":\"hello\"}\n"), ("b.csv", "text\nhello\n")]);
    for option in ["id", "author", "date", "parent", "thread", "title", "status"] {
        for file in ["a.jsonl", "b.csv"] {
            let output = gruff(folder.path(), &format!("score {file} --{option}-column nope"), "");
            let said = format!("gruff: {file}: no row has the column \"nope\"; check its name\n");
            assert_eq!((output.status.code(), told(&output)), (Some(2), said));
            assert_eq!(lines(&output).len(), 1);
        }
    }
}

#[test]
fn rows_of_several_inputs_say_where_they_are_from() {
    let folder = folder(&[("a.jsonl", "{\"text\":\"hello\"}\n"), ("b.csv", "text\nhello\n")]);
    let paths =
        |line: &str| lines(&gruff(folder.path(), line, "")).iter().map(|line| line["path"].clone()).collect::<Vec<_>>();
    assert_eq!(paths("score a.jsonl b.csv"), ["a.jsonl", "b.csv"]);
    assert_eq!(paths("score a.jsonl"), [Value::Null]);
    let output = gruff(folder.path(), "score", "{\"id\":{\"a\":1},\"text\":\"hello\"}\n");
    assert!(told(&output).ends_with("the id is an object, not a text or a number; mend or leave it out\n"));
}

#[test]
fn labels_that_are_left_out_and_would_act_are_named() {
    let row = "{\"text\":\"What an idiot.\"}\n";
    let output = gruff(here(), "score --labels sarcasm", row);
    assert_eq!(output.status.code(), Some(0));
    assert!(told(&output).starts_with("gruff: --labels leaves out "), "{}", told(&output));
    assert!(told(&output).contains("insult") && told(&output).contains("which the policy (built-in) acts on"));
    assert_eq!(told(&gruff(here(), "score", row)), "");
}

#[test]
fn options_without_effect_are_refused() {
    let folder = folder(&[("a.jsonl", "{\"text\":\"hello\"}\n")]);
    for (line, part) in [
        ("score a.jsonl --offsets chars", "--explain"),
        ("check --offsets chars", "--explain"),
        ("policy --labels insult", "name it with --policy"),
        ("policy --model builtin", "name it with --policy"),
        ("train --data a.jsonl --label house --out o.gruff --sources .", "--recipe"),
        ("train --data a.jsonl --label house --out o.gruff --tune --algorithm nb", "none to choose"),
        ("train --data a.jsonl --label house --out -", "not written to standard output"),
        ("train --data a.jsonl --label house --out none/o.gruff", "there is no folder none; make it first"),
        ("train --data a.jsonl --label house --out o.gruff --languages xx", "no ISO 639-1 code"),
        ("train --data a.jsonl --data ./a.jsonl --label house --out o.gruff", "named twice"),
        ("train --data a.jsonl:spam=x --label house --out o.gruff", "spam is not trained, but house is"),
        ("evaluate --data a.jsonl:spam=x", "spam is not judged, but toxicity"),
        ("evaluate --data a.jsonl --report -", "not written to standard output"),
        ("extract a.jsonl --to csv --context 3", "--context is for --to jsonl"),
        ("explain .", ".: this is a directory; name a file in it"),
        ("train --data . --label house --out o.gruff", ".: this is a directory"),
        ("model show .", ".: this is a directory"),
        ("score a.jsonl --model .", ".: this is a directory"),
        ("score a.jsonl --policy .", "policy .: this is a directory"),
        ("score --files-from .", ".: this is a directory"),
    ] {
        let output = gruff(folder.path(), line, "hello");
        assert_eq!(output.status.code(), Some(2), "{line}");
        assert!(told(&output).contains(part), "{line}: {}", told(&output));
        assert!(output.stdout.is_empty(), "{line}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_policy_is_summed_up() {
    let folder = folder(&[("site.toml", "[labels.insult]\nhold = 0.5\n")]);
    let output = gruff(folder.path(), "policy --policy site.toml", "");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("policy site.toml: sound\n  insult  hold 0.50\n  no rules\n"), "{text}");
    let whole = gruff(folder.path(), "policy", "");
    fs::write(folder.path().join("site.toml"), whole.stdout).unwrap();
    assert_eq!(gruff(folder.path(), "policy --policy site.toml", "").status.code(), Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn what_could_not_be_written_is_said() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    for line in ["policy", "extract --to csv tests/fixtures/rows/threads.csv"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gruff"));
        command.args(line.split_whitespace()).current_dir(here()).stdout(full.try_clone().unwrap());
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(told(&output).contains("standard output: writing failed: No space left"), "{}", told(&output));
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_takes_no_temporary_files_is_named() {
    let comment = |at: usize| {
        let text = "A comment of some length. ".repeat(40);
        format!(
            "{{\"commentHex\":\"c{at}\",\"domain\":\"a.example\",\"url\":\"/{}/\",\"commenterHex\":\"u\",\"markdown\":\"{text}\",\
             \"parentHex\":\"root\",\"state\":\"approved\",\"creationDate\":\"2024-05-01T10:05:00Z\"}}",
            at % 7
        )
    };
    let comments: Vec<String> = (0..6000).map(comment).collect();
    let export = format!("{{\"version\":1,\"comments\":[{}],\"commenters\":[]}}", comments.join(",\n"));
    let folder = folder(&[("big.json", &export)]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_gruff"));
    command.args(["extract", "big.json"]).current_dir(folder.path()).env("TMPDIR", "/no/such/folder");
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        told(&output).contains("no temporary file could be written in /no/such/folder (No such file"),
        "{}",
        told(&output)
    );
    assert!(told(&output).contains("in TMPDIR"), "{}", told(&output));
}
