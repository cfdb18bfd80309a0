"""Google's own Python client, made at run time of the discovery document that gruff serves."""

import os
import sys

from googleapiclient import discovery
from googleapiclient.errors import HttpError

root = sys.argv[1]
address = root + "$discovery/rest?version=v1alpha1"


def exercise(service):
    comments = service.comments()
    answer = comments.analyze(
        body={
            "comment": {"text": "Thank you, Ann. What a stupid, pathetic idiot you are, Bo."},
            "requestedAttributes": {"TOXICITY": {}, "INSULT": {"scoreThreshold": 0.1}, "OFF_TOPIC": {}, "SARCASM": {}},
            "context": {"articleAndParentComment": {"article": {"text": "The old bridge over the river is closed."}}},
            "spanAnnotations": True,
            "languages": ["en"],
            "clientToken": "token-1",
        }
    ).execute()
    scores = answer["attributeScores"]
    assert scores["TOXICITY"]["summaryScore"]["value"] > 0.9, answer
    assert scores["TOXICITY"]["spanScores"][1]["score"]["value"] > 0.9, answer
    thanks, insult = scores["INSULT"]["spanScores"]
    assert (thanks["begin"], thanks["end"], insult["begin"], insult["end"]) == (0, 15, 16, 58), answer
    assert thanks["score"]["value"] < 0.5 < insult["score"]["value"], answer
    assert "OFF_TOPIC" in scores and "SARCASM" in scores, answer
    assert answer["clientToken"] == "token-1" and answer["detectedLanguages"] == ["en"], answer

    # A milder insult beside thanks is as clear in its own sentence.
    text = "Thank you, Ann. You are an utter idiot, Bo."
    body = {"comment": {"text": text}, "requestedAttributes": {"TOXICITY": {}}, "spanAnnotations": True}
    _, insult = comments.analyze(body=body).execute()["attributeScores"]["TOXICITY"]["spanScores"]
    assert (insult["begin"], insult["end"]) == (16, 43) and insult["score"]["value"] > 0.9, insult

    answer = comments.suggestscore(
        body={
            "comment": {"text": "You are an utter idiot, Bo."},
            "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}},
            "clientToken": "comment:7",
            "communityId": "Coral:https://news.example",
        }
    ).execute()
    assert answer["clientToken"] == "comment:7" and answer["detectedLanguages"] == ["en"], answer

    try:
        comments.analyze(body={"comment": {"text": ""}, "requestedAttributes": {"TOXICITY": {}}}).execute()
    except HttpError as error:
        assert error.status_code == 400 and error.error_details[0]["errorType"] == "COMMENT_EMPTY", error
    else:
        raise AssertionError("an empty comment was judged")
    try:
        comments.analyze(body={"comment": {"text": "a"}, "requestedAttributes": {"FLIRTATION": {}}}).execute()
    except HttpError as error:
        assert "Unknown requested attribute: FLIRTATION" in str(error), error
    else:
        raise AssertionError("an unknown attribute was judged")


exercise(
    discovery.build(
        "commentanalyzer", "v1alpha1", developerKey="key-1", discoveryServiceUrl=address, static_discovery=False
    )
)
if os.environ.get("HARD_CODED"):
    # The snippet that Perspective's documentation showed, not a letter changed.
    client = discovery.build(
        "commentanalyzer",
        "v1alpha1",
        developerKey="key-1",
        discoveryServiceUrl="https://commentanalyzer.googleapis.com/$discovery/rest?version=v1alpha1",
        static_discovery=False,
    )
    analyze_request = {"comment": {"text": "friendly greetings from python"}, "requestedAttributes": {"TOXICITY": {}}}
    response = client.comments().analyze(body=analyze_request).execute()
    assert response["attributeScores"]["TOXICITY"]["summaryScore"]["value"] < 0.5, response
