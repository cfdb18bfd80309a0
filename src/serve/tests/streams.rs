//! Streams of rows.

use super::*;
use axum::body::Bytes;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::mpsc;

fn stream_of(body: impl Into<Body>) -> Request<Body> {
    let request = Request::post("/v1/moderate").header("content-type", "application/x-ndjson; charset=utf-8");
    request.body(body.into()).unwrap()
}

async fn answers(config: Config, body: impl Into<Body>) -> Vec<Value> {
    let response = app(config).oneshot(stream_of(body)).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/x-ndjson");
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    std::str::from_utf8(&bytes).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn every_line_is_answered_in_order() {
    let body: String = (0..500).map(|id| format!("{{\"id\":{id},\"text\":\"comment {id}\"}}\n")).collect();
    let answers = answers(Config::default(), body).await;
    let ids: Vec<&str> = answers.iter().map(|answer| answer["id"].as_str().unwrap()).collect();
    assert_eq!(ids, (0..500).map(|id| id.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_broken_line_is_told_with_its_number_and_the_rest_goes_on() {
    let body = b"{\"text\":\"a\"}\n\n{\"txt\":\"b\"}\r\n\xff\n[]\n{\"text\":\"c\"}";
    let answers = answers(Config::default(), &body[..]).await;
    let told: Vec<(Option<u64>, bool)> =
        answers.iter().map(|answer| (answer["line"].as_u64(), answer["action"].is_string())).collect();
    assert_eq!(told, [(None, true), (Some(3), false), (Some(4), false), (Some(5), false), (None, true)]);
    assert!(answers[1]["error"].as_str().unwrap().contains("the row has no text (it has txt)"));
}

/// Empty lines are counted, and are no work for the pool however many they are.
#[tokio::test]
async fn empty_lines_are_passed_over() {
    let blank = "\n \r\n".repeat(200_000);
    let body = format!("{blank}{{\"text\":\"a\"}}\n{blank}[]\n{blank}{{\"text\":\"b\"}}{blank}");
    let answers = answers(Config::default(), body).await;
    assert_eq!(answers.len(), 3);
    assert_eq!((answers[0]["action"].is_string(), answers[2]["action"].is_string()), (true, true));
    assert_eq!(answers[1]["line"], 800_002);
}

#[tokio::test]
async fn a_line_that_is_too_long_is_passed_over() {
    let config = Config { max_body: 100, ..Config::default() };
    let long = format!("{{\"text\":\"{}\"}}\n", "a".repeat(200_000));
    let pieces: Vec<Result<Bytes, Infallible>> = ["{\"text\":\"a\"}\n", &long, "{\"text\":\"b\"}\n"]
        .concat()
        .into_bytes()
        .chunks(50)
        .map(|piece| Ok(Bytes::copy_from_slice(piece)))
        .collect();
    let answers = answers(config, Body::from_stream(futures_util::stream::iter(pieces))).await;
    assert_eq!(answers.len(), 3);
    assert_eq!((answers[1]["line"].as_u64(), answers[2]["action"].is_string()), (Some(2), true));
}

#[tokio::test(flavor = "multi_thread")]
async fn long_streams_leave_room_for_single_requests() {
    let app = app(Config { max_requests: 1, threads: 2, ..Config::default() });
    let streams: Vec<_> = (0..8)
        .map(|_| {
            let lines =
                "{\"text\":\"You are the one who started it, you fool, and all of you know it.\"}\n".repeat(3000);
            tokio::spawn(app.clone().oneshot(stream_of(lines)))
        })
        .collect();
    let mut bodies = Vec::new();
    for stream in streams {
        let response = stream.await.unwrap().unwrap();
        assert_eq!(response.status(), 200);
        bodies.push(tokio::spawn(response.into_body().collect()));
    }
    let mut answered = 0;
    while bodies.iter().any(|body| !body.is_finished()) {
        let response = app.clone().oneshot(post_to("/v1/moderate", r#"{"text":"a"}"#)).await.unwrap();
        assert_eq!(response.status(), 200, "after {answered}");
        answered += 1;
    }
    assert!(answered > 0);
    for body in bodies {
        let bytes = body.await.unwrap().unwrap().to_bytes();
        assert_eq!(memchr::memchr_iter(b'\n', &bytes).count(), 3000);
    }
}

#[tokio::test]
async fn a_key_slows_a_stream_down_instead_of_breaking_it() {
    let key = KeyTable {
        name: "k".into(),
        hash: KeyHash::of("k"),
        scopes: vec![Scope::Score],
        per_second: std::num::NonZeroU32::new(100),
        burst: std::num::NonZeroU32::new(10),
    };
    let app = app(Config { keys: vec![key], ..Config::default() });
    let request =
        Request::post("/v1/moderate").header("content-type", "application/jsonl").header("x-goog-api-key", "k");
    let lines = "{\"text\":\"a\"}\n\n".repeat(40);
    let since = std::time::Instant::now();
    let response = app.oneshot(request.body(Body::from(lines)).unwrap()).await.unwrap();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let answers = std::str::from_utf8(&bytes).unwrap().lines().filter(|line| line.contains("\"action\"")).count();
    // Ten at once, and the other thirty at a hundred a second.
    assert!(answers == 40 && since.elapsed() >= Duration::from_millis(250), "{answers} {:?}", since.elapsed());
}

/// A stream whose lines are sent one by one.
async fn open(app: Router) -> (mpsc::Sender<Result<Bytes, Infallible>>, Body) {
    let (sender, receiver) = mpsc::channel(9);
    let body = futures_util::stream::unfold(receiver, |mut receiver: mpsc::Receiver<_>| async {
        let item = receiver.recv().await?;
        Some((item, receiver))
    });
    let response = app.oneshot(stream_of(Body::from_stream(body))).await.unwrap();
    (sender, response.into_body())
}

#[tokio::test]
async fn a_line_is_answered_before_the_next_is_sent() {
    let (sender, mut body) = open(app(Config::default())).await;
    for id in 0..3 {
        let line = format!("{{\"id\":{id},\"text\":\"a\"}}\n");
        let (first, second) = line.split_at(5);
        for piece in [first, second] {
            sender.send(Ok(Bytes::copy_from_slice(piece.as_bytes()))).await.unwrap();
        }
        let answer = body.frame().await.unwrap().unwrap().into_data().unwrap();
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(answer["id"], id.to_string());
    }
    drop(sender);
    assert!(body.frame().await.is_none());
}

#[tokio::test]
async fn a_stream_that_stalls_or_outlives_the_server_is_told_where_to_go_on() {
    let config = Config { timeout: Duration::from_millis(50), ..Config::default() };
    let server = Arc::new(Server::new(&config, Moderator::builtin().unwrap()).unwrap());
    let (sender, body) = open(routes(Arc::clone(&server), false)).await;
    sender.send(Ok(Bytes::from_static(b"{\"text\":\"a\"}\n{\"text\""))).await.unwrap();
    let stalled = body.collect().await.unwrap().to_bytes();
    assert!(stalled.ends_with(b"{\"line\":2,\"error\":\"nothing came for too long\"}\n"), "{stalled:?}");
    server.drain();
    let (_sender, body) = open(routes(server, false)).await;
    let stopped = body.collect().await.unwrap().to_bytes();
    assert!(stopped.starts_with(b"{\"line\":1,\"error\":\"the server stops;"), "{stopped:?}");
}
