//! `gruff train` and `gruff evaluate` as they are used: what they keep, refuse and warn of.
#![cfg(all(feature = "cli", feature = "serve"))]

use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn gruff(folder: &Path, line: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gruff")).args(line.split_whitespace()).current_dir(folder).output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// What a site decided: three of four comments stayed. Returns the folder's path with `rows.jsonl` in it.
fn decisions() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let row = |at: usize| {
        let rude = at.is_multiple_of(4);
        let what = if rude { "Buy the cheap pills of this shop" } else { "The ferry leaves from the old pier" };
        json!({"id": at, "body": format!("{what}, number {at}."), "rejected": u8::from(rude)}).to_string()
    };
    fs::write(folder.path().join("rows.jsonl"), (0..48).map(|at| row(at) + "\n").collect::<String>()).unwrap();
    let path = folder.path().to_owned();
    (folder, path)
}

const TRAIN: &str =
    "train --data rows.jsonl:house=rejected --text-column body --label house --no-tune --out site.gruff";

fn card(folder: &Path, model: &str) -> Value {
    let shown = gruff(folder, &format!("model show {model} --json"));
    assert!(shown.status.success(), "{}", told(&shown));
    serde_json::from_slice(&shown.stdout).unwrap()
}

#[test]
fn a_model_keeps_of_its_base_what_was_not_said_anew() {
    let (_guard, folder) = decisions();
    let trained = gruff(&folder, &format!("{TRAIN} --base builtin"));
    assert_eq!(trained.status.code(), Some(0), "{}", told(&trained));
    let (base, site) = (card(&folder, ""), card(&folder, "site.gruff"));
    assert_eq!(site["languages"], json!(["en"]));
    for kept in ["languages", "licence", "limits", "intended_use"] {
        assert_eq!(site[kept], base[kept], "{kept}");
        assert!(!site[kept].is_null() && site[kept] != json!([]) && site[kept] != "", "{kept}");
    }
    assert_eq!(site["name"], "site");
    // A language that the model does not know is not judged as English.
    fs::write(
        folder.join("de.jsonl"),
        json!({"text": "Das ist doch wirklich eine Frechheit, was sich der Bürgermeister heute geleistet hat."})
            .to_string(),
    )
    .unwrap();
    let judged = gruff(&folder, "score --model site.gruff --format jsonl de.jsonl");
    let judged: Value = serde_json::from_slice(&judged.stdout).unwrap();
    assert_eq!((&judged["language"], &judged["scores"]["insult"]), (&json!("de"), &Value::Null));
    // What is said wins.
    let trained = gruff(&folder, &format!("{TRAIN} --base builtin --languages en,de"));
    assert_eq!(trained.status.code(), Some(0), "{}", told(&trained));
    assert_eq!(card(&folder, "site.gruff")["languages"], json!(["en", "de"]));
}

#[test]
fn a_model_none_of_whose_heads_are_kept_says_nothing_of_the_next() {
    let (_guard, folder) = decisions();
    for line in [format!("{TRAIN} --languages de"), TRAIN.replace("site.gruff", "next.gruff") + " --base site.gruff"] {
        let trained = gruff(&folder, &line);
        assert_eq!(trained.status.code(), Some(0), "{}", told(&trained));
    }
    assert_eq!(card(&folder, "site.gruff")["languages"], json!(["de"]));
    assert_eq!(card(&folder, "next.gruff")["languages"], json!([]));
}
