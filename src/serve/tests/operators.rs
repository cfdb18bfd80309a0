//! Keys, reload, metrics and the log.

use super::*;
use std::io::Write;
use std::num::NonZeroU32;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

fn key(name: &str, scopes: &[Scope]) -> KeyTable {
    KeyTable { name: name.into(), hash: KeyHash::of(name), scopes: scopes.into(), per_second: None, burst: None }
}

fn with_key(path: &str, key: &str) -> Request<Body> {
    Request::post(path).header("authorization", format!("Bearer {key}")).body(r#"{"text":"a"}"#.into()).unwrap()
}

#[tokio::test]
async fn keys_open_what_they_may() {
    let config =
        || Config { keys: vec![key("scorer", &[Scope::Score]), key("admin", &[Scope::Admin])], ..Config::default() };
    for (request, status) in [
        (post_to("/v1/moderate", "{}"), 401),
        (with_key("/v1/moderate", "unheard"), 401),
        (with_key("/v1/moderate", "admin"), 403),
        (with_key("/v1/reload", "scorer"), 403),
        (get_from("/metrics"), 401),
        (get_from("/v1/articles/1"), 401),
        (Request::put("/v1/articles/1").body("{}".into()).unwrap(), 401),
        (Request::delete("/v1/articles/1").body(Body::empty()).unwrap(), 401),
        (post_to("/v1/articles/1/comments", "[]"), 401),
    ] {
        let path = request.uri().path().to_owned();
        let (answered, told) = problem(config(), request).await;
        assert_eq!(answered, status, "{path} {told}");
        assert!(!told.contains("unheard") && !told.contains("scorer"));
    }
    for path in ["/healthz", "/readyz", "/openapi.json"] {
        assert_eq!(app(config()).oneshot(get_from(path)).await.unwrap().status(), 200);
    }
    let response = app(config()).oneshot(with_key("/v1/moderate", "scorer")).await.unwrap();
    assert_eq!(response.status(), 200);
    let response = app(config()).oneshot(post_to("/v1/moderate", "{}")).await.unwrap();
    assert_eq!(response.headers()["www-authenticate"], "Bearer");
}

#[tokio::test]
async fn a_key_that_is_used_too_often_is_told_when_to_come_back() {
    let limited = KeyTable { per_second: NonZeroU32::new(1), burst: NonZeroU32::new(2), ..key("k", &[Scope::Score]) };
    let app = app(Config { keys: vec![limited], ..Config::default() });
    for _ in 0..2 {
        assert_eq!(app.clone().oneshot(with_key("/v1/moderate", "k")).await.unwrap().status(), 200);
    }
    let response = app.oneshot(with_key("/v1/moderate", "k")).await.unwrap();
    assert_eq!(response.headers()["retry-after"], "1");
    assert_eq!(refusal(response).await.0, 429);
}

#[tokio::test]
async fn a_request_costs_as_many_as_it_has_comments() {
    let config = || {
        let limited =
            KeyTable { per_second: NonZeroU32::new(5), burst: NonZeroU32::new(20), ..key("k", &[Scope::Score]) };
        Config { keys: vec![limited], ..Config::default() }
    };
    let asked = |method: &str, path: &str, body: String| {
        Request::builder().method(method).uri(path).header("authorization", "Bearer k").body(Body::from(body)).unwrap()
    };
    let texts = |count: usize| vec![r#"{"text":"a"}"#; count].join(",");
    let ids = |count: usize| {
        vec![r#"{"id":"1","text":"a","author":null,"date":null,"depth":0,"parent":null}"#; count].join(",")
    };
    let requests = |count: usize| {
        [
            asked("POST", "/v1/moderate", format!("[{}]", texts(count))),
            asked("POST", "/v1/moderate", format!("{{\"rows\":[{}]}}", texts(count))),
            asked("POST", "/v1/moderate", format!("{{\"article\":{{}},\"comments\":[{}]}}", ids(count))),
            asked("PUT", "/v1/articles/1", format!("{{\"article\":\"a\",\"comments\":[{}]}}", texts(count))),
            asked("POST", "/v1/moderations", format!("{{\"input\":[{}]}}", vec!["\"a\""; count].join(","))),
        ]
    };
    for (number, request) in requests(19).into_iter().enumerate() {
        let app = app(config());
        assert!(app.clone().oneshot(request).await.unwrap().status().is_success(), "{number}");
        // A second's worth and more is spent: two single ones do not fit any more, one might.
        let again = requests(8).into_iter().nth(number).unwrap();
        let response = app.oneshot(again).await.unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["retry-after"]),
            (429, &"2".parse().unwrap()),
            "{number}"
        );
    }
    let one = |count: usize, number: usize| requests(count).into_iter().nth(number).unwrap();
    // With nothing left, what is too much for the key is still told so, and the others wait for all of their comments.
    let app = app(config());
    assert_eq!(app.clone().oneshot(one(20, 0)).await.unwrap().status(), 200);
    let waits = app.clone().oneshot(one(20, 1)).await.unwrap();
    let seconds: u64 = waits.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(waits.status() == 429 && (2..=4).contains(&seconds), "{seconds}");
    assert_eq!(app.oneshot(one(21, 0)).await.unwrap().status(), 413);
    for request in requests(21) {
        let response = super::app(config()).oneshot(request).await.unwrap();
        assert_eq!(response.status(), 413);
        let told = response.into_body().collect().await.unwrap().to_bytes();
        assert!(String::from_utf8(told.to_vec()).unwrap().contains("allows 20 comments at once"));
    }
}

#[tokio::test]
async fn what_a_reload_leaves_as_it_was_is_told() {
    let app = reloading(|count| {
        let listen = if count == 0 { "127.0.0.1:8000" } else { "127.0.0.1:9000" };
        Ok((
            Config { listen: listen.to_owned(), store: (count > 0).then(|| "s".into()), ..Config::default() },
            only_insult(),
        ))
    });
    for needs_restart in [serde_json::json!([]), serde_json::json!(["listen", "store"])] {
        let told = json(app.clone().oneshot(post_to("/v1/reload", "")).await.unwrap()).await;
        assert_eq!(told["needs_restart"], needs_restart);
    }
}

#[tokio::test]
async fn a_reload_does_not_take_all_keys_away() {
    let loader: Loader = Arc::new(|| Ok((Config::default(), Moderator::builtin().unwrap())));
    let config = Config { keys: vec![key("k", &Scope::ALL)], ..Config::default() };
    let server = Server::new(&config, Moderator::builtin().unwrap()).unwrap().reloading_by(loader, false);
    let app = routes(Arc::new(server), false);
    assert_eq!(app.clone().oneshot(with_key("/v1/reload", "k")).await.unwrap().status(), 422);
    assert_eq!(app.oneshot(with_key("/v1/moderate", "")).await.unwrap().status(), 401);
}

#[cfg(unix)]
#[tokio::test]
async fn a_store_that_cannot_be_written_makes_the_server_unready() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    std::fs::create_dir(&inner).unwrap();
    let path = inner.join("store.sqlite");
    let app = app(Config { store: Some(path.clone()), ..Config::default() });
    let ready = async || app.clone().oneshot(get_from("/readyz")).await.unwrap().status().as_u16();
    let suggest = async || {
        let body = r#"{"comment":{"text":"a"},"attributeScores":{"INSULT":{"summaryScore":{"value":1}}}}"#;
        app.clone().oneshot(post_to("/v1alpha1/comments:suggestscore", body)).await.unwrap().status().as_u16()
    };
    assert_eq!((ready().await, suggest().await), (200, 200));
    std::fs::remove_dir_all(&inner).unwrap();
    assert_eq!((ready().await, suggest().await), (503, 503));
    std::fs::create_dir(&inner).unwrap();
    assert_eq!((ready().await, suggest().await), (200, 200));
    assert!(path.exists());
}

