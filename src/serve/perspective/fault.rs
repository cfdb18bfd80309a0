//! What is wrong with a request, as Google's APIs say it: `google.rpc.Status` in `error`.

use super::super::json::Malformed;
use super::super::judging::Refusal;
use axum::http::StatusCode;
use serde_json::{Value, json};

/// A request that Perspective would not have answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    CommentEmpty,
    CommentTooLong,
    NoRequestedAttributes,
    /// No language that the caller named is one of the model's.
    Language {
        attribute: String,
        languages: Vec<String>,
    },
    /// A sentence.
    Invalid(String),
    /// The body is not the JSON that it should be: a sentence, and the field that it is about.
    Payload {
        sentence: String,
        field: String,
    },
    Refused(Refusal),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

const ERROR: &str = "type.googleapis.com/google.commentanalyzer.v1alpha1.Error";
const BAD_REQUEST: &str = "type.googleapis.com/google.rpc.BadRequest";
const ERROR_INFO: &str = "type.googleapis.com/google.rpc.ErrorInfo";
const SERVICE: &str = "commentanalyzer.googleapis.com";

impl Fault {
    /// Says what is wrong with a body.
    pub(super) fn payload(error: &Malformed) -> Self {
        let field = error.field.clone();
        let sentence = match (&error.unknown_name, field.as_str()) {
            (Some(name), "") => format!("Unknown name {name:?}: Cannot find field. {}", upper(&error.sentence())),
            (Some(name), at) => {
                format!("Unknown name {name:?} at '{at}': Cannot find field. {}", upper(&error.sentence()))
            }
            (None, "") => upper(&error.sentence()),
            (None, at) => format!("Invalid value at '{at}': {}", error.what),
        };
        Self::Payload { sentence, field }
    }

    /// Refuses a field that another call has.
    pub(super) fn unknown_name(name: &str) -> Self {
        Self::Payload { sentence: format!("Unknown name {name:?}: Cannot find field."), field: String::new() }
    }

    /// Returns the status and the body.
    pub(super) fn answer(&self) -> (StatusCode, Value) {
        let (message, kind) = match self {
            Self::CommentEmpty => ("Comment must be non-empty.".to_owned(), "COMMENT_EMPTY"),
            Self::CommentTooLong => ("Comment text too long.".to_owned(), "COMMENT_TOO_LONG"),
            Self::NoRequestedAttributes => ("Missing requested_attributes".to_owned(), "NO_REQUESTED_ATTRIBUTES"),
            Self::Language { attribute, languages } => (
                format!("Attribute {attribute} does not support request languages: {}", languages.join(", ")),
                "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
            ),
            Self::Invalid(sentence) => (sentence.clone(), "INVALID_REQUEST"),
            Self::Payload { sentence, field } => {
                let message = format!("Invalid JSON payload received. {sentence}");
                let violation = match field.as_str() {
                    "" => json!({"description": message}),
                    field => json!({"field": field, "description": message}),
                };
                return invalid(message, vec![json!({"@type": BAD_REQUEST, "fieldViolations": [violation]})]);
            }
            Self::Refused(refusal) => return refused(refusal),
        };
        let mut detail = json!({"@type": ERROR, "errorType": kind});
        if let Self::Language { attribute, languages } = self {
            detail["languageNotSupportedByAttributeError"] =
                json!({"requestedLanguages": languages, "attribute": attribute});
        }
        invalid(message, vec![detail])
    }
}

