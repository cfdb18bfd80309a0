//! One row of JSON by itself, read as a row of a file is, for programs and servers that are handed rows one by one.

use super::Columns;
use super::cell::Cell;
use super::fields::{Field, Fields, FieldsSeed};
use super::{halves, rows};
use crate::thread::Row;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use std::fmt;

/// A row to be judged. Its id may be a number and is `None` where there is none; its labels are not looked at.
///
/// Deserializing fails with a sentence for a missing text, a NUL character, and values of another kind than the field
/// takes.
#[derive(Debug, Clone, PartialEq)]
pub struct SingleRow(pub Row);

impl SingleRow {
    /// Reads one object; halves of surrogate pairs are read as U+FFFD.
    ///
    /// # Errors
    /// When it is no JSON, or no row.
    pub fn parse(json: &str) -> serde_json::Result<Self> {
        serde_json::from_str(json).or_else(|error| match halves::mended(json.as_bytes()) {
            Some(mended) => serde_json::from_slice(&mended),
            None => Err(error),
        })
    }
}

impl<'de> Deserialize<'de> for SingleRow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(SingleRowVisitor)
    }
}

struct SingleRowVisitor;

impl<'de> Visitor<'de> for SingleRowVisitor {
    type Value = SingleRow;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row like {\"text\": \"…\"}")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SingleRow, A::Error> {
        let columns = Columns { wanted: Some(Vec::new()), ..Columns::default() };
        let fields = FieldsSeed(&columns).visit_map(map)?;
        if matches!(fields.get(Field::Text), None | Some(Cell::Null)) {
            let names = rows::listed(&fields.names);
            return Err(A::Error::custom(format_args!("the row has no text (it has {names}); give it as \"text\"")));
        }
        heard(&fields).map_err(A::Error::custom)?;
        let has_id = matches!(fields.get(Field::Id), Some(Cell::Text(_) | Cell::Number(_) | Cell::Bool(_)));
        let row = rows::row(fields, &columns, 0).map_err(A::Error::custom)?;
        Ok(SingleRow(Row { id: row.id.filter(|_| has_id), ..row }))
    }
}

/// Refuses what files of rows may have, where it means another thing, and whoever hands over one row did not mean: the row
/// would be judged as if nothing stood above it.
fn heard(fields: &Fields) -> Result<(), &'static str> {
    if matches!(fields.get(Field::Parent), Some(Cell::Number(_))) {
        return Err(
            "the parent is a number, not a text; give the text of the comment that is answered, or leave it out",
        );
    }
    let parts = ["title", "text", "author", "date"];
    match fields.get(Field::Article) {
        Some(Cell::Object(given))
            if !given.is_empty() && !given.iter().any(|(name, _)| parts.contains(&name.as_str())) =>
        {
            Err(
                "the article has neither title nor text; give {\"title\": \"…\", \"text\": \"…\"} or its text alone, or leave it out",
            )
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Row, String> {
        SingleRow::parse(json).map(|SingleRow(row)| row).map_err(|error| error.to_string())
    }

    #[test]
    fn ids_may_be_numbers_or_absent() {
        assert_eq!(read(r#"{"id":5,"text":"a"}"#).unwrap().id.as_deref(), Some("5"));
        assert_eq!(read(r#"{"id":"0","text":"a"}"#).unwrap().id.as_deref(), Some("0"));
        for json in [r#"{"text":"a"}"#, r#"{"text":"a","id":null,"labels":{"two words":"?"}}"#] {
            assert_eq!(read(json).unwrap(), Row { text: "a".into(), ..Row::default() });
        }
        assert_eq!(read(r#"{"text":"a \ud83d"}"#).unwrap().text, "a \u{fffd}");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (json, told) in [
            (r#"{"txt":"a"}"#, "the row has no text (it has txt); give it as \"text\" at line 1 column 11"),
            (
                "{\n\"text\":5}",
                "the text is a number, not a text; give the comment as a JSON string at line 2 column 9",
            ),
            (
                r#"{"text":"a","parent":5}"#,
                "the parent is a number, not a text; give the text of the comment that is answered, or leave it out at line 1 column 23",
            ),
            (
                r#"{"text":"a","article":{"titel":"b"}}"#,
                "the article has neither title nor text; give {\"title\": \"…\", \"text\": \"…\"} or its text alone, or leave it out at line 1 column 36",
            ),
            ("{\"text\":\"a\\u0000\"}", "the text holds a NUL character; remove it at line 1 column 18"),
            ("5", "invalid type: integer `5`, expected a row like {\"text\": \"…\"} at line 1 column 1"),
        ] {
            assert_eq!(read(json).unwrap_err(), told, "{json}");
        }
    }
}
