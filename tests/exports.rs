//! Exports of every platform as fixtures, sound and broken in many ways, through the library and the program.

use gruff::corpus::{Body, Columns, Reader};
use gruff::extract::{Platform, export};
use gruff::thread::{Comment, Thread};
use proptest::prelude::*;
use std::collections::HashMap;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/exports").join(name)
}

fn sorted(reader: Reader) -> (Vec<Thread>, Vec<String>) {
    let (mut threads, mut faults) = (Vec::new(), Vec::new());
    for entry in reader {
        match entry.map(|entry| entry.body) {
            Ok(Body::Thread(thread)) => threads.push(thread),
            Ok(Body::Row(_)) => panic!("a row"),
            Err(error) => faults.push(error.to_string()),
        }
    }
    (threads, faults)
}

fn read(name: &str) -> (Vec<Thread>, Vec<String>) {
    sorted(Reader::open(&fixture(name), &Columns::default()).unwrap())
}

fn stream(source: impl Into<Vec<u8>>) -> (Vec<Thread>, Vec<String>) {
    let source = Box::new(Cursor::new(source.into()));
    sorted(Reader::from_stream("export", source, &Columns::default()).unwrap())
}

/// Id, author, date up to the minute, depth, status, whether it was held, and the text.
fn shown(comment: &Comment) -> String {
    let or = |part: &Option<String>| part.clone().unwrap_or_else(|| "-".to_owned());
    let date: String = or(&comment.date).chars().take(16).collect();
    let depth = comment.depth.map_or_else(|| "-".to_owned(), |depth| depth.to_string());
    let house = comment.house.map_or("-", |held| if held { "held" } else { "stood" });
    let text = comment.text.replace('\n', " / ");
    format!("{} {} {date} {depth} {} {house}: {text}", comment.id, or(&comment.author), or(&comment.status))
}

fn check(name: &str, source: &str, thread: &str, expected: &[&str]) {
    let (threads, faults) = read(name);
    assert!(faults.is_empty(), "{name}: {faults:?}");
    let first = &threads[0];
    assert_eq!((first.source.as_deref(), first.thread.as_deref()), (Some(source), Some(thread)), "{name}");
    let found: Vec<String> = first.comments.iter().map(shown).collect();
    assert_eq!(found, expected, "{name}");
}

#[test]
fn wordpress_and_disqus() {
    check(
        "wxr.xml",
        "wxr",
        "https://notes.example/night-bus/",
        &[
            "1 Ann 2024-05-01T10:00 0 1 stood: Until two at last. / I'd have liked \"three\", & so would others.",
            "2 Bo 2024-05-01T10:05 1 1 stood: Three would cost twice as much.",
            "4 Cem 2024-05-01T10:10 2 trash held: Only a fool takes that bus.",
            "5 Dora 2024-05-01T10:15 0 0 held: Is anybody reading this?",
        ],
    );
    let article = &read("wxr.xml").0[0].article;
    assert_eq!(article.title.as_deref(), Some("The night bus & you"));
    assert_eq!(article.text.as_deref(), Some("The night bus runs until two from May.\nTickets stay the same."));
    check(
        "disqus.xml",
        "disqus",
        "100",
        &[
            "1 Ann 2024-05-01T10:00 0 approved stood: Until two at last. / I'd have liked \"three\".",
            "2 Bo 2024-05-01T10:05 1 approved stood: Three would cost / twice as much.",
            "3 Cem 2024-05-01T10:10 0 spam held: cheap tickets at my shop",
            "4 Dora 2024-05-01T10:15 2 deleted held: Only a fool takes that bus.",
            "77 Fay 2024-05-01T10:20 0 approved stood: No number of its own & fine",
        ],
    );
    let (threads, _) = read("disqus.xml");
    assert_eq!((threads.len(), threads[1].comments.len(), threads[1].thread.as_deref()), (2, 1, Some("102")));
    assert!(threads[0].notes[0].ends_with("are one here: 101"), "{:?}", threads[0].notes);
}

