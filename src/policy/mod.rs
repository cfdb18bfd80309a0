//! From scores to a decision: a site's thresholds and rules, kept in a TOML file.
//!
//! Everything that acts is in the file: a label without thresholds is reported and nothing else, and an empty file
//! approves everything ([`Policy::is_bare`] tells such a one, which is more often cut off than meant).
//! [`Policy::builtin`] is such a file too, see [`DEFAULT`].

mod base_rate;
mod decide;
mod file;
mod summary;

pub use base_rate::shift;
pub use decide::{Decision, Facts};

use crate::error::{Error, Result};
use crate::label::Label;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// The built-in policy as a file, with every key explained: a site copies it and changes what it wants to.
pub const DEFAULT: &str = include_str!("default.toml");

/// What to do with a comment, mildest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Publish it.
    #[default]
    Approve,
    /// Show it to a moderator first.
    Hold,
    /// Do not publish it.
    Reject,
}

impl Action {
    /// Returns the name that files and outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Hold => "hold",
            Self::Reject => "reject",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A site's rules: which score leads to which action.
///
/// The default value is what an empty file means: nothing acts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Policy {
    name: Arc<str>,
    /// Whether the policy came with gruff; a model need not know all the labels in that one.
    shipped: bool,
    labels: BTreeMap<Label, Limits>,
    rules: Vec<Rule>,
    /// What to do when nothing could be judged: never `Reject`.
    nothing_judged: Action,
    language: UnknownLanguage,
    /// Whether the file says that nothing is to act.
    approves_all: bool,
}

/// What a label's score leads to.
#[derive(Debug, Clone, Default, PartialEq)]
struct Limits {
    hold: Option<f64>,
    reject: Option<f64>,
    base_rate: Option<f64>,
    observe: bool,
    line: usize,
}

/// Scores that act only together.
#[derive(Debug, Clone, PartialEq)]
struct Rule {
    /// Not empty.
    when: BTreeMap<Label, f64>,
    action: Action,
    reason: Option<String>,
    observe: bool,
    line: usize,
}

/// What to do with text in a language that the model does not know.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UnknownLanguage {
    /// Publish it; its scores are null.
    #[default]
    Approve,
    /// Show it to a moderator; its scores are null.
    Hold,
    /// Score it as if the model knew the language.
    Judge,
}

impl Policy {
    /// Returns the policy that comes with gruff, [`DEFAULT`].
    ///
    /// # Errors
    /// Never in a build that passes its tests: the file is inside.
    pub fn builtin() -> Result<Self> {
        Ok(Self { shipped: true, ..Self::parse("built-in", DEFAULT)? })
    }

