//! What is refused, or mended, before any route sees it: encodings, paths of other protocols, methods.

use super::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn encoded(path: &str, encoding: &str, body: Vec<u8>) -> Request<Body> {
    Request::post(path).header("content-encoding", encoding).body(body.into()).unwrap()
}

const COMMENT: &str = r#"{"comment":{"text":"Thank you, Ann."},"requestedAttributes":{"TOXICITY":{}}}"#;

#[tokio::test]
async fn compressed_bodies_are_read() {
    let judged =
        app(Config::default()).oneshot(encoded("/v1/moderate", "gzip", gzip(br#"{"text":"a"}"#))).await.unwrap();
    assert!(json(judged).await["action"].is_string());
    let analyzed = encoded("/v1alpha1/comments:analyze", "x-gzip", gzip(COMMENT.as_bytes()));
    assert_eq!(app(Config::default()).oneshot(analyzed).await.unwrap().status(), 200);
    let mut stream = encoded("/v1/moderate", "gzip", gzip("{\"text\":\"a\"}\n".repeat(500).as_bytes()));
    stream.headers_mut().insert("content-type", "application/x-ndjson".parse().unwrap());
    let answers = app(Config::default()).oneshot(stream).await.unwrap().into_body().collect().await.unwrap().to_bytes();
    assert_eq!(memchr::memchr_iter(b'\n', &answers).count(), 500);
}

#[tokio::test]
async fn limits_are_on_what_comes_out() {
    let bomb = gzip(&vec![b' '; 64 << 20]);
    assert!(bomb.len() < 1 << 20);
    let (status, told) = problem(Config::default(), encoded("/v1/moderate", "gzip", bomb)).await;
    assert!(status == 413 && told.contains("larger than"), "{status} {told}");
    let mut cut = gzip(br#"{"text":"a"}"#);
    cut.truncate(20);
    for broken in [cut, b"no gzip at all".to_vec()] {
        let (status, told) = problem(Config::default(), encoded("/v1/moderate", "gzip", broken)).await;
        assert!(status == 400 && told.contains("not encoded as it says"), "{status} {told}");
    }
}

#[tokio::test]
async fn all_members_of_a_compressed_body_are_read() {
    let judged = encoded("/v1/moderate", "gzip", [gzip(br#"{"text":"#), gzip(br#""a"}"#)].concat());
    assert!(json(app(Config::default()).oneshot(judged).await.unwrap()).await["action"].is_string());
    let rows = |after: &[u8]| {
        let members = [gzip(b"{\"text\":\"a\"}\n{\"text\""), gzip(b":\"b\"}\n"), after.to_vec()].concat();
        let mut stream = encoded("/v1/moderate", "gzip", members);
        stream.headers_mut().insert("content-type", "application/x-ndjson".parse().unwrap());
        stream
    };
    for (after, last) in [(gzip(b"{\"text\":\"c\"}"), "action"), (b"no member".to_vec(), "error")] {
        let answers = app(Config::default()).oneshot(rows(&after)).await.unwrap().into_body();
        let answers = String::from_utf8(answers.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        assert_eq!(answers.lines().count(), 3, "{answers}");
        let told: Value = serde_json::from_str(answers.lines().last().unwrap()).unwrap();
        assert!(told[last].is_string(), "{answers}");
    }
    let junk = [gzip(br#"{"text":"a"}"#), b"no member".to_vec()].concat();
    let (status, told) = problem(Config::default(), encoded("/v1/moderate", "gzip", junk)).await;
    assert!(status == 400 && told.contains("not encoded as it says"), "{status} {told}");
}

#[tokio::test]
async fn other_encodings_are_refused_in_the_words_of_the_protocol() {
    for encoding in ["br", "deflate", "gzip, gzip"] {
        let (status, told) = problem(Config::default(), encoded("/v1/moderate", encoding, Vec::new())).await;
        assert!(status == 415 && told.contains("gzip"), "{status} {told}");
    }
    for path in ["/v1alpha1/comments:analyze", "/v1/moderations", "/1.1/comment-check"] {
        let response = app(Config::default()).oneshot(encoded(path, "br", Vec::new())).await.unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["accept-encoding"]),
            (415, &"gzip".parse().unwrap())
        );
        assert_ne!(response.headers()["content-type"], "application/problem+json", "{path}");
    }
}

#[tokio::test]
async fn a_colon_may_be_encoded() {
    for path in ["/v1alpha1/comments%3Aanalyze?key=k", "/v1alpha1/comments%3aanalyze"] {
        assert_eq!(app(Config::default()).oneshot(post_to(path, COMMENT)).await.unwrap().status(), 200, "{path}");
    }
    let suggestion = r#"{"comment":{"text":"a"},"attributeScores":{"INSULT":{"summaryScore":{"value":1}}}}"#;
    let path = "/v1alpha1/comments%3Asuggestscore";
    assert_eq!(app(Config::default()).oneshot(post_to(path, suggestion)).await.unwrap().status(), 200);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_told_in_the_words_of_the_protocol() {
    for path in ["/v1alpha1/comments:nothing", "/v1alpha1/", "/v1alpha1", "/$discovery/nothing", "/$discovery/rest"] {
        let response = app(Config::default()).oneshot(post_to(path, COMMENT)).await.unwrap();
        let status = response.status().as_u16();
        let told = json(response).await;
        assert_eq!((&told["error"]["code"], status >= 404), (&status.into(), true), "{path} {told}");
        assert!(told["error"]["status"].is_string() && told["error"]["details"][0].is_object(), "{path} {told}");
    }
    for path in ["/v1/moderations/", "/v1/moderations/1"] {
        let response = app(Config::default()).oneshot(post_to(path, "{}")).await.unwrap();
        assert_eq!(response.status(), 404);
        assert_eq!(json(response).await["error"]["type"], "invalid_request_error", "{path}");
    }
    for path in ["/1.1/key-sites", "/1.2/", "/1.1"] {
        let response = app(Config::default()).oneshot(post_to(path, "")).await.unwrap();
        assert_eq!(response.status(), 404);
        assert!(response.headers().contains_key("x-akismet-debug-help"), "{path}");
    }
    assert_eq!(problem(Config::default(), post_to("/v1alpha1x", "")).await.0, 404);
}
