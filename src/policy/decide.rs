//! One comment's scores against the policy: action, flags and sentences.

use super::{Action, Limits, Policy, UnknownLanguage};
use crate::label::Label;
use arrayvec::ArrayString;
use std::fmt::Write;

/// Bytes that most sentences have room in.
const SENTENCE: usize = 96;
/// Decimals of a score that are written at most: more than it has.
const MOST_DECIMALS: usize = 17;

/// A number from 0 to 1 as it is written.
type Digits = ArrayString<{ MOST_DECIMALS + 3 }>;

/// What a policy says about one comment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// What to do with it.
    pub action: Action,
    /// The labels whose threshold or rule was reached, also where that is only observed; each once.
    pub flags: Vec<Label>,
    /// Why, a sentence each for a moderator: `insult .93 is above the hold threshold .70`.
    pub reasons: Vec<String>,
}

/// What a policy goes by beside the scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts<'a> {
    /// ISO 639-1 code of the comment's language, `und` where it cannot be told.
    pub language: &'a str,
    /// Whether the model knows that language; true also where the language cannot be told.
    pub language_known: bool,
}

impl Default for Facts<'_> {
    fn default() -> Self {
        Self { language: "und", language_known: true }
    }
}

pub(super) fn decide(policy: &Policy, scores: &[(Label, Option<f64>)], facts: &Facts<'_>) -> Decision {
    let mut decision = Decision::default();
    for (label, score) in scores {
        if let (Some(score), Some(limits)) = (finite(*score), policy.labels.get(label)) {
            decision.threshold(label, score, limits);
        }
    }
    for rule in &policy.rules {
        let reached = |label: &Label, limit: f64| score_of(scores, label).filter(|score| *score >= limit);
        if rule.when.iter().any(|(label, limit)| reached(label, *limit).is_none()) {
            continue;
        }
        let mut sentence = String::with_capacity(SENTENCE);
        if let Some(reason) = &rule.reason {
            sentence.extend([reason, ": "]);
        }
        for (at, (label, limit)) in rule.when.iter().enumerate() {
            decision.flag(label);
            sentence.push_str(if at > 0 { " and " } else { "" });
            compare(label, reached(label, *limit).unwrap_or_default(), *limit, &mut sentence);
        }
        if rule.reason.is_none() {
            let verb = if rule.action == Action::Reject { "rejects" } else { "holds" };
            sentence.extend([": a rule ", verb, " that"]);
        }
        decision.act(rule.action, rule.observe, sentence);
    }
    decision.null(policy, scores, facts);
    decision
}

impl Decision {
    fn threshold(&mut self, label: &Label, score: f64, limits: &Limits) {
        let reached = |limit: Option<f64>| limit.filter(|limit| score >= *limit);
        let (action, limit) = match (reached(limits.reject), reached(limits.hold)) {
            (Some(limit), _) => (Action::Reject, limit),
            (None, Some(limit)) => (Action::Hold, limit),
            (None, None) => return,
        };
        self.flag(label);
        let (score, verb, limit) = numbers(score, limit);
        let mut sentence = String::with_capacity(SENTENCE);
        let threshold = [label.as_str(), " ", &score, " ", verb, " the ", action.as_str(), " threshold ", &limit];
        sentence.extend(threshold);
        self.act(action, limits.observe, sentence);
    }

    fn null(&mut self, policy: &Policy, scores: &[(Label, Option<f64>)], facts: &Facts<'_>) {
        let unjudged = scores.iter().all(|(_, score)| finite(*score).is_none());
        if !facts.language_known && policy.language != UnknownLanguage::Judge {
            let action = if policy.language == UnknownLanguage::Hold { Action::Hold } else { Action::Approve };
            if unjudged || action == Action::Hold {
                let sentence = format!("the model does not know its language ({})", facts.language);
                self.act(action, false, sentence);
            }
        } else if unjudged {
            let off_topic = |(label, _): &(Label, _)| label.as_str() == crate::label::OFF_TOPIC;
            let why = if !scores.is_empty() && scores.iter().all(off_topic) {
                ": being off topic is told by words, and by an article or a thread"
            } else {
                ""
            };
            self.act(policy.nothing_judged, false, format!("nothing in it could be judged{why}"));
        }
    }

    fn flag(&mut self, label: &Label) {
        if !self.flags.contains(label) {
            self.flags.push(label.clone());
        }
    }

