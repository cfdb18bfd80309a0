//! Pages made to break a reader: each is read to its end, or refused with a sentence.

use gruff::extract::{Format, decode, flat_text, html, html_by_shape, sniff};
use std::fmt::Write;

/// What the pages are made of, and of how many.
const SHARE: usize = 300_000;

fn pages() -> Vec<(&'static str, String)> {
    let repeated = |piece: &str| piece.repeat(SHARE / piece.len());
    let mut numbered = String::new();
    for number in 0..4_000 {
        let _ = write!(numbered, "<li id=comment-{number} class=comment><b class=fn>A</b><p>{number}</li>");
    }
    let attributes: String = (0..40_000).fold(String::from("<p"), |mut all, number| {
        let _ = write!(all, " a{number}=b");
        all
    });
    vec![
        ("nested boxes", repeated("<div>")),
        ("nested boxes with words", repeated("<div class=comment>a ")),
        ("nested lists", repeated("<ul><li id=comment-1>1.1.2020 ")),
        ("nested tables", repeated("<table><tr><td>")),
        ("unclosed formatting", repeated("<b><i><font color=red>")),
        ("unclosed paragraphs", repeated("<p>Ann 1.1.2024<a href=x>")),
        ("end tags only", repeated("</div></p></table>")),
        ("crossing tags", repeated("<a><div></a><p></div>")),
        ("one long attribute", format!("<div class='comment' title='{}'>x</div>", "a ".repeat(SHARE))),
        ("one long class", format!("<div class='{}'>x</div>", "comment ".repeat(SHARE / 8))),
        ("many attributes", attributes),
        ("entities", repeated("&amp;&#x1F600;&notit;&#99999999;")),
        ("ampersands", repeated("&")),
        ("half entities", repeated("&#x")),
        ("angle brackets", repeated("<")),
        ("open quotes", repeated("<a b='")),
        ("comments in markup", repeated("<!--")),
        ("scripts", repeated("<script><!--<script>")),
        ("drawings", repeated("<svg><title>")),
        ("templates", repeated("<template><form><input>")),
        ("tiny comments", numbered),
        ("headings", repeated("<h3>3 comments</h3>")),
        ("bylines", repeated("<h5>Ann, 1.2.2024</h5><p>a</p>")),
        ("buttons", repeated("<div>1.2.2024 <a>Reply</a></div>")),
        ("nulls", repeated("<p>a\0b</p>")),
        ("line ends", repeated("\r\n<p>\r")),
        ("one word", "a".repeat(SHARE)),
        ("data", format!("<script type=application/ld+json>{}</script>", "[".repeat(SHARE))),
        ("data of answers", format!("<script type=application/ld+json>{}", repeated("{\"comment\":["))),
    ]
}

#[test]
fn every_hostile_page_is_read() {
    for (name, page) in pages() {
        for thread in [html(&page), html_by_shape(&page), flat_text(&page)] {
            let text: usize = thread.comments.iter().map(|comment| comment.text.len()).sum();
            assert!(text <= page.len() * 2, "{name}");
        }
    }
}

#[test]
fn twenty_megabytes_of_one_attribute_are_read() {
    let page = format!("<title>t</title><p data-x=\"{}\">After it.</p>", "x".repeat(20 << 20));
    assert_eq!(html(&page).article.title.as_deref(), Some("t"));
}

#[test]
fn a_comment_is_found_hundreds_of_boxes_deep_and_a_hundred_thousand_are_told() {
    let page = |boxes: usize| {
        let deep = "<div>".repeat(boxes);
        html(&format!(
            "{deep}<li id=comment-1 class=comment><b class=fn>Ann</b><time datetime=2024-01-02>x</time><p>Deep.</p>"
        ))
    };
    let thread = page(400);
    assert_eq!(thread.comments.first().map(|comment| comment.text.as_str()), Some("Deep."));
    assert!(thread.notes.is_empty());
    let note = page(100_000).notes.concat();
    assert!(note.contains("nests hundreds of elements"), "{note}");
}

#[test]
fn wrong_charsets_and_null_bytes_are_read_or_refused_with_a_sentence() {
    let body = "<article><h1>Die Brücke</h1><p>Der Bürgermeister sagte, die Brücke werde für zwölf Wochen gesperrt. Für die \
        Fähre gelte das nicht, sie fahre auch über Ostern, früh und spät.</p><p>Die Händler fürchten um ihre Kunden, die über \
        die Brücke kommen. Man müsse schöne Wörter hören und dürfe nicht klagen, sagte einer.</p></article>";
    for label in ["utf-8", "utf-16", "iso-8859-1", "windows-1251", "no-such-thing", "utf-7", "\"\"", "big5"] {
        let page = format!("<html><meta charset={label}>{body}");
        for bytes in [page.clone().into_bytes(), encode_latin(&page)] {
            match decode(&bytes, Format::Html) {
                Ok(text) => assert!(html(&text).article.text.is_some(), "{label}"),
                Err(error) => assert!(error.to_string().len() > 20, "{label}"),
            }
        }
    }
    let error = sniff(b"<html><p>a\0b").unwrap_err().to_string();
    assert!(error.contains("byte 0"), "{error}");
    assert!(html(&format!("<html>{body}\0 and more.")).article.text.is_some());
}

fn encode_latin(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
}
