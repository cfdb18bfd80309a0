//! The pages under `tests/fixtures/pages`, each read whole.

use super::{Mechanisms, html, html_by, html_by_shape};
use crate::thread::Thread;
use std::path::Path;

fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pages").join(format!("{name}.html"));
    std::fs::read_to_string(path).unwrap()
}

fn read(name: &str) -> Thread {
    html(&page(name))
}

/// Author, text, depth and parent's place of each comment.
type Told<'a> = (&'a str, &'a str, u32, Option<usize>);

/// One conversation, in the markup of every platform.
const TREES: [Told<'_>; 4] = [
    ("Greta Lind", "Finally some shade.\nThe square was an oven last July.", 0, None),
    ("tomasz_k", "An oven with parking, at least.", 1, Some(0)),
    ("Greta Lind", "You can park in the shade too.", 2, Some(1)),
    ("R. Okafor", "Who waters them in August?", 0, None),
];

fn tells_of_trees(name: &str, source: &str, nested: bool) {
    let thread = read(name);
    assert_eq!(thread.source.as_deref(), Some(source), "{name}");
    assert_eq!(thread.article.title.as_deref(), Some("Twelve trees for the market square"), "{name}");
    let body = thread.article.text.as_deref().unwrap_or_default();
    assert!(
        body.starts_with("The market square will get") || body.contains("\nThe market square will get"),
        "{name}: {body}"
    );
    assert!(body.ends_with("for three weeks."), "{name}: {body}");
    assert_eq!(thread.comments.len(), TREES.len(), "{name}");
    let ids: Vec<&str> = thread.comments.iter().map(|comment| comment.id.as_str()).collect();
    for (comment, (author, text, depth, parent)) in thread.comments.iter().zip(TREES) {
        assert_eq!(comment.author.as_deref(), Some(author), "{name}");
        assert_eq!(comment.text.replace(". The", ".\nThe"), text, "{name}");
        let date = comment.date.as_deref().unwrap_or_default();
        assert!(
            date.starts_with("2024-05-0") && date.ends_with("+02:00") || date.contains(" May 2024, "),
            "{name}: {date}"
        );
        if nested {
            assert_eq!(comment.depth, Some(depth), "{name}");
            assert_eq!(comment.parent.as_deref(), parent.and_then(|at| ids.get(at)).copied(), "{name}");
        } else {
            assert_eq!((comment.depth.unwrap_or(0), &comment.parent), (0, &None), "{name}");
        }
    }
}

#[test]
fn every_platform_tells_the_same() {
    let nested = [
        "hacker-news",
        "reddit",
        "isso",
        "remark42",
        "wpdiscuz",
        "epoch",
        "blogger",
        "drupal",
        "microdata",
        "wordpress",
        "json-ld",
        "commento",
        "disqus",
        "coral",
        "lemmy",
        "microformats",
        "rdfa",
    ];
    for name in nested {
        tells_of_trees(name, name, true);
    }
    tells_of_trees("comentario", "commento", true);
    tells_of_trees("reddit-new", "reddit", true);
    let flat = ["xenforo-widget", "stack-exchange", "blogger-list", "microdata-review", "definition-list", "anchors"];
    for name in flat {
        tells_of_trees(name, name, false);
    }
}

#[test]
fn the_first_post_of_a_forum_is_the_article() {
    for name in ["discourse", "phpbb", "xenforo", "vbulletin", "mastodon"] {
        tells_of_trees(name, name, false);
        let article = read(name).article;
        assert_eq!(article.author.as_deref(), Some("valley_news"), "{name}");
        assert!(article.date.is_some_and(|date| date.contains("2024")), "{name}");
    }
}

#[test]
fn pages_without_a_rule_are_read_by_their_shape() {
    tells_of_trees("family-letters", "family-named", false);
    tells_of_trees("family-lines", "family-placed", false);
    tells_of_trees("family-boxes", "family-placed", true);
    for name in ["cards", "nested-lists", "styled-components", "no-names", "margins", "hidden-avatars"] {
        tells_of_trees(&format!("shape-{name}"), "family-headed", true);
    }
    for name in ["custom-elements", "details"] {
        tells_of_trees(&format!("shape-{name}"), "family-named", true);
    }
    tells_of_trees("shape-data-depth", "family-shape", true);
    for name in ["bylines", "table-guestbook"] {
        tells_of_trees(&format!("shape-{name}"), "family-headed", false);
    }
    tells_of_trees("shape-quotes-after", "family-talk", false);
}

#[test]
fn platforms_are_read_without_the_table_too() {
    // What is left to rules: forums, whose posts nothing announces, and data that only machines read.
    for name in ["wordpress", "wpdiscuz", "blogger", "isso"] {
        let thread = html_by_shape(&page(name));
        assert_eq!(thread.comments.len(), TREES.len(), "{name}");
        for (comment, (author, text, depth, _)) in thread.comments.iter().zip(TREES) {
            assert_eq!(comment.author.as_deref(), Some(author), "{name}");
            assert_eq!(comment.text, text, "{name}");
            assert_eq!(comment.depth, Some(depth), "{name}");
        }
    }
}