    fn act(&mut self, action: Action, observe: bool, mut sentence: String) {
        if observe {
            sentence.push_str(" (observed only)");
        } else {
            self.action = self.action.max(action);
        }
        self.reasons.push(sentence);
    }
}

fn score_of(scores: &[(Label, Option<f64>)], label: &Label) -> Option<f64> {
    scores.iter().find(|(name, _)| name == label).and_then(|(_, score)| finite(*score))
}

fn finite(score: Option<f64>) -> Option<f64> {
    score.filter(|score| score.is_finite())
}

fn compare(label: &Label, score: f64, limit: f64, sentence: &mut String) {
    let (score, verb, limit) = numbers(score, limit);
    sentence.extend([label.as_str(), " ", &score, " ", verb, " ", &limit]);
}

/// Writes a score and the threshold it reached, with as many decimals as the threshold has and at least two.
///
/// Rounding keeps the order, so the written score is never below the written threshold.
fn numbers(score: f64, limit: f64) -> (Digits, &'static str, Digits) {
    let mut decimals = Decimals::default();
    write!(decimals, "{limit}").unwrap_or_default();
    let decimals = decimals.count.clamp(2, MOST_DECIMALS);
    let written = |number: f64| {
        let mut digits = Digits::new();
        // What is from 0 to 1 fits.
        write!(digits, "{number:.decimals$}").unwrap_or_default();
        if digits.starts_with('0') {
            digits.remove(0);
        }
        digits
    };
    let (score, limit) = (written(score), written(limit));
    let verb = if score == limit { "reaches" } else { "is above" };
    (score, verb, limit)
}

/// Counts the decimals of a number that is written to it.
#[derive(Default)]
struct Decimals {
    after_point: bool,
    count: usize,
}

impl Write for Decimals {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        for byte in text.bytes() {
            self.count += usize::from(self.after_point);
            self.after_point |= byte == b'.';
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const POLICY: &str = r#"
        [null]
        all = "hold"
        language = "hold"
        [labels.insult]
        hold = 0.7
        reject = 0.95
        [labels.sarcasm]
        hold = 0.8
        observe = true
        [labels.threat]
        reject = 0.9
        [[rule]]
        when = { insult = 0.5, sarcasm = 0.6 }
        action = "hold"
        reason = "a sneer"
        [[rule]]
        when = { insult = 0.6, off_topic = 0.9 }
        action = "reject"
    "#;

    fn decided(scores: &[(&str, Option<f64>)]) -> (Action, Vec<String>, Vec<String>) {
        decided_with(POLICY, scores, Facts::default())
    }

    fn decided_with(
        policy: &str,
        scores: &[(&str, Option<f64>)],
        facts: Facts<'_>,
    ) -> (Action, Vec<String>, Vec<String>) {
        let scores: Vec<_> = scores.iter().map(|(name, score)| (Label::new(name).unwrap(), *score)).collect();
        let Decision { action, flags, reasons } = Policy::parse("test", policy).unwrap().decide(&scores, &facts);
        (action, flags.iter().map(Label::to_string).collect(), reasons)
    }

    #[test]
    fn thresholds_act_and_give_their_reason() {
        let cases = [
            (0.2, Action::Approve, None),
            (0.699_999, Action::Approve, None),
            (0.7, Action::Hold, Some("insult .70 reaches the hold threshold .70")),
            (0.704, Action::Hold, Some("insult .70 reaches the hold threshold .70")),
            (0.93, Action::Hold, Some("insult .93 is above the hold threshold .70")),
            (0.95, Action::Reject, Some("insult .95 reaches the reject threshold .95")),
            (1.0, Action::Reject, Some("insult 1.00 is above the reject threshold .95")),
        ];
        for (score, action, reason) in cases {
            let reasons = Vec::from_iter(reason.map(str::to_owned));
            let flags = Vec::from_iter(reason.map(|_| "insult".to_owned()));
            assert_eq!(decided(&[("insult", Some(score))]), (action, flags, reasons), "{score}");
        }
    }

    #[test]
    fn a_threshold_with_many_decimals_is_written_with_them() {
        let policy = "[labels.insult]\nhold = 0.9985";
        let (_, _, reasons) = decided_with(policy, &[("insult", Some(0.999))], Facts::default());
        assert_eq!(reasons, ["insult .9990 is above the hold threshold .9985"]);
    }

