//! Whole inputs, read as callers read them.

use super::*;
use crate::thread::Row;
use proptest::prelude::*;
use std::io::{Cursor, Write};

fn stream(name: &str, bytes: &[u8]) -> Vec<Result<Entry>> {
    Reader::from_stream(name, Box::new(Cursor::new(bytes.to_vec())), &Columns::default()).unwrap().collect()
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rows").join(name)
}

fn rows(entries: Vec<Result<Entry>>) -> Vec<Row> {
    let row = |entry: Result<Entry>| match entry.ok()?.body {
        Body::Row(row) => Some(row),
        Body::Thread(_) => None,
    };
    entries.into_iter().filter_map(row).collect()
}

fn errors(entries: &[Result<Entry>]) -> Vec<String> {
    entries.iter().filter_map(|entry| entry.as_ref().err().map(ToString::to_string)).collect()
}

fn utf_16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

#[test]
fn broken_json_rows_are_named_and_the_rest_is_read() {
    let entries: Vec<_> = Reader::open(&fixture("mixed.jsonl"), &Columns::default()).unwrap().collect();
    let found = errors(&entries);
    assert_eq!(found.len(), 4, "{found:?}");
    let bytes = std::fs::read(fixture("mixed.jsonl")).unwrap();
    let at = String::from_utf8(bytes).unwrap().find("{\"id\": 2").unwrap();
    assert!(found[0].contains(&format!("mixed.jsonl:3: byte {at}: no valid JSON")), "{}", found[0]);
    assert!(found[1].contains("no text (it has id, labels)"), "{}", found[1]);
    assert!(found[2].contains("between 0 and 1"), "{}", found[2]);
    let rows = rows(entries);
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].parent.as_deref(), Some("When?"));
    assert_eq!(rows[1].labels.len(), 1);
    assert_eq!(rows[1].community.as_deref(), Some("harbour"));
}

#[test]
fn csv_rows_bring_labels_and_articles() {
    let entries: Vec<_> = Reader::open(&fixture("labelled.csv"), &Columns::default()).unwrap().collect();
    let found = errors(&entries);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].contains(":5: byte") && found[0].contains("2 columns"), "{}", found[0]);
    assert!(found[1].contains("toxicity is \"2\""), "{}", found[1]);
    let rows = rows(entries);
    assert_eq!(rows[0].text, "He said \"no\", twice");
    assert_eq!(rows[0].labels.len(), 1);
    assert_eq!(rows[1].article.as_ref().unwrap().to_article().title.as_deref(), Some("The vote"));
    assert_eq!(rows[2].text, "two\r\nlines");
}

#[test]
fn an_export_becomes_threads() {
    let all: Vec<_> = Reader::open(&fixture("threads.csv"), &Columns::default()).unwrap().collect();
    let found = errors(&all);
    assert!(found.len() == 1 && found[0].contains("not in its thread"), "{found:?}");
    let entries: Vec<Entry> = all.into_iter().flatten().collect();
    let threads: Vec<&Thread> =
        entries.iter().map(|entry| if let Body::Thread(thread) = &entry.body { thread } else { panic!() }).collect();
    assert_eq!(threads.len(), 2);
    assert_eq!(entries[1].line, Some(6));
    let harbour = threads[0];
    assert_eq!(harbour.thread.as_deref(), Some("/harbour"));
    assert_eq!(harbour.comments[0].text, "The ferry was late again; nobody told us.");
    assert_eq!(harbour.comments[0].author.as_deref(), Some("mara"));
    assert_eq!(harbour.comments.iter().map(|comment| comment.depth).collect::<Vec<_>>(), [Some(0), Some(1), None]);
    assert_eq!(harbour.notes.len(), 1);
    assert_eq!(threads[1].comments.len(), 1);
}

#[test]
fn an_export_in_json_wraps_author_and_text() {
    let lines = r#"{"id":1,"parent":null,"author":{"name":"ann"},"content":{"rendered":"one"}}
{"id":2,"parent":1,"author":{"name":"bob"},"content":{"rendered":"two"}}"#;
    let entries = stream("-", lines.as_bytes());
    let Body::Thread(thread) = &entries[0].as_ref().unwrap().body else { panic!() };
    assert_eq!(thread.path.as_deref(), Some("-"));
    assert_eq!((thread.comments[1].text.as_str(), thread.comments[1].depth), ("two", Some(1)));
    assert_eq!(thread.comments[1].parent.as_deref(), Some("1"));
}

