//! Bodies that their senders compressed: gzip is undone while it is read, so that all limits are on what comes out; other
//! encodings are refused.

use super::dialect;
use super::judging::Refusal;
use async_compression::tokio::bufread::GzipDecoder;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::TryStreamExt;
use std::io;
use tokio_util::io::{ReaderStream, StreamReader};

/// Bytes that are unpacked at a time.
const PIECE: usize = 16 << 10;

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

/// Unpacks a body of one or more gzip members. Several are one body, as they are one file (RFC 1952, 2.2): what appends
/// to a packed file or packs in parallel writes such. What follows the last one and is none is an error.
fn unpacked(packed: Body) -> Body {
    let packed = StreamReader::new(packed.into_data_stream().map_err(io::Error::other));
    let mut decoder = GzipDecoder::new(packed);
    decoder.multiple_members(true);
    Body::from_stream(ReaderStream::with_capacity(decoder, PIECE))
}

/// Hands a request on with its body as it was before it was compressed.
pub(super) async fn undo(mut request: Request, next: Next) -> Response {
    match encoding(request.headers()) {
        Encoding::Plain => next.run(request).await,
        Encoding::Gzip => {
            // They are about the packed bytes.
            request.headers_mut().remove(header::CONTENT_ENCODING);
            request.headers_mut().remove(header::CONTENT_LENGTH);
            next.run(request.map(unpacked)).await
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
