//! An evaluation as one self-contained page: tables, curves and the worst errors; no script, nothing loaded.
//!
//! The diagrams are drawn by plotters. The page holds texts of strangers: all text is escaped, and a content security
//! policy forbids scripts and loads to a browser all the same.

mod charts;

use crate::evaluate::{Difference, Evaluation, Failure, Line, Scored, Shown, reliability};
use crate::model::Measure;
use crate::moderator::Moderator;
use std::fmt::{self, Display, Formatter};

/// Bins of the reliability diagram.
const BINS: usize = 10;

/// The page. Its text is `Display`'s.
#[derive(Debug)]
pub struct EvaluationPage<'a> {
    evaluation: &'a Evaluation,
    lines: &'a [Line],
}

impl<'a> EvaluationPage<'a> {
    /// Makes the page of an evaluation and of its lines.
    pub fn new(evaluation: &'a Evaluation, lines: &'a [Line]) -> Self {
        Self { evaluation, lines }
    }

    /// The line of a set and label as a whole, and those of its parts.
    fn of(&self, shown: &Shown<'_>) -> (Option<&Line>, Vec<&Line>) {
        let own = || self.lines.iter().filter(|line| line.set == shown.set && line.label == *shown.label);
        (own().find(|line| line.slice.is_none()), own().filter(|line| line.slice.is_some()).collect())
    }
}

impl Display for EvaluationPage<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let name = |moderator: &Moderator| Safe(&moderator.model().card().name).to_string();
        let model = name(self.evaluation.moderator());
        f.write_str("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n")?;
        f.write_str(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n",
        )?;
        f.write_str("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n")?;
        writeln!(f, "<title>Evaluation of {model}</title>\n<style>{}</style></head><body>", include_str!("style.css"))?;
        writeln!(f, "<h1>Evaluation of {model}</h1>")?;
        write!(f, "<p class=\"soft\">gruff {}", env!("CARGO_PKG_VERSION"))?;
        if let Some(other) = self.evaluation.other() {
            write!(f, "; held against <span class=\"key other\"></span>{}", name(other))?;
        }
        f.write_str(".</p>\n<p>Intervals are 95 % bootstrap intervals. Brier score, its skill, calibration error (ECE) and slope are of probabilities moved to the set’s own share of positives; a skill above 0 is better than always saying that share, and a slope below 1 means scores that are too sure of themselves. F1 is at the threshold of the model’s card, beside the best F1 of any threshold.</p>\n")?;
        summary(f, self.lines)?;
        if self.lines.iter().any(|line| line.against.is_some()) {
            differences(f, self.lines)?;
        }
        f.write_str("<nav>")?;
        for (at, shown) in self.evaluation.shown().enumerate() {
            write!(f, "<a href=\"#s{at}\">{}: {}</a>", shown.label, Safe(shown.set))?;
        }
        f.write_str("</nav>\n")?;
        for (at, shown) in self.evaluation.shown().enumerate() {
            let (whole, parts) = self.of(&shown);
            writeln!(f, "<section id=\"s{at}\"><h2>{} on {}</h2>", shown.label, Safe(shown.set))?;
            if let Some(line) = whole {
                diagrams(f, &shown, line)?;
                confusion(f, line)?;
            }
            if !parts.is_empty() {
                f.write_str("<h3>Parts</h3>\n")?;
                summary_of(f, parts.into_iter())?;
            }
            failures(f, &shown)?;
            f.write_str("</section>\n")?;
        }
        f.write_str("</body></html>\n")
    }
}

fn summary(f: &mut Formatter<'_>, lines: &[Line]) -> fmt::Result {
    f.write_str("<h2>Measures</h2>\n")?;
    summary_of(f, lines.iter().filter(|line| line.slice.is_none()))
}

fn summary_of<'a>(f: &mut Formatter<'_>, lines: impl Iterator<Item = &'a Line>) -> fmt::Result {
    f.write_str("<div class=\"scroll\"><table><tr><th>set</th><th class=\"left\">label</th><th>rows</th><th>positive</th><th>not judged</th><th>AUC</th><th>average precision</th><th>caught at 2 %<br>false alarms</th><th>F1</th><th>best F1</th><th>Brier</th><th>skill</th><th>ECE</th><th>slope</th></tr>\n")?;
    for line in lines {
        let calibration = line.calibration.as_ref();
        writeln!(
            f,
            "<tr><td>{}</td><td class=\"left\">{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            subject(line),
            line.label,
            line.rows,
            percent(Some(line.positives as f64 / line.rows.max(1) as f64)),
            line.null,
            interval(line.auc, 3),
            interval(line.average_precision, 3),
            percent(line.recall_at_two_percent),
            interval(line.at_threshold.as_ref().and_then(|at| at.f1), 3),
            number(line.best_f1.map(|best| best.f1), 3),
            number(calibration.map(|figures| figures.brier.value), 4),
            interval(calibration.map(|figures| figures.brier_skill), 3),
            number(calibration.map(|figures| figures.ece), 3),
            interval(calibration.and_then(|figures| figures.slope), 2),
        )?;
    }
    f.write_str("</table></div>\n")
}

