//! Bodies that their senders compressed: gzip is undone while it is read, so that all limits are on what comes out; other
//! encodings are refused.

use super::dialect;
use super::judging::Refusal;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::convert::Infallible;
use tower::{ServiceExt, service_fn};
use tower_http::decompression::{DecompressionBody, RequestDecompression};

/// How a body is encoded.
#[derive(Debug, PartialEq, Eq)]
enum Encoding {
    Plain,
    Gzip,
    Other,
}

fn encoding(headers: &HeaderMap) -> Encoding {
    let mut stated = headers.get_all(header::CONTENT_ENCODING).iter();
    let Some(first) = stated.next() else { return Encoding::Plain };
    let name = first.to_str().unwrap_or("?").trim();
    let is = |names: &[&str]| names.iter().any(|known| name.eq_ignore_ascii_case(known));
    match stated.next() {
        None if is(&["gzip", "x-gzip"]) => Encoding::Gzip,
        None if is(&["", "identity"]) => Encoding::Plain,
        _ => Encoding::Other,
    }
}

/// Hands a request on with its body as it was before it was compressed.
pub(super) async fn undo(mut request: Request, next: Next) -> Response {
    match encoding(request.headers()) {
        Encoding::Plain => next.run(request).await,
        Encoding::Gzip => {
            request.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            let plain = service_fn(|request: axum::http::Request<DecompressionBody<Body>>| async {
                Ok::<_, Infallible>(next.clone().run(request.map(Body::new)).await)
            });
            match RequestDecompression::new(plain).oneshot(request).await {
                Ok(response) => response.map(Body::new).into_response(),
                Err(never) => match never {},
            }
        }
        Encoding::Other => {
            let sentence = "the Content-Encoding of the body is not known here; send it plain or as gzip";
            let mut response =
                dialect::refuse(request.uri().path(), Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, sentence));
            response.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
            response
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_encoding_is_known() {
        let stated = |values: &[&'static str]| {
            let values = values.iter().map(|value| (header::CONTENT_ENCODING, HeaderValue::from_static(value)));
            let mut headers = HeaderMap::new();
            values.for_each(|(name, value)| {
                headers.append(name, value);
            });
            encoding(&headers)
        };
        assert_eq!((stated(&[]), stated(&["identity"])), (Encoding::Plain, Encoding::Plain));
        assert_eq!((stated(&["gzip"]), stated(&["X-GZIP"])), (Encoding::Gzip, Encoding::Gzip));
        for other in [&["br"][..], &["gzip, gzip"], &["gzip", "gzip"], &["deflate"]] {
            assert_eq!(stated(other), Encoding::Other, "{other:?}");
        }
    }
}
