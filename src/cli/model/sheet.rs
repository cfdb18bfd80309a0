//! A model's card for people. What this room does not know by name is printed too, so that a card may grow.

use gruff::detect;
use gruff::model::{Card, Measure};
use serde_json::{Map, Value};

/// Keys of a label's card that have a sentence of their own.
const TOLD: &[&str] = &[
    "label",
    "algorithm",
    "rows",
    "positives",
    "features",
    "base_rate",
    "sources_held_out",
    "held_out_auc",
    "held_out_average_precision",
    "threshold_at_two_percent_false_alarms",
    "recall_at_two_percent_false_alarms",
    "operating_points",
];
/// Keys of the card that have a place of their own.
const PLACED: &[&str] =
    &["name", "gruff", "features", "languages", "labels", "sources", "seed", "intended_use", "limits", "licence"];

/// Writes a card for people.
pub(super) fn sheet(card: &Card) -> serde_json::Result<String> {
    let all = serde_json::to_value(card)?;
    let mut lines = vec![format!("{}, trained by gruff {}", card.name, card.gruff)];
    let languages = if card.languages.is_empty() { "all".into() } else { card.languages.join(", ") };
    lines.push(format!("languages: {languages}; features: {}; seed {}", card.features, card.seed));
    if let Some(licence) = &card.licence {
        lines.push(format!("licence of the weights: {licence}"));
    }
    if !card.intended_use.is_empty() {
        lines.push(format!("for: {}", card.intended_use));
    }
    further(all.as_object(), PLACED, "", &mut lines);
    lines.push(String::new());
    lines.push("labels (measured on training rows that were held out, with 95 % intervals)".into());
    let labels = all.get("labels").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for (label, entry) in card.labels.iter().zip(labels) {
        let (auc, precision) = (label.held_out_auc, label.held_out_average_precision);
        let meaning = detect::find(label.label.as_str()).map_or("", |detector| detector.meaning());
        lines.push(format!("  {:<16} {meaning}", label.label));
        let mut indented = |line: String| lines.push(format!("  {:<16}   {line}", ""));
        indented(format!(
            "{}; {} rows, {} positive; {} n-gram slots; a score is a probability where {:.3} of comments are positive",
            label.algorithm, label.rows, label.positives, label.features, label.base_rate
        ));
        indented(format!(
            "{}AUC {:.3} ({:.3}–{:.3}), average precision {:.3} ({:.3}–{:.3})",
            if label.sources_held_out { "with whole sources held out: " } else { "" },
            auc.value,
            auc.low,
            auc.high,
            precision.value,
            precision.low,
            precision.high
        ));
        indented(format!(
            "threshold {:.3}: 2 % of the negatives are above it, and {:.0} % of the positives",
            label.threshold_at_two_percent_false_alarms,
            100. * label.recall_at_two_percent_false_alarms
        ));
        if !label.operating_points.is_empty() {
            indented(format!("precision where {:.3} of comments are positive, at named thresholds:", label.base_rate));
        }
        for point in &label.operating_points {
            let share = |m: Measure| format!("{:.1} % ({:.1}–{:.1})", 100. * m.value, 100. * m.low, 100. * m.high);
            indented(format!(
                "  {:<18} {:.3}: recall {}, precision {}, false alarms {}",
                point.name,
                point.threshold,
                share(point.recall),
                share(point.precision),
                share(point.false_alarms)
            ));
        }
        further(entry.as_object(), TOLD, &format!("  {:<16}   ", ""), &mut lines);
    }
    lines.push(String::new());
    lines.push("sources".into());
    for source in &card.sources {
        let known = [&source.licence, &source.repository, &source.commit, &source.credit, &source.remark];
        let weight = (source.weight != 1.).then(|| format!("each counts {}", source.weight));
        let known: Vec<&str> = weight.iter().chain(known.into_iter().flatten()).map(String::as_str).collect();
        lines.push(format!("  {:<22} {:>6} rows  {}", source.name, source.rows, known.join("; ")));
    }
    if !card.limits.is_empty() {
        lines.push(String::new());
        lines.push("limits".into());
        lines.extend(card.limits.iter().map(|limit| format!("  {limit}")));
    }
    Ok(lines.join("\n") + "\n")
}

/// Prints the keys that are not `known`; lists of objects, such as operating points, get a line each.
fn further(entry: Option<&Map<String, Value>>, known: &[&str], indent: &str, lines: &mut Vec<String>) {
    for (key, value) in entry.into_iter().flatten().filter(|(key, _)| !known.contains(&key.as_str())) {
        let name = key.replace('_', " ");
        match value {
            Value::Null => {}
            Value::Array(list) if list.iter().any(Value::is_object) => {
                lines.push(format!("{indent}{name}"));
                lines.extend(list.iter().map(|item| format!("{indent}  {}", shown(item))));
            }
            value => lines.push(format!("{indent}{name}: {}", shown(value))),
        }
    }
}

/// A value on one line: a measure with its interval, an object as its keys and values.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_f64() => short(number.as_f64().unwrap_or_default()),
        Value::Array(list) => list.iter().map(shown).collect::<Vec<_>>().join(", "),
        Value::Object(entries) => {
            let number = |key: &str| entries.get(key).and_then(Value::as_f64);
            if let (3, Some(value), Some(low), Some(high)) =
                (entries.len(), number("value"), number("low"), number("high"))
            {
                return format!("{value:.3} ({low:.3}–{high:.3})");
            }
            let pair = |(key, value): (&String, &Value)| format!("{} {}", key.replace('_', " "), shown(value));
            entries.iter().map(pair).collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}

/// Four significant digits.
fn short(number: f64) -> String {
    let digits = if number == 0. { 0 } else { (3 - number.abs().log10().floor() as i32).clamp(0, 8) as usize };
    let text = format!("{number:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gruff::model::Model;
    use serde_json::json;

    #[test]
    fn the_sheet_tells_labels_measures_thresholds_and_sources() {
        let sheet = sheet(Model::builtin().unwrap().card()).unwrap();
        for part in ["toxicity", "AUC 0.", "average precision 0.", "threshold 0.", "sources", "limits"] {
            assert!(sheet.contains(part), "{part}: {sheet}");
        }
    }

    #[test]
    fn what_is_not_known_by_name_is_printed() {
        let entry = json!({
            "label": "insult", "brier_skill": {"value": 0.25, "low": 0.2, "high": 0.3}, "nothing": null,
            "operating_points": [{"name": "careful", "threshold": 0.91}, {"name": "strict", "threshold": 0.123456}]
        });
        let mut lines = Vec::new();
        further(entry.as_object(), &["label"], "  ", &mut lines);
        let expected = [
            "  brier skill: 0.250 (0.200–0.300)",
            "  operating points",
            "    name careful; threshold 0.91",
            "    name strict; threshold 0.1235",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!([0., 1., 0.5, 12345.678, 0.000_123_456].map(short), ["0", "1", "0.5", "12346", "0.0001235"]);
    }
}
