//! The JSON of Perspective's requests. Every field may be absent or null, as in all of Google's APIs, and has its name in
//! snake case too; names that do not exist are refused. As there, `"true"` is a truth value, `"0.5"` a number, and one
//! language a list of languages.

use super::super::json::{self, Object};
use super::fault::Fault;
use crate::extract::html_text;
use crate::text::echo::is_plain_text;
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, SeqAccess, Unexpected, Visitor};
use std::collections::BTreeMap;
use std::fmt;

/// A request of either call. Analysing and suggesting have most fields in common; what only the other has is refused by
/// [`Request::of`].
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Request {
    pub(super) comment: Option<Object<TextEntry>>,
    pub(super) context: Option<Object<Context>>,
    #[serde(alias = "requested_attributes", default, deserialize_with = "json::distinct")]
    pub(super) requested_attributes: Option<BTreeMap<String, Option<Object<Parameters>>>>,
    #[serde(alias = "span_annotations", default, deserialize_with = "truth")]
    pub(super) span_annotations: Option<bool>,
    // Analysing keeps nothing, whatever is said.
    #[serde(alias = "do_not_store", default, deserialize_with = "truth")]
    do_not_store: Option<bool>,
    #[serde(alias = "attribute_scores", default, deserialize_with = "json::distinct")]
    pub(super) attribute_scores: Option<BTreeMap<String, Object<AttributeScores>>>,
    #[serde(default, deserialize_with = "list")]
    pub(super) languages: Vec<String>,
    #[serde(alias = "client_token")]
    pub(super) client_token: Option<String>,
    // Read so that its type is checked.
    #[serde(alias = "session_id", rename = "sessionId")]
    _session_id: Option<String>,
    #[serde(alias = "community_id")]
    pub(super) community_id: Option<String>,
}

/// Which call a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    Analyze,
    Suggest,
}

impl Request {
    /// Reads a request for a call; no body at all is an empty request.
    ///
    /// # Errors
    /// When it is no JSON, has fields that the call has not, or what is repeated in the answer could not be.
    pub(super) fn of(call: Call, body: &[u8]) -> Result<Self, Fault> {
        if body.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        let Object(request): Object<Self> = json::read(body).map_err(|error| Fault::payload(&error))?;
        let foreign = [
            ("attributeScores", Call::Suggest, request.attribute_scores.is_some()),
            ("requestedAttributes", Call::Analyze, request.requested_attributes.is_some()),
            ("spanAnnotations", Call::Analyze, request.span_annotations.is_some()),
            ("doNotStore", Call::Analyze, request.do_not_store.is_some()),
        ];
        match foreign.iter().find(|(_, of, given)| *given && *of != call) {
            Some((name, ..)) => Err(Fault::unknown_name(name)),
            None => request.repeatable(),
        }
    }

    /// Refuses what an answer should not repeat.
    fn repeatable(self) -> Result<Self, Fault> {
        for (name, given) in [("client_token", &self.client_token), ("community_id", &self.community_id)] {
            let Some(given) = given else { continue };
            if given.len() > LONGEST_NAME {
                return Err(Fault::Invalid(format!("{name} is longer than {LONGEST_NAME} bytes; shorten it")));
            }
            if !is_plain_text(given, LONGEST_NAME) {
                let what = format!("{name} has characters that cannot be seen, as line breaks are; leave them out");
                return Err(Fault::Invalid(what));
            }
        }
        let is_tag = |tag: &String| is_plain_text(tag, LONGEST_LANGUAGE);
        if !self.languages.iter().all(is_tag) {
            let what = format!(
                "a language is a tag of at most {LONGEST_LANGUAGE} bytes without control characters, such as en"
            );
            return Err(Fault::Invalid(what));
        }
        Ok(self)
    }
}

/// More of a token or a community's name is no name.
const LONGEST_NAME: usize = 1024;
/// The longest tag of a language, in bytes; registered ones have at most 35.
const LONGEST_LANGUAGE: usize = 64;
/// The most languages of a request.
const MOST_LANGUAGES: usize = 64;
/// The longest address of a page that is looked for.
const LONGEST_URL: usize = 2048;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct TextEntry {
    text: Option<String>,
    r#type: Option<TextType>,
}

#[derive(Deserialize, Clone, Copy, Default, PartialEq, Eq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum TextType {
    #[default]
    #[serde(rename = "TEXT_TYPE_UNSPECIFIED")]
    Unspecified,
    PlainText,
    Html,
}

