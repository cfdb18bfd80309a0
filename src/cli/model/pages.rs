//! A model's card and attributions as pages in Markdown, for people who decide whether to use it.
//!
//! The sections are those of Mitchell et al. (2019), "Model cards for model reporting". Everything in them stands in the
//! model file, so that the pages of a site's own model say as much as those of the built-in one.

use super::super::terminal::visible;
use gruff::detect;
use gruff::model::{Card, LabelCard, Measure, SourceCard};
use std::collections::BTreeMap;

/// Writes the card.
pub(super) fn card(card: &Card) -> String {
    let mut page = Page::default();
    page.line(&format!("# Model card: {}", text(&card.name)));
    page.line("Written by `gruff model show --markdown` from the model file; see ATTRIBUTIONS.md (`--attributions`) for its sources.");
    page.heading("The model");
    let languages = if card.languages.is_empty() { "all".into() } else { text(&card.languages.join(", ")) };
    let licence = card.licence.as_deref().map_or("not said".into(), text);
    page.list(&[
        format!("Trained by gruff {} on {} rows of {} sources.", text(&card.gruff), rows(card), card.sources.len()),
        format!("Languages: {languages}."),
        format!("Features: {}; seed {}.", text(&card.features), card.seed),
        format!("Licence of the weights: {licence}."),
        "A linear model: the score of a comment is a sum over its n-grams, and `gruff explain` shows the terms.".into(),
    ]);
    page.heading("What it is for, and not for");
    page.line(&if card.intended_use.is_empty() { "Its makers did not say.".into() } else { text(&card.intended_use) });
    page.heading("Limits");
    if card.limits.is_empty() {
        page.line("Its makers named none, which does not mean that there are none.");
    }
    page.list(&card.limits.iter().map(|limit| text(limit)).collect::<Vec<_>>());
    page.heading("How good it is");
    page.line(
        "On rows of its own sources that were held out, each part in turn, with 95 % intervals (bootstrap over rows). Where \
         rows are held out, expect less on comments from elsewhere; where whole sources are, the figures are those of \
         sources that it did not learn from. A score is a probability where the share of positives is the base rate; a \
         policy can set a site's own.",
    );
    page.table(
        &[
            "label",
            "what it means",
            "rows",
            "positive",
            "held out",
            "AUC",
            "average precision",
            "base rate",
            "learned by",
        ],
        card.labels.iter().map(of_label),
    );
    operating_points(&mut page, card);
    page.heading("What it learned from");
    page.line("Rows by the licence under which their sources are published; ATTRIBUTIONS.md names each source.");
    let mut licences: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for source in &card.sources {
        let of = licences.entry(source.licence.as_deref().unwrap_or("not said")).or_default();
        *of = (of.0 + 1, of.1 + source.rows);
    }
    page.table(
        &["licence", "sources", "rows"],
        licences.iter().map(|(licence, (sources, rows))| vec![text(licence), sources.to_string(), rows.to_string()]),
    );
    page.heading("Before using it");
    page.line(
        "It judges words, not people, and it errs in both directions: the tables say how often on rows like its own. Let a \
         person decide who can be asked, tell commenters what is held and why, and measure it on decisions of your own \
         (`gruff evaluate`) before it holds anything. What annotators of public sets took for abuse is in it, with their \
         disagreements and blind spots; groups that are often abused, and dialects that the sets hardly have, are where to \
         look first.",
    );
    page.text
}

/// Writes who made what the model learned from.
pub(super) fn attributions(card: &Card) -> String {
    let mut page = Page::default();
    page.line(&format!("# What {} learned from", text(&card.name)));
    page.line(
        "Written by `gruff model show --attributions` from the model file. Licences are those under which the publishers of \
         the sources give them; where comments belong to their authors, publishers could give no more than they had. The \
         model holds no text of any source, only weights of hashed n-grams. SHA-256 is that of the file as it was read.",
    );
    for source in &card.sources {
        page.heading(&source.name);
        page.list(&of_source(source));
    }
    page.text
}

fn rows(card: &Card) -> usize {
    card.sources.iter().map(|source| source.rows).sum()
}

fn of_label(label: &LabelCard) -> Vec<String> {
    let meaning = detect::find(label.label.as_str()).map_or("the site's own", |detector| detector.meaning());
    let positive = 100. * label.positives as f64 / label.rows.max(1) as f64;
    let mut how = text(&label.algorithm);
    if label.worst_sentence > 0. {
        how += &format!("; {} of the score is the worst sentence's", label.worst_sentence);
    }
    if let Some(aside) = label.thread_alone {
        how += &format!(
            "; by a thread alone: {} strayed, {} of the shortest idle, half as many at {} words",
            aside.strayed, aside.idle, aside.words
        );
    }
    vec![
        text(label.label.as_str()),
        text(meaning),
        label.rows.to_string(),
        format!("{} ({positive:.1} %)", label.positives),
        if label.sources_held_out { "sources" } else { "rows" }.to_owned(),
        measure(label.held_out_auc),
        measure(label.held_out_average_precision),
        label.base_rate.to_string(),
        how,
    ]
}