/// A server whose loader gives what `loaded` returns for the first, second … reload.
fn reloading(loaded: impl Fn(usize) -> Result<(Config, Moderator), String> + Send + Sync + 'static) -> Router {
    let count = AtomicUsize::new(0);
    let loader: Loader = Arc::new(move || loaded(count.fetch_add(1, Ordering::SeqCst)));
    let server = Server::new(&Config::default(), Moderator::builtin().unwrap()).unwrap().reloading_by(loader, false);
    routes(Arc::new(server), false)
}

fn labels_of(judged: &Value) -> usize {
    judged["scores"].as_object().unwrap().len()
}

fn only_insult() -> Moderator {
    Moderator::builtin().unwrap().with_labels(&[crate::Label::new("insult").unwrap()]).unwrap()
}

#[tokio::test]
async fn a_reload_takes_effect_or_changes_nothing() {
    let app = reloading(|count| match count {
        0 => Ok((Config::default(), only_insult())),
        1 => Err("policy site.toml: line 3: no such label".to_owned()),
        _ => Ok((Config { keys: vec![key("k", &Scope::ALL)], ..Config::default() }, only_insult())),
    });
    let judge = async |key: &str| app.clone().oneshot(with_key("/v1/moderate", key)).await.unwrap();
    let reload = async || app.clone().oneshot(with_key("/v1/reload", "k")).await.unwrap();
    assert!(labels_of(&json(judge("").await).await) > 1);
    let told = json(reload().await).await;
    assert!(told["reloaded"].as_str().unwrap().contains("policy built-in"), "{told}");
    assert_eq!(labels_of(&json(judge("").await).await), 1);
    let (status, told) = refusal(reload().await).await;
    assert_eq!((status, told.as_str()), (422, "nothing was changed: policy site.toml: line 3: no such label"));
    assert_eq!(labels_of(&json(judge("").await).await), 1);
    assert_eq!(reload().await.status(), 200);
    assert_eq!((judge("").await.status().as_u16(), judge("k").await.status().as_u16()), (401, 200));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_others_reach_does_not_lose_its_keys() {
    let loader: Loader = Arc::new(|| Ok((Config::default(), Moderator::builtin().unwrap())));
    let config = Config { keys: vec![key("k", &Scope::ALL)], ..Config::default() };
    let server = Server::new(&config, Moderator::builtin().unwrap()).unwrap().reloading_by(loader, true);
    let app = routes(Arc::new(server), false);
    assert_eq!(app.clone().oneshot(with_key("/v1/reload", "k")).await.unwrap().status(), 422);
    assert_eq!(app.oneshot(with_key("/v1/moderate", "")).await.unwrap().status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_is_lost_while_models_change() {
    let app = reloading(|count| {
        let moderator = if count % 2 == 0 { only_insult() } else { Moderator::builtin().unwrap() };
        Ok((Config::default(), moderator))
    });
    let clients: Vec<_> = (0..4)
        .map(|_| {
            let app = app.clone();
            tokio::spawn(async move {
                for _ in 0..50 {
                    let judged =
                        app.clone().oneshot(post_to("/v1/moderate", r#"[{"text":"a b"},{"text":"c d"}]"#)).await;
                    let judged = json(judged.unwrap()).await;
                    // One request is judged by one model.
                    assert_eq!(labels_of(&judged[0]), labels_of(&judged[1]));
                }
            })
        })
        .collect();
    for _ in 0..20 {
        assert_eq!(app.clone().oneshot(post_to("/v1/reload", "")).await.unwrap().status(), 200);
    }
    for client in clients {
        client.await.unwrap();
    }
}

#[tokio::test]
async fn what_happened_is_counted() {
    let app = app(Config::default());
    app.clone().oneshot(post_to("/v1/moderate", r#"{"text":"a pleasant day"}"#)).await.unwrap();
    app.clone().oneshot(get_from("/no/such/path?key=secret")).await.unwrap();
    let request = Request::builder().method("CUSTOM").uri("/healthz").body(Body::empty()).unwrap();
    app.clone().oneshot(request).await.unwrap();
    let text = app.oneshot(get_from("/metrics")).await.unwrap().into_body().collect().await.unwrap().to_bytes();
    let text = std::str::from_utf8(&text).unwrap();
    for line in [
        "gruff_requests_total{method=\"POST\",route=\"/v1/moderate\",status=\"200\"} 1",
        "gruff_requests_total{method=\"GET\",route=\"unknown\",status=\"404\"} 1",
        "gruff_requests_total{method=\"other\",route=\"/healthz\",status=\"405\"} 1",
        "gruff_comments_judged_total{action=\"approve\"} 1",
        "gruff_requests_judging 0",
        "# EOF",
    ] {
        assert!(text.lines().any(|other| other == line), "{line}\n{text}");
    }
    assert!(!text.contains("secret") && !text.contains("such"));
}

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_tells_routes_but_neither_comments_nor_keys() {
    let sink = Sink::default();
    let (log, writer) = Log::new(sink.clone()).unwrap();
    let server = Server::new(&Config::default(), Moderator::builtin().unwrap()).unwrap().logging_to(log);
    let app = routes(Arc::new(server), false);
    let secret = |path: &str| {
        let request = Request::post(path).header("authorization", "Bearer secret").header("x-secret", "secret");
        request.body(Body::from(r#"{"id":"secret","text":"secret"}"#)).unwrap()
    };
    for path in
        ["/v1/moderate", "/v1/moderate?key=secret", "/secret", "/v1/articles/secret/comments", "/v1/articles/secret"]
    {
        let body = app.clone().oneshot(secret(path)).await.unwrap().into_body();
        body.collect().await.unwrap();
    }
    let stream = Request::post("/v1/moderate").header("content-type", "application/x-ndjson");
    let stream = stream.body(Body::from("{\"text\":\"secret\"}\nsecret\n")).unwrap();
    let answer = app.clone().oneshot(stream).await.unwrap().into_body().collect().await.unwrap().to_bytes();
    drop(app);
    writer.join().unwrap();
    let text = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
    assert!(!text.contains("secret"), "{text}");
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(' ').collect()).collect();
    assert_eq!(lines.len(), 6, "{text}");
    assert_eq!(lines[0][..3], ["POST", "/v1/moderate", "200"]);
    assert_eq!(lines[2][..3], ["POST", "unknown", "404"]);
    assert_eq!(lines[4][..3], ["POST", "/v1/articles/{id}", "405"]);
    // The length of a stream is known at its end.
    assert_eq!(lines[5][3], answer.len().to_string());
}

#[tokio::test]
async fn pages_of_other_sites_are_turned_away_where_no_key_does_it() {
    let asked = |origin: &str| {
        Request::post("/v1/moderate").header("origin", origin).body(Body::from(r#"{"text":"a"}"#)).unwrap()
    };
    for (origin, status) in [
        ("https://evil.example", 403),
        ("null", 403),
        ("http://127.0.0.1.evil.example", 403),
        ("http://localhost:3000", 200),
        ("http://127.0.0.1:8000", 200),
        ("http://[::1]:8000", 200),
    ] {
        let response = app(Config::default()).oneshot(asked(origin)).await.unwrap();
        assert_eq!(response.status(), status, "{origin}");
    }
    // Not every request of a browser says where it comes from; every one says how far from here that is.
    let fetched = |method: &str, site: &str, mode: &str| {
        let path = if method == "GET" { "/healthz" } else { "/v1/moderate" };
        let request = Request::builder().method(method).uri(path);
        let request = request.header("sec-fetch-site", site).header("sec-fetch-mode", mode);
        request.body(Body::from(r#"{"text":"a"}"#)).unwrap()
    };
    for (method, site, mode, status) in [
        ("POST", "cross-site", "navigate", 403),
        ("POST", "cross-site", "no-cors", 403),
        ("GET", "cross-site", "no-cors", 403),
        ("GET", "cross-site", "navigate", 200),
        ("POST", "same-origin", "cors", 200),
        ("POST", "none", "navigate", 200),
    ] {
        let response = app(Config::default()).oneshot(fetched(method, site, mode)).await.unwrap();
        assert_eq!(response.status(), status, "{method} {site} {mode}");
    }
}
