//! From what a row says to a [`Row`], or to a sentence about what is wrong with it.

use super::Columns;
use super::cell::Cell;
use super::fields::{Field, Fields, MOST_LABELS};
use crate::label::Label;
use crate::text::echo::shown;
use crate::thread::{Article, Comment, Row, RowArticle};
use std::collections::BTreeMap;

/// Makes a row; `number` is its id where it has none.
///
/// # Errors
/// A sentence for a missing text, a label outside 0 to 1 and values of another kind than the field takes.
pub(super) fn row(mut fields: Fields, columns: &Columns, number: u64) -> Result<Row, String> {
    let text = text(&mut fields)?;
    Ok(Row {
        id: Some(match fields.take(Field::Id) {
            None | Some(Cell::Null) => number.to_string(),
            Some(cell @ (Cell::Text(_) | Cell::Number(_) | Cell::Bool(_))) => cell.scalar().unwrap_or_default(),
            Some(other) => {
                return Err(format!("the id is {}, not a text or a number; mend or leave it out", other.kind()));
            }
        }),
        labels: labels(&mut fields, columns)?,
        article: article(&mut fields)?,
        thread: thread(&mut fields)?,
        parent: match fields.take(Field::Parent) {
            Some(Cell::Text(parent)) => {
                Comment::bounded("the parent", &parent)?;
                whole("the parent", Some(parent))?
            }
            None | Some(Cell::Null | Cell::Number(_)) => None,
            Some(other) => return Err(format!("the parent is {}, not a text; mend or leave it out", other.kind())),
        },
        community: whole("the community", fields.take(Field::Community).and_then(Cell::scalar))?,
        kept: std::mem::take(&mut fields.kept)
            .into_iter()
            .filter_map(|(place, cell)| Some((columns.kept.get(place)?.clone(), cell.kept()?)))
            .filter(|(_, value)| !value.is_empty())
            .collect(),
        status: whole("the status", fields.take(Field::Status).and_then(Cell::scalar))?,
        text,
    })
}

/// Takes the text of the comment out.
pub(super) fn text(fields: &mut Fields) -> Result<String, String> {
    let text = match fields.take(Field::Text) {
        Some(Cell::Text(text)) => whole("the text", Some(text)).map(Option::unwrap_or_default),
        Some(Cell::Object(entries)) => Cell::Object(entries)
            .text_or(&["rendered", "raw", "text"])
            .ok_or_else(|| "the text is an object, not a text; give the comment as a JSON string".to_owned()),
        None | Some(Cell::Null) => Err(format!(
            "the row has no text (it has {}); give the name of the text with --text-column, or delete the row",
            listed(&fields.names)
        )),
        Some(other) => Err(format!("the text is {}, not a text; give the comment as a JSON string", other.kind())),
    }?;
    Comment::bounded("the text", &text).map(|()| text)
}

/// Characters of a name that are repeated.
const LONGEST_NAME: usize = 64;

/// A list of names for a sentence.
pub(super) fn listed(names: &[String]) -> String {
    // Names are the sender's, and the sentence ends in a terminal or on a page.
    let shown: Vec<String> = names.iter().map(|name| shown(name, LONGEST_NAME)).collect();
    if shown.is_empty() { "nothing".to_owned() } else { shown.join(", ") }
}

/// Refuses the NUL character, which no comment holds and which CSV and databases do not carry.
pub(super) fn whole(what: &str, text: Option<String>) -> Result<Option<String>, String> {
    match text {
        Some(text) if text.contains('\0') => Err(format!("{what} holds a NUL character; remove it")),
        text => Ok(text),
    }
}

