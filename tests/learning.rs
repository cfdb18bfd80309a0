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

#[test]
fn a_column_that_is_not_there_makes_no_model() {
    let (_guard, folder) = decisions();
    fs::write(
        folder.join("own.jsonl"),
        "{\"text\":\"a\",\"labels\":{\"house\":1}}\n{\"text\":\"b\",\"labels\":{\"house\":0}}\n",
    )
    .unwrap();
    let trained = gruff(&folder, "train --data own.jsonl:house=nope --label house --out site.gruff");
    assert_eq!(
        (trained.status.code(), told(&trained)),
        (Some(2), "gruff: own.jsonl: no row has the column \"nope\"; check its name\n".to_owned())
    );
    assert!(!folder.join("site.gruff").exists());
}

#[test]
fn words_in_a_column_of_labels_are_one_mistake() {
    let (_guard, folder) = decisions();
    let rows: String = (0..60).map(|at| format!("comment {at},{}\n", if at % 3 == 0 { "yes" } else { "no" })).collect();
    fs::write(folder.join("words.csv"), format!("text,house\n{rows}")).unwrap();
    let trained = gruff(&folder, "train --data words.csv --label house --out site.gruff");
    assert_eq!(trained.status.code(), Some(2));
    let told = told(&trained);
    assert_eq!(told.lines().count(), 5, "{told}");
    assert!(
        told.contains("label house is \"yes\"; a label is 0, 1") && told.contains("with 1 for yes and 0 for no"),
        "{told}"
    );
    assert!(told.contains("and 57 more rows could not be read"), "{told}");
}

#[test]
fn a_model_that_learned_nothing_is_told() {
    let (_guard, folder) = decisions();
    let rows: String = (0..40).map(|at| format!("the same words {},{}\n", at / 2, at % 2)).collect();
    fs::write(folder.join("same.csv"), format!("text,house\n{rows}")).unwrap();
    let trained = gruff(&folder, "train --data same.csv --label house --no-tune --out site.gruff");
    assert_eq!(trained.status.code(), Some(0), "{}", told(&trained));
    assert!(
        told(&trained).starts_with("gruff: house: rows that were held out are told apart no better than by chance")
    );
    assert_eq!(told(&gruff(&folder, TRAIN)), "");
}

#[test]
fn rows_that_a_model_was_trained_on_are_told_in_its_evaluation() {
    let (_guard, folder) = decisions();
    let trained = gruff(&folder, TRAIN);
    assert_eq!(trained.status.code(), Some(0), "{}", told(&trained));
    let line = "evaluate --model site.gruff --data rows.jsonl:house=rejected --text-column body --resamples 20";
    let evaluated = gruff(&folder, line);
    assert_eq!(evaluated.status.code(), Some(0), "{}", told(&evaluated));
    assert!(told(&evaluated).starts_with("gruff: rows.jsonl: the model site was trained on this file"));
}
