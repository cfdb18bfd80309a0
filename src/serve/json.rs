//! Reads the JSON of requests. What is wrong with one is told in words for whoever wrote the client: which field, and what to
//! give instead, with no more of what was sent than [`shown`] shows.

use crate::corpus::mended;
use crate::text::echo::shown;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::error::Category;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::marker::PhantomData;

/// The longest path to a field that is told, in characters.
const LONGEST_PATH: usize = 200;

/// What is wrong with a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Malformed {
    /// Where: `comment.text`, `rows[3]`; empty for the body as a whole.
    pub(super) field: String,
    /// Line and column from 1; 0 where it is about no place.
    place: (usize, usize),
    /// What, and how to mend it.
    pub(super) what: String,
    /// The name of a key that does not exist there.
    pub(super) unknown_name: Option<String>,
}

impl Malformed {
    /// Says something about the body as a whole.
    pub(super) fn whole(what: impl Into<String>) -> Self {
        Self { field: String::new(), place: (0, 0), what: what.into(), unknown_name: None }
    }

    fn new(error: &serde_json::Error, path: &str) -> Self {
        let place = (error.line(), error.column());
        let told = error.to_string();
        let told = told.strip_suffix(&format!(" at line {} column {}", place.0, place.1)).unwrap_or(&told);
        let field = if path == "." { String::new() } else { shown(path, LONGEST_PATH) };
        if error.classify() != Category::Data {
            return Self { field, place, what: format!("this is no JSON: {told}"), unknown_name: None };
        }
        let (what, unknown_name) = translated(told, &field);
        let field = match &unknown_name {
            // The path leads to the name itself, which is no field.
            Some(name) => match field.strip_suffix(name.as_str()) {
                Some(parent) => parent.trim_end_matches('.').to_owned(),
                None => String::new(),
            },
            None => field,
        };
        Self { field, place, what, unknown_name }
    }

    /// Says of a body that was not meant to be JSON what it seems to be, instead of where the first of its signs is wrong.
    fn unlike_json(self, body: &[u8]) -> Self {
        let body = body.trim_ascii_start();
        let word = body.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        match (body.first(), body.get(..word)) {
            (None, _) => Self::whole("the body is empty; send JSON"),
            (Some(b'{' | b'[' | b'"' | b'-' | b'0'..=b'9'), _) | (_, Some(b"true" | b"false" | b"null")) => self,
            _ => Self::whole("the body is no JSON but begins as another text, such as a form or CSV; send JSON"),
        }
    }

    /// Returns all of it as one sentence, with the place in front.
    pub(super) fn sentence(&self) -> String {
        match self.place {
            (0, _) => self.what.clone(),
            (line, column) => format!("line {line}, column {column}: {}", self.what),
        }
    }
}

/// Reads a body, or a line. Halves of surrogate pairs are read as U+FFFD.
///
/// # Errors
/// When it is no JSON, or not what it should be.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Malformed> {
    // Nearly all bodies are right, so that only those that are not are looked through for halves.
    serde_json::from_slice(body).or_else(|error| match mended(body) {
        Some(body) => serde_json::from_slice(&body).map_err(|error| traced::<T>(&body, &error)),
        None => Err(traced::<T>(body, &error)),
    })
}

/// Reads a body that is wrong again, more slowly, to know which field is.
fn traced<T: DeserializeOwned>(body: &[u8], error: &serde_json::Error) -> Malformed {
    // Of a number where a name is to be given the parser says that it is no value.
    let no_value =
        || error.to_string().starts_with("expected value") && serde_json::from_slice::<IgnoredAny>(body).is_ok();
    let is_json = error.classify() == Category::Data || no_value();
    if !is_json {
        return Malformed::new(error, ".").unlike_json(body);
    }
    let mut again = serde_json::Deserializer::from_slice(body);
    let path = match serde_path_to_error::deserialize::<_, T>(&mut again) {
        Err(traced) => traced.path().to_string(),
        Ok(_) => String::from("."),
    };
    let told = Malformed::new(error, &path);
    if error.classify() == Category::Data {
        return told;
    }
    let at = if told.field.is_empty() { "the body" } else { &told.field };
    Malformed { what: format!("{at} is no text; give one of the names that /openapi.json has for it"), ..told }
}

