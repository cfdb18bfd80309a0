//! `comments:analyze`: from the request to the rows that are judged, and from their judgements to the answer.

use super::super::json::Object;
use super::answer::{Answer, AttributeScore, Score, SpanScore};
use super::attribute::Attribute;
use super::body::{Call, Context, Request, Surroundings, TextEntry};
use super::fault::Fault;
use crate::moderator::{Judgement, Moderator};
use crate::policy::UnknownLanguage;
use crate::span::Span;
use crate::text::echo::shown;
use crate::text::sentences;
use crate::thread::{Row, RowArticle};

/// Perspective's limit on a comment, in bytes.
const LONGEST: usize = 20_480;

/// What was asked about a comment.
#[derive(Debug)]
pub(super) struct Question {
    asked: Vec<Asked>,
    /// The comment in its context, and after it its sentences, each by itself, where their scores are wanted. One
    /// sentence has the score of the whole.
    rows: Vec<Row>,
    sentences: Vec<Span>,
    /// Where the article is.
    page: Option<String>,
    languages: Vec<String>,
    client_token: Option<String>,
}

#[derive(Debug)]
struct Asked {
    name: String,
    attribute: Attribute,
    threshold: Option<f64>,
}

impl Question {
    /// Reads a request.
    ///
    /// # Errors
    /// As Perspective has them.
    pub(super) fn read(body: &[u8], moderator: &Moderator) -> Result<Self, Fault> {
        let request = Request::of(Call::Analyze, body)?;
        let text = comment(request.comment)?;
        let surroundings = surroundings(request.context)?;
        let mut asked = Vec::new();
        for (name, parameters) in request.requested_attributes.unwrap_or_default() {
            let Some(attribute) = Attribute::named(&name, moderator) else { return Err(unknown(&name)) };
            let Object(parameters) = parameters.unwrap_or_default();
            if let Some(kind) = parameters.score_type.and_then(|kind| kind.unsupported()) {
                let sentence = format!("Requested score type {kind} is not supported by attribute {name}");
                return Err(Fault::Invalid(sentence));
            }
            asked.push(Asked { name, attribute, threshold: parameters.score_threshold });
        }
        let Some(first) = asked.first() else { return Err(Fault::NoRequestedAttributes) };
        let languages = request.languages;
        if !judges_one_of(&languages, moderator) {
            return Err(Fault::Language { attribute: first.name.clone(), languages });
        }
        let by_sentence =
            request.span_annotations == Some(true) && asked.iter().any(|asked| asked.attribute.has_sentences());
        let sentences = if by_sentence { sentences(&text) } else { Vec::new() };
        let mut rows = Vec::new();
        if sentences.len() > 1 {
            rows.extend(sentences.iter().map(|span| Row { text: span.slice(&text).to_owned(), ..Row::default() }));
        }
        let page = surroundings.page.clone();
        rows.insert(0, row(text, surroundings, request.community_id));
        Ok(Self { asked, rows, sentences, page, languages, client_token: request.client_token })
    }

    /// Returns the address of the article.
    pub(super) fn page(&self) -> Option<&str> {
        self.page.as_deref()
    }

    /// Returns what is to be judged.
    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Puts the judgements of [`Question::rows`] into Perspective's answer.
    ///
    /// What could not be judged has no score there, as what is below its threshold has none.
    pub(super) fn answer<'a>(&'a self, judgements: &[Judgement], moderator: &'a Moderator) -> Answer<'a> {
        let mut answer = Answer {
            attribute_scores: Vec::new(),
            languages: Vec::new(),
            detected_languages: ["und"],
            client_token: self.client_token.as_deref(),
        };
        let (Some((whole, parts)), Some(row)) = (judgements.split_first(), self.rows.first()) else { return answer };
        answer.languages = self.judged_as(whole, moderator);
        answer.detected_languages = [whole.language];
        let spans = utf16(&row.text, &self.sentences);
        let whole_span = Span::new(0, row.text.chars().map(char::len_utf16).sum());
        for Asked { name, attribute, threshold } in &self.asked {
            let Some(score) = attribute.score(whole, moderator) else { continue };
            if threshold.is_some_and(|threshold| score < threshold) {
                continue;
            }
            let span_scores = match spans.as_slice() {
                [only] if attribute.has_sentences() => vec![SpanScore::new(*only, score)],
                spans if attribute.has_sentences() && !spans.is_empty() => {
                    let judged = spans.iter().zip(parts);
                    let scored = judged.filter_map(|(span, part)| Some((*span, attribute.score(part, moderator)?)));
                    scored.map(|(span, score)| SpanScore::new(span, score)).collect()
                }
                _ => vec![SpanScore::new(whole_span, score)],
            };
            let summary_score = Score::probability(score);
            answer.attribute_scores.push((name, AttributeScore { span_scores, summary_score }));
        }
        answer
    }

