//! The server as its clients see it: most tests call the routes directly, those of `sockets` use one.

mod articles;
mod description;
mod operators;
mod refusals;
mod sockets;
mod streams;

use super::*;
use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

fn app(config: Config) -> Router {
    router(config, Moderator::builtin().unwrap()).unwrap()
}

fn post_to(path: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(path).body(body.into()).unwrap()
}

fn get_from(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

async fn json(response: Response) -> Value {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&bytes).unwrap()
}

async fn problem(config: Config, request: Request<Body>) -> (u16, String) {
    refusal(app(config).oneshot(request).await.unwrap()).await
}

async fn refusal(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    assert_eq!(response.headers().contains_key("retry-after"), status == 503 || status == 429);
    let body = json(response).await;
    assert_eq!(body["status"], status);
    (status, body["detail"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn rows_are_judged_in_every_shape() {
    for (body, count) in [
        (r#"{"text":"hello"}"#, None),
        (r#"[{"text":"a"},{"text":"b","article":"c"}]"#, Some(2)),
        (r#"{"rows":[{"text":"a"}]}"#, Some(1)),
        (r#"{"article":{"title":"t"},"comments":[]}"#, Some(0)),
        ("[]", Some(0)),
    ] {
        let response = app(Config::default()).oneshot(post_to("/v1/moderate?explain=true", body)).await.unwrap();
        assert_eq!(response.status(), 200, "{body}");
        assert_eq!(response.headers()["content-type"], "application/json");
        let judged = json(response).await;
        assert_eq!(judged.as_array().map(Vec::len), count, "{body}");
        if count.is_none() {
            assert!(judged["scores"].is_object() && judged["action"].is_string());
        }
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_told() {
    let config = Config::default;
    let cases = [
        (post_to("/v1/moderate", "{\n\"text\": }"), 400, "line 2, column 9: this is no JSON: expected value"),
        (
            post_to("/v1/moderate", &b"{\"text\": \"\xff\"}"[..]),
            400,
            "line 1, column 11: this is no JSON: invalid unicode code point",
        ),
        (post_to("/v1/moderate", ""), 400, "the body is empty; send JSON"),
        (post_to("/v1/moderate?x=1", "{}"), 400, "the query may have"),
        (post_to("/v1/moderation", "{}"), 404, "/openapi.json"),
        (Request::get("/v1/moderate").body(Body::empty()).unwrap(), 405, "another method"),
        (post_to("/v1/moderate", "[".repeat(100_000)), 400, "line 1"),
    ];
    for (request, status, detail) in cases {
        let (answered, told) = problem(config(), request).await;
        assert!(answered == status && told.contains(detail), "{answered} {told}, expected {status} {detail}");
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_one() {
    let response = app(Config::default()).oneshot(Request::get("/v1/moderate").body(Body::empty()).unwrap()).await;
    assert_eq!(response.unwrap().headers()["allow"], "POST");
}

#[tokio::test]
async fn large_bodies_are_refused_with_and_without_a_length() {
    let config = || Config { max_body: 20, ..Config::default() };
    let large = r#"{"text":"0123456789"}"#;
    assert_eq!(problem(config(), post_to("/v1/moderate", large)).await.0, 413);
    let unsized_body = Body::new(Body::from(large).map_frame(|frame| frame).boxed_unsync());
    assert_eq!(problem(config(), post_to("/v1/moderate", unsized_body)).await.0, 413);
    let fits = app(config()).oneshot(post_to("/v1/moderate", r#"{"text":"01234567"}"#)).await.unwrap();
    assert_eq!(fits.status(), 200);
}

#[tokio::test]
async fn too_many_rows_are_refused() {
    let config = || Config { max_rows: 2, ..Config::default() };
    let (status, told) =
        problem(config(), post_to("/v1/moderate", r#"[{"text":"a"},{"text":"b"},{"text":"c"}]"#)).await;
    assert!(status == 413 && told.contains("3 rows"), "{status} {told}");
    let fits = app(config()).oneshot(post_to("/v1/moderate", r#"[{"text":"a"},{"text":"b","id":5}]"#)).await.unwrap();
    assert_eq!(fits.status(), 200);
    assert_eq!(json(fits).await[1]["id"], "5");
}

#[tokio::test]
async fn too_many_requests_are_refused() {
    let config = Config { max_requests: 0, ..Config::default() };
    assert_eq!(problem(config, post_to("/v1/moderate", "{}")).await.0, 503);
}

#[tokio::test]
async fn health_is_told() {
    let response = app(Config::default()).oneshot(Request::get("/healthz").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
}

#[test]
fn without_keys_only_loopback_addresses_are_listened_at() {
    let at =
        |listen: &str, keys: Vec<KeyTable>| resolved(&Config { listen: listen.to_owned(), keys, ..Config::default() });
    for address in ["127.0.0.1:0", "[::1]:80", "localhost:8000"] {
        assert!(at(address, Vec::new()).unwrap().ip().is_loopback(), "{address}");
    }
    for (address, told) in [
        ("0.0.0.0:8000", "gruff serve key"),
        ("[::]:80", "127.0.0.1"),
        ("192.0.2.1:80", "API keys"),
        ("8000", "no address"),
    ] {
        let error = at(address, Vec::new()).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
    let key = KeyTable {
        name: "a".into(),
        hash: KeyHash::of("k"),
        scopes: vec![Scope::Score],
        per_second: None,
        burst: None,
    };
    assert!(at("0.0.0.0:8000", vec![key]).is_ok());
}
