//! One value of a row, from JSON or a CSV field, holding no more than rows need.

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use std::fmt;

/// The longest list of earlier comments that is read.
const LONGEST_LIST: usize = 10_000;
/// The most keys of an inner object that are read.
const MOST_KEYS: usize = 256;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    /// A list of texts.
    Texts(Vec<String>),
    /// A list of numbers.
    Numbers(Vec<Number>),
    /// An object's keys and scalar values.
    Object(Vec<(String, Cell)>),
    /// A list or object that no row needs.
    Other,
}

impl Cell {
    /// A scalar as text, so that an id may be a number; `None` for null and for lists and objects.
    pub(super) fn scalar(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(number) => Some(number.to_string()),
            Self::Bool(value) => Some(value.to_string()),
            _ => None,
        }
    }

    /// A scalar as text, or a list of numbers with a space between them.
    pub(super) fn kept(self) -> Option<String> {
        match self {
            Self::Numbers(numbers) => Some(numbers.iter().map(Number::to_string).collect::<Vec<_>>().join(" ")),
            other => other.scalar(),
        }
    }

    /// A text, or the text of an object that wraps one under one of `keys`, as `{"name": …}` wraps an author.
    pub(super) fn text_or(self, keys: &[&str]) -> Option<String> {
        match self {
            Self::Object(entries) => {
                entries.into_iter().find(|(key, _)| keys.contains(&key.as_str())).and_then(|(_, cell)| cell.scalar())
            }
            other => other.scalar(),
        }
    }

    /// What it is, for a sentence.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::Texts(_) | Self::Numbers(_) => "a list",
            Self::Object(_) => "an object",
            Self::Other => "a list or object",
        }
    }

    /// Reads `json` as a cell.
    pub(super) fn parse(json: &str) -> serde_json::Result<Self> {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let cell = CellSeed { inner: false }.deserialize(&mut deserializer)?;
        deserializer.end()?;
        Ok(cell)
    }
}

/// Reads a cell; `inner` says that it is inside another, where lists and objects are passed over.
#[derive(Clone, Copy)]
pub(super) struct CellSeed {
    pub(super) inner: bool,
}

impl<'de> DeserializeSeed<'de> for CellSeed {
    type Value = Cell;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cell, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for CellSeed {
    type Value = Cell;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Cell, E> {
        Ok(Cell::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Cell, E> {
        Ok(Cell::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Cell, E> {
        Ok(Cell::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Cell, E> {
        Ok(Cell::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Cell, E> {
        Ok(Number::from_f64(value).map_or(Cell::Null, Cell::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cell, E> {
        Ok(Cell::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Cell, E> {
        Ok(Cell::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Cell, A::Error> {
        let (mut texts, mut numbers) = (Vec::new(), Vec::new());
        let mut of_one_kind = !self.inner;
        while of_one_kind && let Some(cell) = list.next_element_seed(CellSeed { inner: true })? {
            match cell {
                Cell::Text(_) if texts.len() == LONGEST_LIST => {
                    return Err(A::Error::custom(format_args!("a list of more than {LONGEST_LIST} texts")));
                }
                Cell::Text(text) if numbers.is_empty() => texts.push(text),
                Cell::Number(number) if texts.is_empty() && numbers.len() < LONGEST_LIST => numbers.push(number),
                _ => of_one_kind = false,
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(match of_one_kind {
            true if numbers.is_empty() => Cell::Texts(texts),
            true => Cell::Numbers(numbers),
            false => Cell::Other,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cell, A::Error> {
        let mut entries = Vec::new();
        while !self.inner
            && let Some(key) = map.next_key::<String>()?
        {
            if entries.len() == MOST_KEYS {
                return Err(A::Error::custom(format_args!("an object of more than {MOST_KEYS} keys")));
            }
            if entries.iter().any(|(known, _)| *known == key) {
                return Err(A::Error::custom(format_args!("the key {key:?} stands twice")));
            }
            entries.push((key, map.next_value_seed(CellSeed { inner: true })?));
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(if self.inner { Cell::Other } else { Cell::Object(entries) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_lists_and_objects_are_kept_and_the_rest_passed_over() {
        assert_eq!(Cell::parse("12345678901234567890").unwrap().scalar().unwrap(), "12345678901234567890");
        assert_eq!(Cell::parse(r#"["a","b"]"#).unwrap(), Cell::Texts(vec!["a".into(), "b".into()]));
        assert_eq!(Cell::parse(r#"["a",{"b":[1]}, 2]"#).unwrap(), Cell::Other);
        assert_eq!(Cell::parse("[1, 20]").unwrap().kept().as_deref(), Some("1 20"));
        assert_eq!(Cell::parse(r#"[1, "a"]"#).unwrap(), Cell::Other);
        let author = Cell::parse(r#"{"name":"ann","badges":[{"x":1}],"age":3}"#).unwrap();
        assert_eq!(author.text_or(&["name"]).as_deref(), Some("ann"));
        assert!(Cell::parse("{} {}").is_err());
        let keys = |count: usize| (0..count).map(|at| format!("\"k{at}\":1")).collect::<Vec<_>>().join(",");
        assert!(Cell::parse(&format!("{{{}}}", keys(256))).is_ok());
        assert!(Cell::parse(&format!("{{{}}}", keys(257))).unwrap_err().to_string().contains("more than 256 keys"));
        assert!(Cell::parse(r#"{"a":1,"a":1}"#).unwrap_err().to_string().contains("\"a\" stands twice"));
    }
}
