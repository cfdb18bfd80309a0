//! Judgements as a table for people: one line a comment, as wide as the terminal.

use super::terminal::{one_line, width};
use gruff::Label;
use gruff::policy::{Action, Policy};
use gruff::report::Record;

const ACTION: usize = 7;
const ID: usize = 10;
const AUTHOR: usize = 12;
/// Below this the text is no help; the line becomes longer than the terminal instead.
const TEXT: usize = 20;

/// Returns the line above the table.
pub(super) fn header(labels: &[Label], columns: usize) -> String {
    let scores: String = labels.iter().map(|label| format!("  {label}")).collect();
    let head = format!("{:ACTION$}  {:ID$}  {:AUTHOR$}{scores}", "action", "id", "author");
    let text = "text";
    format!("{head}  {}\n", one_line(text, text_columns(labels.iter().map(Label::as_str), columns)))
}

/// Returns one comment's line. Nothing in it is raw text of a stranger.
pub(super) fn line(record: &Record<'_>, text: &str, columns: usize, policy: &Policy) -> String {
    let judgement = record.judgement;
    let names = judgement.scores.iter().map(|(label, _)| label.as_str());
    let text = one_line(text, text_columns(names, columns));
    let action = if judgement.action == Action::Approve { "" } else { judgement.action.as_str() };
    let id = padded(&one_line(judgement.id.as_deref().unwrap_or_default(), ID), ID);
    let author = padded(&one_line(record.author.flatten().unwrap_or_default(), AUTHOR), AUTHOR);
    let scores: String = judgement.scores.iter().map(|(label, score)| cell(label, *score, policy)).collect();
    format!("{action:ACTION$}  {id}  {author}{scores}  {text}\n")
}

fn text_columns<'a>(labels: impl Iterator<Item = &'a str>, columns: usize) -> usize {
    let scores: usize = labels.map(|label| 2 + score_columns(label)).sum();
    columns.saturating_sub(ACTION + 2 + ID + 2 + AUTHOR + scores + 2).max(TEXT)
}

/// Label names are ASCII.
fn score_columns(label: &str) -> usize {
    label.len().max(4)
}

fn cell(label: &Label, score: Option<f64>, policy: &Policy) -> String {
    let columns = score_columns(label.as_str());
    let score = score.map_or_else(|| "–".to_owned(), |score| policy.written(label.as_str(), score));
    format!("  {score:>columns$}")
}

fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use gruff::Judgement;

    #[test]
    fn columns_stand_under_their_names() {
        let labels = ["insult", "sarcasm"].map(|name| Label::new(name).unwrap());
        let judgement = Judgement {
            id: Some("17".to_owned()),
            scores: vec![(labels[0].clone(), Some(0.934)), (labels[1].clone(), None)],
            flags: vec![labels[0].clone()],
            action: Action::Hold,
            reasons: Vec::new(),
            language: "en",
            evidence: None,
        };
        let record = Record {
            path: None,
            thread: None,
            judgement: &judgement,
            author: Some(Some("日本 \u{1b}[2J")),
            status: None,
            text: None,
        };
        let text = "what an\nidiot \u{1b}]0;owned\u{7} and more and more and more and more and more and more";
        let table = header(&labels, 90) + &line(&record, text, 90, &Policy::default());
        assert_eq!(
            table,
            "action   id          author        insult  sarcasm  text\n\
             hold     17          日本 \\u{1b}…    0.93        –  what an idiot \\u{1b}]0;owned\\u{7} and…\n"
        );
    }
}
