//! From a moderation request to the texts that are judged.

use super::super::json::{Malformed, Object, read};
use super::fault::Fault;
use crate::thread::{Comment, Row};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

/// The fields that are read, each of which may stand once.
#[derive(Deserialize)]
struct Request {
    input: Option<Value>,
    model: Option<Value>,
}

/// What was asked.
#[derive(Debug)]
pub(super) struct Question {
    /// A result is given for each.
    pub(super) rows: Vec<Row>,
}

impl Question {
    /// Reads a request of at most `most` texts.
    ///
    /// # Errors
    /// As OpenAI has them.
    pub(super) fn read(body: &[u8], most: usize) -> Result<Self, Fault> {
        if !body.trim_ascii_start().starts_with(b"{") {
            read::<IgnoredAny>(body).map_err(|error| unreadable(&error))?;
            return Err(Fault::Invalid {
                message: "The body of the request is no JSON object; send one, as {\"input\": \"…\"}.".to_owned(),
                param: None,
                code: None,
            });
        }
        let Object(Request { input, model }) = read(body).map_err(|error| unreadable(&error))?;
        if let Some(model) = model
            && !model.is_string()
        {
            return Err(wrong_type("model", "a string", &model));
        }
        let texts = match input {
            None | Some(Value::Null) => {
                return Err(Fault::of("input", "missing_required_parameter", "Missing required parameter: 'input'."));
            }
            Some(Value::String(text)) => vec![text],
            Some(Value::Array(list)) if list.is_empty() => {
                return Err(Fault::of(
                    "input",
                    "empty_array",
                    "Invalid 'input': empty array. Expected an array with minimum length 1, but got an empty array instead.",
                ));
            }
            Some(Value::Array(list)) if list.len() > most => {
                let message = format!(
                    "Invalid 'input': array too long. Expected an array with maximum length {most}, but got an array \
                     with length {} instead.",
                    list.len()
                );
                return Err(Fault::of("input", "array_above_max_length", message));
            }
            Some(Value::Array(list)) if list.iter().all(Value::is_object) => vec![joined(list)?],
            Some(Value::Array(list)) => list.into_iter().map(text).collect::<Result<_, _>>()?,
            Some(other) => return Err(wrong_type("input", "a string or an array", &other)),
        };
        for text in &texts {
            Comment::bounded("a text", text)
                .map_err(|what| Fault::of("input", "string_above_max_length", format!("Invalid 'input': {what}.")))?;
        }
        Ok(Self { rows: texts.into_iter().map(|text| Row { text, ..Row::default() }).collect() })
    }
}

fn unreadable(error: &Malformed) -> Fault {
    let message = format!("We could not parse the JSON body of your request: {}.", error.sentence());
    Fault::Invalid { message, param: None, code: None }
}

fn wrong_type(param: &'static str, expected: &str, got: &Value) -> Fault {
    let got = match got {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    let message = format!("Invalid type for '{param}': expected {expected}, but got {got} instead.");
    Fault::of(param, "invalid_type", message)
}

fn text(value: Value) -> Result<String, Fault> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(wrong_type("input", "an array of strings or an array of objects", &other)),
    }
}

/// Parts are one text, a line break between them.
fn joined(parts: Vec<Value>) -> Result<String, Fault> {
    let texts: Vec<String> = parts.into_iter().map(part).collect::<Result<_, _>>()?;
    Ok(texts.join("\n"))
}

fn part(mut part: Value) -> Result<String, Fault> {
    let said = part["text"].take();
    match (part["type"].as_str(), said) {
        (Some("text"), said) => text(said),
        (Some("image_url"), _) => Err(Fault::of(
            "input",
            "invalid_value",
            "Invalid value: 'image_url'. This server judges text only; the supported type is 'text'.",
        )),
        _ => Err(Fault::of(
            "input",
            "invalid_value",
            "Invalid 'type' of a part of 'input': the supported type is 'text'.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn texts(body: &Value) -> Vec<String> {
        let question = Question::read(body.to_string().as_bytes(), 3).unwrap();
        question.rows.into_iter().map(|row| row.text).collect()
    }

    #[test]
    fn every_kind_of_input_is_read() {
        assert_eq!(texts(&json!({"input": "a", "model": "omni-moderation-latest"})), ["a"]);
        assert_eq!(texts(&json!({"input": ["a", "", "c"]})), ["a", "", "c"]);
        let parts = json!({"input": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]});
        assert_eq!(texts(&parts), ["a\nb"]);
    }

    #[test]
    fn a_text_that_is_no_comment_is_refused() {
        let body = json!({"input": ["a", "b ".repeat(Comment::LONGEST)]}).to_string();
        let (status, told) = Question::read(body.as_bytes(), 3).unwrap_err().answer();
        assert_eq!((status.as_u16(), &told["error"]["code"]), (400, &json!("string_above_max_length")));
    }

    #[test]
    fn errors_are_openais() {
        let image = json!({"type": "image_url", "image_url": {"url": "https://example.com/a.png"}});
        let cases = [
            (json!({}), "missing_required_parameter"),
            (json!({"input": null}), "missing_required_parameter"),
            (json!({"input": []}), "empty_array"),
            (json!({"input": ["a", "b", "c", "d"]}), "array_above_max_length"),
            (json!({"input": 5}), "invalid_type"),
            (json!({"input": ["a", 5]}), "invalid_type"),
            (json!({"input": ["a", {"type": "text", "text": "b"}]}), "invalid_type"),
            (json!({"input": [{"type": "text", "text": 5}]}), "invalid_type"),
            (json!({"input": [{"type": "text"}]}), "invalid_type"),
            (json!({"input": [{}]}), "invalid_value"),
            (json!({"input": [image]}), "invalid_value"),
            (json!({"input": [{"type": "text", "text": "a"}, image]}), "invalid_value"),
        ];
        for (body, code) in cases {
            let (status, told) = Question::read(body.to_string().as_bytes(), 3).unwrap_err().answer();
            assert_eq!((status.as_u16(), &told["error"]["code"]), (400, &json!(code)), "{body}");
            assert_eq!(
                (&told["error"]["param"], &told["error"]["type"]),
                (&json!("input"), &json!("invalid_request_error"))
            );
        }
        let (_, told) = Question::read(br#"{"input":"a","model":5}"#, 3).unwrap_err().answer();
        assert_eq!(told["error"]["param"], "model");
        let twice = br#"{"input":"You utter idiot.","input":"Thank you."}"#;
        let (status, told) = Question::read(twice, 3).unwrap_err().answer();
        let message = told["error"]["message"].as_str().unwrap();
        assert!(status == 400 && message.contains(r#"the field "input" stands twice; give it once"#), "{message}");
        for broken in [&b""[..], b"{", b"\xff", b"[]", b"\"text\""] {
            let (status, told) = Question::read(broken, 3).unwrap_err().answer();
            assert!(status == 400 && told["error"]["param"].is_null());
        }
    }
}
