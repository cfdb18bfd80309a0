//! What is left of a comment without the words that made it positive: rows of the other class from the same pens.
//!
//! A source that has positives only teaches a model its manner, its subjects and its neighbourhood as well as its abuse.
//! Where annotators marked the words that decided, the sentences without a mark are the best negatives there are: the same
//! authors on the same day under the same article (as the contrast sets of Gardner et al. 2020, found and not written).

use crate::label::Label;
use crate::text::sentences;
use crate::thread::Row;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Words that make a row worth while.
const FEWEST_WORDS: usize = 4;

/// How further rows are made of a source's rows.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unmarked {
    /// The key that lists the marked characters of a row by their numbers, from 0.
    pub field: String,
    /// The labels of the rows that are made.
    pub labels: BTreeMap<Label, f64>,
}

impl Unmarked {
    /// Makes a row of the sentences of `row` that have no mark; `None` where nothing is marked, or little is left.
    pub fn row(&self, row: &Row) -> Option<Row> {
        let marks = row.kept.get(&self.field)?;
        let marks: BTreeSet<usize> = marks.split_whitespace().filter_map(|mark| mark.parse().ok()).collect();
        // Marks count characters, sentences bytes.
        let marked: Vec<usize> = row
            .text
            .char_indices()
            .enumerate()
            .filter(|(number, (_, c))| marks.contains(number) && !c.is_whitespace())
            .map(|(_, (byte, _))| byte)
            .collect();
        if marked.is_empty() {
            return None;
        }
        let kept: Vec<&str> = sentences(&row.text)
            .into_iter()
            .filter(|sentence| {
                let next = marked[marked.partition_point(|&byte| byte < sentence.start)..].first();
                next.is_none_or(|&byte| byte >= sentence.end)
            })
            .map(|sentence| sentence.slice(&row.text))
            .collect();
        let text = kept.join(" ");
        (text.split_whitespace().count() >= FEWEST_WORDS).then(|| Row {
            id: row.id.as_ref().map(|id| format!("{id}, unmarked")),
            text,
            labels: self.labels.clone(),
            ..Row::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(text: &str, marks: &str) -> Option<String> {
        let unmarked = Unmarked { field: "marks".into(), labels: BTreeMap::from([(Label::new("insult").ok()?, 0.)]) };
        let kept = BTreeMap::from([("marks".to_owned(), marks.to_owned())]);
        let row = unmarked.row(&Row { text: text.into(), kept, ..Row::default() })?;
        assert_eq!(row.labels, unmarked.labels);
        Some(row.text)
    }

    #[test]
    fn sentences_without_a_mark_remain() {
        let text = "Über die Brücke gehen viele. You fool! It was closed in May.";
        let mark = text[..text.find("fool").unwrap()].chars().count();
        let marks = format!("{mark} {}", mark + 1);
        assert_eq!(made(text, &marks).as_deref(), Some("Über die Brücke gehen viele. It was closed in May."));
    }

    #[test]
    fn nothing_marked_or_little_left_makes_no_row() {
        assert_eq!(made("You fool! It was closed in May.", ""), None);
        assert_eq!(made("You fool! Go away.", "4 5 6 7"), None);
        assert_eq!(made("You fool! It was closed in May.", "4000"), None, "a mark beyond the text marks nothing");
    }
}
