//! `openapi.json` is true: every route is in it, and every route in it exists.

use super::*;
use axum::http::Method;
use std::collections::BTreeSet;

const METHODS: [Method; 5] = [Method::GET, Method::PUT, Method::POST, Method::DELETE, Method::PATCH];

#[tokio::test]
async fn the_description_has_every_route_and_no_other() {
    let mut routes = BTreeSet::new();
    for (path, _) in table() {
        for method in METHODS {
            let request = Request::builder().method(&method).uri(path.replace(['{', '}'], "")).body(Body::empty());
            let status = app(Config::default()).oneshot(request.unwrap()).await.unwrap().status();
            if status != StatusCode::METHOD_NOT_ALLOWED {
                routes.insert(format!("{method} {path}"));
            }
        }
    }
    let described: Value = serde_json::from_str(operating::OPENAPI).unwrap();
    let mut found = BTreeSet::new();
    for (path, operations) in described["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys().filter(|key| *key != "parameters") {
            found.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    assert_eq!(routes, found);
    assert_eq!(described["info"]["version"], env!("CARGO_PKG_VERSION"));
}

#[tokio::test]
async fn the_description_is_served_and_its_references_lead_somewhere() {
    let served = json(app(Config::default()).oneshot(get_from("/openapi.json")).await.unwrap()).await;
    assert_eq!(served, serde_json::from_str::<Value>(operating::OPENAPI).unwrap());
    let mut references = 0;
    for piece in operating::OPENAPI.split("\"#").skip(1) {
        let pointer = piece.split('"').next().unwrap();
        assert!(served.pointer(pointer).is_some(), "{pointer}");
        references += 1;
    }
    assert!(references > 20);
}

#[tokio::test]
async fn what_the_description_says_about_a_judgement_is_so() {
    let described: Value = serde_json::from_str(operating::OPENAPI).unwrap();
    let schema = &described["components"]["schemas"]["Judgement"];
    let row = r#"{"text":"What an idiot.","article_id":"1"}"#;
    let judged = json(app(Config::default()).oneshot(post_to("/v1/moderate?explain=true", row)).await.unwrap()).await;
    for key in judged.as_object().unwrap().keys() {
        assert!(schema["properties"][key].is_object(), "{key}");
    }
    for key in schema["required"].as_array().unwrap() {
        assert!(judged.get(key.as_str().unwrap()).is_some(), "{key}");
    }
}
