//! What a piece of input is, by its first bytes.

use super::{Format, Platform};
use crate::error::{Error, Result};
use std::borrow::Cow;
use std::path::Path;

/// Beginnings of binary files, and what to call them.
const BINARY: &[(&[u8], &str)] = &[
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"%PDF-", "a PDF document"),
    (b"\x1f\x8b", "gzip-compressed; it must be unpacked first"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed; it must be unpacked first"),
    (b"BZh", "bzip2-compressed; it must be unpacked first"),
    (b"\xfd7zXZ\0", "xz-compressed; it must be unpacked first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; it must be unpacked first"),
    (b"Rar!", "a RAR archive; it must be unpacked first"),
    (b"PK\x03\x04", "a ZIP archive (or an office document); it must be unpacked first"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x7fELF", "an ELF program"),
    (b"MZ\x90\0", "a Windows program"),
    (b"\xca\xfe\xba\xbe", "a Java class or Mach-O program"),
    (b"\xcf\xfa\xed\xfe", "a Mach-O program"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow file"),
    (b"RIFF", "a RIFF file (sound, film or WebP picture)"),
    (b"OggS", "an Ogg sound file"),
    (b"ID3", "an MP3 sound file"),
    (b"\0\0\0\x18ftyp", "an MP4 film"),
    (b"\0\0\0\x20ftyp", "an MP4 film"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
];

/// Decides what `head`, the first bytes of an input (64 KiB are plenty), is.
///
/// # Errors
/// For binary files, with what they look like, and for XML that is no page.
pub fn sniff(head: &[u8]) -> Result<Format> {
    sniff_in(None, head)
}

/// Decides as [`sniff`] does; `path` is named in the error.
pub(crate) fn sniff_in(path: Option<&Path>, head: &[u8]) -> Result<Format> {
    if let Some((_, what)) = BINARY.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(Error::input(path, None, Some(0), format!("not text: this is {what}")));
    }
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        let utf16 = encoding_rs::Encoding::for_bom(head).map(|(encoding, _)| encoding.decode(head).0);
        return of_text(path, utf16.as_deref().unwrap_or_default());
    }
    // Before the search for NUL: one in an export costs one comment.
    let text = String::from_utf8_lossy(head);
    if let Some(platform) = Platform::of(text.trim_start_matches('\u{feff}')) {
        return Ok(Format::Export(platform));
    }
    if let Some(at) = memchr::memchr(0, head) {
        return Err(Error::input(
            path,
            None,
            Some(at as u64),
            "not text: byte 0 occurs, as in binary files".to_owned(),
        ));
    }
    of_text(path, &text)
}

fn of_text(path: Option<&Path>, head: &str) -> Result<Format> {
    let head = head.trim_start_matches('\u{feff}').trim_start();
    // Old programs end lines with a carriage return alone.
    let head = if head.contains('\n') { Cow::Borrowed(head) } else { Cow::Owned(head.replace('\r', "\n")) };
    if let Some(platform) = Platform::of(&head) {
        return Ok(Format::Export(platform));
    }
    if is_xml(&head) {
        let what = "this is XML, but neither a WordPress nor a Disqus export; give the comments as CSV or JSON lines, \
            with the columns text, author, date and parent_id where they are known";
        return Err(Error::input(path, None, None, what));
    }
    let format = if is_jsonl(&head) {
        Format::Jsonl
    } else if begins_as_html(&head) {
        Format::Html
    } else if goes_on_as_jsonl(&head) {
        Format::Jsonl
    } else if has_tags(&head) {
        Format::Html
    } else if is_table(&head) {
        Format::Csv
    } else {
        Format::FlatText
    };
    Ok(format)
}

/// What WordPress, Disqus and feeds write: XML in which no page begins.
fn is_xml(head: &str) -> bool {
    let lower = first(head, 4096).to_ascii_lowercase();
    let begins = ["<?xml", "<rss", "<disqus", "<feed"].iter().any(|mark| lower.starts_with(mark));
    begins && !lower.contains("<html") && !lower.contains("<!doctype html")
}

/// An object that a quote or the closing brace follows, or a list of such: prose may begin with a brace, rows go on
/// like this. A list is one document, which the reader of rows refuses with the way to mend it.
fn is_jsonl(head: &str) -> bool {
    let object = head.strip_prefix('[').map_or(head, str::trim_start);
    object.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with(['"', '}']))
}

