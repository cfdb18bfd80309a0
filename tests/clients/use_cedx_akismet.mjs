// @cedx/akismet.
import assert from "node:assert/strict";
import { Author, Blog, CheckResult, Client, Comment, CommentType } from "@cedx/akismet";

const blog = new Blog({ url: "https://news.example", charset: "UTF-8", languages: ["en"] });
const author = new Author({ ipAddress: "192.0.2.1", name: "Bo", email: "bo@news.example", userAgent: "Mozilla/5.0" });
const comment = (content) => new Comment({ author, content, type: CommentType.comment, context: ["bridges", "rivers"] });
const client = new Client("key1", blog, { baseUrl: process.argv[2] });

assert.equal(await client.verifyKey(), true);
assert.equal(await client.checkComment(comment("Thank you, Ann.")), CheckResult.ham);
assert.equal(await client.checkComment(comment("You utter idiot, you stupid moron.")), CheckResult.pervasiveSpam);
await client.submitSpam(comment("You there."));
await client.submitHam(comment("Thank you, Ann."));
const test = new Client("key1", blog, { baseUrl: process.argv[2], isTest: true });
await test.submitSpam(comment("You there."));