#[test]
fn comment_servers() {
    check(
        "commento.json",
        "commento",
        "/night-bus/",
        &[
            "c1 Ann 2024-05-01T10:00 0 approved stood: Until two at last.",
            "c2 Bo 2024-05-01T10:05 1 approved stood: Three would cost twice as much.",
            "c3 Bo 2024-05-01T10:10 2 flagged held: Only a fool takes that bus.",
        ],
    );
    check(
        "comentario.json",
        "comentario",
        "p1",
        &[
            "c1 Ann 2024-05-01T10:00 0 approved stood: Until two at last.",
            "c2 Bo 2024-05-01T10:05 1 approved stood: Three would cost twice as much.",
            "c3 Dora 2024-05-01T10:10 0 pending held: Is anybody reading this?",
        ],
    );
    check(
        "remark42.backup",
        "remark42",
        "https://notes.example/night-bus/",
        &[
            "c1 Ann 2024-05-01T10:00 0 approved stood: Until two at last.",
            "c2 Bo 2024-05-01T10:05 1 approved stood: Three would cost twice as much.",
            "c4 Ann 2024-05-01T10:15 3 approved stood: Who was that?",
        ],
    );
    let two = [
        "1 Ann 2024-05-01T10:00 0 - -: Until two at last.",
        "2 Bo 2024-05-01T10:05 1 - -: Three would cost twice as much.",
    ];
    check("isso.json", "isso", "/night-bus/", &two);
    check(
        "isso_rows.json",
        "isso",
        "/night-bus/",
        &[
            "1 Ann 2024-05-01T10:00 0 accepted stood: Until two at last.",
            "2 Bo 2024-05-01T10:05 1 accepted stood: Three would cost twice as much.",
            "3 Dora 2024-05-01T10:10 0 pending held: Is anybody reading this?",
        ],
    );
    check(
        "coral.jsonl",
        "coral",
        "s1",
        &[
            "c1 Ann 2024-05-01T10:00 0 APPROVED stood: Until two at last.",
            "c2 Bo 2024-05-01T10:05 1 NONE stood: Three would cost twice as much.",
            "c3 Bo 2024-05-01T10:10 2 REJECTED held: Only a fool takes that bus.",
            "c4 Ann 2024-05-01T10:15 0 SYSTEM_WITHHELD held: Is anybody reading this?",
        ],
    );
    check(
        "wordpress_rest.json",
        "wordpress-rest",
        "12",
        &[
            "1 Ann 2024-05-01T10:00 0 approved stood: Until two at last.",
            "2 Bo 2024-05-01T10:05 1 approved stood: Three would cost twice as much.",
            "3 Cem 2024-05-01T10:10 0 spam held: cheap tickets at my shop",
        ],
    );
}

#[test]
fn forums_and_networks() {
    check(
        "discourse.json",
        "discourse",
        "7",
        &[
            "2 ann 2024-05-01T10:00 0 visible stood: Until two at last.",
            "3 bo 2024-05-01T10:05 1 visible stood: Until two / Three would cost twice as much.",
            "4 cem 2024-05-01T10:10 2 hidden held: Only a fool takes that bus.",
        ],
    );
    assert_eq!(read("discourse.json").0[0].article.text.as_deref(), Some("The night bus runs until two from May."));
    check(
        "reddit.json",
        "reddit",
        "p7",
        &[
            "c1 ann 2024-05-01T10:00 0 - -: Until two at last. / > from May",
            "c3 bo 2024-05-01T10:10 2 - -: Three would cost twice as much.",
            "c4 cem 2024-05-01T10:15 0 removed held: Only a fool takes that bus.",
        ],
    );
    check(
        "pushshift.jsonl",
        "pushshift",
        "p7",
        &[
            "c1 ann 2024-05-01T10:00 0 - -: Until two at last.",
            "c3 bo 2024-05-01T10:10 2 - -: Three would cost twice as much.",
        ],
    );
    assert_eq!(read("pushshift.jsonl").0[1].thread.as_deref(), Some("p8"));
    check(
        "hn_algolia.json",
        "hacker-news",
        "7",
        &[
            "8 ann 2024-05-01T10:00 0 - -: Until two at last. / > from May",
            "10 bo 2024-05-01T10:10 2 - -: Three would cost twice as much.",
        ],
    );
    check(
        "hn_firebase.jsonl",
        "hacker-news-firebase",
        "7",
        &[
            "8 ann 2024-05-01T10:00 0 - stood: Until two at last. / > from May",
            "10 bo 2024-05-01T10:10 2 - stood: Three would cost twice as much.",
            "11 cem 2024-05-01T10:15 0 dead held: Only a fool takes that bus.",
        ],
    );
    check(
        "youtube.json",
        "youtube",
        "v7",
        &[
            "c1 @ann 2024-05-01T10:00 0 - -: Until two *at last*.",
            "c1.r2 @bo 2024-05-01T10:05 1 - -: Three would cost / twice as much.",
            "c3 @cem 2024-05-01T10:10 0 heldForReview held: Only a fool takes that bus.",
        ],
    );
    check(
        "lemmy.json",
        "lemmy",
        "7",
        &[
            "8 ann 2024-05-01T10:00 0 visible stood: Until two at last.",
            "9 Bo 2024-05-01T10:05 1 visible stood: Three would cost twice as much.",
            "10 cem 2024-05-01T10:10 2 removed held: Only a fool takes that bus.",
        ],
    );
    check(
        "mastodon.json",
        "mastodon",
        "7",
        &[
            "8 ann@notes.example 2024-05-01T10:00 0 - -: @editor Until two at last.",
            "9 bo 2024-05-01T10:05 1 - -: Three would cost twice as much.",
        ],
    );
}