fn labels(fields: &mut Fields, columns: &Columns) -> Result<BTreeMap<Label, f64>, String> {
    // What nobody asked for is not looked at: a data set's other columns are no fault of a row.
    let unwanted = |label: &Label| columns.wanted.as_ref().is_some_and(|wanted| !wanted.contains(label));
    if let (Some(name), None) = (&fields.malformed, &columns.wanted) {
        return Err(format!("label {name:?}: a label is 1 to 40 of a-z, 0-9 and _, and begins with a letter"));
    }
    if fields.too_many_labels {
        return Err(format!(
            "the row has more than {MOST_LABELS} columns or keys that are labels; leave out what is not needed"
        ));
    }
    let mut cells = std::mem::take(&mut fields.labels);
    let inner = match fields.take(Field::Labels) {
        None | Some(Cell::Null) => Vec::new(),
        Some(Cell::Object(entries)) => entries,
        Some(other) => return Err(format!("labels is {}, not an object like {{\"insult\": 1}}", other.kind())),
    };
    for (key, cell) in inner {
        match columns.label(&key) {
            Ok(label) => cells.push((label, cell)),
            Err(_) if columns.wanted.is_some() => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    let mut labels = BTreeMap::new();
    for (label, cell) in cells.into_iter().filter(|(label, _)| !unwanted(label)) {
        let value = match &cell {
            Cell::Null => continue,
            Cell::Bool(value) => Some(f64::from(u8::from(*value))),
            Cell::Number(number) => number.as_f64(),
            Cell::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
                "" | "null" | "none" | "na" | "nan" => continue,
                "true" => Some(1.0),
                "false" => Some(0.0),
                number => number.parse().ok(),
            },
            _ => None,
        };
        let Some(value) = value.filter(|value| (0.0..=1.0).contains(value)) else {
            let shown: String = match cell {
                Cell::Text(text) => format!("{:?}", text.chars().take(20).collect::<String>()),
                Cell::Number(number) => number.to_string(),
                other => other.kind().to_owned(),
            };
            return Err(format!(
                "label {label} is {shown}; a label is 0, 1, true, false or a number between 0 and 1: mend it or leave it out{}",
                if matches!(&*shown.to_ascii_lowercase(), "\"yes\"" | "\"no\"") {
                    ", with 1 for yes and 0 for no in the whole column"
                } else {
                    ""
                }
            ));
        };
        // Two columns may stand for one label: then either of them says yes.
        let known: &mut f64 = labels.entry(label).or_insert(value);
        *known = known.max(value);
    }
    Ok(labels)
}

/// Takes what the comment was written under out.
pub(super) fn article(fields: &mut Fields) -> Result<Option<RowArticle>, String> {
    let title = whole("the title", fields.take(Field::Title).and_then(|cell| cell.text_or(&["rendered"])))?;
    let article = match fields.take(Field::Article) {
        None | Some(Cell::Null) => None,
        Some(Cell::Text(text)) => whole("the article", Some(text))?.map(RowArticle::Text),
        Some(Cell::Object(entries)) => {
            let mut article = Article::default();
            for (key, cell) in entries {
                let part = match key.as_str() {
                    "title" => &mut article.title,
                    "text" => &mut article.text,
                    "author" => &mut article.author,
                    "date" => &mut article.date,
                    _ => continue,
                };
                *part = whole("the article", cell.scalar())?;
            }
            Some(RowArticle::Whole(article))
        }
        Some(other) => {
            return Err(format!("the article is {}, not a text or an object with title and text", other.kind()));
        }
    };
    let Some(title) = title.filter(|title| !title.trim().is_empty()) else { return Ok(article) };
    let mut known = article.map(|article| article.to_article()).unwrap_or_default();
    known.title = known.title.or(Some(title));
    Ok(Some(RowArticle::Whole(known)))
}

fn thread(fields: &mut Fields) -> Result<Vec<String>, String> {
    let wrong = "the thread is not a list of texts like [\"first comment\", \"second\"]; mend it or leave it out";
    let texts = match fields.take(Field::Thread) {
        None | Some(Cell::Null) => Vec::new(),
        Some(Cell::Texts(texts)) => texts,
        Some(_) => return Err(wrong.to_owned()),
    };
    if texts.iter().any(|text| text.contains('\0')) {
        return Err("the thread holds a NUL character; remove it".to_owned());
    }
    texts.iter().try_for_each(|text| Comment::bounded("a comment of the thread", text))?;
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::fields::FieldsSeed;
    use serde::de::DeserializeSeed;

    fn read(json: &str) -> Result<Row, String> {
        read_with(json, &Columns::default())
    }

    fn read_with(json: &str, columns: &Columns) -> Result<Row, String> {
        let fields = FieldsSeed(columns).deserialize(&mut serde_json::Deserializer::from_str(json)).unwrap();
        row(fields, columns, 7)
    }

    #[test]
    fn labels_that_nobody_asked_for_are_not_looked_at() {
        let cell = r#"{"text":"a","labels":{"toxic":1,"class":"neither","n_chars":32,"two words":1}}"#;
        let columns = Columns { wanted: Some(vec![Label::new("toxicity").unwrap()]), ..Columns::default() };
        let row = read_with(cell, &columns).unwrap();
        assert_eq!(row.labels.len(), 1);
        let none = Columns { wanted: Some(Vec::new()), ..Columns::default() };
        assert!(read_with(cell, &none).unwrap().labels.is_empty());
    }

    #[test]
    fn labels_past_the_bound_are_told() {
        let keys = |count: usize| (0..count).map(|at| format!(",\"labels.l{at}\":1")).collect::<String>();
        assert_eq!(read(&format!("{{\"text\":\"a\"{}}}", keys(256))).unwrap().labels.len(), 256);
        let told = read(&format!("{{\"text\":\"a\"{}}}", keys(257))).unwrap_err();
        assert!(told.contains("more than 256"), "{told}");
    }

    #[test]
    fn labels_may_be_numbers_booleans_or_absent() {
        let row = read(r#"{"text":"a","labels":{"toxic":1,"sarcasm":false,"insult":null,"threat":0.25},"obscene":1}"#);
        let row = row.unwrap();
        let shown: Vec<_> = row.labels.iter().map(|(label, value)| format!("{label}={value}")).collect();
        assert_eq!(shown, ["profanity=1", "sarcasm=0", "threat=0.25", "toxicity=1"]);
        assert_eq!(row.id.as_deref(), Some("7"));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (json, part) in [
            (r#"{"id":1}"#, "no text (it has id)"),
            (r#"{"\u001b[31mA\u202eB":1}"#, "no text (it has [31mAB)"),
            (r#"{"text":null}"#, "no text"),
            (r#"{"text":5}"#, "a number"),
            (r#"{"text":["a"]}"#, "a list"),
            (r#"{"text":"a","labels":{"toxic":1.5}}"#, "toxicity is 1.5"),
            (r#"{"text":"a","labels":{"toxic":"yes"}}"#, "\"yes\""),
            (r#"{"text":"a","labels":[1]}"#, "an object like"),
            (r#"{"text":"a","labels":{"two words":1}}"#, "two words"),
            (r#"{"text":"a","thread":"t3"}"#, "list of texts"),
            (r#"{"text":"a","id":{"a":1}}"#, "the id is an object, not a text or a number"),
            (r#"{"text":"a","id":[1]}"#, "the id is a list"),
            (r#"{"text":"a","article":4}"#, "article is a number"),
            ("{\"text\":\"a\\u0000\"}", "NUL"),
        ] {
            let message = read(json).unwrap_err();
            assert!(message.contains(part), "{json}: {message}");
        }
    }

    #[test]
    fn what_is_too_long_for_a_comment_is_refused() {
        let (fits, long) = ("a".repeat(Comment::LONGEST), "a ".repeat(Comment::LONGEST / 2 + 1));
        assert!(
            read(&format!(r#"{{"text":"{fits}","parent":"{fits}","article":"{long}","thread":["{fits}"]}}"#)).is_ok()
        );
        for (json, what) in [
            (format!(r#"{{"text":"{long}"}}"#), "the text is longer than 1 MiB"),
            (format!(r#"{{"text":{{"raw":"{long}"}}}}"#), "the text is longer than 1 MiB"),
            (format!(r#"{{"text":"a","parent":"{long}"}}"#), "the parent is longer than 1 MiB"),
            (format!(r#"{{"text":"a","thread":["b","{long}"]}}"#), "a comment of the thread is longer than 1 MiB"),
        ] {
            assert!(read(&json).unwrap_err().starts_with(what), "{what}");
        }
    }

    #[test]
    fn other_fields_are_kept_where_asked_for() {
        let columns = Columns { kept: vec!["site".into(), "community".into(), "none".into()], ..Columns::default() };
        let row = read_with(r#"{"text":"a","site":7,"community":"east","other":"x"}"#, &columns).unwrap();
        let kept: Vec<_> = row.kept.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(kept, [("community", "east"), ("site", "7")]);
        assert_eq!(row.community.as_deref(), Some("east"));
    }

    #[test]
    fn an_article_is_a_text_an_object_or_a_title() {
        assert_eq!(read(r#"{"text":"a","article":"b"}"#).unwrap().article, Some(RowArticle::Text("b".into())));
        let both = read(r#"{"text":"a","title":"t","article":"b"}"#).unwrap().article.unwrap().to_article();
        assert_eq!((both.title.as_deref(), both.text.as_deref()), (Some("t"), Some("b")));
        let object = read(r#"{"text":"a","article":{"title":"t","extra":[1]}}"#).unwrap().article.unwrap();
        assert_eq!(object.to_article().title.as_deref(), Some("t"));
    }
}
