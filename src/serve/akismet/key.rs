//! Where Akismet's clients put their key.

use super::form::Form;
use axum::http::HeaderMap;
use axum::http::header::HOST;
use std::net::IpAddr;

/// Returns the key of a call: of the form, or of old clients the leftmost label of the host they ask.
pub(super) fn key(form: &Form, headers: &HeaderMap) -> Option<String> {
    let named = ["api_key", "key"].iter().find_map(|name| form.text(name));
    named.map(|key| key.trim().to_owned()).or_else(|| leftmost(headers.get(HOST)?.to_str().ok()?))
}

fn leftmost(host: &str) -> Option<String> {
    // Brackets hold an address.
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if host.starts_with('[') || name.parse::<IpAddr>().is_ok() {
        return None;
    }
    let (key, domain) = name.split_once('.')?;
    (!key.is_empty() && !domain.is_empty()).then(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn found(body: &str, host: &'static str) -> Option<String> {
        let headers = HeaderMap::from_iter([(HOST, HeaderValue::from_static(host))]);
        key(&Form::read(body.as_bytes()), &headers)
    }

    #[test]
    fn keys_are_found_in_both_places() {
        assert_eq!(found("api_key=abc", "rest.akismet.com").as_deref(), Some("abc"));
        assert_eq!(found("key=abc", "rest.akismet.com").as_deref(), Some("abc"));
        assert_eq!(found("", "abc.rest.akismet.com").as_deref(), Some("abc"));
        assert_eq!(found("api_key=", "abc.localhost:8000").as_deref(), Some("abc"));
        for host in ["localhost:8000", "127.0.0.1:8000", "127.0.0.1", "[::1]:8000", ".a", "a."] {
            assert_eq!(found("", host), None, "{host}");
        }
    }
}