#[test]
fn tables_with_named_columns() {
    let name = |name: &str| Some(name.to_owned());
    let columns = Columns {
        text: name("Beitrag"),
        id: name("Nr"),
        author: name("Wer"),
        date: name("Wann"),
        parent: name("Antwort auf"),
        thread: name("Seite"),
        title: name("Titel"),
        status: name("Stand"),
        ..Columns::default()
    };
    let (threads, faults) = sorted(Reader::open(&fixture("columns.csv"), &columns).unwrap());
    assert!(faults.is_empty(), "{faults:?}");
    let found: Vec<String> = threads[0].comments.iter().map(shown).collect();
    assert_eq!(
        found,
        [
            "1 Ann 2024-05-01 0 approved stood: Until two at last.",
            "2 Bo 2024-05-01 1 approved stood: Three would cost twice as much.",
            "3 Cem 2024-05-01 2 spam held: cheap tickets at my shop",
        ]
    );
    assert_eq!(
        (threads[0].thread.as_deref(), threads[0].article.title.as_deref()),
        (name("/night-bus/").as_deref(), name("The night bus").as_deref())
    );
}

#[test]
fn packed_and_wide_exports_read_the_same() {
    let plain = std::fs::read(fixture("disqus.xml")).unwrap();
    let expected = stream(plain.clone()).0;
    assert_eq!(stream(zstd::stream::encode_all(plain.as_slice(), 1).unwrap()).0, expected);
    let text = String::from_utf8(plain).unwrap();
    let wide: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(stream(wide).0, expected);
}

/// A WXR or Disqus file of these comments: `(id, parent, more XML)`.
fn wxr(comments: &[(&str, &str, &str)]) -> String {
    let comment = |(id, parent, text): &(&str, &str, &str)| {
        format!(
            "<wp:comment>\n<wp:comment_id>{id}</wp:comment_id><wp:comment_content><![CDATA[{text}]]></wp:comment_content>\
             <wp:comment_approved>1</wp:comment_approved><wp:comment_parent>{parent}</wp:comment_parent></wp:comment>\n"
        )
    };
    let comments: String = comments.iter().map(comment).collect();
    format!(
        "<?xml version=\"1.0\"?>\n<rss xmlns:wp=\"http://wordpress.org/export/1.2/\"><channel>\n<item><title>T</title>\
         <link>https://n.example/1</link>\n{comments}</item></channel></rss>\n"
    )
}

fn ids(threads: &[Thread]) -> Vec<&str> {
    threads.iter().flat_map(|thread| &thread.comments).map(|comment| comment.id.as_str()).collect()
}