    /// Returns the languages whose model judged.
    fn judged_as<'a>(&'a self, whole: &Judgement, moderator: &'a Moderator) -> Vec<&'a str> {
        let known = &moderator.model().card().languages;
        match known.first() {
            _ if !self.languages.is_empty() => self.languages.iter().map(String::as_str).collect(),
            Some(first) if whole.language == "und" => vec![first],
            _ => vec![whole.language],
        }
    }
}

/// Returns the comment that is to be judged.
pub(super) fn comment(entry: Option<Object<TextEntry>>) -> Result<String, Fault> {
    let only_plain = || Fault::Invalid("Currently, only 'PLAIN_TEXT' comments are supported".to_owned());
    let text = entry.unwrap_or_default().0.plain().ok_or_else(only_plain)?;
    if text.trim().is_empty() {
        return Err(Fault::CommentEmpty);
    }
    if text.len() > LONGEST { Err(Fault::CommentTooLong) } else { Ok(text) }
}

pub(super) fn unknown(name: &str) -> Fault {
    Fault::Invalid(format!("Unknown requested attribute: {}", shown(name, 64)))
}

pub(super) fn surroundings(context: Option<Object<Context>>) -> Result<Surroundings, Fault> {
    let both = "Context can have either entries or article_and_parent_comment, but both fields were populated.";
    context.unwrap_or_default().0.surroundings().ok_or_else(|| Fault::Invalid(both.to_owned()))
}

fn row(text: String, surroundings: Surroundings, community: Option<String>) -> Row {
    let Surroundings { article, parent, entries, .. } = surroundings;
    Row {
        text,
        article: article.map(RowArticle::Text),
        // What is answered belongs to the topic.
        thread: entries.into_iter().chain(parent.clone()).collect(),
        parent,
        community,
        ..Row::default()
    }
}

/// Whether the model judges one of the languages that the caller names; a caller who names none leaves it to us.
fn judges_one_of(languages: &[String], moderator: &Moderator) -> bool {
    let known = &moderator.model().card().languages;
    let is_known = |tag: &String| {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        known.iter().any(|known| known.eq_ignore_ascii_case(primary))
    };
    languages.is_empty()
        || known.is_empty()
        || moderator.policy().unknown_language() == UnknownLanguage::Judge
        || languages.iter().any(is_known)
}

