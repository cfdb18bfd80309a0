//! What a page says about its comments besides showing them: how many there are, and that a script loads them.

use super::evidence::{COMMENT, of_names};
use super::survey::Page;
use super::tag::Tag;
use super::tree::NodeId;
use super::zone::Zones;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::sync::LazyLock;

/// Marks of comment systems that fill an empty element in the browser.
const SCRIPTED: &[(&str, &str)] = &[
    ("disqus_thread", "Disqus"),
    ("disqus.com/embed.js", "Disqus"),
    ("fb-comments", "Facebook"),
    ("fb:comments", "Facebook"),
    ("coral_thread", "Coral"),
    ("coral-talk", "Coral"),
    ("coral_talk", "Coral"),
    ("viafoura", "Viafoura"),
    ("data-spotim-module", "OpenWeb"),
    ("data-spot-id", "OpenWeb"),
    ("spot-im-frame", "OpenWeb"),
    ("giscus.app", "Giscus"),
    ("utteranc.es", "Utterances"),
    ("isso-thread", "Isso"),
    ("remark42", "Remark42"),
    ("commento.js", "Commento"),
    ("cdn.commento.io", "Commento"),
    ("hyvor-talk", "Hyvor Talk"),
    ("cusdis_thread", "Cusdis"),
    ("vuukle-comments", "Vuukle"),
    ("insticator", "Insticator"),
    ("livefyre", "Livefyre"),
    ("intensedebate", "IntenseDebate"),
    ("cackle_comments", "Cackle"),
    ("hypercomments", "HyperComments"),
    ("gigya-comments", "Gigya"),
    ("muut-widget", "Muut"),
    ("comments-app", "a comment app"),
    ("discourse-comments", "Discourse"),
    ("waline", "Waline"),
    ("gitalk", "Gitalk"),
    ("twikoo", "Twikoo"),
    // What a page's own program starts from.
    ("\"comments\":[{", "the page's own"),
    ("\"comments\": [{", "the page's own"),
    ("\\\"comments\\\":[{", "the page's own"),
];

/// The comment system whose mark the page bears.
pub(super) fn scripted_system(source: &str) -> Option<&'static str> {
    let found = MARKS.iter().flat_map(|marks| marks.find_iter(source)).map(|found| found.pattern().as_usize()).min()?;
    SCRIPTED.get(found).map(|(_, name)| *name)
}

/// An element that a script fills with comments.
pub(super) fn is_scripted_place(page: &Page<'_>, id: NodeId) -> bool {
    ["id", "class"].iter().filter_map(|name| page.tree.attribute(id, name)).any(|names| {
        names.split_ascii_whitespace().any(|name| SCRIPTED.iter().any(|(mark, _)| name.eq_ignore_ascii_case(mark)))
    }) && page.size(id) < 60
}

static MARKS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    // Whole pages are searched: this kind of match lets several bytes be looked at in one step.
    let builder = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).kind(Some(AhoCorasickKind::DFA)).clone();
    builder.build(SCRIPTED.iter().map(|(mark, _)| mark)).ok()
});

/// How many comments the page says there are: the last such line before the first comment, else the first at all.
pub(super) fn stated_count(page: &Page<'_>, zones: &Zones, first_comment: Option<NodeId>) -> Option<u64> {
    let tree = &page.tree;
    if let Some(count) = first_comment.and_then(|first| zones.heading(first)).and_then(|heading| heading.count) {
        return Some(count);
    }
    let mut found = None;
    for id in 1..tree.len() {
        if first_comment.is_some_and(|first| id >= first) && found.is_some() {
            break;
        }
        let size = page.size(id);
        let own_name = page.evidence(id) & COMMENT != 0;
        let tag = tree.tag(id);
        if tag == Tag::Text
            || !(3..=120).contains(&size)
            || zones.is_vetoed(id)
            || !(own_name || zones.is_for_comments(id) || tag.is_heading())
        {
            continue;
        }
        if let Some(count) = count_in(&page.line(id)) {
            found = Some(count);
            if first_comment.is_none() {
                break;
            }
        }
    }
    found
}

/// The number in "38 comments", "Kommentare (12)", "One thought on …".
fn count_in(line: &str) -> Option<u64> {
    if line.len() > 160 {
        return None;
    }
    let lower = line.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ':' | '{' | '}' | '[' | ']' | '\u{2026}'))
        .filter(|word| !word.is_empty())
        .collect();
    words.iter().enumerate().find_map(|(at, word)| {
        let speaks = of_names(word) & COMMENT != 0
            || [
                "thought",
                "thoughts",
                "responses",
                "response",
                "gedanken",
                "gedanke",
                "antworten",
                "antwort",
                "replies",
                "réponses",
                "respuestas",
                "risposte",
                "ergänzungen",
                "discussion",
            ]
            .contains(word);
        if !speaks {
            return None;
        }
        let before = at.checked_sub(1).and_then(|at| words.get(at)).and_then(|word| number(word));
        before.or_else(|| words.get(at + 1).filter(|_| words.len() <= 4).and_then(|word| number(word)))
    })
}

fn number(word: &str) -> Option<u64> {
    match word {
        "one" | "un" | "une" | "ein" | "eine" | "uno" | "una" | "um" | "uma" | "een" => return Some(1),
        "no" | "keine" | "aucun" | "sin" | "nessun" | "geen" => return Some(0),
        _ => {}
    }
    let digits: String = word.chars().filter(char::is_ascii_digit).collect();
    let other = word.chars().filter(|c| !c.is_ascii_digit()).all(|c| matches!(c, '.' | ',' | '\u{a0}' | '\''));
    (other && !digits.is_empty() && digits.len() <= 7).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_counts() {
        for (line, count) in [
            ("38 comments… read them below or add one", Some(38)),
            ("Kommentare (12)", Some(12)),
            ("One thought on “The bridge”", Some(1)),
            ("1.977 commentaires", Some(1977)),
            ("No comments yet", Some(0)),
            ("Leave a comment", None),
            ("Comments", None),
            ("In 2019 the council wrote", None),
        ] {
            assert_eq!(count_in(line), count, "{line}");
        }
    }
}