/// What is read in spite of the damage, and a part of the one sentence about it.
fn broken(source: impl Into<Vec<u8>>, left: &[&str], sentence: &str) -> Vec<Thread> {
    let (threads, faults) = stream(source);
    assert_eq!(ids(&threads), left, "{faults:?}");
    assert!(faults.len() == 1 && faults[0].contains(sentence), "{faults:?}");
    assert!(faults[0].starts_with("export:") && faults[0].contains(": byte "), "{faults:?}");
    threads
}

const THREE: &[(&str, &str, &str)] = &[("1", "0", "one"), ("2", "1", "two"), ("3", "0", "three")];

#[test]
fn cut_files() {
    let whole = wxr(THREE);
    let at = whole.find("three").unwrap();
    broken(&whole[..at], &["1", "2"], "it was cut");
    broken(&whole[..whole.find("</channel>").unwrap()], &["1", "2", "3"], "ends before </rss>");
    let commento = std::fs::read_to_string(fixture("commento.json")).unwrap();
    let (threads, faults) = stream(&commento[..commento.find("\"c3\"").unwrap()]);
    assert_eq!(ids(&threads), ["c1", "c2", "c9"]);
    assert!(faults.len() == 1 && faults[0].contains("it was cut"), "{faults:?}");
    let lines = std::fs::read_to_string(fixture("pushshift.jsonl")).unwrap();
    assert_eq!(ids(&stream(&lines[..lines.len() - 30]).0), ["c1", "c3", "d1"]);
}

#[test]
fn wrong_encodings() {
    let mut bytes = wxr(&[("1", "0", "one"), ("2", "1", "caf#"), ("3", "0", "three")]).into_bytes();
    let at = bytes.iter().position(|byte| *byte == b'#').unwrap();
    bytes[at] = 0xe9;
    let threads = broken(bytes.clone(), &["1", "2", "3"], "is not UTF-8 at byte");
    assert_eq!(threads[0].comments[1].text, "café");
    let declared = String::from_utf8_lossy(&bytes).replace("?>", " encoding=\"ISO-8859-1\"?>");
    let mut declared: Vec<u8> = declared.replace('\u{fffd}', "#").into_bytes();
    let at = declared.iter().position(|byte| *byte == b'#').unwrap();
    declared[at] = 0xe9;
    let (threads, faults) = stream(declared);
    assert_eq!((threads[0].comments[1].text.as_str(), faults.len()), ("café", 0));
    let json = b"{\"id\":\"1\",\"locator\":{\"url\":\"/a\"},\"pid\":\"\",\"text\":\"caf\xe9\"}\n{\"id\":\"2\",\"locator\":{\"url\":\"/a\"},\"pid\":\"\",\"text\":\"b\"}\n";
    broken(json.to_vec(), &["1", "2"], "the value of text is not UTF-8");
}

#[test]
fn parents_that_are_missing_or_go_round() {
    let threads =
        broken(wxr(&[("1", "9", "one"), ("2", "1", "two")]), &["1", "2"], "answers \"9\", which is not in its thread");
    assert_eq!((threads[0].comments[0].depth, threads[0].comments[0].parent.as_deref()), (None, Some("9")));
    assert_eq!(threads[0].notes.len(), 1);
    let threads =
        broken(wxr(&[("1", "2", "one"), ("2", "1", "two"), ("3", "2", "three")]), &["1", "2", "3"], "the ring was cut");
    assert_eq!(
        threads[0].comments.iter().map(|comment| comment.depth).collect::<Vec<_>>(),
        [Some(0), Some(1), Some(2)]
    );
}

#[test]
fn comments_that_are_too_long() {
    let long = "very long ".repeat(600_000);
    broken(wxr(&[("1", "0", "one"), ("2", "1", &long), ("3", "0", "three")]), &["1", "3"], "is longer than");
    let line = |id: &str, text: &str| {
        format!("{{\"id\":\"{id}\",\"locator\":{{\"url\":\"/a\"}},\"pid\":\"\",\"text\":\"{text}\"}}\n")
    };
    broken(line("1", "a") + &line("2", &long) + &line("3", "c"), &["1", "3"], "is longer than");
}

