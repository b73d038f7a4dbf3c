import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { requestApplication } from "@lobby/channels/testing";
import { serveInTurns } from "../../src/http/serve-in-turns.ts";
import { OPEN_GATE, type Gate } from "../../src/limits/gate.ts";
import { Refusal } from "../../src/shared/refusal.ts";

/** Returns a gate whose turns come when the test calls `begin`. */
function slowGate(): { readonly gate: Gate; readonly begin: () => void; readonly ended: () => number } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let ended = 0;
  const takeTurn = async (): Promise<() => void> => {
    await promise;
    return () => void (ended += 1);
  };
  return { gate: { ...OPEN_GATE, takeTurn }, begin: resolve, ended: () => ended };
}

const refuseTurn = (): Promise<never> => Promise.reject(new Refusal("LOBBY_TOO_MANY_CONNECTIONS", 10_000));

test("a request waits for its turn, and its turn ends with its answer", async () => {
  const { gate, begin, ended } = slowGate();
  let served = 0;
  const application = serveInTurns(gate, async () => new Response(String((served += 1))));
  const answer = requestApplication(application, "/");
  await nextTurn();
  assert.equal(served, 0);
  begin();
  assert.deepEqual([await (await answer).text(), ended()], ["1", 1]);
});

test("a body arrives before the turn begins, and a body that fails does so for the application", async () => {
  const { gate, begin } = slowGate();
  begin();
  let turns = 0;
  const takeTurn: Gate["takeTurn"] = (...args) => {
    turns += 1;
    return gate.takeTurn(...args);
  };
  const application = serveInTurns({ ...gate, takeTurn }, async (request) => new Response(await request.text()));
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const answer = requestApplication(application, "/me", { method: "POST", body: readable, duplex: "half" });
  void writer.write(Buffer.from("name"));
  await nextTurn();
  assert.equal(turns, 0);
  await writer.close();
  assert.deepEqual([await (await answer).text(), turns], ["name", 1]);

  const failing = new ReadableStream({ start: (controller) => controller.error(new Error("broke off")) });
  await assert.rejects(
    requestApplication(application, "/me", { method: "POST", body: failing, duplex: "half" }),
    /broke off/,
  );
});

test("a request whose client has probably left meanwhile gets 503, and its turn ends", async () => {
  const { gate, begin, ended } = slowGate();
  const leaving = new AbortController();
  const application = serveInTurns(gate, () => assert.fail("it was served"));
  const answer = requestApplication(application, "/", { signal: leaving.signal });
  leaving.abort();
  begin();
  const { status, headers } = await answer;
  assert.deepEqual([status, headers.get("retry-after")], [503, "10"]);
  assert.equal(ended(), 1);
});

test("a turn ends when the application fails", async () => {
  const { gate, begin, ended } = slowGate();
  begin();
  const application = serveInTurns(gate, () => Promise.reject(new Error("no page")));
  await requestApplication(application, "/").catch(() => undefined);
  assert.equal(ended(), 1);
});

test("a network with too many waiting requests gets 429 in the visitor's language, with the time to wait", async () => {
  const application = serveInTurns({ ...OPEN_GATE, takeTurn: refuseTurn }, () => assert.fail("it was served"));
  const answer = await requestApplication(application, "/", { headers: { "Accept-Language": "ko" } });
  assert.deepEqual([answer.status, answer.headers.get("retry-after")], [429, "10"]);
  assert.match(await answer.text(), /잠시 기다려/);
});