/// Says in plain words what serde says in its own; the name of a key too, where one is unknown.
fn translated(told: &str, field: &str) -> (String, Option<String>) {
    let at = if field.is_empty() { "the body" } else { field };
    let quoted = |rest: &str| rest.split('`').next().map(|name| shown(name, 64)).unwrap_or_default();
    let choice =
        |rest: &str| rest.rsplit_once(", expected ").map(|(_, known)| known.replace('`', "")).unwrap_or_default();
    if let Some((got, expected)) = ["invalid type: ", "invalid value: "]
        .iter()
        .find_map(|start| told.strip_prefix(start)?.rsplit_once(", expected "))
    {
        return (format!("{at} is {}; give {}", kind(got), wanted(expected)), None);
    }
    if let Some(rest) = told.strip_prefix("unknown field `") {
        let name = quoted(rest);
        let known = choice(rest);
        let known = known.strip_prefix("one of ").unwrap_or(&known);
        // Of names that are written in two ways the second goes without saying.
        let names: Vec<&str> = known.split(", ").collect();
        let told: Vec<&str> = names
            .iter()
            .copied()
            .filter(|name| !names.contains(&camel(name).as_str()) || !name.contains('_'))
            .collect();
        return (format!("there is no field {name:?}; there are {}", told.join(", ")), Some(name));
    }
    if let Some(rest) = told.strip_prefix("unknown variant `") {
        return (format!("{at} is {:?}; give {}", quoted(rest), choice(rest)), None);
    }
    if let Some(rest) = told.strip_prefix("missing field `") {
        return (format!("{at} has no {:?}; give it", quoted(rest)), None);
    }
    if let Some(rest) = told.strip_prefix("duplicate field `") {
        return (format!("the field {:?} stands twice; give it once", quoted(rest)), None);
    }
    if told.starts_with("data did not match any variant") {
        return (format!("{at} is of the wrong kind; see /openapi.json"), None);
    }
    // The rest are sentences of our own.
    (if field.is_empty() { told.to_owned() } else { format!("{field}: {told}") }, None)
}

/// Returns a name in snake_case as Google's JSON writes it.
fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let mut letters = part.chars();
        name + &letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    })
}

/// What a value is; never the value.
fn kind(got: &str) -> &'static str {
    match got.split([' ', '`', '"']).next() {
        Some("null" | "unit") => "null",
        Some("boolean") => "true or false",
        Some("integer" | "floating" | "number") => "a number",
        Some("string" | "character") => "a text",
        Some("sequence") => "a list",
        Some("map") => "an object",
        _ => "something else",
    }
}

fn wanted(expected: &str) -> &str {
    match expected {
        "a string" => "a text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "an object",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number that is not negative",
        "i8" | "i16" | "i32" | "i64" => "a whole number",
        "f32" | "f64" => "a number",
        other => other,
    }
}

/// An object. What serde derives for a struct also takes a list of the fields' values, which no protocol here means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }

        deserializer.deserialize_map(Fields(PhantomData))
    }
}

/// Reads an object whose keys are names that the caller chooses, each once; `None` for null.
///
/// # Errors
/// When it is no object, or has a key twice: of two values none is the one that counts.
pub(super) fn distinct<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<BTreeMap<String, T>>, D::Error> {
    struct Entries<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
        type Value = Option<BTreeMap<String, T>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut entries = BTreeMap::new();
            while let Some((name, value)) = map.next_entry::<String, T>()? {
                match entries.entry(name) {
                    Entry::Vacant(place) => place.insert(value),
                    Entry::Occupied(known) => {
                        let name = shown(known.key(), 64);
                        return Err(A::Error::custom(format_args!("{name:?} stands twice; give it once")));
                    }
                };
            }
            Ok(Some(entries))
        }
    }

    deserializer.deserialize_any(Entries(PhantomData))
}

/// How many items a list has, without a place in memory for each.
pub(super) struct Count(pub(super) usize);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<IgnoredItem>::deserialize(deserializer).map(|items| Self(items.len()))
    }
}

/// Nothing, so that a list of it takes no memory however long it is.
struct IgnoredItem;

impl<'de> Deserialize<'de> for IgnoredItem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

