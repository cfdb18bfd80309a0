//! The discovery document that Google's own clients are made of at run time.

use serde_json::{Value, json};

/// Returns the document of a server that is reached at `root`, which ends in a slash.
pub(super) fn document(root: &str) -> Value {
    json!({
        "kind": "discovery#restDescription", "discoveryVersion": "v1", "id": "commentanalyzer:v1alpha1",
        "name": "commentanalyzer", "version": "v1alpha1", "protocol": "rest",
        "title": "Perspective Comment Analyzer API",
        "description": "Answers as the Perspective Comment Analyzer API did, from this machine.",
        "rootUrl": root, "servicePath": "", "baseUrl": root, "batchPath": "batch",
        "parameters": {
            "key": {"type": "string", "location": "query"},
            "alt": {"type": "string", "location": "query", "default": "json", "enum": ["json"]},
            "prettyPrint": {"type": "boolean", "location": "query"},
            "fields": {"type": "string", "location": "query"},
        },
        "schemas": schemas(),
        "resources": {"comments": {"methods": {
            "analyze": method("analyze", "AnalyzeCommentRequest", "AnalyzeCommentResponse"),
            "suggestscore": method("suggestscore", "SuggestCommentScoreRequest", "SuggestCommentScoreResponse"),
        }}},
    })
}

fn method(name: &str, request: &str, response: &str) -> Value {
    let path = format!("v1alpha1/comments:{name}");
    json!({
        "id": format!("commentanalyzer.comments.{name}"), "path": path, "flatPath": path, "httpMethod": "POST",
        "parameters": {}, "parameterOrder": [], "request": {"$ref": request}, "response": {"$ref": response},
        "scopes": ["https://www.googleapis.com/auth/userinfo.email"],
    })
}

fn schemas() -> Value {
    let text = || json!({"type": "string"});
    let truth = || json!({"type": "boolean"});
    let number = || json!({"type": "number", "format": "float"});
    let offset = || json!({"type": "integer", "format": "int32"});
    let one = |name: &str| json!({"$ref": name});
    let list = |items: Value| json!({"type": "array", "items": items});
    let map = |values: Value| json!({"type": "object", "additionalProperties": values});
    let all = [
        (
            "TextEntry",
            json!({"text": text(), "type": {"type": "string", "enum": ["TEXT_TYPE_UNSPECIFIED", "PLAIN_TEXT", "HTML"]}}),
        ),
        (
            "Score",
            json!({"value": number(), "type": {"type": "string",
            "enum": ["SCORE_TYPE_UNSPECIFIED", "PROBABILITY", "STD_DEV_SCORE", "PERCENTILE", "RAW"]}}),
        ),
        ("SpanScore", json!({"begin": offset(), "end": offset(), "score": one("Score")})),
        ("AttributeScores", json!({"summaryScore": one("Score"), "spanScores": list(one("SpanScore"))})),
        ("AttributeParameters", json!({"scoreType": text(), "scoreThreshold": number()})),
        ("ArticleAndParentComment", json!({"article": one("TextEntry"), "parentComment": one("TextEntry")})),
        (
            "Context",
            json!({"entries": list(one("TextEntry")), "articleAndParentComment": one("ArticleAndParentComment")}),
        ),
        (
            "AnalyzeCommentRequest",
            json!({
            "comment": one("TextEntry"), "context": one("Context"), "requestedAttributes": map(one("AttributeParameters")),
            "languages": list(text()), "doNotStore": truth(), "spanAnnotations": truth(), "clientToken": text(),
            "sessionId": text(), "communityId": text()}),
        ),
        (
            "AnalyzeCommentResponse",
            json!({
            "attributeScores": map(one("AttributeScores")), "languages": list(text()), "detectedLanguages": list(text()),
            "clientToken": text()}),
        ),
        (
            "SuggestCommentScoreRequest",
            json!({
            "comment": one("TextEntry"), "context": one("Context"), "attributeScores": map(one("AttributeScores")),
            "languages": list(text()), "clientToken": text(), "sessionId": text(), "communityId": text()}),
        ),
        (
            "SuggestCommentScoreResponse",
            json!({
            "clientToken": text(), "detectedLanguages": list(text()), "requestedLanguages": list(text())}),
        ),
    ];
    all.into_iter()
        .map(|(name, properties)| (name.to_owned(), json!({"id": name, "type": "object", "properties": properties})))
        .collect::<serde_json::Map<String, Value>>()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str));
                map.values().for_each(|value| references(value, found));
            }
            Value::Array(list) => list.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    #[test]
    fn every_schema_that_is_named_is_there() {
        let document = document("http://localhost:8000/");
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(found.len() > 10);
        assert!(found.iter().all(|name| document["schemas"][name]["id"] == *name));
        assert_eq!(document["rootUrl"], "http://localhost:8000/");
    }
}
