"""PyPerspective, whose server is fixed."""

from PyPerspective.Perspective import Perspective
from PyPerspective.errors import ApiException

perspective = Perspective("key-1")
assert perspective.get_score("You are an utter idiot, Bo.", tests=["TOXICITY"])["TOXICITY"].score > 0.9
text = "Thank you, Ann. What a stupid, pathetic idiot you are, Bo."
comment = perspective.get_score(text, tests=["TOXICITY", "SEVERE_TOXICITY", "INSULT", "PROFANITY", "THREAT", "IDENTITY_ATTACK"])
assert comment["TOXICITY"].score > 0.9 and comment["TOXICITY"].score_type == "PROBABILITY"
assert comment["THREAT"].score < 0.5
assert str(comment["INSULT"][0]) == text
assert comment.requests_langs == ["en"] and comment.detected_langs == ["en"]

# An answer with an error is to raise ApiException, which this version cannot make: it raises a TypeError that says so.
try:
    perspective.get_score("hello", tests="FLIRTATION")
except (ApiException, TypeError) as error:
    assert isinstance(error, ApiException) or "ApiException" in str(error), error
else:
    raise AssertionError("an unknown attribute was judged")
