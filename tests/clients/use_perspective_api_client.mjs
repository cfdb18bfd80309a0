// perspective-api-client, whose server is fixed.
import assert from "node:assert/strict";
import Perspective from "perspective-api-client";

const perspective = new Perspective({ apiKey: "key-1" });
const plain = await perspective.analyze("<p>You are an <b>utter idiot</b>, Bo.</p>", { attributes: ["toxicity", "insult"] });
assert(plain.attributeScores.TOXICITY.summaryScore.value > 0.9);
assert(plain.attributeScores.INSULT.summaryScore.value > 0.8);
const answer = await perspective.analyze("<p>You <b>utter idiot</b>, you stupid moron.</p>", { attributes: ["toxicity", "insult"] });
assert(answer.attributeScores.TOXICITY.summaryScore.value > 0.9);
assert(answer.attributeScores.INSULT.summaryScore.value > 0.9);

await assert.rejects(
  perspective.analyze("é".repeat(20000)),
  (error) => error.name === "ResponseError" && error.message === "Comment text too long.",
);
await assert.rejects(
  perspective.analyze("hello", { attributes: ["flirtation"] }),
  (error) => error.message === "Unknown requested attribute: FLIRTATION",
);
