//! What is wrong with a request, as OpenAI says it.

use super::super::judging::Refusal;
use axum::http::StatusCode;
use serde_json::{Value, json};

/// A request that OpenAI would not have answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// The request is wrong.
    Invalid {
        message: String,
        param: Option<&'static str>,
        code: Option<&'static str>,
    },
    Refused(Refusal),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Fault {
    pub(super) fn of(param: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid { message: message.into(), param: Some(param), code: Some(code) }
    }

    /// Returns the status and the body.
    pub(super) fn answer(&self) -> (StatusCode, Value) {
        let (status, message, kind, param, code) = match self {
            Self::Invalid { message, param, code } => {
                (StatusCode::BAD_REQUEST, message.as_str(), "invalid_request_error", *param, *code)
            }
            Self::Refused(refusal) => {
                let (message, kind, code) = match refusal.status {
                    StatusCode::UNAUTHORIZED => {
                        ("Incorrect API key provided.", "invalid_request_error", Some("invalid_api_key"))
                    }
                    StatusCode::TOO_MANY_REQUESTS => {
                        (refusal.sentence.as_str(), "requests", Some("rate_limit_exceeded"))
                    }
                    status if status.is_client_error() => (refusal.sentence.as_str(), "invalid_request_error", None),
                    _ => (refusal.sentence.as_str(), "server_error", None),
                };
                (refusal.status, message, kind, None, code)
            }
        };
        (status, json!({"error": {"message": message, "type": kind, "param": param, "code": code}}))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_refuses_has_openais_shape() {
        for (status, kind, code) in [
            (401, "invalid_request_error", json!("invalid_api_key")),
            (403, "invalid_request_error", Value::Null),
            (408, "invalid_request_error", Value::Null),
            (413, "invalid_request_error", Value::Null),
            (429, "requests", json!("rate_limit_exceeded")),
            (500, "server_error", Value::Null),
            (503, "server_error", Value::Null),
        ] {
            let refusal = Refusal::new(StatusCode::from_u16(status).unwrap(), "a sentence");
            let (told, body) = Fault::Refused(refusal).answer();
            assert_eq!((told.as_u16(), &body["error"]["type"], &body["error"]["code"]), (status, &json!(kind), &code));
            assert!(body["error"]["message"].is_string() && body["error"]["param"].is_null());
        }
    }
}
