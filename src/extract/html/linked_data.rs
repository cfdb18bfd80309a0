//! Comments and articles that a page states as JSON-LD.

use super::assemble::Ids;
use super::quotes;
use super::survey::Page;
use super::tag::Tag;
use crate::thread::{Article, Comment};
use serde_json::Value;

/// What the page's JSON-LD says.
#[derive(Debug, Default)]
pub(super) struct LinkedData {
    pub(super) comments: Vec<Comment>,
    pub(super) article: Article,
    pub(super) stated_count: Option<u64>,
    ids: Ids,
}

/// Answers to answers to …: no page has as many.
const MAX_DEPTH: u32 = 100;

/// Reads all JSON-LD of a page; what cannot be read is skipped.
pub(super) fn read(page: &Page<'_>) -> LinkedData {
    let tree = &page.tree;
    let mut found = LinkedData::default();
    for id in 1..tree.len() {
        if tree.tag(id) == Tag::Text && tree.tag(tree.parent(id)) == Tag::Script {
            let text = tree.raw_text(id).trim();
            let text = text.strip_prefix("//<![CDATA[").and_then(|text| text.strip_suffix("//]]>")).unwrap_or(text);
            if let Ok(value) = serde_json::from_str::<Value>(text) {
                found.add(&value);
            }
        }
    }
    found
}

impl LinkedData {
    fn add(&mut self, value: &Value) {
        match value {
            Value::Array(values) => values.iter().for_each(|value| self.add(value)),
            Value::Object(object) => {
                if let Some(graph) = object.get("@graph") {
                    self.add(graph);
                }
                if let Some(main) = object.get("mainEntity").filter(|main| main.is_object()) {
                    self.add(main);
                }
                if is_article(value) {
                    self.add_article(value);
                }
                for key in ["comment", "comments"] {
                    if let Some(comments) = object.get(key) {
                        self.add_comments(comments, 0, None);
                    }
                }
                let count = object
                    .get("commentCount")
                    .and_then(|count| count.as_u64().or_else(|| count.as_str()?.trim().parse().ok()));
                self.stated_count = self.stated_count.or(count);
            }
            _ => {}
        }
    }

    fn add_article(&mut self, value: &Value) {
        let article = &mut self.article;
        if article.title.is_none() {
            article.title = text(value.get("headline")).or_else(|| text(value.get("name")));
        }
        if article.author.is_none() {
            article.author = name(value.get("author"));
        }
        if article.date.is_none() {
            article.date = text(value.get("datePublished"));
        }
    }

    fn add_comments(&mut self, value: &Value, depth: u32, parent: Option<&str>) {
        if depth > MAX_DEPTH {
            return;
        }
        let comments = match value {
            Value::Array(values) => values.as_slice(),
            other => std::slice::from_ref(other),
        };
        for comment in comments.iter().filter(|comment| comment.is_object()) {
            let own = text(comment.get("@id")).or_else(|| text(comment.get("identifier")));
            let body = text(comment.get("text"))
                .or_else(|| text(comment.get("commentText")))
                .or_else(|| text(comment.get("description")));
            let mut inner_parent = parent;
            let id;
            if let Some((body, quotes)) = body.map(|body| plain(&body)).filter(|(body, _)| !body.trim().is_empty()) {
                id = self.ids.give(own, self.comments.len() + 1);
                self.comments.push(Comment {
                    id: id.clone(),
                    author: name(comment.get("author")).or_else(|| name(comment.get("creator"))),
                    date: text(comment.get("dateCreated")).or_else(|| text(comment.get("datePublished"))),
                    text: body,
                    quotes,
                    depth: Some(depth),
                    parent: parent.map(str::to_owned),
                    ..Comment::default()
                });
                inner_parent = Some(&id);
            }
            if let Some(answers) = comment.get("comment").or_else(|| comment.get("replies")) {
                self.add_comments(answers, depth + 1, inner_parent);
            }
        }
    }
}

fn is_article(value: &Value) -> bool {
    let fits = |kind: &Value| {
        kind.as_str().is_some_and(|kind| {
            kind.ends_with("Article")
                || kind.ends_with("Posting")
                || kind == "Report"
                || kind == "Recipe"
                || kind == "QAPage"
                || kind == "Question"
        })
    };
    match value.get("@type") {
        Some(Value::Array(kinds)) => kinds.iter().any(fits),
        Some(kind) => fits(kind),
        None => false,
    }
}

fn text(value: Option<&Value>) -> Option<String> {
    let text = match value? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(values) => return text(values.first()),
        _ => return None,
    };
    let text = super::reference::decode(&text).trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// A person's or organisation's name, or several joined.
fn name(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::Object(object) => text(object.get("name")),
        Value::Array(values) => {
            let names: Vec<String> = values
                .iter()
                .take(8)
                .filter_map(|value| if value.is_array() { None } else { name(Some(value)) })
                .collect();
            (!names.is_empty()).then(|| names.join(", "))
        }
        other => text(Some(other)).filter(|name| !name.starts_with("http")),
    }
}

/// A comment's text, which some pages state as markup.
fn plain(text: &str) -> (String, Vec<(usize, usize)>) {
    if text.contains('<') && text.contains('>') {
        let tree = super::tree::Tree::parse(text);
        let is_quote = |id| tree.tag(id) == Tag::Blockquote;
        return quotes::taken_out(&super::paragraphs::with_quotes(&tree, 0, tree.len(), |_| None, is_quote));
    }
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    quotes::taken_out(&lines.join("\n"))
}
