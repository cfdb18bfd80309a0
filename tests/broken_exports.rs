//! Exports of every family of readers, broken in each of many ways: a sentence, and the rest is read.

use gruff::corpus::{Body, Columns, Reader};
use gruff::extract::{Platform, export};
use gruff::thread::Thread;
use std::io::Cursor;

/// Id, parent or nothing, text.
type Given<'a> = (&'a str, &'a str, &'a str);

/// A family of readers: what its exports look like.
struct Family {
    name: &'static str,
    head: &'static str,
    tail: &'static str,
    between: &'static str,
    /// With ID, PARENT and TEXT in it.
    comment: &'static str,
    /// What stands for no parent.
    none: &'static str,
    /// What the sentence about a file that was cut has.
    cut: &'static str,
}

const FAMILIES: &[Family] = &[
    Family {
        name: "wxr",
        head: "<?xml version=\"1.0\"?>\n<rss xmlns:wp=\"http://wordpress.org/export/1.2/\"><channel>\n<item><title>T</title><link>https://n.example/1</link>\n",
        tail: "</item></channel></rss>\n",
        between: "",
        comment: "<wp:comment><wp:comment_id>ID</wp:comment_id><wp:comment_parent>PARENT</wp:comment_parent>\
            <wp:comment_content><![CDATA[TEXT]]></wp:comment_content><wp:comment_approved>1</wp:comment_approved></wp:comment>\n",
        none: "0",
        cut: "it was cut",
    },
    Family {
        name: "disqus",
        head: "<?xml version=\"1.0\"?>\n<disqus xmlns=\"http://disqus.com\">\n<thread dsq:id=\"9\"><title>T</title></thread>\n",
        tail: "</disqus>\n",
        between: "",
        comment: "<post dsq:id=\"ID\"><thread dsq:id=\"9\"/><parent dsq:id=\"PARENT\"/><message><![CDATA[TEXT]]></message></post>\n",
        none: "",
        cut: "it was cut",
    },
    Family {
        name: "commento",
        head: "{\"version\":1,\"comments\":[\n",
        tail: "],\"commenters\":[]}\n",
        between: ",",
        comment: "{\"commentHex\":\"ID\",\"url\":\"/a\",\"parentHex\":\"PARENT\",\"markdown\":\"TEXT\",\"state\":\"approved\"}\n",
        none: "root",
        cut: "it was cut",
    },
    Family {
        name: "remark42",
        head: "{\"version\":1,\"users\":[],\"posts\":[]}\n",
        tail: "",
        between: "",
        comment: "{\"id\":\"ID\",\"pid\":\"PARENT\",\"text\":\"TEXT\",\"locator\":{\"url\":\"/a\"}}\n",
        none: "",
        cut: "it was cut",
    },
    Family {
        name: "hacker-news",
        head: "{\"id\":900000,\"created_at_i\":1714557600,\"type\":\"story\",\"title\":\"T\",\"children\":[\n",
        tail: "]}\n",
        between: ",",
        comment: "{\"id\":\"ID\",\"type\":\"comment\",\"parent_id\":\"PARENT\",\"text\":\"TEXT\",\"children\":[]}\n",
        none: "900000",
        cut: "it was cut",
    },
    Family {
        name: "csv",
        head: "id,parent_id,author,text,page\n",
        tail: "",
        between: "",
        comment: "ID,PARENT,ann,\"TEXT\",/a\n",
        none: "",
        cut: "never closed",
    },
    Family {
        name: "jsonl",
        head: "",
        tail: "",
        between: "",
        comment: "{\"id\":\"ID\",\"parent_id\":\"PARENT\",\"author\":\"ann\",\"text\":\"TEXT\",\"page\":\"/a\"}\n",
        none: "",
        cut: "no valid JSON",
    },
];

impl Family {
    fn comment(&self, (id, parent, text): Given<'_>) -> String {
        let parent = if parent.is_empty() { self.none } else { parent };
        self.comment.replace("ID", id).replace("PARENT", parent).replace("TEXT", text)
    }

