//! What Akismet is asked about a comment, and what it answers.

use super::content::Readings;
use super::form::Form;
use crate::label::{HOUSE, Label};
use crate::moderator::Judgement;
use crate::policy::Action;
use crate::store::Event;
use crate::thread::Row;

/// The author, and the e-mail address, by which clients test that spam is called spam.
const SPAM_AUTHORS: [&str; 2] = ["viagra-test-123", "akismet-guaranteed-spam"];
const SPAM_EMAIL: &str = "akismet-guaranteed-spam@example.com";

/// A call that lacks a field; its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lacking(pub(super) &'static str);

impl Lacking {
    /// Returns what the debugging header says.
    pub(super) fn help(&self) -> String {
        format!("Empty \"{}\" value", self.0)
    }
}

/// An answer to a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Hold or reject.
    pub(super) spam: bool,
    /// Reject.
    pub(super) discard: bool,
}

/// Returns a field that a call must have.
///
/// # Errors
/// When it is absent or blank.
pub(super) fn required(form: &Form, name: &'static str) -> Result<String, Lacking> {
    form.text(name).ok_or(Lacking(name))
}

/// Returns the comment that is to be checked; where it can be read in several ways, the others too.
///
/// # Errors
/// When what Akismet requires is not there.
pub(super) fn comment(form: &Form) -> Result<Vec<Row>, Lacking> {
    let community = Some(required(form, "blog")?);
    required(form, "user_ip")?;
    let Readings { text, others } = Readings::of(&form.text("comment_content").unwrap_or_default());
    let row = |text| Row { text, community: community.clone(), ..Row::default() };
    Ok(std::iter::once(text).chain(others).map(row).collect())
}

/// Returns the answer that Akismet's documentation promises to those who test their client.
pub(super) fn rehearsed(form: &Form) -> Option<Verdict> {
    let is = |name: &str, values: &[&str]| form.text(name).is_some_and(|given| values.contains(&given.trim()));
    if is("comment_author", &SPAM_AUTHORS) || is("comment_author_email", &[SPAM_EMAIL]) {
        return Some(Verdict { spam: true, discard: false });
    }
    is("user_role", &["administrator"]).then_some(Verdict { spam: false, discard: false })
}

/// Returns what the policy's decision is to Akismet's clients: of several ways to read a comment the worst counts.
pub(super) fn verdict(judgements: &[Judgement]) -> Verdict {
    Verdict {
        spam: judgements.iter().any(|judgement| judgement.action != Action::Approve),
        discard: judgements.iter().any(|judgement| judgement.action == Action::Reject),
    }
}

/// Returns what is kept of a moderator's correction; `None` where there is nothing to learn from.
///
/// # Errors
/// As [`comment`].
pub(super) fn correction(form: &Form, spam: bool) -> Result<Option<Event>, Lacking> {
    let row = comment(form)?.into_iter().next().unwrap_or_default();
    let decisions: Vec<(Label, f64)> = Label::new(HOUSE).map(|label| (label, f64::from(spam))).into_iter().collect();
    let worth = !row.text.is_empty() && !form.is_set("is_test");
    Ok(worth.then(|| Event::now("akismet", row.community, None, &row.text, decisions)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moderator::Moderator;

    fn judged(body: &str) -> Verdict {
        let rows = comment(&Form::read(body.as_bytes())).unwrap();
        let moderator = Moderator::builtin().unwrap();
        verdict(&rows.iter().map(|row| moderator.judge_row(row)).collect::<Vec<_>>())
    }

    fn content(written: &str) -> String {
        form_urlencoded::Serializer::new("blog=b&user_ip=i".to_owned()).append_pair("comment_content", written).finish()
    }

    #[test]
    fn markup_hides_no_insult() {
        for written in [
            "You utter <b>idiot</b>",
            "<p>You utter <b>idiot</b></p>",
            "You&nbsp;utter&nbsp;idiot",
            "You utter idi&shy;ot",
            "You utter idi<x>ot",
            "You utter <script>idiot</script>",
            "You utter <script>idi<x>ot</script>",
            "You utter idi<x\n>ot",
            "<![CDATA[You utter idiot]]>",
            "You utter <b title=\"> idiot",
            "Hello Ann <b you utter idiot",
        ] {
            assert!(judged(&content(written)).spam, "{written}");
        }
        for written in ["Thank you, <b>Ann</b>.", "5 < 6 & 7 > 3", "AT&T", "I <3 this <em>bridge</em>"] {
            assert!(!judged(&content(written)).spam, "{written}");
        }
    }

    #[test]
    fn spam_is_what_the_policy_does_not_approve() {
        let about = "blog=http%3A%2F%2Fb&user_ip=1.2.3.4&comment_content=";
        assert_eq!(judged(&format!("{about}Thank+you,+Ann.")), Verdict { spam: false, discard: false });
        assert_eq!(
            judged(&format!("{about}You+utter+idiot,+you+stupid+moron.")),
            Verdict { spam: true, discard: true }
        );
        assert_eq!(judged(about), Verdict { spam: false, discard: false });
    }

    #[test]
    fn what_is_missing_is_named() {
        let lacking = |body: &str| comment(&Form::read(body.as_bytes())).unwrap_err().help();
        assert_eq!(lacking("user_ip=1.2.3.4"), "Empty \"blog\" value");
        assert_eq!(lacking("blog=b&user_ip="), "Empty \"user_ip\" value");
    }

    #[test]
    fn clients_can_rehearse() {
        let spam = |body: &str| rehearsed(&Form::read(body.as_bytes())).map(|verdict| verdict.spam);
        assert_eq!(spam("comment_author=viagra-test-123"), Some(true));
        assert_eq!(spam("comment_author_email=akismet-guaranteed-spam%40example.com"), Some(true));
        assert_eq!(spam("user_role=administrator"), Some(false));
        assert_eq!(spam("comment_author=Ann"), None);
    }

    #[test]
    fn corrections_are_kept_unless_they_are_tests() {
        let event = |body: &str, spam| correction(&Form::read(body.as_bytes()), spam).unwrap();
        let kept = event("blog=b&user_ip=i&comment_content=text", true).unwrap();
        assert_eq!(kept.decisions, [(Label::new(HOUSE).unwrap(), 1.)]);
        assert_eq!(kept.community.as_deref(), Some("b"));
        assert_eq!(event("blog=b&user_ip=i&comment_content=text", false).unwrap().decisions[0].1, 0.);
        assert_eq!(event("blog=b&user_ip=i&comment_content=text&is_test=1", true), None);
        assert_eq!(event("blog=b&user_ip=i", true), None);
        let features = |written: &str| event(&content(written), true).unwrap().features;
        assert_eq!(features("<p>You utter <b>walnut</b></p>"), features("You utter walnut"));
        assert!(correction(&Form::read(b"blog=b"), true).is_err());
    }
}
