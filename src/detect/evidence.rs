//! Why a score is what it is.

use crate::label::Label;
use crate::span::Span;
use serde::{Serialize, Serializer};

/// One piece of evidence.
#[derive(Clone, PartialEq, Serialize)]
pub struct Evidence {
    /// The label it speaks for.
    pub label: Label,
    /// What sort of evidence it is.
    pub kind: EvidenceKind,
    /// The cue, trick or measure by name; words have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'static str>,
    /// Where it stands in the comment; evidence of the whole comment has none.
    #[serde(flatten, serialize_with = "flat_span")]
    pub span: Option<Span>,
    /// The author's own words there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Its share of the score, in log-odds: above 0 speaks for the label, below against.
    pub weight: f64,
}

/// The sorts of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EvidenceKind {
    /// Words and pieces of words.
    Words,
    /// A stylistic cue.
    Cue,
    /// A trick of spelling.
    Evasion,
    /// Nearness to the article and thread.
    Topic,
}

impl std::fmt::Debug for Evidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Evidence")
            .field("label", &self.label)
            .field("kind", &self.kind)
            .field("name", &self.name)
            .field("span", &self.span)
            .field("weight", &self.weight)
            .finish_non_exhaustive()
    }
}

fn flat_span<S: Serializer>(span: &Option<Span>, serializer: S) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeMap;
    let mut map = serializer.serialize_map(None)?;
    if let Some(span) = span {
        map.serialize_entry("start", &span.start)?;
        map.serialize_entry("end", &span.end)?;
    }
    map.end()
}
