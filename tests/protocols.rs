//! What unmodified clients of Perspective, OpenAI and Akismet asked and were answered (recorded by `scripts/clients
//! --record`), asked again.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use gruff::Moderator;
use gruff::serve::{Config, KeyHash, KeyTable, Scope, router};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::fs;
use std::num::NonZeroU32;
use std::path::Path;
use tower::ServiceExt;

/// Tells what differs. Scores change with the model and need only be [`like`] what they were; so does the model's name.
/// Ids are new with every answer, and so is how much was used.
fn differs(recorded: &Value, found: &Value, at: &str) -> Option<String> {
    match (recorded, found) {
        (Value::Number(one), Value::Number(other)) if one.is_f64() && other.is_f64() => {
            let alike = like(one.as_f64().unwrap(), other.as_f64().unwrap());
            (!alike).then(|| format!("{at}: {recorded} was recorded, {found} is far from it"))
        }
        (Value::Number(_), Value::Number(_)) if at.ends_with(".usage") => None,
        (Value::Array(recorded), Value::Array(found)) if recorded.len() == found.len() => recorded
            .iter()
            .zip(found)
            .enumerate()
            .find_map(|(n, (one, other))| differs(one, other, &format!("{at}[{n}]"))),
        (Value::Object(recorded), Value::Object(found))
            if recorded.keys().eq(found.keys()) || recorded.len() == found.len() =>
        {
            recorded.iter().find_map(|(key, one)| match (key.as_str(), found.get(key)) {
                (_, None) => Some(format!("{at}: no {key}")),
                ("id" | "model", Some(Value::String(_))) if at.is_empty() => None,
                (_, Some(other)) => differs(one, other, &format!("{at}.{key}")),
            })
        }
        _ => (recorded != found).then(|| format!("{at}: {recorded} was recorded, {found} found")),
    }
}

/// Tells whether two scores say about the same. On the scale of log-odds, so that small ones are not all alike, and only as
/// far as it matters: beyond .005 and .995 all are the same. For a model that moves one by more than 1.2 (.5 to .77), or to the
/// other side of one half, the clients are recorded again (scripts/clients --record). 0, which stands for "not judged", is like
/// nothing but itself.
fn like(one: f64, other: f64) -> bool {
    if one == 0. || other == 0. {
        return one == other;
    }
    let log_odds = |score: f64| {
        let score = score.clamp(0.005, 0.995);
        (score / (1. - score)).ln()
    };
    let (one, other) = (log_odds(one), log_odds(other));
    (one - other).abs() <= 1.2 && (one > 0.) == (other > 0.)
}

#[test]
fn scores_are_compared_so_that_nonsense_shows() {
    for (one, other) in [(0.0066, 0.0044), (0.999_989, 0.9995), (0.975, 0.95), (0.3, 0.12), (0., 0.)] {
        assert!(like(one, other), "{one} {other}");
    }
    for (one, other) in [
        (0.0066, 0.2),
        (0.0066, 0.),
        (0.226, 0.6),
        (0.999, 0.9),
        (0.0002, 0.03),
        (0.99, 0.01),
        (0.55, 0.9),
        (0.3, 0.05),
    ] {
        assert!(!like(one, other), "{one} {other}");
    }
}

async fn ask(server: &Router, request: &Value) -> (u16, Vec<(String, String)>, Value) {
    let text = |key: &str| request[key].as_str().unwrap().to_owned();
    let mut builder = Request::builder().method(text("method").as_str()).uri(text("target"));
    for (name, value) in request["headers"].as_object().unwrap() {
        builder = builder.header(name, value.as_str().unwrap());
    }
    let response = server.clone().oneshot(builder.body(Body::from(text("body"))).unwrap()).await.unwrap();
    let status = response.status().as_u16();
    let headers = response.headers().iter();
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| Value::from(String::from_utf8(bytes.into()).unwrap()));
    (status, headers, body)
}

