//! Which key or column holds what: the usual names, and what one row says under them.

use super::Columns;
use super::cell::{Cell, CellSeed};
use crate::label::{self, Label};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use std::collections::BTreeSet;
use std::fmt;

/// What a key or column may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Text,
    Id,
    Labels,
    Article,
    Title,
    Thread,
    /// The text of the comment answered, or in an export its id.
    Parent,
    ParentId,
    Author,
    Date,
    /// What tells one thread of an export from another.
    Key,
    Community,
    /// What the platform calls its state.
    Status,
}

/// The usual names of each field, the better one first.
const NAMES: &[(Field, &[&str])] = &[
    (
        Field::Text,
        &["text", "comment_text", "comment_body", "comment_content", "comment", "body", "content", "message", "tweet"],
    ),
    (Field::Id, &["id", "comment_id", "row_id"]),
    (Field::Labels, &["labels"]),
    (Field::Article, &["article", "article_text"]),
    (Field::Title, &["title", "article_title", "headline"]),
    (Field::Thread, &["thread"]),
    (Field::Parent, &["parent", "parent_text"]),
    (
        Field::ParentId,
        &[
            "parent_id",
            "comment_parent",
            "parent_comment_id",
            "in_reply_to",
            "in_reply_to_id",
            "reply_to",
            "reply_to_id",
        ],
    ),
    (Field::Author, &["author", "author_name", "user_name", "username", "user", "comment_author", "by", "nickname"]),
    (
        Field::Date,
        &[
            "date",
            "created_at",
            "created",
            "created_utc",
            "comment_date",
            "date_created",
            "published_at",
            "posted_at",
            "published",
            "timestamp",
            "datetime",
            "time",
        ],
    ),
    (
        Field::Key,
        &[
            "thread_id",
            "article_id",
            "post_id",
            "page_id",
            "link_id",
            "story_id",
            "discussion_id",
            "topic_id",
            "article_url",
            "page_url",
            "url",
            "page",
            "link",
        ],
    ),
    (Field::Community, &["community"]),
    (
        Field::Status,
        &["status", "comment_status", "moderation_status", "comment_state", "state", "approved", "is_approved"],
    ),
];
const FIELDS: usize = NAMES.len();

/// The labels that a column or key of that plain name holds.
const PLAIN_LABELS: &[&str] = &[
    label::TOXICITY,
    label::SEVERE_TOXICITY,
    label::INSULT,
    label::PROFANITY,
    label::THREAT,
    label::IDENTITY_ATTACK,
    label::SARCASM,
    label::OFF_TOPIC,
    label::HOUSE,
];

/// What one key or column holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Slot {
    /// A field, and how good a name for it this is: 0 is best.
    Field(Field, u8),
    Label(Label),
    /// `labels.X` where X is no well-formed label.
    Malformed(String),
}

impl Columns {
    /// Says what the key or column `name` holds; `None` for one that is passed over.
    pub(super) fn slot(&self, name: &str) -> Option<Slot> {
        let name = name.trim();
        if let Some((field, _)) = self.named().into_iter().find(|(_, given)| given.as_deref() == Some(name)) {
            return Some(Slot::Field(field, 0));
        }
        if let Some(label) = self.mapped(name) {
            return Some(Slot::Label(label));
        }
        let plain = snake(name);
        for (field, names) in NAMES {
            let given = self.named().into_iter().any(|(other, given)| other == *field && given.is_some());
            if !given && let Some(rank) = names.iter().position(|known| *known == plain) {
                return Some(Slot::Field(*field, rank as u8));
            }
        }
        if let Some(key) = name.strip_prefix("labels.").or_else(|| name.strip_prefix("label.")) {
            return Some(match self.label(key) {
                Ok(label) => Slot::Label(label),
                Err(_) => Slot::Malformed(key.to_owned()),
            });
        }
        let label = Label::from_data_set(&plain).ok()?;
        PLAIN_LABELS.contains(&label.as_str()).then_some(Slot::Label(label))
    }