#[test]
fn threads_that_are_too_long() {
    let ids: Vec<String> = (1..=25_000).map(|id| id.to_string()).collect();
    let comments: Vec<(&str, &str, &str)> = ids
        .iter()
        .enumerate()
        .map(|(place, id)| (id.as_str(), if place == 0 { "0" } else { ids[place / 2].as_str() }, "hello there"))
        .map(|(id, parent, text)| (id, if parent == id { "0" } else { parent }, text))
        .collect();
    let (threads, faults) = stream(wxr(&comments));
    assert_eq!(threads.iter().map(|thread| thread.comments.len()).collect::<Vec<_>>(), [5000; 5]);
    // Nothing is left out, so that it is no fault.
    assert!(faults.is_empty(), "{faults:?}");
    let source = Box::new(Cursor::new(wxr(&comments)));
    let mut reader = Reader::from_stream("export", source, &Columns::default()).unwrap();
    let mut remarks = Vec::new();
    while reader.next().is_some() {
        remarks.extend(std::iter::from_fn(|| reader.remark()));
    }
    assert!(remarks.len() == 1 && remarks[0].contains("in parts"), "{remarks:?}");
    // Parents in earlier parts are known.
    assert!(threads[2].comments.iter().all(|comment| comment.depth.is_some_and(|depth| depth > 10)));
}

#[test]
fn entities_are_not_replaced() {
    let bomb = "<!DOCTYPE r [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c SYSTEM \"file:///etc/passwd\">]>\n<rss";
    let source = wxr(&[("1", "0", "x")]).replace("<![CDATA[x]]>", "&b; &c; &lt;b&gt;bold").replace("<rss", bomb);
    let threads = broken(source, &["1"], "declares entities");
    assert_eq!(threads[0].comments[0].text, "&b; &c; bold");
}

#[test]
fn ids_that_stand_twice() {
    broken(
        wxr(&[("1", "0", "one"), ("1", "0", "other"), ("2", "1", "two")]),
        &["1", "1", "2"],
        "an id that another one has",
    );
    // The same comment again is no fault: pages of a listing overlap.
    let (threads, faults) = stream(wxr(&[("1", "0", "one"), ("1", "0", "one")]));
    assert_eq!((ids(&threads), faults.len()), (vec!["1"], 0));
    assert_eq!(threads[0].notes.len(), 1);
}

#[test]
fn data_that_is_not_closed() {
    let source = wxr(&[("1", "0", "one"), ("2", "1", "two"), ("3", "0", "three"), ("4", "0", "four")]);
    broken(source.replace("two]]>", "two"), &["1", "4"], "is not closed");
    let json = "{\"id\":\"1\",\"locator\":{\"url\":\"/a\"},\"pid\":\"\",\"text\":\"a\n{\"id\":\"2\",\"locator\":{\"url\":\"/a\"},\"pid\":\"\",\"text\":\"b\"}\n";
    broken(json, &["2"], "never closed");
}

#[test]
fn bytes_that_are_nul() {
    broken(wxr(THREE).replace("two", "t\0wo"), &["1", "2", "3"], "a NUL byte stands at byte");
    let json = "[{\"id\":\"1\",\"locator\":{\"url\":\"/a\"},\"pid\":\"\",\"text\":\"a\\u0000\"},\n{\"id\":\"2\",\"locator\":{\"url\":\"/a\"},\"pid\":\"\",\"text\":\"b\"}]\n";
    broken(json, &["1", "2"], "NUL");
}

#[test]
fn numbers_dates_and_states_that_are_none() {
    let dated = wxr(THREE).replace(
        "<wp:comment_id>2<",
        "<wp:comment_date_gmt>2024-99-01 10:00:00</wp:comment_date_gmt><wp:comment_id>2<",
    );
    let threads = broken(dated, &["1", "2", "3"], "\"2024-99-01 10:00:00\", which is none");
    assert_eq!(threads[0].comments[1].date, None);
    let threads = broken(
        wxr(THREE).replacen(">1</wp:comment_approved", ">7</wp:comment_approved", 1),
        &["1", "2", "3"],
        "state \"7\"",
    );
    assert_eq!((threads[0].comments[0].house, threads[0].comments[0].stood()), (None, false));
    broken(
        "{\"id\":\"1\",\"locator\":{\"url\":\"/a\"},\"pid\":\"\",\"text\":\"a\",\"time\":1e999}",
        &["1"],
        "has the date",
    );
}