/// Rows after a first line that is broken: half of the first lines are objects, or the first one is meant as one.
fn goes_on_as_jsonl(head: &str) -> bool {
    let mut lines = head.lines().map(str::trim).filter(|line| !line.is_empty()).take(20).peekable();
    if lines.peek().is_some_and(|line| line.starts_with('{') && line.ends_with('}') && line.contains(':')) {
        return true;
    }
    let (objects, others): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with('{') && is_jsonl(line));
    !objects.is_empty() && objects.len() >= others.len()
}

/// A page begins with a tag or comment.
fn begins_as_html(head: &str) -> bool {
    let lower = first(head, 4096).to_ascii_lowercase();
    let begins = [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<!--",
        "<div",
        "<article",
        "<section",
        "<meta",
        "<title",
        "<table",
        "<script",
        "<main",
        "<p>",
        "<p ",
        "<ol",
        "<ul",
        "<li",
        "<h1",
        "<span",
        "<style",
        "<link",
    ];
    begins.iter().any(|mark| lower.starts_with(mark)) || lower.starts_with("<?xml")
}

/// Has tags that text has not within the first bytes.
fn has_tags(head: &str) -> bool {
    let lower = first(head, 1024).to_ascii_lowercase();
    let tags = ["<html", "<body", "<head>", "</head>", "</p>", "</div>", "</a>", "<br", "</li>"];
    tags.iter().filter(|tag| lower.contains(*tag)).count() >= 2
}

/// A header of short names and rows with as many fields.
fn is_table(head: &str) -> bool {
    let mut lines = head.lines().filter(|line| !line.trim().is_empty());
    let Some(header) = lines.next() else { return false };
    let names = |separator: char| {
        let names: Vec<&str> = header.split(separator).map(|name| name.trim().trim_matches('"').trim()).collect();
        let short = names.iter().all(|name| {
            // A full stop inside a name is no end of a sentence: `labels.house`.
            let ends = name.ends_with('.') || name.contains(". ") || name.contains(['!', '?', '“', '”']);
            name.len() <= 40 && !ends && name.split_whitespace().count() <= 3
        });
        let lower = header.chars().filter(|c| c.is_alphabetic()).count() > 0;
        (names.len() >= 2 && short && lower && !names.iter().any(|name| name.is_empty() && names.len() < 3))
            .then_some(names)
    };
    let known = |names: &[&str]| {
        let known = [
            "text",
            "comment",
            "comment_text",
            "body",
            "id",
            "label",
            "labels",
            "toxicity",
            "author",
            "content",
            "message",
            "tweet",
            "class",
            "insult",
            "sarcasm",
            "date",
            "title",
            "article",
        ];
        names.iter().any(|name| known.contains(&name.to_ascii_lowercase().as_str()))
    };
    // The names of a table of one column: no text begins with such a line.
    if ["text", "comment_text", "comment_body"].contains(&header.trim().trim_matches('"').to_ascii_lowercase().as_str())
    {
        return true;
    }
    [',', ';', '\t', '|'].into_iter().any(|separator| {
        names(separator).is_some_and(|names| {
            let known = separator != '|'
                && known(&names)
                && lines.clone().next().is_none_or(|line| line.contains(separator) || line.starts_with('"'));
            known || is_even(header, lines.clone(), separator)
        })
    })
}

/// Names that nobody knows make a table where the lines below have as many separators, and none stands as in prose.
fn is_even<'a>(header: &str, lines: impl Iterator<Item = &'a str>, separator: char) -> bool {
    let count = |line: &str| line.matches(separator).count();
    let mut below = lines.take(5).peekable();
    let spaced = header.contains(&format!("{separator} ")) || header.contains(&format!(" {separator}"));
    !spaced && below.peek().is_some() && below.all(|line| count(line) == count(header) || line.contains('"'))
}