    #[test]
    fn a_label_with_reject_alone_never_holds() {
        assert_eq!(decided(&[("threat", Some(0.89))]).0, Action::Approve);
        assert_eq!(decided(&[("threat", Some(0.9))]).0, Action::Reject);
    }

    #[test]
    fn what_is_observed_is_flagged_but_does_not_act() {
        let expected = vec!["sarcasm .85 is above the hold threshold .80 (observed only)".to_owned()];
        assert_eq!(decided(&[("sarcasm", Some(0.85))]), (Action::Approve, vec!["sarcasm".to_owned()], expected));
    }

    #[test]
    fn rules_need_all_their_scores() {
        let (action, flags, reasons) = decided(&[("insult", Some(0.55)), ("sarcasm", Some(0.65))]);
        assert_eq!((action, flags), (Action::Hold, vec!["insult".to_owned(), "sarcasm".to_owned()]));
        assert_eq!(reasons, ["a sneer: insult .55 is above .50 and sarcasm .65 is above .60"]);
        assert_eq!(decided(&[("insult", Some(0.55)), ("sarcasm", Some(0.5))]).0, Action::Approve);
        assert_eq!(decided(&[("insult", Some(0.55)), ("sarcasm", None)]).0, Action::Approve);
        assert_eq!(decided(&[("insult", Some(0.55))]).0, Action::Approve);
        let (action, _, reasons) = decided(&[("insult", Some(0.7)), ("off_topic", Some(0.9))]);
        assert_eq!(action, Action::Reject);
        assert_eq!(reasons[1], "insult .70 is above .60 and off_topic .90 reaches .90: a rule rejects that");
    }

    #[test]
    fn nothing_judged_is_the_policys_matter() {
        let reasons = vec!["nothing in it could be judged".to_owned()];
        let nan = Some(f64::NAN);
        for scores in [&[][..], &[("insult", None)], &[("insult", nan), ("threat", Some(f64::INFINITY))]] {
            assert_eq!(decided(scores), (Action::Hold, vec![], reasons.clone()));
            assert_eq!(decided_with("", scores, Facts::default()), (Action::Approve, vec![], reasons.clone()));
        }
        assert_eq!(decided(&[("insult", None), ("threat", Some(0.0))]), (Action::Approve, vec![], vec![]));
        assert!(decided(&[("off_topic", None)]).2[0].contains("by an article or a thread"));
    }

    #[test]
    fn an_unknown_language_is_the_policys_matter() {
        let french = Facts { language: "fr", language_known: false };
        let reasons = vec!["the model does not know its language (fr)".to_owned()];
        let null = [("insult", None)];
        assert_eq!(decided_with(POLICY, &null, french), (Action::Hold, vec![], reasons.clone()));
        assert_eq!(decided_with("", &null, french), (Action::Approve, vec![], reasons.clone()));
        let judge = "[null]\nlanguage = \"judge\"\n[labels.insult]\nhold = 0.5";
        assert_eq!(decided_with(judge, &[("insult", Some(0.6))], french).0, Action::Hold);
        assert_eq!(decided_with(judge, &[("insult", Some(0.4))], french), (Action::Approve, vec![], vec![]));
        let some_judged = [("insult", None), ("off_topic", Some(0.1))];
        assert_eq!(decided_with(POLICY, &some_judged, french), (Action::Hold, vec![], reasons));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn decisions_are_total_and_never_milder_for_a_higher_score(
            scores in proptest::array::uniform4(proptest::option::of(proptest::num::f64::ANY)),
            low in 0.0..=1.0f64, more in 0.0..=1.0f64,
        ) {
            let policy = Policy::parse("test", POLICY).unwrap();
            let names = ["insult", "sarcasm", "threat", "off_topic"].map(|name| Label::new(name).unwrap());
            let mut scores: Vec<_> = names.into_iter().zip(scores).collect();
            let first = policy.decide(&scores, &Facts::default());
            prop_assert_eq!(&first, &policy.decide(&scores, &Facts::default()));
            prop_assert!(first.action == Action::Approve || !first.reasons.is_empty());
            scores[0].1 = Some(low);
            let mild = policy.decide(&scores, &Facts::default()).action;
            scores[0].1 = Some((low + more).min(1.0));
            prop_assert!(policy.decide(&scores, &Facts::default()).action >= mild);
        }
    }
}