#[test]
fn markup_that_is_no_xml() {
    let source = wxr(&[("1", "0", "one"), ("2", "0", "two"), ("3", "0", "three")]);
    broken(source.replacen("</wp:comment>", "", 1), &["2", "3"], "has no </wp:comment>");
    let (threads, faults) =
        stream(wxr(THREE).replace("<wp:comment_parent>1", "<wp:comment_parent x=1 y>1").replace("two", "a < b & c"));
    assert_eq!((ids(&threads), faults.len()), (vec!["1", "2", "3"], 0), "{faults:?}");
}

const FIXTURES: &[(&str, &str)] = &[
    ("wxr", "wxr.xml"),
    ("disqus", "disqus.xml"),
    ("commento", "commento.json"),
    ("comentario", "comentario.json"),
    ("remark42", "remark42.backup"),
    ("isso", "isso.json"),
    ("isso", "isso_rows.json"),
    ("discourse", "discourse.json"),
    ("coral", "coral.jsonl"),
    ("reddit", "reddit.json"),
    ("pushshift", "pushshift.jsonl"),
    ("hacker-news", "hn_algolia.json"),
    ("hacker-news-firebase", "hn_firebase.jsonl"),
    ("youtube", "youtube.json"),
    ("wordpress-rest", "wordpress_rest.json"),
    ("lemmy", "lemmy.json"),
    ("mastodon", "mastodon.json"),
];

#[test]
fn every_format_has_a_fixture() {
    for platform in Platform::all() {
        assert!(FIXTURES.iter().any(|(name, _)| *name == platform.name()), "{platform:?}");
    }
}

/// A piece of damage: a byte is replaced or taken out, a stretch is doubled, moved or taken out, or something is put in.
fn damaged(bytes: &mut Vec<u8>, (kind, at, length, byte): (u8, usize, usize, u8)) {
    let pieces: [&[u8]; 8] = [b"<", b"]]>", b"<![CDATA[", b"\"", b"{", b"]", b"&x;", b"\\u"];
    let at = at % (bytes.len() + 1);
    let end = (at + length).min(bytes.len());
    match kind {
        0 if at < bytes.len() => bytes[at] = byte,
        1 => drop(bytes.drain(at..end)),
        2 => drop(bytes.splice(at..at, bytes[at..end].to_vec()).collect::<Vec<u8>>()),
        3 => bytes.truncate(at),
        4 => {
            let cut: Vec<u8> = bytes.drain(at..end).collect();
            let to = length * 31 % (bytes.len() + 1);
            drop(bytes.splice(to..to, cut).collect::<Vec<u8>>());
        }
        _ => drop(bytes.splice(at..at, pieces[usize::from(byte) % 8].iter().copied()).collect::<Vec<u8>>()),
    }
}

/// What threads promise whatever they are read from.
fn sound(thread: &Thread) {
    let mut first = HashMap::new();
    for comment in &thread.comments {
        assert!(!comment.text.is_empty() && !comment.id.is_empty() && !comment.text.contains('\0'));
        first.entry(comment.id.as_str()).or_insert(comment);
    }
    // Of comments with one id the first is answered, which may have been left out since.
    let twins = thread.notes.iter().any(|note| note.contains("an id that another one has"));
    for comment in thread.comments.iter().filter(|_| !twins) {
        let Some(above) = comment.parent.as_deref().and_then(|parent| first.get(parent)) else { continue };
        assert_eq!(comment.depth, above.depth.map(|depth| depth + 1));
    }
}

proptest! {
    // More with the environment variable PROPTEST_CASES.
    #![proptest_config(ProptestConfig::default())]
    #[test]
    fn damage_is_survived(
        fixture in 0..FIXTURES.len(),
        damages in prop::collection::vec((0u8..6, any::<usize>(), 0usize..200, any::<u8>()), 1..6),
    ) {
        let (name, file) = FIXTURES[fixture];
        let mut bytes = std::fs::read(self::fixture(file)).unwrap();
        damages.into_iter().for_each(|damage| damaged(&mut bytes, damage));
        let platform = Platform::named(name).unwrap();
        let source = Box::new(Cursor::new(bytes.clone()));
        export(platform, source).flatten().for_each(|thread| sound(&thread));
        // As it is found in a file: recognised for whatever it looks like now.
        if let Ok(reader) = Reader::from_stream("export", Box::new(Cursor::new(bytes)), &Columns::default()) {
            reader.for_each(drop);
        }
    }
}

