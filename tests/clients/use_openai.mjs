// OpenAI's own client for Node.
import assert from "node:assert/strict";
import OpenAI from "openai";

const client = new OpenAI({ baseURL: `${process.argv[2]}v1`, apiKey: "key-1", maxRetries: 0 });
const insult = "You are an utter idiot, a moron and a stupid fool.";

const one = await client.moderations.create({ model: "omni-moderation-latest", input: insult });
assert(one.results[0].flagged && one.results[0].categories.harassment);
assert(one.results[0].category_scores.harassment > 0.9);

const two = await client.moderations.create({ input: ["Thank you, Ann.", insult] });
assert.deepEqual(two.results.map((result) => result.flagged), [false, true]);

const image = { type: "image_url", image_url: { url: "https://news.example/a.png" } };
await assert.rejects(
  client.moderations.create({ input: [{ type: "text", text: "a" }, image] }),
  (error) => error instanceof OpenAI.BadRequestError && error.param === "input",
);
