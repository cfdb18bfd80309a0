// Google's own client for Node, made at run time of the discovery document that gruff serves.
import assert from "node:assert/strict";
import { google } from "googleapis";

const root = process.argv[2];
const client = await google.discoverAPI(`${root}$discovery/rest?version=v1alpha1`);
const resource = {
  comment: { text: "You are an utter idiot, Bo." },
  requestedAttributes: { TOXICITY: {}, SEVERE_TOXICITY: {} },
  doNotStore: true,
};
const { data } = await client.comments.analyze({ key: "key-1", resource });
assert(data.attributeScores.TOXICITY.summaryScore.value > 0.9);
assert.equal(data.attributeScores.SEVERE_TOXICITY.spanScores[0].end, 27);

const suggestion = {
  comment: resource.comment,
  attributeScores: { TOXICITY: { summaryScore: { value: 0.25 } } },
  clientToken: "comment:8",
};
const suggested = await client.comments.suggestscore({ key: "key-1", resource: suggestion });
assert.equal(suggested.data.clientToken, "comment:8");

await assert.rejects(
  client.comments.analyze({ key: "key-1", resource: { comment: { text: "a" } } }),
  (error) => error.status === 400 && error.message === "Missing requested_attributes",
);
