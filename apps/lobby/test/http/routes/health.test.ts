import assert from "node:assert/strict";
import { after, test } from "node:test";
import { textsOf } from "../../support/html.ts";
import { startTestLobby } from "../../support/test-lobby.ts";
import { TestVisitor } from "../../support/test-visitor.ts";

const lobby = await startTestLobby({ after });
const visitor = new TestVisitor(lobby.origin);

async function answer(path: string): Promise<readonly [number, unknown]> {
  const response = await visitor.fetch(path);
  return [response.status, await response.json()];
}

test("a usable server is alive and ready", async () => {
  assert.deepEqual(await answer("/healthz"), [200, { status: "alive" }]);
  assert.deepEqual(await answer("/readyz"), [200, { status: "ready" }]);
});

test("without its database, the server is alive and not ready, and its pages respond with 503", async (t) => {
  const broken = await startTestLobby(t);
  const mina = new TestVisitor(broken.origin);
  const ready = async (): Promise<readonly [number, unknown]> => {
    const response = await mina.fetch("/readyz");
    return [response.status, await response.json()];
  };
  broken.sql("ALTER TABLE people RENAME TO elsewhere");
  const failure =
    "Another program has changed the tables of the database. Stop Lobby, and restore the data folder from a backup.";
  const reason = `Cannot write to the list of people. ${failure}`;
  assert.deepEqual(await ready(), [503, { status: "not ready", reason }]);
  assert.equal((await mina.fetch("/healthz")).status, 200);
  const page = await mina.fetch("/chat/lobby/");
  const html = await page.text();
  assert.equal(page.status, 503);
  assert.deepEqual(textsOf(html, /h1>/), ["Something went wrong"]);
  assert.doesNotMatch(html, /no such table|people"|\.ts/);
  assert.deepEqual(
    broken.errors().map(({ msg }) => msg),
    [reason, `Cannot read the tables of the database. ${failure}`, `Cannot run nickname. ${failure}`],
  );
  broken.sql("ALTER TABLE elsewhere RENAME TO people");
  assert.equal((await mina.fetch("/chat/lobby/")).status, 200);
  assert.deepEqual(await ready(), [200, { status: "ready" }]);
});