fn operating_points(page: &mut Page, card: &Card) {
    if card.labels.iter().all(|label| label.operating_points.is_empty()) {
        return;
    }
    page.heading("Operating points");
    page.line(
        "Thresholds and what they do on the same held-out rows: the share of positives that is flagged (recall), the share \
         of negatives that is (false alarms), and the share of positives among what is flagged (precision) where positives \
         are as common as the base rate. `false-alarms-0.01` is the lowest threshold that flags at most 1 % of the \
         negatives, `precision-0.9` the lowest at which nine of ten flagged are positive; a point that no threshold reaches \
         with ten positives is left out (of the precisions). Intervals (95 %) are Wilson's, for precision put together of both, and take the \
         threshold as given.",
    );
    let points = card.labels.iter().flat_map(|label| {
        label.operating_points.iter().map(|point| {
            vec![
                text(label.label.as_str()),
                text(&point.name),
                format!("{:.3}", point.threshold),
                measure(point.recall),
                fine(point.false_alarms),
                measure(point.precision),
            ]
        })
    });
    page.table(&["label", "name", "threshold", "recall", "false alarms", "precision"], points);
}

fn of_source(source: &SourceCard) -> Vec<String> {
    let mut lines = Vec::new();
    let mut told = |what: &str, value: &Option<String>| {
        lines.extend(value.iter().map(|value| format!("{what}: {}", text(value))));
    };
    told("by", &source.credit);
    told("published in", &source.repository);
    told("at commit", &source.commit);
    told("licence", &source.licence);
    told("SHA-256", &source.sha256);
    told("remark", &source.remark);
    lines.push(format!("rows: {}; each counts {}", source.rows, source.weight));
    lines
}

fn measure(measure: Measure) -> String {
    format!("{:.3} ({:.3}–{:.3})", measure.value, measure.low, measure.high)
}

/// A measure that is often near 0.
fn fine(measure: Measure) -> String {
    format!("{:.4} ({:.4}–{:.4})", measure.value, measure.low, measure.high)
}

/// Makes text from a model file mean itself in Markdown.
fn text(raw: &str) -> String {
    let mut escaped = String::with_capacity(raw.len() + 8);
    for c in visible(raw).chars() {
        // Every mark of Markdown, wherever it stands; a list's number is told by the point behind it.
        if matches!(c, '\\' | '`' | '*' | '_' | '~' | '<' | '>' | '[' | ']' | '|' | '#' | '&' | '=')
            || (escaped.trim().is_empty() && matches!(c, '-' | '+'))
            || (c == '.' || c == ')') && escaped.trim_start().bytes().all(|byte| byte.is_ascii_digit())
        {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// A page that grows.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    /// Adds a paragraph.
    fn line(&mut self, line: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn heading(&mut self, heading: &str) {
        self.line(&format!("## {}", text(heading)));
    }

    fn list(&mut self, items: &[String]) {
        if !items.is_empty() {
            self.text.push('\n');
        }
        items.iter().for_each(|item| self.text.push_str(&format!("- {item}\n")));
    }

    fn table(&mut self, head: &[&str], rows: impl Iterator<Item = Vec<String>>) {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        self.text.push('\n');
        self.text.push_str(&line(&head.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>()));
        self.text.push_str(&format!("|{}\n", "---|".repeat(head.len())));
        rows.for_each(|row| self.text.push_str(&line(&row)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gruff::model::Model;

    /// Reads a file beside the built-in model.
    fn kept(name: &str) -> String {
        std::fs::read_to_string(format!("{}/models/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap_or_default()
    }

    #[test]
    fn the_pages_beside_the_built_in_model_are_its_own() {
        let model = Model::builtin().unwrap();
        for (name, page) in [("CARD.md", card(model.card())), ("ATTRIBUTIONS.md", attributions(model.card()))] {
            assert!(
                kept(name) == page,
                "models/{name} is stale against models/builtin.gruff; scripts/rebuild-model --pages yes writes it"
            );
        }
    }

    #[test]
    fn the_licence_of_the_weights_stands_beside_them() {
        let licence = kept("LICENCE");
        let named = Model::builtin().unwrap().card().licence.clone().unwrap_or_default();
        assert!(licence.contains("CC BY-SA 4.0") && licence.contains(&named), "{named:?} is not in models/LICENCE");
    }

    #[test]
    fn every_source_is_named_with_what_is_known() {
        let source = SourceCard {
            name: "talk".into(),
            rows: 7,
            credit: Some("A. Maker (2020)".into()),
            repository: Some("a/b".into()),
            commit: Some("1234567890".into()),
            licence: Some("CC0".into()),
            sha256: Some("00ff".into()),
            weight: 2.,
            remark: Some("comments belong to their authors".into()),
        };
        let page = attributions(&Card { name: "m".into(), sources: vec![source], ..Card::default() });
        let told = "## talk\n\n- by: A. Maker (2020)\n- published in: a/b\n- at commit: 1234567890\n- licence: CC0\n- SHA-256: \
                    00ff\n- remark: comments belong to their authors\n- rows: 7; each counts 2\n";
        assert!(page.ends_with(told), "{page}");
    }

    #[test]
    fn a_hostile_card_stays_in_its_cells() {
        let name = "x | y\n# <b>z</b> \u{1b}[31m [a](b)".to_owned();
        let page =
            card(&Card { name: name.clone(), limits: vec![name.clone()], intended_use: name, ..Card::default() });
        assert!(!page.contains('\u{1b}') && !page.contains("\n# <b>"), "{page}");
        assert!(page.contains("- x \\| y\\\\u{a}\\# \\<b\\>z"), "{page}");
    }
}
