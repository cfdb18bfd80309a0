//! From judgements to OpenAI's thirteen categories.

use crate::label::{IDENTITY_ATTACK, INSULT, THREAT, TOXICITY};
use crate::moderator::{Judgement, Moderator};
use crate::policy::Action;
use serde_json::{Map, Value, json};

/// The categories, and the labels whose highest score answers for them: none for what gruff does not judge.
const CATEGORIES: [(&str, &[&str]); 13] = [
    ("harassment", &[TOXICITY, INSULT]),
    ("harassment/threatening", &[THREAT]),
    ("hate", &[IDENTITY_ATTACK]),
    ("hate/threatening", &[]),
    ("illicit", &[]),
    ("illicit/violent", &[]),
    ("self-harm", &[]),
    ("self-harm/instructions", &[]),
    ("self-harm/intent", &[]),
    ("sexual", &[]),
    ("sexual/minors", &[]),
    ("violence", &[]),
    ("violence/graphic", &[]),
];

/// Returns the answer: a result for each judgement.
pub(super) fn answer(judgements: &[Judgement], moderator: &Moderator) -> Value {
    let results: Vec<Value> = judgements.iter().map(|judgement| result(judgement, moderator)).collect();
    json!({
        "id": format!("modr-{}", uuid::Uuid::new_v4().simple()),
        "model": model(moderator),
        "results": results,
    })
}

/// Names the model, and what it judges, so that a 0 for anything else is not taken for a judgement.
fn model(moderator: &Moderator) -> String {
    let judged =
        |labels: &[&str]| labels.iter().any(|label| moderator.labels().iter().any(|known| known.as_str() == *label));
    let judged: Vec<&str> = CATEGORIES.iter().filter(|(_, labels)| judged(labels)).map(|(name, _)| *name).collect();
    format!("{}: judges only {}", moderator.model().card().name, judged.join(", "))
}

/// A category is true when the policy acts on the score of one of its labels. What was not judged is 0 and applies to
/// no input.
fn result(judgement: &Judgement, moderator: &Moderator) -> Value {
    let (mut categories, mut scores, mut applied) = (Map::new(), Map::new(), Map::new());
    let acted_on =
        |label: &str| moderator.policy().acts_on(label) && judgement.flags.iter().any(|flag| flag.as_str() == label);
    for (name, labels) in CATEGORIES {
        let score = labels.iter().filter_map(|label| judgement.score(label)).max_by(f64::total_cmp);
        categories.insert(name.to_owned(), json!(labels.iter().copied().any(acted_on)));
        applied.insert(name.to_owned(), if score.is_some() { json!(["text"]) } else { json!([]) });
        scores.insert(name.to_owned(), json!(score.unwrap_or(0.)));
    }
    json!({
        "flagged": judgement.action != Action::Approve,
        "categories": categories,
        "category_scores": scores,
        "category_applied_input_types": applied,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::thread::Row;

    fn judged(text: &str) -> Value {
        let moderator = Moderator::builtin().unwrap();
        let judgement = moderator.judge_row(&Row { text: text.into(), ..Row::default() });
        answer(&[judgement], &moderator)
    }

    #[test]
    fn the_answer_has_openais_shape() {
        let answer = judged("You are an utter idiot, a moron and a stupid fool.");
        let result = &answer["results"][0];
        assert_eq!((&result["flagged"], &result["categories"]["harassment"]), (&json!(true), &json!(true)), "{answer}");
        assert!(result["category_scores"]["harassment"].as_f64().unwrap() > 0.9);
        assert_eq!(result["category_applied_input_types"]["harassment"], json!(["text"]));
        assert_eq!(
            (&result["category_scores"]["sexual"], &result["categories"]["sexual"]),
            (&json!(0.), &json!(false))
        );
        assert_eq!(result["category_applied_input_types"]["sexual"], json!([]));
        for key in ["categories", "category_scores", "category_applied_input_types"] {
            assert_eq!(result[key].as_object().unwrap().len(), 13);
        }
        assert!(answer["id"].as_str().unwrap().starts_with("modr-"));
        let model = answer["model"].as_str().unwrap();
        assert!(model.ends_with(": judges only harassment, harassment/threatening, hate"), "{model}");
    }

    #[test]
    fn what_could_not_be_judged_applies_to_nothing() {
        let result = &judged("👍")["results"][0];
        assert_eq!(result["flagged"], json!(false));
        assert_eq!(result["category_scores"]["harassment"], json!(0.));
        assert_eq!(result["category_applied_input_types"]["harassment"], json!([]));
    }
}