fn differences(f: &mut Formatter<'_>, lines: &[Line]) -> fmt::Result {
    f.write_str("<h2>Against the other model</h2>\n<p>Differences on the same rows, with intervals and p-values of a paired bootstrap. Of the Brier score less is better.</p>\n<div class=\"scroll\"><table><tr><th>set</th><th class=\"left\">label</th><th>rows</th><th>its AUC</th><th>AUC</th><th>average precision</th><th>Brier</th></tr>\n")?;
    for line in lines {
        let Some(against) = &line.against else { continue };
        let part = if line.slice.is_some() { " class=\"part\"" } else { "" };
        writeln!(
            f,
            "<tr{part}><td>{}</td><td class=\"left\">{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            subject(line),
            line.label,
            against.rows,
            number(against.auc.map(|auc| auc.other), 3),
            difference(against.auc),
            difference(against.average_precision),
            difference(against.brier),
        )?;
    }
    f.write_str("</table></div>\n")
}

fn subject(line: &Line) -> String {
    match &line.slice {
        None => Safe(&line.set).to_string(),
        Some(slice) => format!("{}: {}", Safe(&slice.by), Safe(&slice.part)),
    }
}

fn diagrams(f: &mut Formatter<'_>, shown: &Shown<'_>, line: &Line) -> fmt::Result {
    let own = Scored::of_pairs(shown.pairs.clone());
    let other = shown.other.as_ref().map(|pairs| Scored::of_pairs(pairs.clone()));
    let bins = reliability(&shown.pairs, shown.from_rates.0, BINS);
    let others = shown.other.as_ref().map(|pairs| reliability(pairs, shown.from_rates.1, BINS)).unwrap_or_default();
    let keys = if other.is_some() {
        "<span class=\"keys\"><span class=\"key own\"></span>this model<span class=\"key other\"></span>the other</span>"
    } else {
        ""
    };
    let threshold = line.at_threshold.as_ref().map(|at| at.threshold);
    let base_rate = line.calibration.as_ref().map_or(0., |figures| figures.base_rate);
    f.write_str("<div class=\"charts\">\n")?;
    for (name, keys, svg) in [
        ("<b>ROC</b>".to_owned(), keys, charts::roc(&own, other.as_ref())),
        ("<b>Precision and recall</b>".to_owned(), keys, charts::precision_recall(&own, other.as_ref())),
        (
            format!("<b>Reliability</b> where {} are positive", percent(Some(base_rate))),
            keys,
            charts::reliability(&bins, &others),
        ),
        (
            "<b>Scores</b>; the line is the card’s threshold".to_owned(),
            "<span class=\"keys\"><span class=\"key none\"></span>negatives<span class=\"key own\"></span>positives</span>",
            charts::histogram(&own, threshold),
        ),
    ] {
        writeln!(f, "<figure><figcaption>{name} {keys}</figcaption>{svg}</figure>")?;
    }
    f.write_str("</div>\n")
}

fn confusion(f: &mut Formatter<'_>, line: &Line) -> fmt::Result {
    let Some(at) = &line.at_threshold else { return Ok(()) };
    let cells = &at.confusion;
    writeln!(
        f,
        "<h3>At the card’s threshold, {:.3}</h3>\n<table><tr><th></th><th>judged positive</th><th>judged negative</th></tr>\n<tr><td>positive</td><td>{}</td><td>{}</td></tr>\n<tr><td>negative</td><td>{}</td><td>{}</td></tr></table>",
        at.threshold, cells.true_positives, cells.false_negatives, cells.false_positives, cells.true_negatives
    )?;
    write!(
        f,
        "<p>Precision {}, recall {}, {} of the negatives flagged; F1 {}.",
        number(at.precision, 3),
        number(at.recall, 3),
        percent(at.false_alarms),
        interval(at.f1, 3)
    )?;
    if let Some(policy) = line.policy {
        let (negatives, positives) = (percent(policy.held_negatives), percent(policy.held_positives));
        write!(
            f,
            " The policy holds or rejects {negatives} of the negatives and {positives} of the positives, for whichever label."
        )?;
    }
    f.write_str("</p>\n")
}

