//! One record out of JSON: its values by their paths, and what is wrong with them.

use super::Place;
use super::tokens::{LONGEST, Mended};

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
}

/// A record.
#[derive(Debug)]
pub(super) struct Record {
    /// Its number in the order in which records begin.
    pub(super) order: u64,
    pub(super) place: Place,
    /// Which of the format's lists it stands in; `None` for a document or line.
    pub(super) list: Option<&'static str>,
    pub(super) values: Vec<(&'static str, Value)>,
    /// The wanted values that could not be kept as they are, and why.
    pub(super) flaws: Vec<(&'static str, Flaw)>,
    /// Whether it has a key that the format knows.
    pub(super) known: bool,
    /// How long the path to it is, and in how many brackets it stands.
    pub(super) path_length: usize,
    pub(super) depth: usize,
}

/// What is wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// Too long to be kept.
    TooLong,
    /// Never closed, so that it was not kept.
    Open,
    /// A list, an object, or true or false in place of a text.
    NoText,
    /// It holds NUL characters, which were left out.
    Nul,
    /// It had to be mended.
    Mended(Mended),
}

impl Record {
    /// A text or number under `path`.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        match self.value(path)? {
            Value::Text(text) | Value::Number(text) => Some(text.as_str()).filter(|text| !text.trim().is_empty()),
            _ => None,
        }
    }

    /// The first text or number under one of `paths`.
    pub(super) fn first(&self, paths: &[&str]) -> Option<&str> {
        paths.iter().find_map(|path| self.text(path))
    }

    /// Whether `path` holds something that means yes; `None` where it is not there or means nothing.
    pub(super) fn flag(&self, path: &str) -> Option<bool> {
        match self.value(path)? {
            Value::Bool(value) => Some(*value),
            Value::Number(number) => match number.as_str() {
                "0" => Some(false),
                "1" => Some(true),
                _ => None,
            },
            Value::Text(text) => match text.as_str() {
                "true" | "t" => Some(true),
                "false" | "f" => Some(false),
                _ => None,
            },
            Value::Null => None,
        }
    }

    /// Whether anything but null stands under `path`.
    pub(super) fn has(&self, path: &str) -> bool {
        self.value(path).is_some_and(|value| *value != Value::Null)
    }

    fn value(&self, path: &str) -> Option<&Value> {
        self.values.iter().rev().find(|(known, _)| *known == path).map(|(_, value)| value)
    }
}

/// Says of a value what is wrong with it.
pub(super) fn describe(flaw: Flaw) -> String {
    match flaw {
        Flaw::TooLong => format!("is longer than {} MiB and was left out; shorten it", LONGEST >> 20),
        Flaw::Open => "is never closed and was left out; mend the file or export it again".to_owned(),
        Flaw::NoText => "is no text and was left out; write it in quotation marks".to_owned(),
        Flaw::Nul => "holds a NUL character, which was left out; remove it".to_owned(),
        Flaw::Mended(Mended::Bytes) => {
            "is not UTF-8; its odd bytes were read as windows-1252: convert the file, as with iconv -f WINDOWS-1252 -t UTF-8"
                .to_owned()
        }
        Flaw::Mended(Mended::Escape) => {
            "has an escape that JSON does not know, which stays as it is written; export the file again".to_owned()
        }
    }
}
