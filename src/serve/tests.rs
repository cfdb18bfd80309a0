//! The server as its clients see it: most tests call the routes directly, those of stopping use a socket.

use super::*;
use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use http_body_util::BodyExt;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;
use tokio::sync::oneshot;
use tower::ServiceExt;

fn app(config: Config) -> Router {
    router(config, Moderator::builtin().unwrap()).unwrap()
}

fn post_to(path: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(path).body(body.into()).unwrap()
}

async fn json(response: Response) -> Value {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&bytes).unwrap()
}

async fn problem(config: Config, request: Request<Body>) -> (u16, String) {
    let response = app(config).oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    assert_eq!(response.headers().contains_key("retry-after"), status == 503);
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
        (post_to("/v1/moderate", "{\n\"text\": }"), 400, "line 2, column 9: expected value"),
        (post_to("/v1/moderate", &b"{\"text\": \"\xff\"}"[..]), 400, "line 1, column 11: invalid unicode code point"),
        (post_to("/v1/moderate", ""), 400, "EOF"),
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

/// Starts a server on a free port; the sender stops it.
async fn started(timeout: Duration) -> (SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<io::Result<()>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let config = Config { timeout, ..Config::default() };
    let serving = serve(listener, config, Moderator::builtin().unwrap(), async { stopped.await.unwrap_or_default() });
    (address, stop, tokio::spawn(serving))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_in_flight_is_answered_before_the_server_stops() {
    let (address, stop, serving) = started(Duration::from_secs(10)).await;
    let (half_sent, wait_half) = oneshot::channel();
    let (go_on, wait_go_on) = std::sync::mpsc::channel();
    let client = tokio::task::spawn_blocking(move || {
        let mut socket = TcpStream::connect(address).unwrap();
        socket.write_all(b"POST /v1/moderate HTTP/1.1\r\nHost: gruff\r\nContent-Length: 16\r\n\r\n{\"text\":").unwrap();
        half_sent.send(()).unwrap();
        wait_go_on.recv().unwrap();
        socket.write_all(b"\"hello\"}").unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        answer
    });
    wait_half.await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    stop.send(()).unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!serving.is_finished());
    go_on.send(()).unwrap();
    let answer = client.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("\"action\""), "{answer}");
    serving.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_come_is_given_up() {
    let (address, _stop, _serving) = started(Duration::from_millis(100)).await;
    let client = tokio::task::spawn_blocking(move || {
        let mut socket = TcpStream::connect(address).unwrap();
        socket.write_all(b"POST /v1/moderate HTTP/1.1\r\nHost: gruff\r\nContent-Length: 16\r\n\r\n{\"text\":").unwrap();
        let mut answer = [0; 12];
        socket.read_exact(&mut answer).unwrap();
        answer
    });
    assert_eq!(&client.await.unwrap(), b"HTTP/1.1 408");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_stalls_does_not_keep_the_server_from_stopping() {
    let (address, stop, serving) = started(Duration::from_millis(100)).await;
    let mut socket = TcpStream::connect(address).unwrap();
    socket.write_all(b"POST /v1/mod").unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(5), serving).await.unwrap().unwrap().unwrap();
}
