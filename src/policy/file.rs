//! The policy file: TOML in, a checked policy or a message with line, column and excerpt out.

use super::{Action, Limits, Policy, Rule, UnknownLanguage};
use crate::error::{Error, Result, toml_in_words};
use crate::label::Label;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;

/// The file as it is typed; [`Policy`] is what it means.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a policy")]
struct File {
    approve_all: Option<Spanned<bool>>,
    #[serde(default)]
    null: NullTable,
    #[serde(default)]
    labels: BTreeMap<Spanned<String>, LabelTable>,
    #[serde(default)]
    rule: Vec<RuleTable>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table like { all = \"hold\" }")]
struct NullTable {
    #[serde(default)]
    all: NothingJudged,
    #[serde(default)]
    language: UnknownLanguage,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum NothingJudged {
    #[default]
    Approve,
    Hold,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table like { hold = 0.7 }")]
struct LabelTable {
    hold: Option<Spanned<f64>>,
    reject: Option<Spanned<f64>>,
    base_rate: Option<Spanned<f64>>,
    #[serde(default)]
    observe: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table with when and action")]
struct RuleTable {
    when: Spanned<BTreeMap<Spanned<String>, Spanned<f64>>>,
    action: Spanned<Action>,
    reason: Option<String>,
    #[serde(default)]
    observe: bool,
}

/// What is wrong, and which bytes of the file it is about.
struct Fault {
    at: Range<usize>,
    what: String,
}

impl Fault {
    fn new<T>(at: &Spanned<T>, what: impl Into<String>) -> Self {
        Self { at: at.span(), what: what.into() }
    }
}

pub(super) fn parse(name: &str, text: &str) -> Result<Policy> {
    let file = toml::from_str::<File>(text)
        .map_err(|error| Fault { at: error.span().unwrap_or(0..0), what: toml_in_words(error.message()) });
    file.and_then(|file| resolve(name, text, file)).map_err(|fault| Error::policy(name, describe(text, &fault)))
}

fn resolve(name: &str, text: &str, file: File) -> Result<Policy, Fault> {
    let line_of = |at: Range<usize>| position(text, at.start).0;
    let mut labels = BTreeMap::new();
    for (key, table) in file.labels {
        let label = label(&key)?;
        let limits = Limits {
            hold: threshold(table.hold.as_ref())?,
            reject: threshold(table.reject.as_ref())?,
            base_rate: rate(table.base_rate.as_ref())?,
            observe: table.observe,
            line: line_of(key.span()),
        };
        if let (Some(hold), Some(reject), Some(at)) = (limits.hold, limits.reject, &table.reject)
            && reject < hold
        {
            return Err(Fault::new(at, format!("reject = {reject} is below hold = {hold}: nothing would be held")));
        }
        if labels.insert(label, limits).is_some() {
            return Err(Fault::new(&key, "this label has a table already: upper case and `-` make no difference"));
        }
    }
    let mut rules = Vec::new();
    for table in file.rule {
        let mut when = BTreeMap::new();
        if table.when.get_ref().is_empty() {
            return Err(Fault::new(&table.when, "a rule needs at least one score to go by, as in { insult = 0.5 }"));
        }
        if *table.action.get_ref() == Action::Approve {
            return Err(Fault::new(
                &table.action,
                "a rule's action is \"hold\" or \"reject\": the strictest action wins",
            ));
        }
        let line = line_of(table.when.span());
        for (key, limit) in table.when.into_inner() {
            let limit = threshold(Some(&limit))?.unwrap_or_default();
            if when.insert(label(&key)?, limit).is_some() {
                return Err(Fault::new(&key, "this label is in the rule already"));
            }
        }
        let reason = table.reason.filter(|reason| !reason.trim().is_empty());
        rules.push(Rule { when, action: table.action.into_inner(), reason, observe: table.observe, line });
    }
    let nothing_judged = match file.null.all {
        NothingJudged::Approve => Action::Approve,
        NothingJudged::Hold => Action::Hold,
    };
    let approves_all = file.approve_all.as_ref().is_some_and(|approves| *approves.get_ref());
    let policy = Policy {
        name: name.into(),
        shipped: false,
        labels,
        rules,
        nothing_judged,
        language: file.null.language,
        approves_all,
    };
    match &file.approve_all {
        Some(key) if approves_all && policy.acts() => {
            Err(Fault::new(key, "the file also says what is held or rejected: take out that, or approve_all"))
        }
        _ => Ok(policy),
    }
}

fn label(key: &Spanned<String>) -> Result<Label, Fault> {
    Label::new(key.get_ref()).map_err(|error| Fault::new(key, error.to_string()))
}

fn threshold(value: Option<&Spanned<f64>>) -> Result<Option<f64>, Fault> {
    value.map(|value| probability(value, "a threshold", (0.0..=1.0).contains(value.get_ref()))).transpose()
}

fn rate(value: Option<&Spanned<f64>>) -> Result<Option<f64>, Fault> {
    let inside = |rate: f64| rate > 0.0 && rate < 1.0;
    value.map(|value| probability(value, "a base rate, both exclusive,", inside(*value.get_ref()))).transpose()
}

fn probability(value: &Spanned<f64>, what: &str, valid: bool) -> Result<f64, Fault> {
    let number = *value.get_ref();
    if valid { Ok(number) } else { Err(Fault::new(value, format!("{number} is out of range: {what} is from 0 to 1"))) }
}

/// Returns line and column, both from 1; the column counts characters.
fn position(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte.min(text.len())).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = before.get(line_start..).map_or(0, |line| line.chars().count());
    (before.matches('\n').count() + 1, column + 1)
}

/// Says what is wrong and shows the line, with carets under the place.
fn describe(text: &str, fault: &Fault) -> String {
    /// More of a line is no help.
    const LINE: usize = 120;
    let (line, column) = position(text, fault.at.start);
    let what = format!("line {line}, column {column}: {}", fault.what);
    let shown: String = text.lines().nth(line - 1).unwrap_or("").chars().take(LINE).map(plain).collect();
    if shown.trim().is_empty() || column > LINE {
        return what;
    }
    let rest = shown.chars().count().saturating_sub(column - 1);
    let under = text.get(fault.at.clone()).map_or(1, |piece| piece.chars().count()).clamp(1, rest.max(1));
    let gutter = " ".repeat(line.to_string().len());
    let (pad, carets) = (" ".repeat(column - 1), "^".repeat(under));
    format!("{what}\n{gutter} |\n{line} | {shown}\n{gutter} | {pad}{carets}")
}

/// Keeps the columns of the excerpt and the terminal it is shown on.
fn plain(c: char) -> char {
    if c == '\t' {
        ' '
    } else if c.is_control() {
        '\u{fffd}'
    } else {
        c
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        parse("p.toml", text).unwrap_err().to_string()
    }

    #[test]
    fn everything_a_file_can_say_is_read() {
        let policy = parse(
            "p.toml",
            r#"
            [null]
            all = "hold"
            language = "judge"
            [labels.Identity-Attack]
            hold = 0
            reject = 1
            base_rate = 0.02
            observe = true
            [[rule]]
            when = { insult = 0.5, sarcasm = 0.6 }
            action = "reject"
            reason = "a sneer"
            [[rule]]
            when = { spam = 0.5 }
            action = "hold"
            observe = true
            "#,
        )
        .unwrap();
        let limits = &policy.labels["identity_attack"];
        assert_eq!((limits.hold, limits.reject, limits.base_rate), (Some(0.0), Some(1.0), Some(0.02)));
        assert!(limits.observe && policy.rules[1].observe && !policy.rules[0].observe);
        assert_eq!(policy.nothing_judged, Action::Hold);
        assert_eq!(policy.language, UnknownLanguage::Judge);
        assert_eq!(policy.rules[0].reason.as_deref(), Some("a sneer"));
        assert_eq!(policy.base_rate("identity_attack"), Some(0.02));
        assert_eq!(policy.base_rate("insult"), None);
    }

    #[test]
    fn a_message_names_the_place_and_shows_the_line() {
        assert_eq!(
            refused("[labels.insult]\nhold = 0.7\nreject = 1.5\n"),
            "policy p.toml: line 3, column 10: 1.5 is out of range: a threshold is from 0 to 1\n  |\n3 | reject = 1.5\n  |          ^^^"
        );
    }

    #[test]
    fn what_is_wrong_is_refused_at_its_place() {
        let cases = [
            ("[labels.insult]\nholds = 0.7", "line 2, column 1: unknown field `holds`"),
            ("[label.insult]\nhold = 0.7", "line 1, column 2: unknown field `label`"),
            ("[labels.insult]\nhold = \"0.7\"", "line 2, column 8: invalid type: string"),
            ("[labels.insult]\nhold = true", "line 2, column 8: invalid type: boolean `true`, expected a number"),
            ("labels = 5", "line 1, column 10: invalid type: integer `5`, expected a table"),
            ("[labels.insult]\nhold = -0.1", "line 2, column 8: -0.1 is out of range"),
            ("[labels.insult]\nhold = nan", "line 2, column 8: NaN is out of range"),
            ("[labels.insult]\nbase_rate = 0.0", "line 2, column 13: 0 is out of range"),
            ("[labels.insult]\nhold = 0.9\nreject = 0.8", "line 3, column 10: reject = 0.8 is below hold = 0.9"),
            ("[labels.\"two words\"]\nhold = 0.9", "line 1, column 9: label \"two words\""),
            ("[labels.insult]\n[labels.Insult]", "this label has a table already"),
            (
                "[labels]\ninsult = 0.5",
                "line 2, column 10: invalid type: floating point `0.5`, expected a table like { hold = 0.7 }",
            ),
            ("[null]\nall = \"reject\"", "line 2, column 7: unknown variant `reject`"),
            ("[[rule]]\nwhen = {}\naction = \"hold\"", "line 2, column 8: a rule needs at least one score"),
            ("[[rule]]\nwhen = { insult = 2 }\naction = \"hold\"", "line 2, column 19: 2 is out of range"),
            ("[[rule]]\nwhen = { insult = 0.5 }\naction = \"approve\"", "line 3, column 10: a rule's action"),
            ("[[rule]]\naction = \"hold\"", "missing field `when`"),
            ("[labels.insult\nhold = 0.7", "line 1, column 15"),
            ("approve_all = true\n[labels.insult]\nhold = 0.7", "line 1, column 15: the file also says"),
            ("approve_all = true\n[null]\nlanguage = \"hold\"", "line 1, column 15: the file also says"),
            ("# é\n[labels.insult]\nhold = 0.7 0.8", "line 3, column 8"),
        ];
        for (text, expected) in cases {
            let message = refused(text);
            assert!(message.contains(expected), "{text:?}: {message}");
        }
        for text in ["null = 5", "[null]\nall = 5", "labels = 5", "rule = 5", "[[rule]]\nwhen = 5", "rule = [5]"] {
            let message = refused(text);
            assert!(!["struct ", "enum ", "Spanned", "Table"].iter().any(|name| message.contains(name)), "{message}");
        }
    }

    #[test]
    fn no_text_breaks_the_reader() {
        for text in ["\0", "\u{1b}[31m = 1", "[", "\u{feff}", "a=\"\u{2028}", "é = é", "x = '''\n\n", &"[".repeat(5000)]
        {
            let message = parse("p", text).map_or_else(|error| error.to_string(), |_| String::new());
            assert!(!message.contains('\u{1b}') && !message.contains('\0'), "{message:?}");
        }
    }
}