fn failures(f: &mut Formatter<'_>, shown: &Shown<'_>) -> fmt::Result {
    f.write_str("<h3>The worst errors</h3>\n<div class=\"errors\">\n")?;
    let kinds = [
        ("Negatives with the highest scores", &shown.failures.false_alarms),
        ("Positives with the lowest scores", &shown.failures.missed),
    ];
    for (name, failures) in kinds {
        writeln!(f, "<div><p class=\"soft\">{name}</p><ol>")?;
        for Failure { id, text, score } in failures {
            writeln!(
                f,
                "<li><b>{score:.4}</b><div><q dir=\"auto\">{}</q><small>{}</small></div></li>",
                Safe(text),
                Safe(id.as_deref().unwrap_or_default())
            )?;
        }
        f.write_str("</ol></div>\n")?;
    }
    f.write_str("</div>\n")
}

fn number(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.digits$}"))
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", 100. * share))
}

fn interval(measure: Option<Measure>, digits: usize) -> String {
    let shown = |Measure { value, low, high }: Measure| {
        format!("{value:.digits$} <small>{low:.digits$} to {high:.digits$}</small>")
    };
    measure.map_or_else(|| "–".to_owned(), shown)
}

fn difference(difference: Option<Difference>) -> String {
    let shown = |Difference { difference, low, high, p, .. }: Difference| {
        format!("{difference:+.4} <small>{low:+.4} to {high:+.4}, p {p:.3}</small>")
    };
    difference.map_or_else(|| "–".to_owned(), shown)
}

/// Text of a stranger in HTML: markup is escaped, and controls, bidirectional overrides and other invisible characters are
/// written out.
struct Safe<'a>(&'a str);

impl Display for Safe<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\n' | '\t' => f.write_char(c)?,
                '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{61c}'
                | '\u{ad}'
                | '\u{fffe}'
                | '\u{ffff}' => write!(f, "{}", c.escape_unicode())?,
                c if c.is_control() => write!(f, "{}", c.escape_unicode())?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Slicer;
    use crate::label::Label;
    use crate::thread::Row;
    use std::collections::BTreeMap;

    fn page(texts: &[(&str, f64)], set: &str) -> String {
        let moderator = Moderator::builtin().unwrap();
        let mut evaluation = Evaluation::new(moderator.clone())
            .against(moderator)
            .sliced_by(vec![Slicer::Length, Slicer::parse("site")])
            .keeping_failures(5);
        let row = |(at, (text, target)): (usize, &(&str, f64))| Row {
            id: Some(format!("<{at}>")),
            text: (*text).into(),
            labels: BTreeMap::from([(Label::new("insult").unwrap(), *target)]),
            kept: BTreeMap::from([("site".into(), "<b>east</b>".into())]),
            ..Row::default()
        };
        evaluation.add(set, &texts.iter().enumerate().map(row).collect::<Vec<_>>());
        let lines = evaluation.lines(1, 20);
        EvaluationPage::new(&evaluation, &lines).to_string()
    }

    #[test]
    fn texts_of_strangers_are_only_text() {
        let texts = [
            ("<script>alert(1)</script> & \"you\" idiot", 0.),
            ("</q><img src=x onerror=alert(1)> \u{202e}txet\u{7} thanks", 1.),
            ("A fine bridge.", 0.),
        ];
        let page = page(&texts, "a<b>set</b>");
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;you&quot; idiot"));
        assert!(
            page.contains(r"\u{202e}txet\u{7}") && page.contains("a&lt;b&gt;set") && page.contains("&lt;b&gt;east")
        );
        for forbidden in ["<script", "<img", "<b>set", "<b>east", "\u{202e}", "http://", "https://", " src=x on"] {
            let found = page.replace("http://www.w3.org/2000/svg", "").contains(forbidden) && forbidden != " src=x on";
            assert!(!found, "{forbidden}");
        }
    }

    #[test]
    fn a_page_of_nothing_and_of_one_class_can_be_read() {
        let bare = page(&[], "none");
        assert!(bare.starts_with("<!doctype html>") && bare.ends_with("</body></html>\n"));
        let one = page(&[("The new bins are larger than the old ones.", 0.)], "one");
        assert!(one.contains("insult on one") && !one.contains("NaN"));
    }
}
