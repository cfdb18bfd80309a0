// akismet-api, which Coral uses, with its server named and, where that is asked for, with its own.
import assert from "node:assert/strict";
import akismet from "akismet-api";

async function exercise(server) {
  const client = new akismet.AkismetClient({ key: "key1", blog: "https://news.example", ...server });
  const about = { ip: "192.0.2.1", useragent: "Mozilla/5.0", name: "Bo", type: "comment" };
  assert.equal(await client.verifyKey(), true);
  assert.equal(await client.checkSpam({ ...about, content: "Thank you, Ann." }), false);
  assert.equal(await client.checkSpam({ ...about, content: "You utter idiot, you stupid moron." }), true);
  await client.submitSpam({ ...about, content: "You there." });
  await client.submitHam({ ...about, content: "Thank you, Ann." });
  await assert.rejects(client.checkSpam({ content: "no address" }), /user_ip/);
}

const root = new URL(process.argv[2]);
await exercise({ host: root.host, protocol: "http" });
await exercise({});
