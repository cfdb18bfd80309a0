//! One decision about one comment.

use crate::features::{Ngrams, RowMaker, SCHEME};
use crate::label::Label;
use crate::text::{Language, Normalized};
use sha2::{Digest, Sha256};
use std::time::{SystemTime, UNIX_EPOCH};

/// A decision about a comment: what was decided, and the comment's features, never its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When it arrived, in milliseconds since 1970.
    pub at: i64,
    /// By which protocol: `perspective`, `akismet` …
    pub protocol: String,
    /// Whose decision it is, as the client names itself.
    pub community: Option<String>,
    /// Which comment it is about: the client's token, or the SHA-256 of the text. A later event of the same community
    /// about the same comment takes the place of this one.
    pub subject: String,
    /// ISO 639-1 code of the comment's language, `und` where it cannot be told.
    pub language: String,
    /// 0 to 1 for each label that was decided.
    pub decisions: Vec<(Label, f64)>,
    /// What a model sees of the comment.
    pub features: Features,
}

/// A comment's sparse row, and the way it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Features {
    /// Names the way; rows of different ways cannot be learned together.
    pub scheme: String,
    /// The row.
    pub ngrams: Ngrams,
}

impl Event {
    /// Makes the event of a decision about `text` that arrives now. `token` is what the client calls the comment.
    pub fn now(
        protocol: &str,
        community: Option<String>,
        token: Option<String>,
        text: &str,
        decisions: Vec<(Label, f64)>,
    ) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            at: i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            protocol: protocol.to_owned(),
            community,
            subject: token.unwrap_or_else(|| digest(text)),
            language: Language::detect(text).code.to_owned(),
            decisions,
            features: Features {
                scheme: SCHEME.to_owned(),
                ngrams: RowMaker::default().make(text, &Normalized::new(text)).clone(),
            },
        }
    }
}

fn digest(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().fold("sha256:".to_owned(), |name, byte| name + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_knows_the_comment_by_its_features() {
        let insult = Label::new("insult").unwrap();
        let event = Event::now("perspective", None, None, "You utter walnut.", vec![(insult, 1.)]);
        assert_eq!(event.features.scheme, SCHEME);
        assert_eq!(
            &event.features.ngrams,
            RowMaker::default().make("You utter walnut.", &Normalized::new("You utter walnut."))
        );
        assert_eq!(event.subject.len(), "sha256:".len() + 64);
        assert!(!format!("{event:?}").contains("walnut"));
        let named = Event::now("perspective", None, Some("comment:7".into()), "You utter walnut.", Vec::new());
        assert_eq!(named.subject, "comment:7");
    }
}