    /// The fields whose column the caller may name.
    pub(super) fn named(&self) -> [(Field, &Option<String>); 8] {
        [
            (Field::Text, &self.text),
            (Field::Id, &self.id),
            (Field::Author, &self.author),
            (Field::Date, &self.date),
            (Field::ParentId, &self.parent),
            (Field::Key, &self.thread),
            (Field::Title, &self.title),
            (Field::Status, &self.status),
        ]
    }

    /// The label that a key inside `labels` stands for.
    pub(super) fn label(&self, key: &str) -> crate::Result<Label> {
        match self.mapped(key) {
            Some(label) => Ok(label),
            None => Label::from_data_set(key),
        }
    }

    fn mapped(&self, name: &str) -> Option<Label> {
        self.labels.get(self.place(name)?).map(|(_, label)| label.clone())
    }

    /// Which of the caller's further columns `name` is.
    pub(super) fn kept_place(&self, name: &str) -> Option<usize> {
        self.kept.iter().position(|kept| kept == name.trim())
    }

    /// Which of the caller's label columns `name` is.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        let name = name.trim();
        let bare = name.strip_prefix("labels.").unwrap_or(name);
        let named = |key: &str| key == name || key.strip_prefix("labels.").unwrap_or(key) == bare;
        self.labels.iter().position(|(key, _)| named(key))
    }
}

/// `createdAt`, `Created At` and `created-at` as `created_at`.
fn snake(name: &str) -> String {
    let mut plain = String::with_capacity(name.len() + 4);
    let mut lower = false;
    for c in name.chars().take(80) {
        if c.is_ascii_uppercase() && lower {
            plain.push('_');
        }
        lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        plain.push(if c == ' ' || c == '-' { '_' } else { c.to_ascii_lowercase() });
    }
    plain
}

/// The keys or columns of known meaning seen so far, to tell when one stands twice.
#[derive(Default)]
pub(super) struct Known {
    names: u128,
    labels: BTreeSet<String>,
}

impl Known {
    /// Adds one; `false` where the same name was there before, in whatever case.
    pub(super) fn add(&mut self, slot: &Slot, name: &str) -> bool {
        match slot {
            Slot::Field(field, rank) => {
                let before = NAMES.get(..*field as usize).unwrap_or_default().iter().map(|(_, names)| names.len());
                let bit = 1u128.checked_shl(before.sum::<usize>() as u32 + u32::from(*rank)).unwrap_or_default();
                let new = self.names & bit == 0;
                self.names |= bit;
                new
            }
            Slot::Label(_) | Slot::Malformed(_) => self.labels.insert(name.to_owned()),
        }
    }
}

/// Labels that a row has at most.
pub(super) const MOST_LABELS: usize = 256;

/// What one row says.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields {
    values: [Option<(u8, Cell)>; FIELDS],
    /// The columns or keys that hold labels themselves, not inside `labels`.
    pub(super) labels: Vec<(Label, Cell)>,
    /// The first name like `labels.X` that is no label.
    pub(super) malformed: Option<String>,
    /// Whether it has more than [`MOST_LABELS`].
    pub(super) too_many_labels: bool,
    /// The first few names, for a sentence.
    pub(super) names: Vec<String>,
    /// Which of the caller's label columns the row has, by their place.
    pub(super) given: Vec<usize>,
    /// Whether there is a list of comments, as in a thread.
    pub(super) comments: bool,
    /// What the caller's further columns hold, by their place.
    pub(super) kept: Vec<(usize, Cell)>,
}

