//! What a policy does, in a few lines: so that one that was cut in the middle is not taken for the whole.

use super::{Action, Limits, Policy, UnknownLanguage};
use crate::label::Label;

impl Policy {
    /// Tells whether a score of this label can hold or reject a comment, by itself or with others.
    pub fn names(&self, label: &str) -> bool {
        let in_rule = |rule: &super::Rule| !rule.observe && rule.when.keys().any(|name| name.as_str() == label);
        self.acts_on(label) || self.rules.iter().any(in_rule)
    }

    /// Writes a score with two decimals, and with more where two would reach a threshold of the label that it does not
    /// reach.
    pub fn written(&self, label: &str, score: f64) -> String {
        let limits = self.labels.get(label).map_or([None, None], |limits| [limits.hold, limits.reject]);
        let reached = |score: f64| limits.map(|limit| limit.is_some_and(|limit| score >= limit));
        let with = |decimals: usize| format!("{score:.decimals$}");
        let tells = |written: &String| written.parse().is_ok_and(|written| reached(written) == reached(score));
        (2..=6).map(with).find(tells).unwrap_or_else(|| with(2))
    }

    /// Returns what it does, for a person: a line for each label with its thresholds, then the number of rules and what
    /// becomes of comments that cannot be judged. `judged` are the labels that are judged.
    pub fn summary(&self, judged: &[Label]) -> Vec<String> {
        let widest = self.labels.keys().map(|label| label.as_str().len()).max().unwrap_or_default();
        let mut lines = vec![format!("policy {}: sound", self.name)];
        for (label, limits) in &self.labels {
            let remark = if judged.contains(label) { "" } else { " (not judged)" };
            lines.push(format!("  {:widest$}  {}{remark}", label.as_str(), told(limits)));
        }
        let rules = |action| self.rules.iter().filter(|rule| rule.action == action && !rule.observe).count();
        let observed = self.rules.iter().filter(|rule| rule.observe).count();
        lines.push(match self.rules.len() {
            0 => "  no rules".to_owned(),
            all => format!(
                "  rules: {all} ({} hold, {} reject, {observed} observed only)",
                rules(Action::Hold),
                rules(Action::Reject)
            ),
        });
        let language = match self.language {
            UnknownLanguage::Approve => "approve",
            UnknownLanguage::Hold => "hold",
            UnknownLanguage::Judge => "judge",
        };
        lines.push(format!(
            "  where nothing can be judged: {}; in an unknown language: {language}",
            self.nothing_judged
        ));
        lines
    }
}

fn told(limits: &Limits) -> String {
    let limit = |name: &str, limit: Option<f64>| limit.map(|limit| format!("{name} {limit:.2}"));
    let parts = [limit("hold", limits.hold), limit("reject", limits.reject), limit("base rate", limits.base_rate)];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let parts = if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") };
    if limits.observe { format!("{parts} (observed only)") } else { parts }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_never_looks_like_one_that_acts() {
        let policy = Policy::parse("p", "[labels.insult]\nhold = 0.5\nreject = 0.95").unwrap();
        for (score, written) in
            [(0.496, "0.496"), (0.4996, "0.4996"), (0.5004, "0.50"), (0.494, "0.49"), (0.9499, "0.9499")]
        {
            assert_eq!(policy.written("insult", score), written);
        }
        assert_eq!(
            (policy.written("threat", 0.496), policy.written("insult", 0.949_999_99)),
            ("0.50".into(), "0.95".into())
        );
    }

    #[test]
    fn a_summary_tells_what_acts() {
        let policy = "[labels.insult]\nhold = 0.5\nreject = 0.9\n[labels.sarcasm]\nhold = 0.8\nobserve = true\n\
            [labels.spam]\n[[rule]]\nwhen = { threat = 0.5 }\naction = \"reject\"";
        let policy = Policy::parse("site.toml", policy).unwrap();
        let judged = ["insult", "sarcasm"].map(|name| Label::new(name).unwrap());
        assert_eq!(
            policy.summary(&judged),
            [
                "policy site.toml: sound",
                "  insult   hold 0.50, reject 0.90",
                "  sarcasm  hold 0.80 (observed only)",
                "  spam     nothing (not judged)",
                "  rules: 1 (0 hold, 1 reject, 0 observed only)",
                "  where nothing can be judged: approve; in an unknown language: approve",
            ]
        );
        let named = ["insult", "sarcasm", "threat", "spam"].map(|label| policy.names(label));
        assert_eq!(named, [true, false, true, false]);
    }
}