/// Pages of newspapers in many languages, each with its gold beside it; somebody quotes the form in each.
#[test]
fn pages_in_many_languages_are_read_and_their_chrome_is_not() {
    let pages = folder("languages");
    assert!(pages.len() >= 18);
    for path in pages {
        let gold = std::fs::read_to_string(path.with_extension("json")).unwrap();
        let gold: serde_json::Value = serde_json::from_str(&gold).unwrap();
        for thread in [html, html_by_shape].map(|read| read(&std::fs::read_to_string(&path).unwrap())) {
            let told: Vec<_> = thread
                .comments
                .iter()
                .map(|c| serde_json::json!({"author": c.author, "date": c.date, "text": c.text, "depth": c.depth}))
                .collect();
            assert_eq!(serde_json::json!(told), gold["comments"], "{}", path.display());
            assert_eq!(thread.article.title.as_deref(), gold["title"].as_str(), "{}", path.display());
            assert_eq!(thread.stated_count, gold["stated"].as_u64(), "{}", path.display());
            assert_eq!(thread.notes, [""; 0], "{}", path.display());
        }
    }
}

/// Compares a thread with the gold beside its page; what the gold does not tell may be anything.
fn tells_as_gold(thread: &Thread, path: &Path) {
    let gold = std::fs::read_to_string(path.with_extension("json")).unwrap();
    let gold: serde_json::Value = serde_json::from_str(&gold).unwrap();
    let wanted = gold["comments"].as_array().unwrap();
    let place = path.display();
    assert_eq!(thread.comments.len(), wanted.len(), "{place}");
    for (comment, wanted) in thread.comments.iter().zip(wanted) {
        assert_eq!(comment.author.as_deref(), wanted["author"].as_str(), "{place}");
        assert_eq!(comment.date.as_deref(), wanted["date"].as_str(), "{place}");
        assert_eq!(comment.text, wanted["text"].as_str().unwrap(), "{place}");
        assert!(comment.date.as_deref().and_then(crate::extract::iso_date).is_some(), "{place}: {:?}", comment.date);
        if let Some(depth) = wanted["depth"].as_u64() {
            assert_eq!(comment.depth.map(u64::from), Some(depth), "{place}");
        }
        let quotes: Vec<&str> = comment.quotes.iter().map(|(start, end)| &comment.text[*start..*end]).collect();
        let wanted: Vec<&str> = wanted["quotes"].as_array().into_iter().flatten().filter_map(|q| q.as_str()).collect();
        assert_eq!(quotes, wanted, "{place}");
    }
    assert_eq!(thread.article.title.as_deref(), gold["title"].as_str(), "{place}");
    assert_eq!(thread.stated_count, gold["stated"].as_u64(), "{place}");
}

/// Pages in the manner of many kinds of site, in two dozen languages, by all ways and by the general finder alone.
#[test]
fn sites_nobody_wrote_a_rule_for_are_read() {
    let pages = folder("sites");
    assert!(pages.len() >= 30);
    for path in pages {
        let source = std::fs::read_to_string(&path).unwrap();
        tells_as_gold(&html(&source), &path);
        // Data that only machines read is not the general finder's.
        if !path.display().to_string().contains("json-ld") {
            tells_as_gold(&html_by_shape(&source), &path);
        }
    }
}

#[test]
fn pages_in_old_encodings_without_a_label_are_read() {
    let pages = folder("unlabelled");
    assert!(pages.len() >= 6);
    for path in pages {
        let bytes = std::fs::read(&path).unwrap();
        let source = crate::extract::decode(&bytes, crate::extract::Format::Html).unwrap();
        tells_as_gold(&html(&source), &path);
    }
}

#[test]
fn ways_can_be_left_out() {
    let found = |name: &str, mechanisms| html_by(&page(name), mechanisms).comments.len();
    let all = Mechanisms::ALL;
    assert_eq!(found("wordpress", Mechanisms { shapes: false, ..all }), 4);
    assert_eq!(found("wordpress", Mechanisms { platforms: false, shapes: false, ..all }), 0);
    assert_eq!(found("json-ld", Mechanisms { platforms: false, shapes: false, ..all }), 4);
    assert_eq!(found("json-ld", Mechanisms { data: false, ..all }), 0);
    assert_eq!(found("shape-cards", Mechanisms { platforms: false, data: false, ..all }), 4);
}