impl Fields {
    /// Keeps a value; of two for one field the one with the better name wins.
    pub(super) fn put(&mut self, slot: Slot, cell: Cell) {
        match slot {
            Slot::Field(field, rank) => {
                let place = self.values.get_mut(field as usize);
                if let Some(place) = place
                    && place.as_ref().is_none_or(|(other, old)| rank < *other || *old == Cell::Null)
                {
                    *place = Some((rank, cell));
                }
            }
            // Memory is bounded, and what is past the bound is told.
            Slot::Label(label) if self.labels.len() < MOST_LABELS => self.labels.push((label, cell)),
            Slot::Label(_) => self.too_many_labels = true,
            Slot::Malformed(key) => self.malformed = self.malformed.take().or(Some(key)),
        }
    }

    /// Keeps the value of one of the caller's further columns; of a key that stands twice the first.
    pub(super) fn keep(&mut self, place: Option<usize>, cell: &Cell) {
        if let Some(place) = place
            && self.kept.iter().all(|(known, _)| *known != place)
        {
            self.kept.push((place, cell.clone()));
        }
    }

    /// Takes what a field holds out.
    pub(super) fn take(&mut self, field: Field) -> Option<Cell> {
        self.values.get_mut(field as usize)?.take().map(|(_, cell)| cell)
    }

    /// Looks at what a field holds; a key with null is there.
    pub(super) fn get(&self, field: Field) -> Option<&Cell> {
        self.values.get(field as usize)?.as_ref().map(|(_, cell)| cell)
    }
}

/// Reads a JSON object as fields, passing over the keys that no row needs.
pub(super) struct FieldsSeed<'a>(pub(super) &'a Columns);

impl<'de> DeserializeSeed<'de> for FieldsSeed<'_> {
    type Value = Fields;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Fields, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for FieldsSeed<'_> {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Fields::default();
        let mut known = Known::default();
        while let Some(key) = map.next_key::<String>()? {
            let kept = self.0.kept_place(&key);
            match self.0.slot(&key) {
                Some(slot) if !known.add(&slot, &key) => {
                    return Err(A::Error::custom(format_args!("the key {key:?} stands twice")));
                }
                slot if slot.is_some() || kept.is_some() => {
                    let cell = map.next_value_seed(CellSeed { inner: false })?;
                    fields.keep(kept, &cell);
                    if let Some(slot) = slot {
                        fields.put(slot, cell);
                    }
                }
                _ if key == "comments" => {
                    fields.comments |= map.next_value_seed(CellSeed { inner: true })? == Cell::Other;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            // A key stands once, so that this stays as short as the caller's list.
            fields.given.extend(self.0.place(&key));
            if fields.names.len() < 12 {
                fields.names.push(key.chars().take(40).collect());
            }
        }
        Ok(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_recognised_in_any_case() {
        let columns = Columns::default();
        assert_eq!(columns.slot("createdAt"), Some(Slot::Field(Field::Date, 1)));
        assert_eq!(columns.slot("Comment Text"), Some(Slot::Field(Field::Text, 1)));
        assert_eq!(columns.slot("labels.obscene"), Some(Slot::Label(Label::new("profanity").unwrap())));
        assert_eq!(columns.slot("toxic"), Some(Slot::Label(Label::new("toxicity").unwrap())));
        assert_eq!(columns.slot("hostile"), None);
        assert_eq!(columns.slot("labels.two words"), Some(Slot::Malformed("two words".into())));
    }

    #[test]
    fn given_columns_come_before_the_usual_names() {
        let columns = Columns {
            text: Some("Review".into()),
            author: Some("Who".into()),
            labels: vec![("hostile".into(), Label::new("house").unwrap())],
            ..Columns::default()
        };
        assert_eq!((columns.slot("Who"), columns.slot("author")), (Some(Slot::Field(Field::Author, 0)), None));
        assert_eq!(columns.slot("text"), None);
        assert_eq!(columns.slot("Review"), Some(Slot::Field(Field::Text, 0)));
        assert_eq!(columns.slot("labels.hostile"), Some(Slot::Label(Label::new("house").unwrap())));
        assert_eq!(columns.label("hostile").unwrap().as_str(), "house");
    }
}