    /// Reads a policy file's text. `name`, usually the file's path, is for messages.
    ///
    /// # Errors
    /// For malformed TOML, keys that do not exist, values of the wrong type, thresholds that are no probability and a
    /// `reject` below its `hold`: with line, column and the line itself.
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        file::parse(name, text)
    }

    /// Returns what messages call it: the name it was read under.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Checks that the policy fits a model that judges `labels`.
    ///
    /// The built-in policy fits every model: what it says about labels that the model does not judge is without effect.
    ///
    /// # Errors
    /// When the policy names a label that is neither among them nor in the built-in policy, since a rule that can never fire
    /// is a misspelt one. What the built-in policy names is not: a site's policy usually begins as a copy of it.
    pub fn check(&self, labels: &[Label]) -> Result<()> {
        if self.shipped {
            return Ok(());
        }
        let in_limits = self.labels.iter().map(|(label, limits)| (limits.line, label));
        let in_rules = self.rules.iter().flat_map(|rule| rule.when.keys().map(|label| (rule.line, label)));
        let shipped = Self::builtin()?;
        let known = |label: &Label| labels.contains(label) || shipped.labels.contains_key(label);
        let unknown = in_limits.chain(in_rules).filter(|(_, label)| !known(label)).min();
        let Some((line, label)) = unknown else { return Ok(()) };
        let known = labels.iter().map(Label::as_str).collect::<Vec<_>>().join(", ");
        Err(Error::policy(&*self.name, format!("line {line}: the model does not judge {label}; it judges {known}")))
    }

    /// Returns the site's own rate of a label, where the policy gives one, for [`shift`].
    pub fn base_rate(&self, label: &str) -> Option<f64> {
        self.labels.get(label)?.base_rate
    }

    /// Tells whether a score of this label can by itself hold or reject a comment.
    pub fn acts_on(&self, label: &str) -> bool {
        self.labels
            .get(label)
            .is_some_and(|limits| !limits.observe && (limits.hold.is_some() || limits.reject.is_some()))
    }

    /// Tells whether it has neither a threshold nor a rule, acting or observed, and does not say `approve_all = true`: as a
    /// file does that is being written, or was cut.
    pub fn is_bare(&self) -> bool {
        let limited = |limits: &Limits| limits.hold.is_some() || limits.reject.is_some();
        !self.approves_all && self.rules.is_empty() && !self.labels.values().any(limited)
    }

    /// Tells whether anything can hold or reject a comment.
    fn acts(&self) -> bool {
        self.nothing_judged != Action::Approve
            || self.language == UnknownLanguage::Hold
            || self.rules.iter().any(|rule| !rule.observe)
            || self.labels.keys().any(|label| self.acts_on(label.as_str()))
    }

    /// Tells what to do with text in a language that the model does not know; for `Judge` its scores are wanted.
    pub fn unknown_language(&self) -> UnknownLanguage {
        self.language
    }

    /// Decides about one comment. Total and deterministic; a score that is no finite number counts as null.
    ///
    /// A score that reaches `reject` rejects, one that reaches `hold` holds, a rule acts when all its scores reach
    /// theirs; the strictest action wins. Null scores never reach anything. Observed labels and rules are flagged and
    /// give their reason, but do not act. Reasons come in the order of `scores`, then of the file.
    pub fn decide(&self, scores: &[(Label, Option<f64>)], facts: &Facts<'_>) -> Decision {
        decide::decide(self, scores, facts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label;

    fn labels(names: &[&str]) -> Vec<Label> {
        names.iter().map(|name| Label::new(name).unwrap()).collect()
    }

    #[test]
    fn the_built_in_policy_is_a_valid_file() {
        let policy = Policy::builtin().unwrap();
        assert!(policy.labels.contains_key(label::INSULT));
        assert!(policy.labels[label::SARCASM].observe);
        assert!(policy.acts_on(label::INSULT) && !policy.acts_on(label::SARCASM) && !policy.acts_on("unheard_of"));
        policy.check(&labels(&["house"])).unwrap();
    }

    #[test]
    fn an_empty_file_is_the_default() {
        let empty = Policy::parse("", "").unwrap();
        assert_eq!(empty, Policy::default());
    }

    #[test]
    fn a_file_without_thresholds_and_rules_is_bare() {
        let is_bare = |text: &str| Policy::parse("", text).unwrap().is_bare();
        let head: String =
            DEFAULT.lines().take_while(|line| !line.starts_with("[labels")).map(|l| l.to_owned() + "\n").collect();
        assert!(head.contains("[null]"));
        for bare in ["", &head, "[labels.toxicity]", "[labels.toxicity]\nbase_rate = 0.1", "[null]\nall = \"hold\""] {
            assert!(is_bare(bare), "{bare}");
        }
        assert!(is_bare("approve_all = false"));
        let observed = "[labels.insult]\nreject = 1\nobserve = true";
        for meant in [DEFAULT, "approve_all = true", "[labels.insult]\nhold = 1", observed] {
            assert!(!is_bare(meant), "{meant}");
        }
        assert!(!is_bare(&format!("approve_all = true\n{observed}")));
        assert!(!is_bare("[[rule]]\nwhen = { insult = 0.5 }\naction = \"hold\""));
    }

    #[test]
    fn a_label_the_model_does_not_judge_is_an_error() {
        let policy = Policy::parse("p.toml", "[labels.insult]\nhold = 0.5\n[labels.insul]\nhold = 0.5").unwrap();
        let error = policy.check(&labels(&["insult", "sarcasm"])).unwrap_err().to_string();
        assert_eq!(error, "policy p.toml: line 3: the model does not judge insul; it judges insult, sarcasm");
        policy.check(&labels(&["insul", "insult"])).unwrap();
        // A copy of the built-in policy names what no model needs to judge.
        Policy::parse("p.toml", DEFAULT).unwrap().check(&labels(&["insult"])).unwrap();
        let rule = "[[rule]]\nwhen = { insult = 0.5, spam = 0.5 }\naction = \"hold\"";
        let error = Policy::parse("p.toml", rule).unwrap().check(&labels(&["insult"])).unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains("spam"), "{error}");
    }
}