    fn export(&self, comments: &[Given<'_>]) -> String {
        let comments: Vec<String> = comments.iter().map(|comment| self.comment(*comment)).collect();
        format!("{}{}{}", self.head, comments.join(self.between), self.tail)
    }

    fn is_platform(&self) -> bool {
        !matches!(self.name, "csv" | "jsonl")
    }

    fn is_json(&self) -> bool {
        !matches!(self.name, "csv" | "wxr" | "disqus")
    }

    /// Listings leave comments out by their nature, which is a note there.
    fn is_partial(&self) -> bool {
        self.name == "hacker-news"
    }
}

fn read(bytes: impl Into<Vec<u8>>) -> (Vec<Thread>, Vec<String>) {
    read_as("export", bytes)
}

fn read_as(name: &str, bytes: impl Into<Vec<u8>>) -> (Vec<Thread>, Vec<String>) {
    let (mut threads, mut faults) = (Vec::new(), Vec::new());
    let reader = Reader::from_stream(name, Box::new(Cursor::new(bytes.into())), &Columns::default());
    let reader = match reader {
        Ok(reader) => reader,
        Err(error) => return (threads, vec![error.to_string()]),
    };
    for entry in reader {
        match entry.map(|entry| entry.body) {
            Ok(Body::Thread(thread)) => threads.push(thread),
            Ok(Body::Row(row)) => faults.push(format!("a row: {row:?}")),
            Err(error) => faults.push(error.to_string()),
        }
    }
    (threads, faults)
}

fn texts(threads: &[Thread]) -> Vec<&str> {
    threads.iter().flat_map(|thread| &thread.comments).map(|comment| comment.text.as_str()).collect()
}

fn depths(threads: &[Thread]) -> Vec<Option<u32>> {
    threads.iter().flat_map(|thread| &thread.comments).map(|comment| comment.depth).collect()
}

/// What is left in spite of the damage, and a part of a sentence about it; nothing for no sentence.
fn check(family: &Family, bytes: impl Into<Vec<u8>>, left: &[&str], sentence: &str) -> Vec<Thread> {
    let (threads, faults) = read(bytes);
    assert_eq!(texts(&threads), left, "{}: {faults:?}", family.name);
    if sentence.is_empty() {
        assert!(faults.is_empty(), "{}: {faults:?}", family.name);
    } else {
        assert!(faults.iter().any(|fault| fault.contains(sentence)), "{}: {faults:?}", family.name);
        assert!(faults.iter().all(|fault| fault.contains(": byte ")), "{}: {faults:?}", family.name);
    }
    threads
}

const THREE: &[Given<'_>] = &[("1", "", "one"), ("2", "1", "two"), ("3", "", "three")];

#[test]
fn sound_ones_are_read_without_a_word() {
    for family in FAMILIES {
        let threads = check(family, family.export(THREE), &["one", "two", "three"], "");
        assert_eq!(depths(&threads), [Some(0), Some(1), Some(0)], "{}", family.name);
        assert_eq!(threads[0].source.as_deref(), Some(family.name));
    }
}

#[test]
fn cut_in_the_middle() {
    for family in FAMILIES {
        let whole = family.export(THREE);
        check(family, &whole[..whole.find("three").unwrap() + 2], &["one", "two"], family.cut);
    }
}

#[test]
fn bytes_of_another_encoding() {
    for family in FAMILIES {
        let source = family.export(&[("1", "", "one"), ("2", "1", "caf#, \u{e9}t\u{e9}"), ("3", "", "three")]);
        let bytes: Vec<u8> = source.bytes().map(|byte| if byte == b'#' { 0xe9 } else { byte }).collect();
        let threads = check(family, bytes, &["one", "café, été", "three"], "windows-1252");
        assert_eq!(depths(&threads), [Some(0), Some(1), Some(0)], "{}", family.name);
    }
}

#[test]
fn a_parent_that_is_missing() {
    for family in FAMILIES {
        let sentence = if family.is_partial() { "" } else { "which is not in its thread" };
        let comments = [("1", "77", "one"), ("2", "1", "two"), ("3", "", "three")];
        let threads = check(family, family.export(&comments), &["one", "two", "three"], sentence);
        assert_eq!(depths(&threads), [None, None, Some(0)], "{}", family.name);
        assert_eq!(threads[0].notes.len(), 1);
    }
}

#[test]
fn parents_that_go_round() {
    for family in FAMILIES {
        let comments = [("1", "3", "one"), ("2", "1", "two"), ("3", "2", "three"), ("4", "4", "four")];
        let threads =
            check(family, family.export(&comments), &["one", "two", "three", "four"], "the ring was cut there");
        assert_eq!(depths(&threads), [Some(0), Some(1), Some(2), Some(0)], "{}", family.name);
    }
}

#[test]
fn a_comment_that_is_too_long() {
    let long = "very long ".repeat(600_000);
    for family in FAMILIES {
        let source = family.export(&[("1", "", "one"), ("2", "1", &long), ("3", "", "three")]);
        check(family, source, &["one", "three"], "is longer than");
    }
}

/// Lines of tables and rows have a limit of their own, which is further away.
#[test]
fn fifty_megabytes_in_one_comment_of_a_table_or_a_row() {
    let long = "very long ".repeat(5_000_000);
    for family in FAMILIES.iter().filter(|family| !family.is_platform()) {
        let source = family.export(&[("1", "", "one"), ("2", "1", &long), ("3", "", "three")]);
        check(family, source, &["one", "three"], "is longer than");
    }
}

#[test]
fn a_thread_that_is_too_long() {
    let ids: Vec<String> = (1..=12_000).map(|id| id.to_string()).collect();
    for family in FAMILIES {
        // Ten deep, over the border of the parts.
        let comments: Vec<Given<'_>> = (0..ids.len())
            .map(|place| (ids[place].as_str(), if place % 10 == 0 { "" } else { ids[place - 1].as_str() }, "hello"))
            .collect();
        let (threads, faults) = read(family.export(&comments));
        assert!(threads.len() > 1, "{}: {} {faults:?}", family.name, texts(&threads).len());
        assert!(faults.is_empty(), "{}: {faults:?}", family.name);
        assert!(threads[0].notes.iter().any(|note| note.contains("goes on in the next one")), "{}", family.name);
        let right = |(place, depth): (usize, &Option<u32>)| *depth == Some((place % 10) as u32);
        assert!(depths(&threads).iter().enumerate().all(right), "{}", family.name);
    }
}

#[test]
fn ids_that_stand_twice() {
    for family in FAMILIES {
        let comments = [("1", "", "one"), ("1", "", "other"), ("2", "1", "two")];
        check(family, family.export(&comments), &["one", "other", "two"], "an id that another one has");
    }
}

#[test]
fn ids_that_are_missing() {
    for family in FAMILIES.iter().filter(|family| family.name != "hacker-news") {
        let source = family.export(&[("1", "", "one"), ("#", "1", "two"), ("3", "", "three")]).replace('#', "");
        let threads = check(family, source, &["one", "two", "three"], "");
        assert!(threads[0].comments.iter().all(|comment| !comment.id.is_empty()), "{}", family.name);
        if family.is_json() {
            let source = family.export(THREE).replacen("\"2\"", "{\"$oid\":2}", 1);
            let sentence = if family.is_platform() { "is no text" } else { "" };
            check(family, source, &["one", "two", "three"], sentence);
        }
    }
}

#[test]
fn junk_before_and_between() {
    for family in FAMILIES.iter().filter(|family| family.name != "csv") {
        let (threads, faults) = read(format!("` cat of old backups\n{}", family.export(THREE)));
        assert_eq!(texts(&threads), ["one", "two", "three"], "{}: {faults:?}", family.name);
        assert_eq!(faults.is_empty(), !family.is_json(), "{}: {faults:?}", family.name);
    }
    let garbage: String = (0..20_000u32).map(|number| char::from(b'#' + (number * 7919 % 25) as u8)).collect();
    for family in FAMILIES {
        let two = family.comment(THREE[1]);
        let source = family.export(THREE).replace(&two, &format!("{two}{garbage}\n"));
        let (threads, faults) = read(source);
        let left = texts(&threads);
        assert!(left.contains(&"one") && left.contains(&"two"), "{}: {left:?} {faults:?}", family.name);
        assert!(left.contains(&"three") || family.name == "csv", "{}: {left:?} {faults:?}", family.name);
        assert!(!faults.is_empty() || !family.is_json(), "{}", family.name);
    }
}

#[test]
fn bytes_that_are_nul() {
    for family in FAMILIES {
        let source = family.export(&[("1", "", "one"), ("2", "1", "t\0wo"), ("3", "", "three")]);
        let left: &[&str] = if family.is_platform() { &["one", "two", "three"] } else { &["one", "three"] };
        let (threads, faults) = read_as(&format!("export.{}", family.name), source);
        assert_eq!(texts(&threads), left, "{}: {faults:?}", family.name);
        assert!(faults.iter().any(|fault| fault.contains("NUL")), "{}: {faults:?}", family.name);
    }
}

#[test]
fn byte_order_marks_and_wide_characters() {
    for family in FAMILIES {
        let source = family.export(&[("1", "", "one"), ("2", "1", "été 🙂"), ("3", "", "three")]);
        let left = &["one", "été 🙂", "three"];
        check(family, format!("\u{feff}{source}"), left, "");
        let wide = || std::iter::once(0xfeff).chain(source.encode_utf16());
        check(family, wide().flat_map(u16::to_le_bytes).collect::<Vec<u8>>(), left, "");
        check(family, wide().flat_map(u16::to_be_bytes).collect::<Vec<u8>>(), left, "");
    }
}

#[test]
fn values_of_the_wrong_kind() {
    for family in FAMILIES.iter().filter(|family| family.is_json()) {
        for wrong in ["[\"two\"]", "{\"x\":\"two\"}", "true"] {
            let source = family.export(THREE).replace("\"two\"", wrong);
            let (threads, faults) = read(source);
            assert_eq!(texts(&threads), ["one", "three"], "{} {wrong}: {faults:?}", family.name);
            assert!(faults.len() == 1 && faults[0].contains("text"), "{} {wrong}: {faults:?}", family.name);
        }
        let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
        let (threads, faults) = read(family.export(THREE).replace("\"two\"", &deep));
        assert_eq!(texts(&threads), ["one", "three"], "{}: {faults:?}", family.name);
        // That it is no text, and of platforms' exports that it is nested too deep to be read.
        let told = faults.iter().filter(|fault| fault.contains("4096 brackets")).count();
        assert_eq!((told, faults.len()), (usize::from(family.is_platform()), 1 + told), "{}: {faults:?}", family.name);
    }
}

#[test]
fn entities_that_grow_or_are_fetched() {
    let bomb =
        "<!DOCTYPE r [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\"><!ENTITY c SYSTEM \"file:///etc/passwd\">]>\n";
    for family in &FAMILIES[..2] {
        let source = family.export(THREE).replace("<![CDATA[two]]>", "&b;&c; &lt;b&gt;two&lt;/b&gt;");
        let source = source.replacen("?>\n", &format!("?>\n{bomb}"), 1);
        check(family, source, &["one", "&b;&c; two", "three"], "declares entities");
    }
}

#[test]
fn markup_that_is_not_well_formed() {
    for family in &FAMILIES[..2] {
        let source = family.export(THREE).replace("=\"", "=").replace("\">", ">").replace("\"/>", "/>");
        check(family, source, &["one", "two", "three"], "");
        let source = family.export(THREE).replace("<![CDATA[two]]>", "a < b & c <i>two</i>");
        let (threads, faults) = read(source);
        assert_eq!(texts(&threads).len(), 3, "{}: {:?} {faults:?}", family.name, texts(&threads));
        let source = family.export(&[THREE[0], THREE[1], THREE[2], ("4", "", "four")]).replace("two]]>", "two");
        check(family, source, &["one", "four"], "is not closed");
    }
}

#[test]
fn exports_that_were_put_together() {
    for one in FAMILIES.iter().filter(|family| family.is_platform()) {
        for other in FAMILIES.iter().filter(|family| family.is_platform()) {
            let second: &[Given<'_>] = &[("11", "", "four"), ("12", "11", "five")];
            for (tail, break_) in [("", true), ("", false), ("junk\n", true)] {
                let mut first = one.export(THREE);
                if !break_ {
                    first.truncate(first.trim_end().len());
                }
                let (threads, faults) = read(format!("{first}{tail}{}", other.export(second)));
                let mut left = texts(&threads);
                left.sort_unstable();
                let names = format!("{} {} {tail:?} {break_}: {faults:?}", one.name, other.name);
                assert_eq!(left, ["five", "four", "one", "three", "two"], "{names}");
                assert!(faults.is_empty() || !tail.is_empty(), "{names}");
                let sources: Vec<&str> = threads.iter().filter_map(|thread| thread.source.as_deref()).collect();
                assert!(sources.contains(&one.name) && sources.contains(&other.name), "{names} {sources:?}");
                let thread = threads.last().unwrap();
                assert_eq!(thread.comments.last().unwrap().depth, Some(1), "{names}");
            }
        }
    }
}

#[test]
fn very_many_exports_that_were_put_together() {
    let (one, other) = (FAMILIES[0].export(&[("1", "", "one")]), FAMILIES[1].export(&[("2", "", "two")]));
    let (threads, faults) = read(format!("{one}{other}").repeat(501));
    assert_eq!(threads.len(), 1000);
    assert!(faults.len() == 1 && faults[0].contains("nothing was read"), "{faults:?}");
}

#[test]
fn a_cut_export_with_another_behind_it() {
    for one in &FAMILIES[..2] {
        for other in FAMILIES[..2].iter().filter(|other| other.name != one.name) {
            let first = one.export(THREE).replace("<![CDATA[", "").replace("]]>", "");
            let first = &first[..first.find("three").unwrap() + 2];
            let (threads, faults) = read(format!("{first}\n{}", other.export(&[("11", "", "four")])));
            assert_eq!(texts(&threads), ["one", "two", "four"], "{faults:?}");
            assert!(faults.len() == 1 && faults[0].contains("it was cut"), "{faults:?}");
        }
    }
}

#[test]
fn something_else_behind_an_export_is_told() {
    for family in FAMILIES.iter().filter(|family| family.is_platform()) {
        for behind in ["{\"rating\":\"a row\",\"stars\":1}\n", "id,text\n1,a row\n"] {
            let (threads, faults) = read(format!("{}{behind}", family.export(THREE)));
            assert_eq!(texts(&threads), ["one", "two", "three"], "{}: {faults:?}", family.name);
            assert!(!faults.is_empty(), "{} {behind}", family.name);
        }
    }
    // Rows, and then an export: each of its lines is told.
    let (threads, faults) = read(format!("{}{}", FAMILIES[6].export(THREE), FAMILIES[0].export(THREE)));
    assert_eq!(texts(&threads), ["one", "two", "three"]);
    assert!(faults.len() > 3);
}

#[test]
fn exports_without_comments_are_told() {
    let says = |bytes: &str| {
        let mut reader =
            Reader::from_stream("export", Box::new(Cursor::new(bytes.to_owned())), &Columns::default()).unwrap();
        assert_eq!(reader.by_ref().count(), 0);
        reader.emptiness().unwrap_or_default()
    };
    for family in FAMILIES.iter().filter(|family| family.is_platform()) {
        let said = says(&family.export(&[]));
        assert!(said.starts_with("export: ") && said.contains(family.name), "{}: {said}", family.name);
    }
    assert_eq!(says(""), "export: this is empty");
    assert_eq!(says("id,parent_id,author,text,page\n"), "export: there are no rows in this");
    let mut reader =
        Reader::from_stream("a", Box::new(Cursor::new("{\"text\":\"a\"}\n")), &Columns::default()).unwrap();
    assert_eq!((reader.by_ref().count(), reader.emptiness()), (1, None));
}

#[test]
fn the_corpora_of_the_fuzz_targets_are_read() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    // A copy of the tests alone has none.
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut seen = 0;
    for entry in entries.map(Result::unwrap) {
        let target = entry.file_name().to_string_lossy().replace('_', "-");
        let Some(name) = target.strip_prefix("export-") else { continue };
        for file in std::fs::read_dir(entry.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            match Platform::named(name) {
                Some(platform) => export(platform, Box::new(Cursor::new(bytes))).for_each(drop),
                None if name == "any" => drop(read_as("-", bytes)),
                None => drop(read_as(&format!("export.{name}"), bytes)),
            }
            seen += 1;
        }
    }
    assert!(seen > 50);
}