#[test]
fn an_ordinary_page_gives_its_thread() {
    let thread = read("bridge");
    assert_eq!(thread.article.title.as_deref(), Some("Council votes to rebuild Miller’s Bridge"));
    assert_eq!(thread.article.author.as_deref(), Some("Judith Crane"));
    assert_eq!(thread.article.date.as_deref(), Some("2024-04-09T18:30:00+00:00"));
    let body = thread.article.text.as_deref().unwrap_or_default();
    assert!(
        body.starts_with("The town council voted nine to four") && body.ends_with("in the corn exchange."),
        "{body}"
    );
    assert_eq!(body.lines().count(), 4);
    let told: Vec<_> =
        thread.comments.iter().map(|c| (c.id.as_str(), c.author.as_deref(), c.depth, c.parent.as_deref())).collect();
    assert_eq!(
        told,
        [
            ("9101", Some("Margaret Holt"), Some(0), None),
            ("9102", Some("bridgewatcher"), Some(1), Some("9101")),
            ("9105", Some("Judith Crane"), Some(2), Some("9102")),
            ("9103", Some("Old Ned"), Some(0), None),
            ("9106", Some("P. Lowry"), Some(1), Some("9103")),
            ("9107", Some("bestdeals4u"), Some(0), None),
            ("9108", Some("Amina Farouk"), Some(0), None),
        ]
    );
    assert_eq!(
        thread.comments[2].text,
        "Please argue about the bridge and not about each other.\nThe bus company was heard in February; the minutes are on the council’s site."
    );
    assert_eq!(thread.comments[0].date.as_deref(), Some("2024-04-09T19:12:00+00:00"));
    assert_eq!(thread.stated_count, Some(8));
    assert_eq!(thread.notes, [""; 0], "the eighth is the pingback");
    assert_eq!(thread.source.as_deref(), Some("wordpress"));
}

#[test]
fn what_only_looks_like_comments_is_none() {
    let thread = read("none");
    assert!(thread.comments.is_empty(), "{:?}", thread.comments.iter().map(|c| &c.text).collect::<Vec<_>>());
    assert_eq!(thread.source, None);
    assert_eq!(thread.stated_count, Some(0));
    assert_eq!(thread.notes, [""; 0]);
}

fn folder(name: &str) -> Vec<std::path::PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pages").join(name);
    let mut pages: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.retain(|path| path.extension().is_some_and(|extension| extension == "html"));
    pages.sort();
    pages
}

/// Sidebars, tickers, biographies, pingbacks, reviews, tweets, cookie notes, teasers, and forms in twelve languages.
#[test]
fn pages_without_comments_give_none() {
    let pages = folder("nothing");
    assert!(pages.len() >= 70);
    for path in pages {
        for read in [html, html_by_shape] {
            let thread = read(&std::fs::read_to_string(&path).unwrap());
            let texts: Vec<_> = thread.comments.iter().map(|comment| &comment.text).collect();
            assert!(texts.is_empty(), "{}: {texts:?}", path.display());
            assert_eq!((thread.source, thread.confidence), (None, None), "{}", path.display());
        }
    }
}

#[test]
fn a_count_that_differs_is_reported() {
    let page = page("shape-bylines").replacen("4 comments", "7 comments", 1);
    let thread = html(&page);
    assert_eq!((thread.stated_count, thread.comments.len()), (Some(7), 4));
    assert_eq!(thread.notes, ["the page says it has 7 comments, 4 were found in it"]);
}

#[test]
fn comments_that_a_script_loads_are_said_to_be_missing() {
    let pages = folder("scripted");
    assert!(pages.len() >= 11);
    for path in pages {
        let thread = html(&std::fs::read_to_string(&path).unwrap());
        assert!(thread.comments.is_empty(), "{}", path.display());
        assert_eq!(thread.stated_count, Some(12), "{}", path.display());
        let note = thread.notes.join(" ");
        assert!(note.contains("loaded by a script") && note.contains("not in the page"), "{}: {note}", path.display());
    }
    let thread = read("scripted");
    assert!(thread.comments.is_empty());
    assert!(thread.notes.iter().any(|note| note.contains("loaded by a script (Disqus)")), "{:?}", thread.notes);
}

#[test]
fn deep_and_broken_pages_are_read_to_the_end() {
    for piece in [
        "<div>",
        "<div class=comment>1.1.2020 x",
        "<li id=comment-1><ul>",
        "<a b='",
        "<form><input>",
        "<b>",
        "&",
        "<dt class=comment>",
    ] {
        let thread = html(&piece.repeat(20_000));
        assert!(thread.comments.len() <= 20_000);
    }
    assert_eq!(html("").comments.len(), 0);
}

mod any_bytes {
    use super::html;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]
        #[test]
        fn nothing_fails(page in "(<(div|li|p|dl|dt|dd|b|a|time|article|form|h2|ul|table|tr|td)( (id=comment-[1-3]|class=(comment|author|date|text|children|reply|depth-2)|datetime=2024-01-02|hidden))*>|</(div|li|p|ul|b|a|form|table)>|Ann|1.2.2024|says:|Reply|5 comments|&amp;|&#x|<!--|\\PC){0,60}") {
            let thread = html(&page);
            let ids: std::collections::HashSet<_> = thread.comments.iter().map(|comment| comment.id.clone()).collect();
            prop_assert_eq!(ids.len(), thread.comments.len());
            for comment in &thread.comments {
                prop_assert!(!comment.text.trim().is_empty());
                prop_assert!(comment.parent.as_ref().is_none_or(|parent| ids.contains(parent)));
            }
        }
    }
}
