//! `gruff evaluate` and `gruff model` as they are used.
#![cfg(all(feature = "cli", feature = "serve"))]

use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn gruff(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gruff")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Rows of two sites; every fourth insults.
fn rows(folder: &Path) -> PathBuf {
    let (kind, rude) = (
        [
            "The new bins are <b>lovely</b>, and larger than the old ones.",
            "Thanks for the photographs, <b>lovely</b> bridge.",
        ],
        ["Shut up, you stupid idiot.", "What a moron. You are pathetic."],
    );
    let row = |at: usize| {
        let (insult, site) = (at.is_multiple_of(4), if (at / 8).is_multiple_of(2) { "east" } else { "west" });
        // Each text is its own: those that are the same would be held out together.
        let text = format!("{} Bench {at}.", if insult { rude[at / 4 % 2] } else { kind[at % 2] });
        json!({"id": at, "text": text, "labels": {"insult": u8::from(insult)}, "site": site})
    };
    let path = folder.join("rows.jsonl");
    let lines: Vec<String> = (0..64).map(|at| row(at).to_string()).collect();
    fs::write(&path, lines.join("\n") + "\n").unwrap();
    path
}

#[test]
fn an_evaluation_tells_parts_differences_and_writes_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let (data, page) = (rows(folder.path()), folder.path().join("report.html"));
    let (data, page) = (data.to_str().unwrap(), page.to_str().unwrap());
    let common = ["evaluate", "--data", data, "--against", "builtin", "--slice", "length,site", "--resamples", "50"];
    let run = |more: &[&str]| gruff(&[&common, more].concat());
    let done = run(&["--format", "json", "--report", page]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let document: Value = serde_json::from_slice(&done.stdout).unwrap();
    let lines = document["lines"].as_array().unwrap();
    let whole = &lines[0];
    assert_eq!((&whole["set"], &whole["rows"], &whole["positives"]), (&json!("rows"), &json!(64), &json!(16)));
    assert_eq!(whole["auc"]["value"], 1.0);
    assert_eq!(whole["against"]["auc"]["difference"], 0.0);
    assert_eq!(whole["calibration"]["base_rate"], 0.25);
    let sites: Vec<&Value> = lines.iter().filter(|line| line["slice"]["by"] == "site").collect();
    assert_eq!(sites.iter().map(|line| line["slice"]["part"].as_str().unwrap()).collect::<Vec<_>>(), ["east", "west"]);
    assert!(sites.iter().all(|line| line["rows"] == 32));

    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("&lt;b&gt;lovely&lt;/b&gt;") && !page.contains("<b>lovely"));
    assert_eq!(page.matches("<svg ").count(), 4);
    for load in ["<script", "<link", "<img", " src=", "url(", "@import"] {
        assert!(!page.contains(load), "{load}");
    }
    // The same seed gives the same figures, whatever the threads.
    let again = run(&["--format", "json", "--threads", "1"]);
    assert_eq!(text(&again.stdout), text(&done.stdout));
    let table = text(&run(&[]).stdout);
    assert!(table.contains("  site: east") && table.contains("+0.0000 (+0.0000 to +0.0000) p 1.000"), "{table}");
}

#[test]
fn a_report_never_replaces_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let data = rows(folder.path());
    let before = fs::read(&data).unwrap();
    let name = data.to_str().unwrap();
    let done = gruff(&["evaluate", "--data", name, "--report", name]);
    assert_eq!(done.status.code(), Some(2));
    assert_eq!(fs::read(&data).unwrap(), before);
    // Nor what judges them.
    for option in ["--model", "--policy", "--against"] {
        let file = folder.path().join("judging");
        fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/models/builtin.gruff"), &file).unwrap();
        let before = fs::read(&file).unwrap();
        let judging = file.to_str().unwrap();
        let done = gruff(&["evaluate", "--data", name, option, judging, "--report", judging]);
        assert!(done.status.code() == Some(2) && text(&done.stderr).contains("one of the inputs"), "{option}");
        assert!(fs::read(&file).unwrap() == before, "{option}");
    }
}

#[test]
fn what_cannot_be_sliced_or_compared_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let data = rows(folder.path());
    let (data, site) = (data.to_str().unwrap(), folder.path().join("site.gruff"));
    let done = gruff(&["evaluate", "--data", data, "--slice", "site,stie", "--resamples", "10"]);
    assert!(done.status.code() == Some(2) && text(&done.stderr).contains("--slice stie: no row has"), "{done:?}");
    assert!(!text(&done.stderr).contains("--slice site"));
    let site = site.to_str().unwrap();
    let trained = gruff(&["train", "--data", data, "--label", "insult", "--out", site]);
    assert!(trained.status.success(), "{}", text(&trained.stderr));
    let done = gruff(&["evaluate", "--data", data, "--labels", "sarcasm", "--against", site]);
    let told = text(&done.stderr);
    assert!(done.status.code() == Some(2) && told.contains("no label in common"), "{told}");
}

#[test]
fn models_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let data = rows(folder.path());
    let (data, site) = (data.to_str().unwrap(), folder.path().join("site.gruff"));
    let site = site.to_str().unwrap();
    let same = gruff(&["model", "diff", "builtin", "builtin"]);
    assert_eq!(text(&same.stdout), "cards and weights are the same\n");
    let trained = gruff(&["train", "--data", data, "--label", "insult", "--label", "house", "--out", site]);
    // No row carries `house`.
    assert!(!trained.status.success());
    let trained = gruff(&["train", "--data", data, "--label", "insult", "--out", site]);
    assert!(trained.status.success(), "{}", text(&trained.stderr));
    let diff = gruff(&["model", "diff", "builtin", site, "--data", data]);
    assert!(diff.status.success(), "{}", text(&diff.stderr));
    let diff = text(&diff.stdout);
    for part in [
        "labels\n",
        "  - sarcasm",
        "  insult\n",
        "rows: ",
        "sources\n",
        "  + rows",
        "weights\n",
        "insult: 64 rows, mean ",
    ] {
        assert!(diff.contains(part), "{part}: {diff}");
    }
    let json = gruff(&["model", "diff", "builtin", site, "--json"]);
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert!(json["labels"]["removed"].as_array().unwrap().contains(&json!("sarcasm")));
    let shown = text(&gruff(&["model", "show", site]).stdout);
    assert!(shown.contains("average precision") && shown.contains("threshold"), "{shown}");
}
