//! What readers see of a comment that arrives as HTML.
//!
//! Sites ask before they clean a comment up, so its markup may be whatever a stranger typed: elements that hide what stands
//! in them and are taken out later, a `<` that closes nowhere, text in what looks like a tag.

use crate::extract::export::plain_with_breaks;
use memchr::memchr2;

/// Elements that sites let stand in comments and that hide nothing of what stands in them, sorted.
const KNOWN: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "b",
    "big",
    "blockquote",
    "br",
    "center",
    "cite",
    "code",
    "dd",
    "del",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "time",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
];

/// Elements that hide what stands in them, sorted; sites take their tags out and leave the rest.
const HIDING: &[&str] = &[
    "applet", "canvas", "datalist", "head", "iframe", "math", "noembed", "noframes", "noscript", "object", "optgroup",
    "option", "script", "select", "style", "svg", "template", "textarea", "title", "video", "xmp",
];

/// The ways to read a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Readings {
    /// Its text as exports give it: without its markup.
    pub(super) text: String,
    /// Its text with what hides taken out and all that is no well-known markup left standing, where that is another one; then
    /// its text without whatever looks like a tag, with what stood in it, where that is another one again.
    pub(super) others: Vec<String>,
}

impl Readings {
    /// Reads a comment. The time is linear in its length.
    pub(super) fn of(content: &str) -> Self {
        let mut readings = vec![plain_with_breaks(content)];
        if content.contains('<') {
            for unknown in [Unknown::Stands, Unknown::Goes] {
                let reading = plain_with_breaks(&known_markup(content, unknown));
                let words = || reading.split_whitespace();
                if readings.iter().all(|other| !words().eq(other.split_whitespace())) {
                    readings.push(reading);
                }
            }
        }
        // What a page takes out altogether is not judged as an empty comment.
        if readings.len() > 1 {
            readings.retain(|reading| !reading.is_empty());
        }
        let mut readings = readings.into_iter();
        Self { text: readings.next().unwrap_or_default(), others: readings.collect() }
    }
}

/// What stands between angle brackets.
enum Tag {
    Start(&'static str),
    End(&'static str),
    /// Of an element that hides what stands in it.
    Hiding,
}

/// What becomes of what looks like a tag and is no well-known one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unknown {
    /// It stands as it was written.
    Stands,
    /// It goes, and what stands around it moves together.
    Goes,
}

/// Writes the markup anew: well-known tags without their attributes, everything else as text.
fn known_markup(content: &str, unknown: Unknown) -> String {
    let mut out = String::with_capacity(content.len() + content.len() / 4);
    let mut rest = content;
    while let Some((before, behind)) = rest.split_once('<') {
        out.push_str(before);
        let end = memchr2(b'<', b'>', behind.as_bytes());
        let closed = end.filter(|end| behind.as_bytes().get(*end) == Some(&b'>'));
        let tag = closed.and_then(|end| Some((known(behind.get(..end)?)?, behind.get(end + 1..)?)));
        rest = match &tag {
            Some((Tag::Start(name), after)) => {
                out.extend(["<", name, ">"]);
                after
            }
            Some((Tag::End(name), after)) => {
                out.extend(["</", name, ">"]);
                after
            }
            Some((Tag::Hiding, after)) => after,
            None => match end.filter(|_| unknown == Unknown::Goes && looks_like_a_tag(behind)) {
                Some(end) => after_tag(behind, end),
                None => {
                    out.push_str("&lt;");
                    behind
                }
            },
        };
    }
    out.push_str(rest);
    out
}

/// Tells whether a page would take what follows a `<` for a tag.
fn looks_like_a_tag(behind: &str) -> bool {
    behind.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
}

/// Returns what stands behind a tag that ends at `end`, where `>` closes it or another one begins; of a CDATA section what
/// stands in it.
fn after_tag(behind: &str, end: usize) -> &str {
    let after = behind.get(end..).unwrap_or_default();
    behind.strip_prefix("![CDATA[").unwrap_or_else(|| after.strip_prefix('>').unwrap_or(after))
}

/// Reads what stands between angle brackets; `None` where it is no well-known tag.
fn known(inside: &str) -> Option<Tag> {
    let (closes, inside) = inside.strip_prefix('/').map_or((false, inside), |name| (true, name));
    let name = inside.split(|c: char| c.is_ascii_whitespace() || c == '/').next().unwrap_or_default();
    if name.len() > 10 {
        return None;
    }
    let name = name.to_ascii_lowercase();
    if HIDING.binary_search(&name.as_str()).is_ok() {
        return Some(Tag::Hiding);
    }
    let name = KNOWN.get(KNOWN.binary_search(&name.as_str()).ok()?)?;
    Some(if closes { Tag::End(name) } else { Tag::Start(name) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(content: &str) -> (String, Vec<String>) {
        let Readings { text, others } = Readings::of(content);
        (text, others)
    }

    #[test]
    fn markup_becomes_text() {
        assert!(KNOWN.is_sorted() && HIDING.is_sorted());
        for (content, text) in [
            ("You utter <b>idiot</b>", "You utter idiot"),
            ("<p>You utter <B class=\"x\">idiot</B></p>", "You utter idiot"),
            ("You&nbsp;utter&nbsp;idiot", "You utter idiot"),
            ("idi&shy;ot", "idi\u{ad}ot"),
            ("One\r\n<a href=\"http://a.example/\" rel='x'>two</a><br />three", "One two\nthree"),
            ("one <i>1</i>\n\ntwo", "one 1\ntwo"),
            ("if a < b & c > d, I <3 AT&T", "if a < b & c > d, I <3 AT&T"),
            ("plain\n\nText", "plain\nText"),
        ] {
            assert_eq!(read(content), (text.to_owned(), vec![]), "{content}");
        }
    }

    #[test]
    fn nothing_hides_in_markup() {
        let readings: [(&str, &[&str]); 11] = [
            ("You <idiot>", &["You", "You <idiot>"]),
            ("You idi<x>ot", &["You idiot", "You idi<x>ot"]),
            ("a <b you idiot", &["a", "a <b you idiot"]),
            ("Hi <b title=\"> you idiot", &["Hi", "Hi you idiot"]),
            ("Hi <script>you idiot</script>", &["Hi", "Hi you idiot"]),
            ("Hi <!-- you idiot -->", &["Hi", "Hi <!-- you idiot -->"]),
            ("Hi <p hidden>you idiot</p>", &["Hi", "Hi\nyou idiot"]),
            ("<script>you idiot</script>", &["you idiot"]),
            ("Hi <script>idi<x>ot</script>", &["Hi", "Hi idi<x>ot", "Hi idiot"]),
            ("Hi idi<x\n>ot", &["Hi idi >ot", "Hi idi<x\n>ot", "Hi idiot"]),
            ("<![CDATA[you idiot]]>", &["<![CDATA[you idiot]]>", "you idiot]]>"]),
        ];
        for (content, readings) in readings {
            let (text, others) = read(content);
            assert_eq!([vec![text], others].concat(), readings, "{content}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn anything_is_read(content in "[<>/bpx!& \"'=;a-]{0,60}", other in any::<String>()) {
            let _ = (Readings::of(&content), Readings::of(&other));
        }

        #[test]
        fn no_letter_gets_lost(content in "[<>/ é\"'=;-]{0,30}") {
            let readings = Readings::of(&content);
            let letters = |text: &str| text.matches('é').count();
            let most = readings.others.iter().map(|text| letters(text)).fold(letters(&readings.text), usize::max);
            prop_assert_eq!(most, letters(&content));
        }
    }
}