/// Begins a sentence.
fn upper(sentence: &str) -> String {
    let mut rest = sentence.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

fn invalid(message: String, details: Vec<Value>) -> (StatusCode, Value) {
    (StatusCode::BAD_REQUEST, status(StatusCode::BAD_REQUEST, &message, "INVALID_ARGUMENT", details))
}

fn status(code: StatusCode, message: &str, name: &str, details: Vec<Value>) -> Value {
    // There is always a detail: clients look at the first without asking whether there is one.
    json!({"error": {"code": code.as_u16(), "message": message, "status": name, "details": details}})
}

/// Says in Google's words what the server as a whole refuses.
fn refused(refusal: &Refusal) -> (StatusCode, Value) {
    let info = |reason: &str| json!({"@type": ERROR_INFO, "reason": reason, "domain": "googleapis.com"});
    let (code, name, details) = match refusal.status {
        // A wrong key is an invalid argument to Google, and clients look for the reason.
        StatusCode::UNAUTHORIZED => {
            let mut info = info("API_KEY_INVALID");
            info["metadata"] = json!({"service": SERVICE});
            return invalid("API key not valid. Please pass a valid API key.".to_owned(), vec![info]);
        }
        StatusCode::FORBIDDEN => (StatusCode::FORBIDDEN, "PERMISSION_DENIED", vec![info("API_KEY_SERVICE_BLOCKED")]),
        StatusCode::TOO_MANY_REQUESTS => {
            let mut info = info("RATE_LIMIT_EXCEEDED");
            info["metadata"] = json!({"service": SERVICE, "quota_metric": format!("{SERVICE}/analyze_requests")});
            (StatusCode::TOO_MANY_REQUESTS, "RESOURCE_EXHAUSTED", vec![info])
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            let detail = json!({"@type": ERROR, "errorType": "COMMENT_TOO_LONG"});
            (StatusCode::PAYLOAD_TOO_LARGE, "INVALID_ARGUMENT", vec![detail])
        }
        StatusCode::REQUEST_TIMEOUT => (StatusCode::REQUEST_TIMEOUT, "DEADLINE_EXCEEDED", vec![info("TIMEOUT")]),
        StatusCode::NOT_FOUND => (StatusCode::NOT_FOUND, "NOT_FOUND", vec![info("NOT_FOUND")]),
        StatusCode::METHOD_NOT_ALLOWED => (StatusCode::METHOD_NOT_ALLOWED, "UNIMPLEMENTED", vec![info("METHOD")]),
        // Too much to do, or a store that cannot be written: the message tells which.
        StatusCode::SERVICE_UNAVAILABLE => (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", vec![info("UNAVAILABLE")]),
        code if code.is_client_error() => (code, "INVALID_ARGUMENT", vec![info("INVALID_REQUEST")]),
        code => (code, "INTERNAL", vec![info("INTERNAL")]),
    };
    (code, status(code, &refusal.sentence, name, details))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_told_as_google_does() {
        let (code, body) = Fault::CommentEmpty.answer();
        assert_eq!(code, 400);
        assert_eq!(
            body,
            json!({"error": {"code": 400, "message": "Comment must be non-empty.", "status": "INVALID_ARGUMENT", "details": [
                {"@type": "type.googleapis.com/google.commentanalyzer.v1alpha1.Error", "errorType": "COMMENT_EMPTY"}]}})
        );
        let (_, body) =
            Fault::Language { attribute: "INSULT".into(), languages: vec!["de".into(), "fr".into()] }.answer();
        assert_eq!(body["error"]["message"], "Attribute INSULT does not support request languages: de, fr");
        let detail = &body["error"]["details"][0]["languageNotSupportedByAttributeError"];
        assert_eq!(detail, &json!({"requestedLanguages": ["de", "fr"], "attribute": "INSULT"}));
    }

    #[test]
    fn what_the_server_refuses_has_the_same_shape() {
        for (status, told, name) in [
            (401, 400, "INVALID_ARGUMENT"),
            (404, 404, "NOT_FOUND"),
            (403, 403, "PERMISSION_DENIED"),
            (408, 408, "DEADLINE_EXCEEDED"),
            (413, 413, "INVALID_ARGUMENT"),
            (415, 415, "INVALID_ARGUMENT"),
            (429, 429, "RESOURCE_EXHAUSTED"),
            (500, 500, "INTERNAL"),
            (503, 503, "UNAVAILABLE"),
        ] {
            let refusal = Refusal::new(StatusCode::from_u16(status).unwrap(), "a sentence");
            let (code, body) = Fault::Refused(refusal).answer();
            assert!(body["error"]["details"][0].is_object());
            assert_eq!(
                (code.as_u16(), &body["error"]["code"], &body["error"]["status"]),
                (told, &json!(told), &json!(name))
            );
        }
        let refusal = Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "the decision could not be written");
        assert_eq!(Fault::Refused(refusal).answer().1["error"]["details"][0]["reason"], "UNAVAILABLE");
        let refusal = Refusal::new(StatusCode::UNAUTHORIZED, "no such key");
        assert_eq!(Fault::Refused(refusal).answer().1["error"]["details"][0]["reason"], "API_KEY_INVALID");
    }
}