/// The first `length` bytes, or a few less where that would cut a character.
fn first(text: &str, length: usize) -> &str {
    let mut at = length.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    text.get(..at).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tells_text_formats_apart() {
        for (head, format) in [
            ("<!DOCTYPE html><html>", Format::Html),
            ("\u{feff}  <html lang=en>", Format::Html),
            ("<?xml version=\"1.0\"?><!DOCTYPE html PUBLIC><html>", Format::Html),
            ("Hello <b>x</b><br>and</p>", Format::Html),
            ("{\"text\": \"a\"}\n", Format::Jsonl),
            ("{} \n", Format::Jsonl),
            ("id,text,toxicity\n1,hello,0\n", Format::Csv),
            ("text\tlabel\nhello\t1\n", Format::Csv),
            ("text;label\n\"a\nb\";1\n", Format::Csv),
            ("The council, the mayor and I\nmet on Tuesday.\n", Format::FlatText),
            ("Dear reader, this is a comment, no?\n", Format::FlatText),
            ("", Format::FlatText),
            ("{well} I never\n", Format::FlatText),
            ("[{\"text\": \"a\"}]", Format::Jsonl),
            ("[ \n {\"text\"", Format::Jsonl),
            ("[1] See below\n", Format::FlatText),
            ("{id:1}\n{\"text\":\"a\"}\n", Format::Jsonl),
            ("starting up\n{\"text\":\"a <br> b</p>\"}\n{\"text\":\"b\"}\n", Format::Jsonl),
            ("One\ntwo\nthree\n{\"@context\":1}\n", Format::FlatText),
            ("Review,stars\nfine,5\nbad,1\n", Format::Csv),
            ("Yes,no\nor maybe, who knows, ever\n", Format::FlatText),
            ("Home | News | Sport\nToday | Tomorrow | Ever\n", Format::FlatText),
            ("id|text\n1|hello\n", Format::Csv),
            ("text\nhello\n", Format::Csv),
            ("id,text\r1,hello\r", Format::Csv),
            ("id,text,labels.house\n1,hello,0\n", Format::Csv),
            ("Dear text, dear id. So long,\nsee you, there. Bye,\n", Format::FlatText),
        ] {
            assert_eq!(sniff(head.as_bytes()).ok(), Some(format), "{head:?}");
        }
        for (head, name) in [
            ("`<?xml version=\"1.0\"?>\n<disqus xmlns=\"http://disqus.com\">", "disqus"),
            ("<?xml version='1.0'?>\n<!-- <b> -->\n<rss xmlns:wp=\"https://wordpress.org/export/1.2/\">", "wxr"),
            ("<?xml version='1.0'?><disqus><thread dsq:id=1>\0", "disqus"),
            ("{\"version\":1,\"comments\":[{\"commentHex\":\"a\",\"markdown\":\"b\"", "commento"),
            ("{\"body\":\"a\",\"link_id\":\"t3_a\",\"parent_id\":\"t3_a\"}\n", "pushshift"),
        ] {
            let found = sniff(head.as_bytes()).ok();
            assert!(matches!(found, Some(Format::Export(platform)) if platform.name() == name), "{head:?}: {found:?}");
        }
        let labelled = "{\"body\":\"a\",\"link_id\":\"t3_a\",\"parent_id\":\"t3_a\",\"labels\":{}}\n";
        assert_eq!(sniff(labelled.as_bytes()).ok(), Some(Format::Jsonl));
        let wide: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("<html>".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(sniff(&wide).ok(), Some(Format::Html));
    }

    #[test]
    fn says_what_a_binary_file_is() {
        for (head, what) in [
            (&b"\x89PNG\r\n"[..], "PNG"),
            (b"%PDF-1.7", "PDF"),
            (b"\x1f\x8b\x08", "gzip"),
            (b"PK\x03\x04..", "ZIP"),
            (b"\x7fELF\x02", "ELF"),
            (b"ab\0c", "byte 0"),
            (b"<?xml version='1.0'?><rss><channel>", "this is XML"),
            (b"<disqus xmlns='x'>", "this is XML"),
        ] {
            let said = sniff(head).map_err(|error| error.to_string()).err().unwrap_or_default();
            assert!(said.contains(what), "{said}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]
        #[test]
        fn any_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = sniff(&bytes);
        }
    }
}