impl TextEntry {
    /// Returns the text as it was given; `None` for HTML, of which Perspective took no comments.
    pub(super) fn plain(self) -> Option<String> {
        (self.r#type != Some(TextType::Html)).then_some(self.text.unwrap_or_default())
    }

    /// Returns the text as a reader sees it.
    fn seen(self) -> String {
        let text = self.text.unwrap_or_default();
        if self.r#type == Some(TextType::Html) { html_text(&text) } else { text }
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Context {
    entries: Option<Vec<Object<TextEntry>>>,
    #[serde(alias = "article_and_parent_comment")]
    article_and_parent_comment: Option<Object<ArticleAndParentComment>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ArticleAndParentComment {
    article: Option<Object<TextEntry>>,
    #[serde(alias = "parent_comment")]
    parent_comment: Option<Object<TextEntry>>,
}

/// What a comment was written under.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Surroundings {
    pub(super) article: Option<String>,
    pub(super) parent: Option<String>,
    /// Texts around it whose order is not known.
    pub(super) entries: Vec<String>,
    /// Where the article is, which may have been told about.
    pub(super) page: Option<String>,
}

/// What a text of a context is.
enum Told {
    Nothing,
    Said(String),
    /// The address of a page.
    Page(String),
}

impl Told {
    /// Coral's entries are no texts but JSON objects about the comment, of which the page's address is of use. Others may
    /// give the address alone.
    fn read(entry: Object<TextEntry>) -> Self {
        #[derive(Deserialize)]
        struct About {
            url: String,
        }

        let text = entry.0.seen();
        let said = text.trim();
        let page = |url: &str| if url.len() > LONGEST_URL { Self::Nothing } else { Self::Page(url.to_owned()) };
        if said.is_empty() {
            return Self::Nothing;
        }
        if said.starts_with('{') {
            if let Ok(Object(About { url })) = serde_json::from_str(said) {
                return page(&url);
            }
            if serde_json::from_str::<IgnoredAny>(said).is_ok() {
                return Self::Nothing;
            }
        }
        let is_address =
            (said.starts_with("https://") || said.starts_with("http://")) && !said.contains(char::is_whitespace);
        if is_address { page(said) } else { Self::Said(text) }
    }
}

impl Context {
    /// Returns the texts; `None` where both kinds of context are given.
    pub(super) fn surroundings(self) -> Option<Surroundings> {
        let entries = self.entries.unwrap_or_default();
        let mut around = Surroundings::default();
        let Some(Object(both)) = self.article_and_parent_comment else {
            for entry in entries {
                match Told::read(entry) {
                    Told::Nothing => {}
                    Told::Said(text) => around.entries.push(text),
                    Told::Page(url) => around.page = around.page.or(Some(url)),
                }
            }
            return Some(around);
        };
        match both.article.map(Told::read) {
            Some(Told::Said(text)) => around.article = Some(text),
            Some(Told::Page(url)) => around.page = Some(url),
            Some(Told::Nothing) | None => {}
        }
        let parent = both.parent_comment.map(|Object(entry)| entry.seen());
        around.parent = parent.filter(|text| !text.trim().is_empty());
        entries.is_empty().then_some(around)
    }
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Parameters {
    #[serde(alias = "score_type")]
    pub(super) score_type: Option<ScoreType>,
    #[serde(alias = "score_threshold", default, deserialize_with = "number")]
    pub(super) score_threshold: Option<f64>,
}

#[derive(Deserialize, Clone, Copy, Default, Debug, PartialEq, Eq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum ScoreType {
    #[default]
    #[serde(rename = "SCORE_TYPE_UNSPECIFIED")]
    Unspecified,
    Probability,
    StdDevScore,
    Percentile,
    Raw,
}

impl ScoreType {
    /// Returns its name where gruff does not give such scores.
    pub(super) fn unsupported(self) -> Option<&'static str> {
        match self {
            Self::Unspecified | Self::Probability => None,
            Self::StdDevScore => Some("STD_DEV_SCORE"),
            Self::Percentile => Some("PERCENTILE"),
            Self::Raw => Some("RAW"),
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct AttributeScores {
    #[serde(alias = "summary_score")]
    pub(super) summary_score: Option<Object<Score>>,
    #[serde(alias = "span_scores", rename = "spanScores")]
    pub(super) _span_scores: Option<Vec<Object<SpanScore>>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct SpanScore {
    #[serde(rename = "begin")]
    _begin: Option<u32>,
    #[serde(rename = "end")]
    _end: Option<u32>,
    #[serde(rename = "score")]
    _score: Option<Object<Score>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Score {
    #[serde(default, deserialize_with = "number")]
    pub(super) value: Option<f64>,
    pub(super) r#type: Option<ScoreType>,
}

/// Reads `true`, or `"true"`.
fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    struct Truth;

    impl Visitor<'_> for Truth {
        type Value = Option<bool>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("true or false")
        }

        fn visit_unit<E>(self) -> Result<Option<bool>, E> {
            Ok(None)
        }

        fn visit_bool<E>(self, value: bool) -> Result<Option<bool>, E> {
            Ok(Some(value))
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Option<bool>, E> {
            text.parse().map(Some).map_err(|_| E::invalid_type(Unexpected::Str(text), &self))
        }
    }

    deserializer.deserialize_any(Truth)
}

/// Reads `0.5`, or `"0.5"`.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    struct Finite;

    impl Visitor<'_> for Finite {
        type Value = Option<f64>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a finite number")
        }

        fn visit_unit<E>(self) -> Result<Option<f64>, E> {
            Ok(None)
        }

        fn visit_i64<E>(self, value: i64) -> Result<Option<f64>, E> {
            Ok(Some(value as f64))
        }

        fn visit_u64<E>(self, value: u64) -> Result<Option<f64>, E> {
            Ok(Some(value as f64))
        }

        fn visit_f64<E: Error>(self, value: f64) -> Result<Option<f64>, E> {
            if value.is_finite() { Ok(Some(value)) } else { Err(E::invalid_value(Unexpected::Float(value), &self)) }
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Option<f64>, E> {
            let value = text.parse().map_err(|_| E::invalid_type(Unexpected::Str(text), &self))?;
            self.visit_f64(value)
        }
    }

    deserializer.deserialize_any(Finite)
}

/// Reads `["en"]`, or `"en"`.
fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    struct List;

    impl<'de> Visitor<'de> for List {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of languages, as [\"en\"]")
        }

        fn visit_unit<E>(self) -> Result<Vec<String>, E> {
            Ok(Vec::new())
        }

        fn visit_str<E>(self, one: &str) -> Result<Vec<String>, E> {
            Ok(vec![one.to_owned()])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut languages: A) -> Result<Vec<String>, A::Error> {
            let mut many = Vec::new();
            while let Some(language) = languages.next_element()? {
                many.push(language);
                // One too many is enough to refuse them all.
                if many.len() > MOST_LANGUAGES {
                    return Err(A::Error::custom(format_args!("give at most {MOST_LANGUAGES} languages")));
                }
            }
            Ok(many)
        }
    }

    deserializer.deserialize_any(List)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surroundings(json: &str) -> Option<Surroundings> {
        serde_json::from_str::<Context>(json).unwrap().surroundings()
    }

    #[test]
    fn context_is_one_of_two_kinds() {
        let article = r#"{"articleAndParentComment":{"article":{"text":"<p>The <b>bridge</b>","type":"HTML"},"parentComment":{"text":" "}}}"#;
        let expected = Surroundings { article: Some("The bridge".into()), ..Surroundings::default() };
        assert_eq!(surroundings(article), Some(expected));
        let entries = r#"{"entries":[{"text":"a"},{"text":""},{"text":"{\"url\":\"u\"}"},{"text":"{no json"}],"articleAndParentComment":null}"#;
        let expected = Surroundings {
            entries: vec!["a".into(), "{no json".into()],
            page: Some("u".into()),
            ..Surroundings::default()
        };
        assert_eq!(surroundings(entries), Some(expected));
        let page = |json: &str| surroundings(json).unwrap().page;
        assert_eq!(
            page(r#"{"entries":[{"text":" https://news.example/a "}]}"#).as_deref(),
            Some("https://news.example/a")
        );
        assert_eq!(page(r#"{"entries":[{"text":"https://news.example/a is a lie"},{"text":"{\"url\":5}"}]}"#), None);
        let article = r#"{"articleAndParentComment":{"article":{"text":"https://news.example/a"}}}"#;
        assert_eq!(page(article).as_deref(), Some("https://news.example/a"));
        assert_eq!(surroundings(r#"{"entries":[{"text":"a"}],"article_and_parent_comment":{}}"#), None);
        assert_eq!(surroundings("{}"), Some(Surroundings::default()));
    }

    #[test]
    fn both_kinds_of_names_are_read_and_no_others() {
        let read = |json: &str| Request::of(Call::Analyze, json.as_bytes());
        for right in [
            r#"{"requested_attributes":{"A":null},"do_not_store":true,"span_annotations":"true","languages":"en"}"#,
            r#"{"requestedAttributes":{"A":{"scoreThreshold":"0.5","scoreType":"RAW"}},"sessionId":"s","languages":[]}"#,
            r#"{"comment":null,"doNotStore":null,"languages":null,"clientToken":null}"#,
            " ",
        ] {
            assert!(read(right).is_ok(), "{right}");
        }
        let told = |body: &str| read(body).err().unwrap().answer().1["error"].take();
        for (wrong, field, message) in [
            (r#"{"langages":["en"]}"#, "", r#"Unknown name "langages": Cannot find field."#),
            (r#"{"attributeScores":{}}"#, "", r#"Unknown name "attributeScores": Cannot find field."#),
            (r#"{"comment":{"txt":"a"}}"#, "comment", r#"Unknown name "txt" at 'comment': Cannot find field."#),
            (r#"{"comment":"text"}"#, "comment", "Invalid value at 'comment': comment is a text; give an object"),
            (r#"{"comment":["text"]}"#, "comment", "Invalid value at 'comment': comment is a list; give an object"),
            (r#"{"comment":{"text":5}}"#, "comment.text", "comment.text is a number; give a text"),
            (r#"{"comment":{"type":1}}"#, "comment.type", "comment.type is no text; give one of the names"),
            (
                r#"{"requestedAttributes":{"A":{},"A":null}}"#,
                "requestedAttributes",
                r#"requestedAttributes: "A" stands twice; give it once"#,
            ),
            (
                r#"{"comment":{"type":"MARKDOWN"}}"#,
                "comment.type",
                r#"comment.type is "MARKDOWN"; give one of TEXT_TYPE_UNSPECIFIED, PLAIN_TEXT, HTML"#,
            ),
            (
                r#"{"context":{"entries":[["text"]]}}"#,
                "context.entries[0]",
                "context.entries[0] is a list; give an object",
            ),
            (
                r#"{"requestedAttributes":["TOXICITY"]}"#,
                "requestedAttributes",
                "requestedAttributes is a list; give an object",
            ),
            (r#"{"requestedAttributes":{"A":5}}"#, "requestedAttributes.A", "is a number; give an object"),
            (r#"{"requestedAttributes":{"A":["RAW"]}}"#, "requestedAttributes.A", "is a list; give an object"),
            (
                r#"{"requestedAttributes":{"A":{"scoreThreshold":"NaN"}}}"#,
                "requestedAttributes.A.scoreThreshold",
                "give a finite number",
            ),
            (r#"{"spanAnnotations":"yes"}"#, "spanAnnotations", "spanAnnotations is a text; give true or false"),
            (r#"{"languages":5}"#, "languages", "give a list of languages"),
            (r#"[{"text":"a"},null,{"TOXICITY":{}}]"#, "", "the body is a list; give an object"),
            ("{", "", "this is no JSON: EOF while parsing an object"),
        ] {
            let error = told(wrong);
            let message_told = error["message"].as_str().unwrap();
            assert!(message_told.starts_with("Invalid JSON payload received. "), "{wrong} {error}");
            assert!(message_told.contains(message), "{wrong} {error}");
            let violation = &error["details"][0]["fieldViolations"][0];
            assert_eq!(violation["field"].as_str().unwrap_or_default(), field, "{wrong} {error}");
            for internal in ["unknown field", "invalid type", "unknown variant", "missing field", "expected"] {
                assert!(!message_told.contains(internal), "{error}");
            }
        }
        assert!(Request::of(Call::Suggest, br#"{"attributeScores":{},"languages":["en"]}"#).is_ok());
        for foreign in [r#"{"doNotStore":true}"#, r#"{"requestedAttributes":{}}"#, r#"{"spanAnnotations":true}"#] {
            assert!(Request::of(Call::Suggest, foreign.as_bytes()).is_err(), "{foreign}");
        }
    }

    #[test]
    fn what_an_answer_repeats_has_bounds() {
        let fine = |body: &str| Request::of(Call::Analyze, body.as_bytes()).is_ok();
        let long = "x".repeat(1025);
        assert!(fine(r#"{"clientToken":"comment:7 é","languages":["zh-Hant-TW"]}"#));
        for wrong in [
            format!(r#"{{"clientToken":"{long}"}}"#),
            format!(r#"{{"communityId":"{long}"}}"#),
            r#"{"clientToken":"a\u001b[2J"}"#.to_owned(),
            format!(r#"{{"languages":["{long}"]}}"#),
            r#"{"languages":["e\u0000n"]}"#.to_owned(),
            format!(r#"{{"languages":[{}"en"]}}"#, "\"en\",".repeat(64)),
        ] {
            assert!(!fine(&wrong), "{wrong}");
            let told = Request::of(Call::Analyze, wrong.as_bytes()).err().unwrap().answer().1.to_string();
            assert!(!told.contains("xxx") && told.len() < 500, "{told}");
        }
    }
}