fn gruff(arguments: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gruff"));
    let mut child =
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    // The program may end before it has read all.
    let _ = writer.join().unwrap();
    output
}

fn lines(output: &Output) -> Vec<serde_json::Value> {
    output
        .stdout
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect()
}

#[test]
fn the_program_sets_apart_what_readers_did_not_see() {
    let path = fixture("wxr.xml");
    let output = gruff(&["extract", path.to_str().unwrap()], b"");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let threads = lines(&output);
    assert_eq!(
        (threads[0]["comments"].as_array().unwrap().len(), threads[0]["withheld"].as_array().unwrap().len()),
        (2, 2)
    );
    assert_eq!(
        (&threads[0]["withheld"][0]["status"], &threads[0]["withheld"][0]["house"]),
        (&"trash".into(), &true.into())
    );
    let output = gruff(&["score"], &std::fs::read(path).unwrap());
    let judged = lines(&output);
    assert_eq!(
        (judged.len(), &judged[2]["status"], &judged[2]["thread"]),
        (4, &"trash".into(), &"https://notes.example/night-bus/".into())
    );
}

#[test]
fn a_broken_export_is_told_and_the_rest_is_read() {
    let output = gruff(&["extract"], wxr(THREE).replace("two", "t\0wo").as_bytes());
    assert_eq!((output.status.code(), lines(&output).len()), (Some(2), 1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.starts_with("gruff: -:6: byte ") && told.contains("remove it"), "{told}");
}

#[test]
fn an_export_trains_a_model_of_the_site_in_one_pipe() {
    let mut comments = String::new();
    for number in 0..120 {
        let (text, spam) = if number % 3 == 0 {
            ("you utter fool, buy cheap pills", true)
        } else {
            ("the bridge opens in spring, I think", false)
        };
        comments.push_str(&format!(
            "<post dsq:id=\"{number}\"><message>{text} {number}</message><createdAt>2024-05-01T10:00:00Z</createdAt><isDeleted>false</isDeleted>\
             <isSpam>{spam}</isSpam><thread dsq:id=\"1\"/></post>\n"
        ));
    }
    let export = format!(
        "<disqus xmlns=\"http://disqus.com\"><thread dsq:id=\"1\"><title>T</title></thread>{comments}</disqus>"
    );
    let rows = gruff(&["extract", "--to", "jsonl"], export.as_bytes());
    let row = &lines(&rows)[0];
    assert_eq!(
        (&row["labels"]["house"], &row["status"], &row["article"]["title"]),
        (&1.0.into(), &"spam".into(), &"T".into())
    );
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("site.gruff");
    let trained = gruff(&["train", "--label", "house", "--out", model.to_str().unwrap()], &rows.stdout);
    assert_eq!(trained.status.code(), Some(0), "{}", String::from_utf8_lossy(&trained.stderr));
    assert!(String::from_utf8_lossy(&trained.stdout).contains("house"));
    let judged = gruff(&["score", "--model", model.to_str().unwrap()], export.as_bytes());
    let judged = lines(&judged);
    let score = |row: &serde_json::Value| row["scores"]["house"].as_f64().unwrap();
    assert!(score(&judged[0]) > score(&judged[1]) + 0.2, "{} {}", score(&judged[0]), score(&judged[1]));
    // Rows in CSV, and the export itself, are taken as well.
    let table = gruff(&["extract", "--to", "csv"], export.as_bytes());
    for rows in [&table.stdout, export.as_bytes()] {
        let trained = gruff(&["train", "--data", "-", "--label", "house", "--out", model.to_str().unwrap()], rows);
        assert_eq!(trained.status.code(), Some(0), "{}", String::from_utf8_lossy(&trained.stderr));
    }
}