#[test]
fn labelled_rows_with_authors_stay_rows() {
    assert_eq!(rows(stream("-", br#"{"text":"a","author":"x","labels":{}}"#)).len(), 1);
    assert_eq!(rows(stream("-", br#"{"text":"a","author":"x","parent":"a text of several words"}"#)).len(), 1);
    assert_eq!(rows(stream("a.csv", b"text,author,toxic\na,b,1\n")).len(), 1);
}

#[test]
fn a_long_export_is_handed_out_in_parts() {
    let mut csv = String::from("id,author,text\n");
    for id in 0..25_000 {
        csv.push_str(&format!("{id},x,hello\n"));
    }
    let mut reader =
        Reader::from_stream("a.csv", Box::new(Cursor::new(csv.into_bytes())), &Columns::default()).unwrap();
    let (mut parts, mut remarks) = (Vec::new(), Vec::new());
    while let Some(entry) = reader.next() {
        parts.push(entry.unwrap());
        remarks.extend(std::iter::from_fn(|| reader.remark()));
    }
    // Nothing is left out, so that it is no fault.
    assert!(remarks.len() == 1 && remarks[0].starts_with("a.csv:2: byte 15: the thread"), "{remarks:?}");
    assert_eq!(parts.len(), 5);
    let Body::Thread(middle) = &parts[1].body else { panic!() };
    assert_eq!((middle.comments.len(), middle.notes.len()), (5_000, 2));
}

#[test]
fn packed_and_wide_inputs_read_the_same() {
    let plain = std::fs::read(fixture("mixed.jsonl")).unwrap();
    let expected = stream("mixed.jsonl", &plain);
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(&plain).unwrap();
    let mut twice = gz.finish().unwrap();
    let zst = zstd::stream::encode_all(plain.as_slice(), 1).unwrap();
    for packed in [&twice, &zst] {
        let entries = stream("mixed.jsonl", packed);
        assert_eq!(errors(&entries), errors(&expected));
        assert!(rows(entries) == rows(stream("mixed.jsonl", &plain)));
    }
    let wide = stream("mixed.jsonl", &utf_16(&String::from_utf8(plain.clone()).unwrap()));
    assert!(rows(wide) == rows(stream("mixed.jsonl", &plain)));
    twice.extend_from_slice(&twice.clone());
    assert_eq!(rows(stream("mixed.jsonl", &twice)).len(), 4);
    twice.truncate(twice.len() - 20);
    assert!(errors(&stream("mixed.jsonl", &twice)).last().unwrap().contains("end too early"));
}

#[test]
fn bytes_of_wide_inputs_are_counted_in_the_input() {
    let entries = stream("a.jsonl", &utf_16("{\"text\":\"é🙂\"}\nbroken\n"));
    assert!(errors(&entries)[0].starts_with("a.jsonl:2: byte 32:"), "{:?}", errors(&entries));
}

#[test]
fn bad_bytes_are_placed() {
    let entries = stream("a.jsonl", b"{\"text\":\"a\"}\n{\"text\":\"\xff\"}\n{\"text\":\"\0\"}\n{\"text\":\"b\"}\n");
    let found = errors(&entries);
    assert!(found[0].contains("a.jsonl:2: byte 13: the row is not UTF-8 at byte 22"), "{found:?}");
    assert!(found[1].contains(":3: byte 26: a NUL byte stands at byte 35"), "{found:?}");
    assert_eq!(rows(entries).len(), 2);
}

#[test]
fn what_cannot_be_opened_is_said_in_one_sentence() {
    let open = |path: &Path| Reader::open(path, &Columns::default()).err().unwrap().to_string();
    assert!(open(Path::new("no/such/file")).contains("no such file"));
    assert!(open(Path::new(env!("CARGO_MANIFEST_DIR"))).contains("directory"));
    let all: Vec<_> = open_paths([PathBuf::from("nowhere"), fixture("mixed.jsonl")], &Columns::default()).collect();
    assert_eq!(all.len(), 7);
    let folder = tempfile::tempdir().unwrap();
    let binary = folder.path().join("picture");
    std::fs::write(&binary, [0u8, 1, 2, 0xff, 0x80].repeat(300)).unwrap();
    assert!(open(&binary).contains("picture"));
    let empty = folder.path().join("empty.csv");
    std::fs::write(&empty, "").unwrap();
    assert_eq!(Reader::open(&empty, &Columns::default()).unwrap().count(), 0);
}

#[test]
fn a_table_without_text_lists_its_columns() {
    let entries = stream("a.csv", b"Review,stars\nfine,5\n");
    let found = errors(&entries);
    assert_eq!(entries.len(), 1);
    assert!(found[0].contains("Review, stars") && found[0].contains("--text-column"), "{found:?}");
    let columns = Columns { text: Some("Review".into()), ..Columns::default() };
    let table = Cursor::new(b"Review\tstars\nfine\t5\n".to_vec());
    let reader = Reader::from_stream("a.tsv", Box::new(table), &columns).unwrap();
    assert_eq!(rows(reader.collect())[0].text, "fine");
}

#[test]
fn a_quote_that_is_never_closed_costs_one_row() {
    let entries = stream("a.csv", b"id,text\n1,\"open\n2,fine\n3,good\n");
    let found = errors(&entries);
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("a.csv:2: byte 8") && found[0].contains("never closed"), "{found:?}");
    assert_eq!(rows(entries).len(), 2);
}

#[test]
fn quotes_that_do_not_fit_cost_the_row_they_stand_in() {
    let told = |bytes: &[u8]| {
        let entries = stream("a.csv", bytes);
        let found = errors(&entries);
        (found, rows(entries).into_iter().map(|row| row.text).collect::<Vec<_>>())
    };
    let (found, texts) = told(b"id,text\n1,fine\n2,\"unclosed comment\n3,\"lost here\"\n4,\"and here\"\n5,you idiot\n");
    assert_eq!(texts, ["fine", "lost here", "and here", "you idiot"]);
    assert!(found.len() == 1 && found[0].starts_with("a.csv:3: byte 17: a quote is opened here and ends on line 4"));
    let (found, texts) = told(b"id;text\n1;\"a\nb\"\n2;\"a \"quoted\" word\"\n3;\"ok\"x\n4;last\n");
    assert_eq!(texts, ["a\nb", "last"]);
    assert!(found[0].starts_with("a.csv:4: byte 21: a quote ends a field and 'q' follows"), "{found:?}");
    assert!(found[1].starts_with("a.csv:5: byte 41: ") && found.len() == 2, "{found:?}");
    // A field that was sound on several lines is not read a second time.
    let (found, texts) = told(b"id,text\n1,fine\n\"2\n\",\"open\n3,good\n");
    assert_eq!((found.len(), texts), (1, vec!["fine".to_owned(), "good".to_owned()]));
    assert!(found[0].starts_with("a.csv:4: byte 18: a quote is opened here and never closed"), "{found:?}");
    let wide = stream("a.csv", &utf_16("text,id\n\"\u{e9}\" x,1\nb,2\n"));
    assert!(errors(&wide)[0].starts_with("a.csv:2: byte 22: "), "{:?}", errors(&wide));
    assert_eq!(rows(wide).len(), 1);
    let (found, texts) = told(b"\"id\";\"the\ntext\";\"text\"\n1;2;\"3\"\n");
    assert_eq!((found.len(), texts), (0, vec!["3".to_owned()]), "a header may be of any kind");
}

#[test]
fn a_carriage_return_inside_a_row_loses_no_other() {
    for (bytes, row) in [
        (&b"id,text\n1,fine\rstill\n2,second\n3,last\n"[..], 2),
        (b"id,text\r\n1,\"fine\"\rx\r\n2,second\r\r\n3,last\r\n", 2),
    ] {
        let entries = stream("a.csv", bytes);
        let found = errors(&entries);
        assert!(found.len() == 1 && found[0].starts_with(&format!("a.csv:{row}: byte ")), "{found:?}");
        assert!(found[0].contains("a carriage return stands by itself"), "{found:?}");
        assert_eq!(rows(entries).iter().map(|row| row.text.as_str()).collect::<Vec<_>>(), ["second", "last"]);
    }
    let entries = stream("a.csv", b"id,text\r1,fine\r\n2,second\r\n");
    assert!(errors(&entries)[0].contains("a carriage return"), "{:?}", errors(&entries));
}

#[test]
fn one_json_document_is_told_from_rows() {
    let entries = stream("a.jsonl", b"{\n \"text\": \"a\"\n}\n");
    assert_eq!(entries.len(), 1);
    assert!(errors(&entries)[0].contains("jq -c"));
}

#[test]
fn lines_that_are_too_long_are_passed_over() {
    let source = Source::from_stream(
        Path::new("a.jsonl"),
        Box::new(Cursor::new(format!("{{\"text\":\"{}\"}}\n{{\"text\":\"b\"}}\n", "a".repeat(200_000)).into_bytes())),
        Arc::default(),
        None,
        false,
    );
    let mut lines = Lines::new(source.unwrap()).unwrap();
    lines.set_longest(1000);
    let mut rows = Jsonl::new(lines);
    let columns = Columns::default();
    assert!(rows.next(&columns).unwrap().err().unwrap().what.contains("longer"));
    assert_eq!(rows.next(&columns).unwrap().ok().unwrap().place.line, 2);
    assert!(rows.next(&columns).is_none());
}

#[test]
fn progress_counts_the_packed_bytes() {
    let path = fixture("mixed.jsonl");
    let mut reader = Reader::open(&path, &Columns::default()).unwrap();
    let progress = reader.progress();
    assert_eq!(progress.total(), Some(std::fs::metadata(&path).unwrap().len()));
    reader.by_ref().for_each(drop);
    assert_eq!(Some(progress.bytes_read()), progress.total());
}

#[test]
fn exports_of_the_test_collection_match_their_gold() {
    let root = std::env::var_os("GRUFF_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let folder = root.join("extract/exports");
    for (name, gold) in [("generic.csv", "generic.json"), ("generic_jsonl.jsonl", "generic_jsonl.json")] {
        let Ok(gold) = std::fs::read_to_string(folder.join(gold)) else {
            println!("skipped: no {name} in the collection");
            continue;
        };
        let gold: serde_json::Value = serde_json::from_str(&gold).unwrap();
        let entry = Reader::open(&folder.join(name), &Columns::default()).unwrap().next().unwrap().unwrap();
        let Body::Thread(thread) = entry.body else { panic!("rows") };
        let mut found = serde_json::to_value(&thread.comments).unwrap();
        for (one, other) in found.as_array_mut().unwrap().iter_mut().zip(gold["comments"].as_array().unwrap()) {
            if let Some(text) = one["text"].as_str() {
                one["text"] = text.replace("\r\n", "\n").into();
            }
            assert_eq!(one, other, "{name}");
        }
        assert_eq!(thread.comments.len(), gold["comments"].as_array().unwrap().len());
    }
}

fn stream_with(name: &str, bytes: &[u8], columns: &Columns) -> Vec<Result<Entry>> {
    Reader::from_stream(name, Box::new(Cursor::new(bytes.to_vec())), columns).unwrap().collect()
}

#[test]
fn a_list_of_objects_is_refused_under_any_name() {
    for name in ["-", "arr.json", "arr.jsonl"] {
        let entries = stream(name, b"[{\"text\":\"a\"},\n{\"text\":\"b\"}]\n");
        assert_eq!(entries.len(), 1);
        assert!(errors(&entries)[0].contains("jq -c '.[]'"), "{:?}", errors(&entries));
    }
}

#[test]
fn a_thread_may_stand_in_place_of_a_row() {
    let thread = |id: &str| {
        let comment =
            serde_json::json!({"id": id, "author": null, "date": null, "text": "hello", "depth": 0, "parent": null});
        serde_json::json!({"path": "page.html", "article": {"title": "Bins"}, "comments": [comment], "notes": ["cut"]})
    };
    let posted = r#"{"id":"p","author":"ann","text":"one"}"#;
    let lines = format!("{}\n{posted}\n{}\n{{\"comments\":[{{}}]}}\n", thread("a"), thread("b"));
    let mut reader =
        Reader::from_stream("all.jsonl", Box::new(Cursor::new(lines.into_bytes())), &Columns::default()).unwrap();
    let entries: Vec<_> = reader.by_ref().collect();
    let ids = entries.iter().flatten().map(|entry| match &entry.body {
        Body::Thread(thread) => (thread.comments[0].id.clone(), thread.path.clone().unwrap(), entry.line.unwrap()),
        Body::Row(_) => panic!("a row"),
    });
    let expected = [("a", "page.html", 1), ("p", "all.jsonl", 2), ("b", "page.html", 3)];
    let expected = expected.map(|(id, path, line)| (id.to_owned(), path.to_owned(), line));
    assert_eq!(ids.collect::<Vec<_>>(), expected);
    let found = errors(&entries);
    assert!(found.len() == 1 && found[0].starts_with("all.jsonl:4: byte "), "{found:?}");
    assert!(found[0].contains("no thread as `gruff extract` prints it: missing field `id`"), "{found:?}");
    assert_eq!(std::iter::from_fn(|| reader.remark()).collect::<Vec<_>>(), ["page.html: cut", "page.html: cut"]);
    // What only counts comments is a row, and one without a text.
    assert!(errors(&stream("a.jsonl", br#"{"id":1,"comments":3}"#))[0].contains("no text (it has id, comments)"));
}

#[test]
fn rows_after_a_broken_first_line_are_read() {
    for broken in ["garbage", "{id:1}", "[INFO] up"] {
        let entries = stream("-", format!("{broken}\n{{\"text\":\"b\"}}\n").as_bytes());
        assert!(errors(&entries)[0].starts_with("-:1: byte 0: no valid JSON"), "{:?}", errors(&entries));
        assert_eq!(rows(entries).len(), 1);
    }
}

#[test]
fn tables_of_every_form_are_read_or_refused() {
    assert_eq!(rows(stream("a.csv", b"text\nfine\ngood\n")).len(), 2);
    assert_eq!(rows(stream("a.csv", b"id|text\n1|fine, really\n")).len(), 1);
    assert_eq!(rows(stream("-", b"id|text\r1|fine\r2|good\r")).len(), 2);
    let columns = Columns { text: Some("Review".into()), ..Columns::default() };
    assert_eq!(rows(stream_with("-", b"Review\r<p>one</p><br>\rtwo\r", &columns)).len(), 2);
    let found = errors(&stream_with("-", b"Hello there\nyou\n", &columns));
    assert!(found.len() == 1 && found[0].contains("no column \"Review\" among Hello there"), "{found:?}");
    let found = errors(&stream("-", b"Review,stars\nfine,5\n"));
    assert!(found.len() == 1 && found[0].contains("among Review, stars"), "{found:?}");
}

#[test]
fn the_path_is_told_once() {
    let read = |bytes: &[u8]| {
        let reader = Reader::from_stream("a", Box::new(Cursor::new(bytes.to_vec())), &Columns::default())?;
        reader.collect::<Result<Vec<_>>>()
    };
    let say = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
    assert_eq!(say(b"\x89PNG\r\n"), "a: byte 0: not text: this is a PNG picture");
    assert!(say(b"ab\ncd\x81\x8d\x8f\x90\x9d\x81").starts_with("a:2: byte 5: neither"));
    assert!(say(b"<?xml version='1.0'?><rss></rss>").starts_with("a: this is XML, but neither"));
}

#[test]
fn keys_and_columns_that_stand_twice_are_refused() {
    for row in [
        r#"{"text":"a","text":"b"}"#,
        r#"{"text":"a","Text":"b"}"#,
        r#"{"text":"a","toxic":1,"toxic":0}"#,
        r#"{"text":"a","labels":{"insult":1,"insult":0}}"#,
    ] {
        let entries = stream("a.jsonl", row.as_bytes());
        assert_eq!(entries.len(), 1);
        assert!(errors(&entries)[0].contains("stands twice"), "{:?}", errors(&entries));
    }
    assert_eq!(rows(stream("a.jsonl", br#"{"text":"a","body":"b","x":1,"x":2}"#)).len(), 1);
    let found = errors(&stream("a.csv", b"text,toxic,toxic\na,0,1\n"));
    assert!(found.len() == 1 && found[0].contains("\"toxic\" stands twice"), "{found:?}");
    assert_eq!(rows(stream("a.csv", b"text,x,x\na,0,1\n")).len(), 1);
}

#[test]
fn faults_that_go_on_are_counted() {
    let found = errors(&stream("a.jsonl", "{\"id\":1}\nx\n".repeat(50).as_bytes()));
    assert_eq!(found.len(), 41);
    assert_eq!(found[40], "a.jsonl: … and 60 more rows could not be read, for reasons told above");
}

#[test]
fn named_columns_that_never_come_are_told() {
    let house = |name: &str| (name.to_owned(), crate::label::Label::new("house").unwrap());
    let columns = Columns {
        text: Some("body".into()),
        labels: vec![house("hostile"), house("bad"), house("labels.odd")],
        ..Columns::default()
    };
    let found = errors(&stream_with("a.jsonl", b"{\"body\":\"a\",\"labels\":{\"bad\":1}}\n", &columns));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].ends_with("no row has the column \"hostile\"; check its name"), "{found:?}");
    let found = errors(&stream_with("a.csv", b"body,bad,hostile,odd\na,0,1,1\n", &columns));
    assert!(found.is_empty(), "{found:?}");
    let columns = Columns { text: Some("body".into()), ..Columns::default() };
    let found = errors(&stream_with("a.jsonl", b"{\"text\":\"a\"}\n", &columns));
    assert!(found.len() == 2 && found[1].contains("\"body\""), "{found:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_bytes_end_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), name in "(a.jsonl|a.csv|-)") {
        if let Ok(reader) = Reader::from_stream(&name, Box::new(Cursor::new(bytes)), &Columns::default()) {
            prop_assert!(reader.count() < 1000);
        }
    }

    #[test]
    fn any_table_ends_without_panic(text in "(text|id|author|,|;|\"|\n|\r|a| |\t){0,60}") {
        if let Ok(reader) = Reader::from_stream("a.csv", Box::new(Cursor::new(text.into_bytes())), &Columns::default()) {
            prop_assert!(reader.count() < 1000);
        }
    }
}

#[test]
fn a_comment_that_is_too_long_costs_no_other() {
    let long = "very long ".repeat(Comment::LONGEST / 10 + 1);
    let comment = |id: u32, text: &str| {
        format!("<li class=\"comment\" id=\"comment-{id}\"><p class=\"author\">Ann</p><p>{text}</p></li>")
    };
    let page = format!(
        "<html><body><ol class=\"commentlist\">{}{}{}</ol></body></html>",
        comment(1, "The first of three."),
        comment(2, &long),
        comment(3, "The last of three.")
    );
    let rows = format!("{{\"text\":\"one\"}}\n{{\"text\":\"{long}\"}}\n{{\"text\":\"three\"}}\n");
    let thread = serde_json::json!({"id": 1, "type": "story", "title": "t", "author": "a", "story_id": 1, "children": [
        {"id": 2, "type": "comment", "author": "a", "text": "one", "parent_id": 1, "story_id": 1, "children": []},
        {"id": 3, "type": "comment", "author": "a", "text": long, "parent_id": 1, "story_id": 1, "children": []},
        {"id": 4, "type": "comment", "author": "a", "text": "three", "parent_id": 1, "story_id": 1, "children": []},
    ]});
    for (name, bytes) in [("page.html", page), ("rows.jsonl", rows), ("thread.json", thread.to_string())] {
        let entries = stream(name, bytes.as_bytes());
        let told = errors(&entries);
        assert!(told.len() == 1 && told[0].contains("is longer than 1 MiB"), "{name}: {told:?}");
        let comments = |entry: &Entry| match &entry.body {
            Body::Row(_) => 1,
            Body::Thread(thread) => thread.comments.len(),
        };
        assert_eq!(entries.iter().flatten().map(comments).sum::<usize>(), 2, "{name}");
    }
}
