"""OpenAI's own Python client."""

import sys

import openai

client = openai.OpenAI(base_url=sys.argv[1] + "v1", api_key="key-1", max_retries=0)
insult = "You are an utter idiot, a moron and a stupid fool."

answer = client.moderations.create(model="omni-moderation-latest", input=insult)
(result,) = answer.results
assert result.flagged and result.categories.harassment and not result.categories.sexual
assert result.category_scores.harassment > 0.9 and result.category_scores.sexual == 0
assert result.category_applied_input_types.harassment == ["text"]
assert answer.id.startswith("modr-") and answer.model.startswith("gruff")

answer = client.moderations.create(input=["Thank you, Ann.", insult])
assert [result.flagged for result in answer.results] == [False, True]

answer = client.moderations.create(input=[{"type": "text", "text": "Thank you, Ann."}, {"type": "text", "text": insult}])
assert len(answer.results) == 1 and answer.results[0].flagged

image = {"type": "image_url", "image_url": {"url": "https://news.example/a.png"}}
try:
    client.moderations.create(input=[image])
except openai.BadRequestError as error:
    assert error.param == "input" and error.type == "invalid_request_error", error
else:
    raise AssertionError("an image was judged")