#[tokio::test]
async fn recorded_clients_are_answered_as_they_were() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/protocols");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), 10, "{files:?}");
    let store = tempfile::tempdir().unwrap();
    let config = Config { store: Some(store.path().join("store.sqlite")), ..Config::default() };
    let server = router(config, Moderator::builtin().unwrap()).unwrap();
    let mut wrong = Vec::new();
    for file in files {
        let record: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let exchanges = record["exchanges"].as_array().unwrap();
        assert!(!exchanges.is_empty());
        for exchange in exchanges {
            let (request, recorded) = (&exchange["request"], &exchange["response"]);
            let (status, headers, body) = ask(&server, request).await;
            let mut told = Vec::new();
            if recorded["status"] != status {
                told.push(format!("status {status}, {} was recorded", recorded["status"]));
            }
            for (name, value) in recorded["headers"].as_object().unwrap() {
                match headers.iter().find(|(found, _)| found == name) {
                    None => told.push(format!("no header {name}")),
                    Some((_, found)) if name != "x-akismet-guid" && value != found => {
                        told.push(format!("header {name}: {value} was recorded, {found} found"));
                    }
                    Some(_) => {}
                }
            }
            told.extend(differs(&recorded["body"], &body, ""));
            wrong.extend(told.iter().map(|what| format!("{}: {}: {what}", record["client"], request["target"])));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What Coral sends and what it reads, as its source has it; its `endpoint` is `http://…/v1alpha1`.
#[tokio::test]
async fn coral_reads_what_it_needs() {
    let store = tempfile::tempdir().unwrap();
    let config = Config { store: Some(store.path().join("store.sqlite")), ..Config::default() };
    let server = router(config, Moderator::builtin().unwrap()).unwrap();
    let check = r#"{"comment":{"text":"You utter idiot, you stupid moron."},"doNotStore":true,"requestedAttributes":{"TOXICITY":{}},"languages":["en"]}"#;
    let (status, _, body) = ask(&server, &post("/v1alpha1/comments:analyze?key=key", check)).await;
    let score = &body["attributeScores"]["TOXICITY"]["summaryScore"]["value"];
    assert!(status == 200 && score.as_f64().unwrap() > 0.8, "{body}");
    let about = r#""context":{"entries":[{"text":"{\"url\":\"https://news.example/bridge?commentID=7\",\"Coral_comment_id\":\"7\"}"}]}"#;
    // Versions differ in what they call a decision: the attribute, with 0 or 1, or what the moderator did, with 1.
    for scores in [
        r#"{"TOXICITY":{"summaryScore":{"value":0}}}"#,
        r#"{"APPROVED":{"summaryScore":{"value":1}}}"#,
        r#"{"DELETED":{"summaryScore":{"value":1}}}"#,
    ] {
        let decided = format!(
            r#"{{"comment":{{"text":"You there."}},{about},"attributeScores":{scores},"languages":["en"],"communityId":"Coral:https://news.example","clientToken":"comment:7"}}"#
        );
        let (status, headers, body) = ask(&server, &post("/v1alpha1/comments:suggestscore?key=key", &decided)).await;
        assert!(status == 200 && body["clientToken"] == "comment:7", "{body}");
        assert!(headers.contains(&("x-gruff-kept".to_owned(), "yes".to_owned())));
    }
}

/// Every protocol says in its own words what the server as a whole refuses.
#[tokio::test]
async fn refusals_have_the_shape_of_the_protocol() {
    let server = |config: Config| router(config, Moderator::builtin().unwrap()).unwrap();
    let small = server(Config { max_body: 20, ..Config::default() });
    let full = server(Config { max_requests: 0, ..Config::default() });
    let large = "x".repeat(50);
    for (server, status) in [(small, 413), (full, 503)] {
        for target in ["/v1alpha1/comments:analyze", "/v1alpha1/comments:suggestscore"] {
            let (told, headers, body) = ask(&server, &post(target, &large)).await;
            let error = &body["error"];
            assert!(told == status && error["code"] == status, "{target} {body}");
            assert!(error["status"].is_string() && error["message"].is_string() && error["details"][0].is_object());
            assert_eq!(headers.iter().any(|(name, _)| name == "retry-after"), status == 503);
        }
        let (told, _, body) = ask(&server, &post("/v1/moderations", &large)).await;
        assert!(told == status && body["error"]["type"].is_string() && body["error"]["param"].is_null(), "{body}");
        for call in ["verify-key", "comment-check", "submit-spam", "submit-ham"] {
            let (told, headers, body) = ask(&server, &post(&format!("/1.1/{call}"), &large)).await;
            assert!(told == status && body.is_string(), "{call} {body}");
            assert!(headers.iter().any(|(name, _)| name == "x-akismet-debug-help"));
        }
    }
}

fn post(target: &str, body: &str) -> Value {
    json!({"method": "POST", "target": target, "headers": {}, "body": body})
}

/// A wrong key, a key without the scope and a key used too often are told in each protocol's own words.
#[tokio::test]
async fn keys_are_refused_in_the_words_of_the_protocol() {
    let key = |burst| KeyTable {
        name: "coral".to_owned(),
        hash: KeyHash::of("right-key"),
        scopes: vec![Scope::Score],
        per_second: NonZeroU32::new(1),
        burst: NonZeroU32::new(burst),
    };
    let server =
        |burst| router(Config { keys: vec![key(burst)], ..Config::default() }, Moderator::builtin().unwrap()).unwrap();
    let comment = r#"{"comment":{"text":"Thank you, Ann."},"requestedAttributes":{"TOXICITY":{}}}"#;
    let suggestion = r#"{"comment":{"text":"a"},"attributeScores":{"TOXICITY":{"summaryScore":{"value":1}}}}"#;
    let asked = |target: &str, headers: Value, body: &str| json!({"method": "POST", "target": target, "headers": headers, "body": body});
    let analyze = |key: &str| asked(&format!("/v1alpha1/comments:analyze?key={key}"), json!({}), comment);
    let suggest = asked("/v1alpha1/comments:suggestscore", json!({"x-goog-api-key": "right-key"}), suggestion);
    let moderations =
        |key: &str| asked("/v1/moderations", json!({"authorization": format!("Bearer {key}")}), r#"{"input":"a"}"#);
    let akismet = |call: &str, key: &str| {
        asked(
            &format!("/1.1/{call}"),
            json!({"host": format!("{key}.rest.akismet.com")}),
            "blog=b&user_ip=i&comment_content=a",
        )
    };
    let open = server(100);
    let (status, _, body) = ask(&open, &analyze("wrong-key")).await;
    assert!(status == 400 && body["error"]["details"][0]["reason"] == "API_KEY_INVALID", "{body}");
    assert!(!body.to_string().contains("wrong-key"));
    let (status, _, body) = ask(&open, &analyze("right-key")).await;
    assert_eq!(status, 200, "{body}");
    let (status, _, body) = ask(&open, &suggest).await;
    assert!(status == 403 && body["error"]["status"] == "PERMISSION_DENIED", "{body}");
    let (status, _, body) = ask(&open, &moderations("wrong-key")).await;
    assert!(status == 401 && body["error"]["code"] == "invalid_api_key", "{body}");
    assert!(!body.to_string().contains("wrong-key"));
    assert_eq!(ask(&open, &moderations("right-key")).await.0, 200);
    for (call, key, answer) in [
        ("verify-key", "wrong-key", json!("invalid")),
        ("verify-key", "right-key", json!("valid")),
        ("comment-check", "wrong-key", json!("invalid")),
        ("comment-check", "right-key", json!(false)),
    ] {
        let (status, headers, body) = ask(&open, &akismet(call, key)).await;
        assert_eq!((status, &body), (200, &answer), "{call} {key}");
        assert_eq!(headers.iter().any(|(name, _)| name == "x-akismet-debug-help"), answer == "invalid", "{call} {key}");
    }
    // A key that may do something else is not called invalid.
    let (status, headers, body) = ask(&open, &akismet("submit-ham", "right-key")).await;
    let help = headers.iter().find(|(name, _)| name == "x-akismet-debug-help");
    assert!(status == 403 && help.is_some_and(|(_, told)| told.contains("lacks the scope `learn`")), "{body}");
    let learner = KeyTable { scopes: vec![Scope::Learn], ..key(100) };
    let learner = router(Config { keys: vec![learner], ..Config::default() }, Moderator::builtin().unwrap()).unwrap();
    assert_eq!(ask(&learner, &akismet("verify-key", "right-key")).await.2, json!("valid"));
    let (status, _, body) = ask(&learner, &akismet("comment-check", "right-key")).await;
    assert_eq!((status, &body), (403, &json!("the API key lacks the scope `score`")));
    assert_eq!(ask(&learner, &akismet("submit-ham", "right-key")).await.0, 200);
    for request in [analyze("right-key"), moderations("right-key"), akismet("comment-check", "right-key")] {
        let busy = server(1);
        let mut answered = ask(&busy, &request).await;
        assert_eq!(answered.0, 200);
        // However slow this machine is, some two requests come within a second.
        for _ in 0..1000 {
            if answered.0 == 429 {
                break;
            }
            answered = ask(&busy, &request).await;
        }
        let (status, headers, body) = answered;
        assert!(status == 429 && headers.iter().any(|(name, _)| name == "retry-after"), "{body}");
        assert!(body.is_string() || body["error"].is_object(), "{body}");
    }
}

/// What Akismet's calls do not read is said where its clients look; the key of `usage-limit` may come either way.
#[tokio::test]
async fn akismets_calls_are_forms() {
    let server = router(Config::default(), Moderator::builtin().unwrap()).unwrap();
    let sent = |kind: &str, body: &str| json!({"method": "POST", "target": "/1.1/comment-check", "headers": {"content-type": kind}, "body": body});
    for (kind, body) in [
        (
            "multipart/form-data; boundary=x",
            "--x\r\ncontent-disposition: form-data; name=\"blog\"\r\n\r\nb\r\n--x--\r\n",
        ),
        ("Application/JSON", r#"{"api_key":"a","blog":"b","user_ip":"i"}"#),
    ] {
        let (status, headers, body) = ask(&server, &sent(kind, body)).await;
        let help = headers.iter().find(|(name, _)| name == "x-akismet-debug-help").unwrap();
        assert!(status == 415 && help.1.contains("application/x-www-form-urlencoded"), "{body}");
    }
    let form = "api_key=a&blog=b&user_ip=i&comment_content=Thank+you";
    for kind in ["application/x-www-form-urlencoded; charset=UTF-8", "text/plain", "nonsense"] {
        assert_eq!(ask(&server, &sent(kind, form)).await.2, json!(false));
    }
    for (method, target, body) in [
        ("GET", "/1.2/usage-limit?api_key=a", ""),
        ("POST", "/1.2/usage-limit", "api_key=a"),
        ("POST", "/1.2/usage-limit?api_key=a", ""),
    ] {
        let asked = json!({"method": method, "target": target, "headers": {}, "body": body});
        assert_eq!(ask(&server, &asked).await.2["limit"], "none", "{method} {target}");
    }
    let asked = json!({"method": "POST", "target": "/1.2/usage-limit", "headers": {}, "body": ""});
    assert_eq!(ask(&server, &asked).await.2, json!("invalid"));
}

/// WordPress throws away unseen what it is told to discard; a site that wants to see it says so.
#[tokio::test]
async fn akismets_clients_discard_nothing_where_the_site_wants_to_see_it() {
    let rejected = "api_key=a&blog=b&user_ip=i&comment_content=You+utter+idiot,+you+stupid+moron.";
    for akismet_discard in [false, true] {
        let config = Config { akismet_discard, ..Config::default() };
        let server = router(config, Moderator::builtin().unwrap()).unwrap();
        let (_, headers, body) = ask(&server, &post("/1.1/comment-check", rejected)).await;
        assert_eq!(body, json!(true));
        assert_eq!(headers.contains(&("x-akismet-pro-tip".to_owned(), "discard".to_owned())), akismet_discard);
    }
}

/// What WordPress's plugin asks before it keeps a key, and reads of the answers.
#[tokio::test]
async fn wordpress_finds_an_account() {
    let key = KeyTable {
        name: "blog".to_owned(),
        hash: KeyHash::of("right-key"),
        scopes: vec![Scope::Learn],
        per_second: None,
        burst: None,
    };
    let server = router(Config { keys: vec![key], ..Config::default() }, Moderator::builtin().unwrap()).unwrap();
    let asked = |call: &str, host: &str, body: &str| json!({"method": "POST", "target": format!("/1.1/{call}"), "headers": {"host": host}, "body": body});
    let form = "key=right-key&blog=https%3A%2F%2Fnews.example&from=all";
    for (host, form) in [("rest.akismet.com", form), ("right-key.rest.akismet.com", "blog=b")] {
        assert_eq!(ask(&server, &asked("verify-key", host, form)).await.2, json!("valid"));
        let (status, _, account) = ask(&server, &asked("get-subscription", host, form)).await;
        assert_eq!((status, &account["status"]), (200, &json!("active")));
        // Neither a date of billing nor an offer of a paid plan is shown.
        assert!(account["next_billing_date"] == false && account["account_type"] != "free-api-key", "{account}");
        // Numbers would have WordPress load a chart from elsewhere with the key in its address.
        let (status, _, stats) = ask(&server, &asked("get-stats", host, form)).await;
        assert!(status == 200 && stats.is_object() && stats["spam"].is_null(), "{stats}");
    }
    for call in ["get-subscription", "get-stats"] {
        let wrong = asked(call, "rest.akismet.com", "key=wrong&blog=b");
        assert_eq!(ask(&server, &wrong).await.2, json!("invalid"));
    }
    let test = json!({"method": "GET", "target": "/1.1/test", "headers": {}, "body": ""});
    assert_eq!(ask(&server, &test).await.2, json!("connected"));
}

/// JavaScript writes half an emoji, where it cuts a text inside one, as an escape that stands for no text.
#[tokio::test]
async fn half_an_emoji_lets_nothing_through() {
    let server = router(Config::default(), Moderator::builtin().unwrap()).unwrap();
    let insult = r"You utter idiot, you stupid moron \ud83d";
    let analyze = format!(
        r#"{{"comment":{{"text":"{insult}"}},"requestedAttributes":{{"TOXICITY":{{}}}},"spanAnnotations":true}}"#
    );
    let (status, _, body) = ask(&server, &post("/v1alpha1/comments:analyze", &analyze)).await;
    let toxicity = &body["attributeScores"]["TOXICITY"];
    assert!(status == 200 && toxicity["summaryScore"]["value"].as_f64().unwrap() > 0.8, "{body}");
    // What stands for the half is as wide as the half was.
    assert_eq!(toxicity["spanScores"][0]["end"], 35);
    let (status, _, body) = ask(&server, &post("/v1/moderations", &format!(r#"{{"input":"{insult}"}}"#))).await;
    assert!(status == 200 && body["results"][0]["flagged"] == true, "{body}");
    let row = format!(r#"{{"text":"{insult}"}}"#);
    let (status, _, body) = ask(&server, &post("/v1/moderate", &row)).await;
    assert!(status == 200 && body["action"] != "approve", "{body}");
    let mut stream = post("/v1/moderate", &row);
    stream["headers"] = json!({"content-type": "application/x-ndjson"});
    let (status, _, body) = ask(&server, &stream).await;
    assert!(status == 200 && body["action"] != "approve", "{body}");
}

/// A client that is made for another version is not handed the document of this one.
#[tokio::test]
async fn other_versions_are_not_discovered() {
    let server = router(Config::default(), Moderator::builtin().unwrap()).unwrap();
    let asked =
        |query: &str| json!({"method": "GET", "target": format!("/$discovery/rest{query}"), "headers": {}, "body": ""});
    for query in ["", "?version=v1alpha1&key=k"] {
        assert_eq!(ask(&server, &asked(query)).await.2["version"], "v1alpha1", "{query}");
    }
    let (status, _, body) = ask(&server, &asked("?version=v2")).await;
    assert!(status == 404 && body["error"]["message"].as_str().unwrap().contains("v1alpha1"), "{body}");
}

/// Whatever is sent, nothing fails inside.
#[tokio::test]
async fn hostile_requests_are_refused_without_a_fault() {
    let server = router(Config::default(), Moderator::builtin().unwrap()).unwrap();
    let deep = "[".repeat(100_000);
    let deep_object = "{\"comment\":".repeat(50_000);
    let many: String = (0..5000).map(|n| format!("a{n}=%{n}&")).collect();
    let long = format!(
        r#"{{"comment":{{"text":"{}"}},"requestedAttributes":{{"TOXICITY":{{}},"SARCASM":{{}}}},"spanAnnotations":true}}"#,
        "A. ".repeat(6800)
    );
    let bodies: Vec<Vec<u8>> = [
        "",
        "{",
        "null",
        "5",
        "\"\"",
        "[]",
        "{}",
        "\u{0}",
        "%",
        "=",
        "&&&",
        "a=%",
        "api_key",
        &deep,
        &deep_object,
        &many,
        &long,
        r#"{"comment":null,"input":null}"#,
        r#"{"comment":{"text":"\u0000\ud83d\ude00"},"requestedAttributes":{"TOXICITY":{}},"spanAnnotations":true}"#,
        r#"{"comment":{"text":"\ud83d"},"requestedAttributes":{"TOXICITY":{}}}"#,
        r#"{"comment":{"text":"a"},"requestedAttributes":{"":{},"é":{},"LIKELY_TO_REJECT":{}}}"#,
        r#"{"comment":{"text":"a"},"requestedAttributes":{"TOXICITY":{"scoreThreshold":1e999}}}"#,
        r#"{"comment":{"text":"a"},"attributeScores":{"TOXICITY":{"summaryScore":{"value":-1}}}}"#,
        r#"{"input":[[["a"]],{},5,null]}"#,
        "api_key=%00&blog=%FF%FE&user_ip=%0d%0aX:1&comment_content=%ff%00%c3",
    ]
    .iter()
    .map(|body| body.as_bytes().to_vec())
    .chain([b"\xff\xfe\x00".to_vec(), b"{\"comment\":{\"text\":\"\xc3\x28\"}}".to_vec(), vec![0x80; 100_000]])
    .collect();
    let targets = [
        "/v1alpha1/comments:analyze?key=%",
        "/v1alpha1/comments:suggestscore?key=%FF",
        "/v1/moderations",
        "/1.1/verify-key",
        "/1.1/comment-check",
        "/1.2/submit-spam",
        "/1.1/submit-ham",
        "/1.2/usage-limit?api_key=%FF",
        "/1.1/get-subscription",
        "/1.1/get-stats",
        "/1.1/test",
    ];
    for target in targets {
        for body in &bodies {
            for method in ["POST", "GET", "DELETE"] {
                let request = Request::builder()
                    .method(method)
                    .uri(target)
                    .header("host", "\u{e9}.x")
                    .body(Body::from(body.clone()));
                let response = server.clone().oneshot(request.unwrap()).await.unwrap();
                let shown = String::from_utf8_lossy(&body[..body.len().min(80)]);
                assert!(response.status().as_u16() < 500, "{method} {target} {shown:?}: {}", response.status());
            }
        }
    }
}

/// The arguments of a line of curl, as a shell would take them apart.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for (number, piece) in line.split('\'').enumerate() {
        let mut parts = piece.split(' ');
        if number % 2 == 1 {
            words.last_mut().unwrap().push_str(piece);
            continue;
        }
        words.last_mut().unwrap().push_str(parts.next().unwrap());
        words.extend(parts.map(str::to_owned));
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The guide's lines of curl are answered as it says, but for what is new with every answer. Its scores may be of an earlier
/// model; `scripts/hooks-answers` brings them up to date.
#[tokio::test]
async fn the_guide_shows_real_answers() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let guide = fs::read_to_string(folder.join("docs/hooks.md")).unwrap();
    let store = tempfile::tempdir().unwrap();
    let config = Config { store: Some(store.path().join("store.sqlite")), ..Config::default() };
    let server = router(config, Moderator::builtin().unwrap()).unwrap();
    let examples: Vec<&str> =
        guide.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(examples.len() >= 5);
    for example in examples {
        let (line, shown) = example.split_once('\n').unwrap();
        let words = words(line);
        let after = |flag: &str| words.iter().position(|word| word == flag).map(|at| words[at + 1].clone());
        let target = words.iter().find_map(|word| word.strip_prefix("http://127.0.0.1:8000")).unwrap();
        let (status, headers, found) = ask(&server, &post(target, &after("-d").unwrap())).await;
        assert_eq!(status, 200, "{line}");
        let body = shown.trim().rsplit("\n\n").next().unwrap();
        let body: Value = serde_json::from_str(body).unwrap_or_else(|_| body.into());
        assert_eq!(differs(&body, &found, ""), None, "{line}\nfound: {found}");
        for shown in shown.lines().filter(|line| line.starts_with("x-akismet-pro-tip")) {
            assert!(headers.iter().any(|(name, value)| shown == format!("{name}: {value}")), "{headers:?}");
        }
    }
}

/// The threshold that the guide tells Coral's sites to begin with is that of the built-in policy, in whole per cent.
#[test]
fn the_guide_gives_the_thresholds_of_the_built_in_policy() {
    let guide = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/hooks.md")).unwrap();
    let policy: toml::Table = toml::from_str(gruff::policy::DEFAULT).unwrap();
    let hold = |label: &str| policy["labels"][label]["hold"].as_float().unwrap();
    let percent = (hold("toxicity") * 100.).ceil();
    assert!(guide.contains(&format!("*Toxicity threshold*: {percent} to begin with")), "{percent}");
    let printed = hold("toxicity").to_string();
    assert!(guide.contains(&format!("`{}`", printed.trim_start_matches('0'))), "{printed}");
}