/// Counts ordered spans in UTF-16 code units, in one pass.
fn utf16(text: &str, spans: &[Span]) -> Vec<Span> {
    let (mut at, mut units) = (0, 0);
    let mut count_to = |end: usize| {
        units += text.get(at..end).unwrap_or_default().chars().map(char::len_utf16).sum::<usize>();
        at = end;
        units
    };
    spans
        .iter()
        .map(|span| {
            let start = count_to(span.start);
            Span::new(start, count_to(span.end))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;
    use serde_json::{Value, json};

    fn moderator() -> Moderator {
        Moderator::builtin().unwrap()
    }

    fn asked_of(moderator: &Moderator, body: &Value) -> Value {
        match Question::read(body.to_string().as_bytes(), moderator) {
            Ok(question) => {
                let judgements = moderator.judge_rows(question.rows());
                serde_json::to_value(question.answer(&judgements, moderator)).unwrap()
            }
            Err(fault) => fault.answer().1,
        }
    }

    fn ask(body: &Value) -> Value {
        asked_of(&moderator(), body)
    }

    #[test]
    fn the_answer_has_perspectives_shape() {
        let answer = ask(&json!({
            "comment": {"text": "What an utter idiot."}, "requestedAttributes": {"TOXICITY": {}, "INSULT_EXPERIMENTAL": null},
            "languages": ["en-US"], "doNotStore": true, "clientToken": "opaque", "sessionId": "s", "communityId": "c",
        }));
        let toxicity = &answer["attributeScores"]["TOXICITY"];
        let value = &toxicity["summaryScore"]["value"];
        assert!(value.as_f64().unwrap() > 0.9, "{answer}");
        assert_eq!(toxicity["summaryScore"]["type"], "PROBABILITY");
        let span = json!({"begin": 0, "end": 20, "score": {"value": value, "type": "PROBABILITY"}});
        assert_eq!(toxicity["spanScores"], json!([span]));
        assert_eq!(answer["attributeScores"].as_object().unwrap().len(), 2);
        assert_eq!((&answer["languages"], &answer["detectedLanguages"]), (&json!(["en-US"]), &json!(["en"])));
        assert_eq!(answer["clientToken"], "opaque");
    }

    #[test]
    fn spans_are_sentences_in_utf16() {
        let text = "😀 Lovely idea, thank you. You stupid idiot! 👎";
        let answer = ask(&json!({
            "comment": {"text": text}, "spanAnnotations": true, "context": {"entries": [{"text": "The old bridge."}]},
            "requestedAttributes": {"INSULT": {}, "OFF_TOPIC": {}},
        }));
        let units: Vec<u16> = text.encode_utf16().collect();
        let piece = |span: &Value| {
            let at = |key: &str| usize::try_from(span[key].as_u64().unwrap()).unwrap();
            String::from_utf16(&units[at("begin")..at("end")]).unwrap()
        };
        let spans = answer["attributeScores"]["INSULT"]["spanScores"].as_array().unwrap();
        assert_eq!(piece(&spans[0]), "😀 Lovely idea, thank you.");
        assert_eq!(piece(&spans[1]), "You stupid idiot! 👎");
        let score = |span: &Value| span["score"]["value"].as_f64().unwrap();
        assert!(score(&spans[0]) < 0.5 && score(&spans[1]) > 0.9, "{answer}");
        let whole = answer["attributeScores"]["OFF_TOPIC"]["spanScores"].as_array().unwrap();
        assert_eq!((whole.len(), piece(&whole[0])), (1, text.to_owned()));
    }

    #[test]
    fn what_is_below_its_threshold_is_left_out() {
        let body = |threshold: f64| json!({"comment": {"text": "Thank you, Ann."}, "requestedAttributes": {"TOXICITY": {"scoreThreshold": threshold}}});
        assert_eq!(ask(&body(0.9))["attributeScores"], json!({}));
        assert!(ask(&body(0.0))["attributeScores"]["TOXICITY"].is_object());
    }

    #[test]
    fn off_topic_needs_a_context() {
        let body = |context: Value| {
            json!({"comment": {"text": "My cousin earns 900 dollars a day trading coins from home."},
            "context": context, "requestedAttributes": {"OFF_TOPIC": {}, "TOXICITY": {}}})
        };
        let score =
            |context: Value| ask(&body(context))["attributeScores"]["OFF_TOPIC"]["summaryScore"]["value"].as_f64();
        assert_eq!(score(Value::Null), None);
        let coral = json!({"entries": [{"text": "{\"url\":\"https://example.com/a\"}"}]});
        assert_eq!(score(coral), None);
        let article =
            |text: &str| json!({"articleAndParentComment": {"article": {"text": text, "type": "PLAIN_TEXT"}}});
        let bridge =
            score(article("The council closed the bridge over the river because two of its piers are cracked."))
                .unwrap();
        let coins = score(article("How people earn hundreds of dollars a day trading coins from home.")).unwrap();
        assert!(bridge > coins, "{bridge} {coins}");
    }

    #[test]
    fn what_cannot_be_judged_has_no_score() {
        let answer = ask(&json!({"comment": {"text": "👍👍"}, "requestedAttributes": {"TOXICITY": {}}}));
        assert_eq!(answer, json!({"attributeScores": {}, "languages": ["en"], "detectedLanguages": ["und"]}));
        let french = json!({"comment": {"text": "Je ne comprends pas pourquoi le conseil a fermé ce pont, c'est une honte."},
            "requestedAttributes": {"TOXICITY": {}, "SARCASM": {}}, "spanAnnotations": true});
        let answer = ask(&french);
        assert_eq!(answer, json!({"attributeScores": {}, "languages": ["fr"], "detectedLanguages": ["fr"]}));
        let anyway = moderator().with_policy(Policy::parse("p", "[null]\nlanguage = \"judge\"").unwrap()).unwrap();
        assert_eq!(asked_of(&anyway, &french)["attributeScores"].as_object().unwrap().len(), 2);
        let mut german = french;
        german["languages"] = json!(["de"]);
        assert_eq!(ask(&german)["error"]["message"], "Attribute SARCASM does not support request languages: de");
        assert!(asked_of(&anyway, &german)["attributeScores"]["SARCASM"].is_object());
    }

    #[test]
    fn errors_are_perspectives() {
        let plain = json!({"text": "a"});
        let one = json!({"TOXICITY": {}});
        let cases = [
            (json!({}), "COMMENT_EMPTY", "Comment must be non-empty."),
            (
                json!({"comment": {"text": " \n"}, "requestedAttributes": one}),
                "COMMENT_EMPTY",
                "Comment must be non-empty.",
            ),
            (
                json!({"comment": {"text": "é".repeat(10_241)}, "requestedAttributes": one}),
                "COMMENT_TOO_LONG",
                "Comment text too long.",
            ),
            (json!({"comment": plain}), "NO_REQUESTED_ATTRIBUTES", "Missing requested_attributes"),
            (
                json!({"comment": plain, "requestedAttributes": {}}),
                "NO_REQUESTED_ATTRIBUTES",
                "Missing requested_attributes",
            ),
            (
                json!({"comment": plain, "requestedAttributes": {"FLIRTATION": {}}}),
                "INVALID_REQUEST",
                "Unknown requested attribute: FLIRTATION",
            ),
            (
                json!({"comment": plain, "requestedAttributes": {"INSULT": {"scoreType": "RAW"}}}),
                "INVALID_REQUEST",
                "Requested score type RAW is not supported by attribute INSULT",
            ),
            (
                json!({"comment": {"text": "<b>a</b>", "type": "HTML"}, "requestedAttributes": one}),
                "INVALID_REQUEST",
                "Currently, only 'PLAIN_TEXT' comments are supported",
            ),
            (
                json!({"comment": plain, "requestedAttributes": one, "context": {"entries": [{"text": "a"}], "articleAndParentComment": {}}}),
                "INVALID_REQUEST",
                "Context can have either entries or article_and_parent_comment, but both fields were populated.",
            ),
        ];
        for (body, kind, message) in cases {
            let error = &ask(&body)["error"];
            assert_eq!((&error["details"][0]["errorType"], &error["message"]), (&json!(kind), &json!(message)));
            assert_eq!((&error["code"], &error["status"]), (&json!(400), &json!("INVALID_ARGUMENT")));
        }
        assert_eq!(Question::read(b" ", &moderator()).unwrap_err(), Fault::CommentEmpty);
        for broken in [
            &b"{"[..],
            b"\xff",
            b"[]",
            br#"[{"text":"a"},null,{"TOXICITY":{}}]"#,
            b"5",
            br#"{"coment":{}}"#,
            br#"{"comment":{"text":"a"},"comment":{"text":"b"}}"#,
        ] {
            let fault = Question::read(broken, &moderator()).unwrap_err();
            let message = fault.answer().1["error"]["message"].as_str().unwrap().to_owned();
            assert!(message.starts_with("Invalid JSON payload received. "), "{message}");
        }
    }
}
