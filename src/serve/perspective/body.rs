//! The JSON of Perspective's requests. Every field may be absent or null, as in all of Google's APIs, and has its name in
//! snake case too; names that do not exist are refused. As there, `"true"` is a truth value, `"0.5"` a number, and one
//! language a list of languages.

use crate::extract::html_text;
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny};
use std::collections::BTreeMap;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "camelCase", expecting = "an AnalyzeCommentRequest")]
pub(super) struct Analyze {
    pub(super) comment: Option<TextEntry>,
    pub(super) context: Option<Context>,
    #[serde(alias = "requested_attributes")]
    pub(super) requested_attributes: Option<BTreeMap<String, Option<Parameters>>>,
    #[serde(alias = "span_annotations", default, deserialize_with = "truth")]
    pub(super) span_annotations: Option<bool>,
    #[serde(default, deserialize_with = "list")]
    pub(super) languages: Vec<String>,
    // What follows is read so that its type is checked; analysing keeps nothing, whatever is said.
    #[serde(alias = "do_not_store", rename = "doNotStore", default, deserialize_with = "truth")]
    pub(super) _do_not_store: Option<bool>,
    #[serde(alias = "client_token")]
    pub(super) client_token: Option<String>,
    #[serde(alias = "session_id", rename = "sessionId")]
    pub(super) _session_id: Option<String>,
    #[serde(alias = "community_id")]
    pub(super) community_id: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "camelCase", expecting = "a SuggestCommentScoreRequest")]
pub(super) struct Suggest {
    pub(super) comment: Option<TextEntry>,
    pub(super) context: Option<Context>,
    #[serde(alias = "attribute_scores")]
    pub(super) attribute_scores: Option<BTreeMap<String, AttributeScores>>,
    #[serde(default, deserialize_with = "list")]
    pub(super) languages: Vec<String>,
    #[serde(alias = "client_token")]
    pub(super) client_token: Option<String>,
    #[serde(alias = "session_id", rename = "sessionId")]
    pub(super) _session_id: Option<String>,
    #[serde(alias = "community_id")]
    pub(super) community_id: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, expecting = "a TextEntry")]
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
#[serde(deny_unknown_fields, rename_all = "camelCase", expecting = "a Context")]
pub(super) struct Context {
    entries: Option<Vec<TextEntry>>,
    #[serde(alias = "article_and_parent_comment")]
    article_and_parent_comment: Option<ArticleAndParentComment>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "camelCase", expecting = "an ArticleAndParentComment")]
struct ArticleAndParentComment {
    article: Option<TextEntry>,
    #[serde(alias = "parent_comment")]
    parent_comment: Option<TextEntry>,
}

/// What a comment was written under.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Surroundings {
    pub(super) article: Option<String>,
    pub(super) parent: Option<String>,
    /// Texts around it whose order is not known.
    pub(super) entries: Vec<String>,
}

impl Context {
    /// Returns the texts; `None` where both kinds of context are given.
    ///
    /// Coral's entries are no texts but JSON objects about the comment: they are left out.
    pub(super) fn surroundings(self) -> Option<Surroundings> {
        let entries = self.entries.unwrap_or_default();
        let Some(both) = self.article_and_parent_comment else {
            let about =
                |text: &String| text.trim_start().starts_with('{') && serde_json::from_str::<IgnoredAny>(text).is_ok();
            let said = |text: &String| !text.trim().is_empty() && !about(text);
            let entries = entries.into_iter().map(TextEntry::seen).filter(said).collect();
            return Some(Surroundings { entries, ..Surroundings::default() });
        };
        let text = |entry: Option<TextEntry>| entry.map(TextEntry::seen).filter(|text| !text.trim().is_empty());
        entries.is_empty().then(|| Surroundings {
            article: text(both.article),
            parent: text(both.parent_comment),
            entries: Vec::new(),
        })
    }
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(deny_unknown_fields, rename_all = "camelCase", expecting = "AttributeParameters")]
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
#[serde(deny_unknown_fields, rename_all = "camelCase", expecting = "AttributeScores")]
pub(super) struct AttributeScores {
    #[serde(alias = "summary_score")]
    pub(super) summary_score: Option<Score>,
    #[serde(alias = "span_scores", rename = "spanScores")]
    pub(super) _span_scores: Option<Vec<SpanScore>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, expecting = "a SpanScore")]
pub(super) struct SpanScore {
    #[serde(rename = "begin")]
    _begin: Option<u32>,
    #[serde(rename = "end")]
    _end: Option<u32>,
    #[serde(rename = "score")]
    _score: Option<Score>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, expecting = "a Score")]
pub(super) struct Score {
    #[serde(default, deserialize_with = "number")]
    pub(super) value: Option<f64>,
    pub(super) r#type: Option<ScoreType>,
}

/// A value, or its text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written<T> {
    Plain(T),
    Text(String),
}

fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    match Option::<Written<bool>>::deserialize(deserializer) {
        Ok(None) => Ok(None),
        Ok(Some(Written::Plain(value))) => Ok(Some(value)),
        Ok(Some(Written::Text(text))) if matches!(text.as_str(), "true" | "false") => Ok(Some(text == "true")),
        _ => Err(D::Error::custom("a truth value is true or false")),
    }
}

fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let value = match Option::<Written<f64>>::deserialize(deserializer) {
        Ok(None) => return Ok(None),
        Ok(Some(Written::Plain(value))) => Some(value),
        Ok(Some(Written::Text(text))) => text.parse().ok(),
        Err(_) => None,
    };
    value.filter(|value: &f64| value.is_finite()).map(Some).ok_or_else(|| D::Error::custom("a score is a number"))
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a list of languages")]
enum List {
    One(String),
    Many(Vec<String>),
}

fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(match Option::<List>::deserialize(deserializer)? {
        None => Vec::new(),
        Some(List::One(one)) => vec![one],
        Some(List::Many(many)) => many,
    })
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
        let expected = Surroundings { entries: vec!["a".into(), "{no json".into()], ..Surroundings::default() };
        assert_eq!(surroundings(entries), Some(expected));
        assert_eq!(surroundings(r#"{"entries":[{"text":"a"}],"article_and_parent_comment":{}}"#), None);
        assert_eq!(surroundings("{}"), Some(Surroundings::default()));
    }

    #[test]
    fn both_kinds_of_names_are_read_and_no_others() {
        let read = |json: &str| serde_json::from_str::<Analyze>(json).is_ok();
        for right in [
            r#"{"requested_attributes":{"A":null},"do_not_store":true,"span_annotations":"true","languages":"en"}"#,
            r#"{"requestedAttributes":{"A":{"scoreThreshold":"0.5","scoreType":"RAW"}},"sessionId":"s","languages":[]}"#,
            r#"{"comment":null,"doNotStore":null,"languages":null,"clientToken":null}"#,
        ] {
            assert!(read(right), "{right}");
        }
        for wrong in [
            r#"{"langages":["en"]}"#,
            r#"{"comment":"text"}"#,
            r#"{"comment":{"text":5}}"#,
            r#"{"comment":{"type":"MARKDOWN"}}"#,
            r#"{"requestedAttributes":["TOXICITY"]}"#,
            r#"{"requestedAttributes":{"A":5}}"#,
            r#"{"requestedAttributes":{"A":{"scoreThreshold":"NaN"}}}"#,
            r#"{"spanAnnotations":"yes"}"#,
            r#"{"languages":5}"#,
        ] {
            assert!(!read(wrong), "{wrong}");
        }
    }
}
