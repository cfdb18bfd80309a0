//! Whole dumps, and the invariants of the room.

use super::*;
use proptest::prelude::*;
use std::path::{Path, PathBuf};

fn fixture(name: &str) -> Thread {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/dumps").join(name);
    flat_text(&std::fs::read_to_string(path).unwrap())
}

#[test]
fn a_list_gives_comments_with_their_depth() {
    let thread = fixture("list.txt");
    assert_eq!(thread.source.as_deref(), Some("flat-list"));
    assert_eq!(thread.stated_count, Some(5));
    assert_eq!(thread.article.title.as_deref(), Some("Harbour bridge stays shut until spring"));
    assert_eq!(thread.article.author.as_deref(), Some("Greta Holm"));
    let depths: Vec<_> = thread.comments.iter().map(|comment| comment.depth.unwrap()).collect();
    assert_eq!(depths, [0, 2, 1, 0, 1]);
    let parents: Vec<_> = thread.comments.iter().map(|comment| comment.parent.as_deref()).collect();
    assert_eq!(parents, [None, Some("1"), Some("1"), None, Some("4")]);
    assert_eq!(thread.comments[0].author.as_deref(), Some("ann"));
    assert_eq!(
        thread.comments[0].text,
        "Again? They closed it last winter too.\nI will believe in spring when I see it."
    );
    assert!(thread.comments[2].text.contains("\n1) The council"));
    let article = thread.article.text.unwrap();
    assert!(article.contains("every twenty minutes") && !article.contains("Again?"));
}

#[test]
fn comments_without_marks_are_heard() {
    let thread = fixture("unmarked.txt");
    assert_eq!(thread.source.as_deref(), Some("flat-unmarked"));
    assert!(thread.comments[0].text.starts_with("Finally!"), "{}", thread.comments[0].text);
    assert!(thread.comments.len() >= 6, "{}", thread.comments.len());
    assert!(thread.comments.iter().all(|comment| comment.depth.is_none() && comment.parent.is_none()));
    assert!(thread.article.text.unwrap().ends_with("school term."));
    assert_eq!(thread.article.title, None);
}

#[test]
fn chrome_that_looks_like_comments_is_none() {
    let thread = fixture("chrome.txt");
    assert!(thread.comments.is_empty(), "{:?}", thread.source);
    assert_eq!((thread.source, thread.confidence), (None, None));
    assert_eq!(thread.article.title.as_deref(), Some("Fishing quota cut by a fifth"));
    assert!(!thread.article.text.unwrap().contains("Leave a comment"));
}

#[test]
fn bylines_above_and_below_comments() {
    let above = "Some article text about the harbour bridge.\n\nComments (2)\n\nAnn · 3 March 2025\n\nI walked there today.\n\n\
        Reply\n\nBo · 4 March 2025\n\nSo did I, and you?\n\nReply\n\nLeave a Reply\n";
    let thread = flat_text(above);
    let shown: Vec<_> =
        thread.comments.iter().map(|c| (c.author.as_deref(), c.date.as_deref(), c.text.as_str())).collect();
    let expected = [
        (Some("Ann"), Some("3 March 2025"), "I walked there today."),
        (Some("Bo"), Some("4 March 2025"), "So did I, and you?"),
    ];
    assert_eq!(shown, expected);
    let below = "Some article text.\n\nKommentare\n\nanna60\n\nIch bin heute da gewesen, war schön!\n\n12.04.2020 17:02\nAntworten\n\
        bo81\n\nDu auch? Ich habe dich nicht gesehen.\n\n11.04.2020 22:26\nAntworten\n";
    let thread = flat_text(below);
    assert_eq!(thread.comments.len(), 2);
    assert_eq!(thread.comments[1].author.as_deref(), Some("bo81"));
    assert_eq!(thread.comments[1].text, "Du auch? Ich habe dich nicht gesehen.");
}

#[test]
fn seeds_of_the_test_collection() {
    let root = std::env::var_os("GRUFF_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let Ok(entries) = std::fs::read_dir(root.join("extract/seeds")) else {
        println!("skipped: no collection");
        return;
    };
    for path in
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|end| end == "txt"))
    {
        let gold: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(path.with_extension("json")).unwrap()).unwrap();
        let thread = flat_text(&std::fs::read_to_string(&path).unwrap());
        let gold = gold["comments"].as_array().unwrap();
        let same = gold
            .iter()
            .filter(|gold| thread.comments.iter().any(|found| Some(found.text.as_str()) == gold["text"].as_str()));
        let same = same.count();
        match path.file_name().unwrap().to_string_lossy().get(..3).unwrap() {
            "000" => {
                assert_eq!(same, 12);
                let depths: Vec<_> = thread.comments.iter().map(|comment| comment.depth.map(u64::from)).collect();
                assert_eq!(depths, gold.iter().map(|gold| gold["depth"].as_u64()).collect::<Vec<_>>());
            }
            "001" => assert!(same >= 10, "{same}"),
            _ => assert!(thread.comments.is_empty()),
        }
    }
}

#[test]
fn huge_dumps_take_linear_time() {
    for unit in [
        "1 Comment\n",
        "  1. a\n",
        "ann says:\n",
        "Reply\n\n",
        "12.04.2020\n",
        "\"„(@ ",
        "      • \n",
        "x\n12.04.2020\n",
    ] {
        let started = std::time::Instant::now();
        flat_text(&unit.repeat(40_000));
        assert!(started.elapsed().as_secs() < 20, "{unit:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,400}") {
        flat_text(&text);
    }

    #[test]
    fn any_mix_of_marks_keeps_its_promises(pieces in prop::collection::vec(
        prop::sample::select(vec![
            "3 Comments\n", "Comments\n", "  1. Thanks a lot!\n", "    • And you?\n", "        • I am\n", "ann says:\n", "Reply\n",
            "Bo · 3 March 2025\n", "\n", "Leave a Reply\n", "A long line of prose about the harbour, said the mayor.\n", "@bo\n",
            "  2.\n", "  • \n", "\u{a0}\n", "é", "12.04.2020 17:02\n", "Kind regards\n", "LG\n",
        ]), 0..40,
    )) {
        let thread = flat_text(&pieces.concat());
        for (place, comment) in thread.comments.iter().enumerate() {
            prop_assert_eq!(&comment.id, &(place + 1).to_string());
            prop_assert!(!comment.text.trim().is_empty());
            if let Some(parent) = &comment.parent {
                let parent: usize = parent.parse().unwrap();
                prop_assert!(parent <= place);
                prop_assert!(thread.comments[parent - 1].depth < comment.depth);
            }
        }
        prop_assert_eq!(thread.source.is_some(), !thread.comments.is_empty());
    }
}
