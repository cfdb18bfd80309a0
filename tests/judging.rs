//! What holds for every judgement: finite scores, spans that slice the author's own words, independence of threads.

use gruff::policy::{Action, Policy};
use gruff::thread::{Comment, Row, Thread};
use gruff::{Judgement, Label, Moderator};
use proptest::prelude::*;
use std::sync::LazyLock;

static MODERATOR: LazyLock<Moderator> = LazyLock::new(|| Moderator::builtin().unwrap().explaining(true));

fn row(text: &str) -> Row {
    Row { text: text.into(), ..Row::default() }
}

fn judge(text: &str) -> Judgement {
    MODERATOR.judge_row(&row(text))
}

fn thread(texts: &[&str]) -> Thread {
    let comments = texts.iter().enumerate().map(|(at, text)| Comment {
        id: (at + 1).to_string(),
        text: (*text).to_owned(),
        parent: (at > 0).then(|| at.to_string()),
        ..Comment::default()
    });
    Thread {
        article: gruff::thread::Article { title: Some("Council votes on the bridge".into()), ..Default::default() },
        comments: comments.collect(),
        ..Thread::default()
    }
}

fn check(judgement: &Judgement, text: &str) -> Result<(), TestCaseError> {
    for (label, score) in &judgement.scores {
        if let Some(score) = score {
            prop_assert!(score.is_finite() && (0. ..=1.).contains(score), "{} {}", label, score);
        }
    }
    for evidence in judgement.evidence.iter().flatten() {
        prop_assert!(evidence.weight.is_finite());
        if let Some(span) = evidence.span {
            let slice = text.get(span.start..span.end);
            prop_assert!(slice.is_some_and(|slice| !slice.is_empty()), "{:?}", span);
            prop_assert_eq!(slice, evidence.text.as_deref());
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn every_score_is_finite_and_every_span_slices(text in "(\\PC|[\u{200b}\u{0}\u{301}]|idiot|f\\*\\*k|1d10t|i d i o t|іdіоt| ){0,40}") {
        check(&judge(&text), &text)?;
    }

    #[test]
    fn threads_of_anything_are_judged(texts in prop::collection::vec("\\PC{0,60}", 0..12)) {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let thread = thread(&texts);
        let judgements = MODERATOR.judge(&thread);
        prop_assert_eq!(judgements.len(), thread.comments.len());
        for (comment, judgement) in thread.comments.iter().zip(&judgements) {
            prop_assert_eq!(judgement.id.as_deref(), Some(comment.id.as_str()));
            check(judgement, &comment.text)?;
        }
    }
}

#[test]
fn scores_do_not_depend_on_the_number_of_threads() {
    let texts: Vec<String> =
        (0..1500).map(|at| format!("Comment {at} on the bridge, you {}.", ["fool", "see"][at % 2])).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let thread = thread(&texts);
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| MODERATOR.judge(&thread))
    };
    assert!(with(1) == with(7));
}

#[test]
fn a_respelled_insult_is_found_and_named() {
    for text in ["you 1d10t", "you i d i o t", "you іdіоt", "you id\u{200b}iot", "you idiooooot"] {
        let respelled = judge(text).score("insult").unwrap();
        let kind = judge("you baker").score("insult").unwrap();
        assert!(respelled > kind + 0.2, "{text:?} {respelled} {kind}");
    }
    let masked = judge("this sh##ty town");
    assert!(masked.score("profanity").unwrap() > 0.5, "{:?}", masked.scores);
    let evasion = masked.evidence.unwrap();
    let masked = evasion.iter().find(|evidence| evidence.name == Some("letters masked")).unwrap();
    assert_eq!(masked.text.as_deref(), Some("sh##ty"));
}

#[test]
fn innocent_look_alikes_are_not_held() {
    for text in [
        "Scunthorpe United drew at home.",
        "Charles Dickens wrote it in 1859.",
        "The cockpit of the 747-400.",
        "A classic analysis by the therapist.",
    ] {
        assert_eq!(judge(text).action, Action::Approve, "{text}");
    }
}

#[test]
fn what_cannot_be_judged_is_null() {
    for text in ["", "  \n", "🙂🙂", "!!!", "12 + 30"] {
        assert!(judge(text).scores.iter().all(|(_, score)| score.is_none()), "{text:?}");
    }
    let foreign = judge("Das ist doch wirklich eine Frechheit, was sich der Bürgermeister heute wieder geleistet hat.");
    assert_eq!(foreign.language, "de");
    assert!(foreign.scores.iter().all(|(_, score)| score.is_none()));
    assert_eq!(judge("You are all idiots.").score("off_topic"), None, "no article, no thread");
}

#[test]
fn a_site_s_own_base_rate_moves_the_scores() {
    let policy = |rate: f64| Policy::parse("test", &format!("[labels.insult]\nbase_rate = {rate}")).unwrap();
    let score = |rate| {
        let moderator = Moderator::builtin().unwrap().with_policy(policy(rate)).unwrap();
        moderator.judge_row(&row("You are not very clever.")).score("insult").unwrap()
    };
    assert!(score(0.5) > score(0.02));
}

#[test]
fn a_policy_or_a_wish_for_unknown_labels_is_refused() {
    let policy = Policy::parse("p.toml", "[labels.nonsense]\nhold = 0.5").unwrap();
    assert!(Moderator::builtin().unwrap().with_policy(policy).unwrap_err().to_string().contains("nonsense"));
    let error = Moderator::builtin().unwrap().with_labels(&[Label::new("nonsense").unwrap()]).unwrap_err();
    assert!(error.to_string().contains("its labels are"), "{error}");
    let only = Moderator::builtin().unwrap().with_labels(&[Label::new("insult").unwrap()]).unwrap();
    assert_eq!(only.judge_row(&row("hello there, all of you")).scores.len(), 1);
}

#[test]
fn ten_megabytes_are_judged_in_linear_time() {
    let text = "you absolute fool, i d i o t ".repeat(10_000_000 / 29);
    let started = std::time::Instant::now();
    let judgement = Moderator::builtin().unwrap().judge_row(&row(&text));
    assert!(judgement.score("insult").is_some());
    // A bound against quadratic time, not a benchmark.
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}
