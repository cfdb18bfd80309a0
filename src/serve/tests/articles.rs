//! Articles that are told about before their comments come.

use super::*;

const PATH: &str = "/v1/articles/https%3A%2F%2Fnews.example%2Fbridge";
const ID: &str = "https://news.example/bridge";

fn put(body: &'static str) -> Request<Body> {
    Request::put(PATH).body(body.into()).unwrap()
}

async fn answer(app: &Router, request: Request<Body>) -> (u16, Value) {
    let response = app.clone().oneshot(request).await.unwrap();
    (response.status().as_u16(), json(response).await)
}

async fn off_topic(app: &Router, text: &str) -> (Value, Value) {
    let row = serde_json::json!({ "text": text, "article_id": ID });
    let (status, judged) = answer(app, post_to("/v1/moderate", row.to_string())).await;
    assert_eq!(status, 200, "{judged}");
    (judged["article_known"].clone(), judged["scores"]["off_topic"].clone())
}

#[tokio::test]
async fn a_row_is_judged_under_an_article_that_is_known() {
    let app = app(Config::default());
    assert_eq!(off_topic(&app, "that bridge was never safe").await, (false.into(), Value::Null));
    let article =
        r#"{"article":{"title":"Council votes on the bridge","text":"The bridge over the river is to be closed."}}"#;
    assert_eq!(answer(&app, put(article)).await.0, 201);
    let (status, known) = answer(&app, put(article)).await;
    assert_eq!((status, &known["id"], &known["comments"]), (200, &ID.into(), &0.into()));
    let (known, near) = off_topic(&app, "that bridge over the river was never safe").await;
    let far = off_topic(&app, "my grandmother put cinnamon into her pancakes").await.1;
    assert!(known == true && near.as_f64() < far.as_f64(), "{near} {far}");
    // The same as with a row that brings its article.
    let row = r#"{"text":"that bridge over the river was never safe","article":{"title":"Council votes on the bridge","text":"The bridge over the river is to be closed."}}"#;
    assert_eq!(answer(&app, post_to("/v1/moderate", row)).await.1["scores"]["off_topic"], near);
}