/// Tells whether a body is a list.
pub(super) fn is_list(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"[")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[serde(rename = "inner")]
        _inner: Option<Object<Inner>>,
        #[serde(rename = "list")]
        _list: Option<Vec<Object<Inner>>>,
    }

    #[derive(Debug, serde::Deserialize)]
    struct Inner {
        #[serde(rename = "text")]
        _text: String,
        #[serde(rename = "kind")]
        _kind: Option<Kind>,
        #[serde(rename = "number")]
        _number: Option<u32>,
    }

    #[derive(Debug, serde::Deserialize)]
    enum Kind {
        Plain,
        Rich,
    }

    fn told(body: &str) -> String {
        read::<Object<Outer>>(body.as_bytes()).unwrap_err().sentence()
    }

    #[test]
    fn what_is_wrong_is_told_with_its_field_and_how_to_mend_it() {
        for (body, sentence) in [
            ("{", "line 1, column 1: this is no JSON: EOF while parsing an object"),
            ("5", "line 1, column 1: the body is a number; give an object"),
            ("[null, null]", "line 1, column 0: the body is a list; give an object"),
            (r#"{"innr":{}}"#, r#"line 1, column 7: there is no field "innr"; there are inner or list"#),
            (r#"{"inner":["a"]}"#, "line 1, column 9: inner is a list; give an object"),
            (r#"{"inner":{}}"#, r#"line 1, column 11: inner has no "text"; give it"#),
            (r#"{"inner":{"text":5}}"#, "line 1, column 18: inner.text is a number; give a text"),
            (r#"{"list":[{"text":"a"},"a"]}"#, "line 1, column 25: list[1] is a text; give an object"),
            (
                r#"{"list":[{"text":"a","kind":"Odd"}]}"#,
                r#"line 1, column 33: list[0].kind is "Odd"; give Plain or Rich"#,
            ),
            (
                r#"{"inner":{"text":"a","number":-1}}"#,
                "line 1, column 32: inner.number is a number; give a whole number that is not negative",
            ),
            (r#"{"inner":null,"inner":null}"#, r#"line 1, column 21: the field "inner" stands twice; give it once"#),
        ] {
            assert_eq!(told(body), sentence, "{body}");
        }
        assert!(
            read::<Object<Outer>>(br#"{"inner":{"text":"a","kind":"Rich"},"list":[{"text":"b","kind":"Plain"}]}"#)
                .is_ok()
        );
    }

    #[test]
    fn what_is_no_json_at_all_is_told_so() {
        for body in ["text=You+fool&x=1", "text,label\n\"a\",1\n", "--boundary", "<xml/>", "tru"] {
            let sentence = match body.starts_with("--") {
                // A minus may begin a number.
                true => "line 1, column 2: this is no JSON: invalid number",
                false => "the body is no JSON but begins as another text, such as a form or CSV; send JSON",
            };
            assert_eq!(told(body), sentence, "{body}");
        }
        for body in ["", " \n"] {
            assert_eq!(told(body), "the body is empty; send JSON");
        }
        // A number in the place of a name is JSON.
        for value in ["1", "true", "[1]"] {
            let told = told(&format!(r#"{{"inner":{{"text":"a","kind":{value}}}}}"#));
            assert!(
                told.ends_with("inner.kind is no text; give one of the names that /openapi.json has for it"),
                "{told}"
            );
        }
    }

    #[test]
    fn half_an_emoji_is_no_fault() {
        let read = |body: &str| read::<Inner>(body.as_bytes()).map(|inner| inner._text);
        assert_eq!(read(r#"{"text":"You \ud83d idiot"}"#).unwrap(), "You \u{fffd} idiot");
        // What else is wrong is told with its place in what was sent.
        let wrong = r#"{"text":"\ude00","number":"x"}"#;
        assert_eq!(
            read(wrong).unwrap_err().sentence(),
            "line 1, column 29: number is a text; give a whole number that is not negative"
        );
    }

    #[test]
    fn little_of_what_was_sent_is_told() {
        let long = "secret ".repeat(1000);
        for body in [format!("{long:?}"), format!(r#"{{"inner":{long:?}}}"#), format!(r#"{{"list":[{long:?}]}}"#)] {
            assert!(!told(&body).contains("secret"), "{body}");
        }
        let name = serde_json::to_string(&format!("\u{1b}[2J{long}")).unwrap();
        let name = told(&format!("{{{name}:5}}"));
        assert!(name.contains("there is no field"), "{name}");
        assert!(name.len() < 300 && !name.contains('\u{1b}'), "{name}");
    }
}