#[tokio::test]
async fn only_published_comments_become_part_of_the_topic() {
    let app = app(Config::default());
    answer(&app, put(r#"{"article":"The bridge over the river is to be closed."}"#)).await;
    let before = off_topic(&app, "cinnamon in pancakes").await;
    // Having been judged changes nothing.
    assert_eq!(off_topic(&app, "cinnamon in pancakes").await, before);
    let comments = r#"[{"id":"1","text":"My pancakes have cinnamon."},{"id":1,"text":"My pancakes have cinnamon."},{"text":"Cinnamon!"}]"#;
    let (status, known) = answer(&app, post_to(&format!("{PATH}/comments"), comments)).await;
    assert_eq!((status, &known["comments"]), (200, &2.into()), "{known}");
    assert!(off_topic(&app, "cinnamon in pancakes").await.1.as_f64() < before.1.as_f64());
}

#[tokio::test]
async fn an_article_can_be_asked_for_and_forgotten() {
    let app = app(Config::default());
    let delete = || Request::delete(PATH).body(Body::empty()).unwrap();
    for request in [get_from(PATH), delete(), post_to(&format!("{PATH}/comments"), "[]")] {
        let (status, told) = refusal(app.clone().oneshot(request).await.unwrap()).await;
        assert!(status == 404 && told.contains("PUT"), "{told}");
    }
    answer(&app, put(r#"{"article":"The bridge is closed.","comments":[{"id":"1","text":"good"}]}"#)).await;
    let (status, known) = answer(&app, get_from(PATH)).await;
    assert_eq!((status, &known["words"], &known["comments"]), (200, &5.into(), &1.into()));
    assert_eq!(app.clone().oneshot(delete()).await.unwrap().status(), 204);
    assert_eq!(app.oneshot(get_from(PATH)).await.unwrap().status(), 404);
}

#[tokio::test]
async fn what_is_wrong_with_an_article_is_told() {
    for (body, told) in [
        ("{}", "there is no \"article\""),
        ("{\"article\":5}", "article is a number; give {\"title\""),
        ("{\"article\":[\"title\",\"text\"]}", "article is a list; give"),
        ("{\"article\":\"a\",\"comments\":[[\"1\",\"a\"]]}", "comments[0] is a list; give an object"),
        ("[]", "the body is a list; give an object"),
        ("{\"article\":\"a\",\"comments\":[{}]}", "comments[0] has no \"text\"; give it"),
    ] {
        let (status, detail) = problem(Config::default(), put(body)).await;
        assert!(status == 400 && detail.contains(told), "{status} {detail}");
    }
    let long = format!("/v1/articles/{}", "a".repeat(3000));
    assert_eq!(problem(Config::default(), get_from(&long)).await.0, 400);
    assert_eq!(problem(Config::default(), get_from("/v1/articles/%ff")).await.0, 400);
    let none = Config { articles: 10, ..Config::default() };
    assert_eq!(problem(none, put("{\"article\":\"a\"}")).await.0, 413);
}

#[tokio::test]
async fn an_article_has_bounds_that_are_told() {
    let config = || Config { max_rows: 2, ..Config::default() };
    let comments = r#"[{"text":"a"},{"text":"b"},{"text":"c"}]"#;
    let told = format!(r#"{{"article":"a","comments":{comments}}}"#);
    let (status, detail) = problem(config(), Request::put(PATH).body(Body::from(told)).unwrap()).await;
    assert!(status == 413 && detail.contains("these are 3 comments, and a request may have 2"), "{detail}");
    let app = app(config());
    answer(&app, put(r#"{"article":"The bridge is closed."}"#)).await;
    let more = app.clone().oneshot(post_to(&format!("{PATH}/comments"), comments)).await.unwrap();
    assert_eq!(refusal(more).await.0, 413);
    // A text as long as a book is read as far as it helps.
    let words: String = (0..200_000).map(|number| format!("w{number}x é ")).collect();
    let long = Request::put(PATH).body(Body::from(serde_json::json!({ "article": words }).to_string())).unwrap();
    let (status, known) = answer(&app, long).await;
    let cut = words.len() - (256 << 10);
    assert!(status == 200 && known["words"].as_u64().unwrap() < 70_000, "{known}");
    let note = known["note"].as_str().unwrap();
    assert!(note.contains(&format!("last {cut} bytes")) || note.contains(&format!("last {} bytes", cut + 1)), "{note}");
    assert_eq!(answer(&app, get_from(PATH)).await.1["note"], Value::Null);
}

/// What the protocols of others tell of a page is its address.
#[tokio::test]
async fn an_article_is_found_by_the_address_that_a_protocol_tells() {
    let app = app(Config::default());
    let coral = |url: &str| {
        let about = serde_json::json!({ "url": url, "Coral_comment_id": "7" }).to_string();
        let body = serde_json::json!({
            "comment": {"text": "My grandmother put cinnamon into her pancakes."}, "spanAnnotations": true,
            "context": {"entries": [{"text": about}]}, "requestedAttributes": {"OFF_TOPIC": {}, "TOXICITY": {}},
        });
        post_to("/v1alpha1/comments:analyze", body.to_string())
    };
    let score = async |url: &str| {
        answer(&app, coral(url)).await.1["attributeScores"]["OFF_TOPIC"]["summaryScore"]["value"].clone()
    };
    assert_eq!(score(ID).await, Value::Null);
    let bridge = r#"{"article":"The bridge over the river is to be closed for repairs."}"#;
    answer(&app, put(bridge)).await;
    let far = score(&format!("{ID}?commentID=7")).await;
    assert_eq!(far, score(ID).await);
    let pancakes = r#"{"url":"https://news.example/food","article":{"title":"Pancakes","text":"How grandmothers make pancakes with cinnamon."}}"#;
    answer(&app, Request::put("/v1/articles/17").body(pancakes.into()).unwrap()).await;
    let near = score("https://news.example/food").await;
    assert!(far.as_f64() > near.as_f64(), "{far} {near}");
    assert_eq!(score("https://news.example/other").await, Value::Null);
}

#[tokio::test]
async fn the_longest_unused_article_makes_room_and_that_is_counted() {
    let app = app(Config { articles: 2000, ..Config::default() });
    for number in 0..9 {
        let put = Request::put(format!("/v1/articles/{number}")).body(r#"{"article":"The bridge is closed."}"#.into());
        assert_eq!(answer(&app, put.unwrap()).await.0, 201);
    }
    assert_eq!(app.clone().oneshot(get_from("/v1/articles/0")).await.unwrap().status(), 404);
    assert_eq!(app.clone().oneshot(get_from("/v1/articles/8")).await.unwrap().status(), 200);
    let metrics = app.oneshot(get_from("/metrics")).await.unwrap().into_body().collect().await.unwrap().to_bytes();
    let metrics = String::from_utf8(metrics.to_vec()).unwrap();
    let evicted = metrics.lines().find(|line| line.starts_with("gruff_articles_evicted_total")).unwrap();
    assert_ne!(evicted, "gruff_articles_evicted_total 0");
}
