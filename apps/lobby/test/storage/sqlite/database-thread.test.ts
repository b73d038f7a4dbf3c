import assert from "node:assert/strict";
import { test } from "node:test";
import { soon } from "@lobby/test-support/waiting";
import { DatabaseThread } from "../../../src/storage/sqlite/database-thread.ts";
import type { StoreNotice } from "../../../src/storage/sqlite/health.ts";
import type { Cleanup } from "../../support/cleanup.ts";
import { LOBBY } from "../../support/entry-draft.ts";

/** A thread that reports its start, answers two calls at once, fails the third call, and ends with the fourth. */
const SCRIPT = `
  import { parentPort } from "node:worker_threads";
  const calls = [];
  const reply = (replies) => parentPort.postMessage({ lane: "reads", replies });
  parentPort.postMessage({ lane: "writes", replies: [{ value: "started" }] });
  parentPort.on("message", ({ args }) => {
    calls.push(args);
    if (calls.length === 2) reply(calls.map((value) => ({ value })));
    if (calls.length === 3) reply([{ error: { message: "disk full" } }]);
    if (calls.length === 4) END
  });
`;

test("each reply belongs to the oldest call without one", async (t) => {
  const thread = start(t, "{}");
  assert.equal(await soon(thread.started, "the start"), "started");
  const [first, second, third] = [1, 2, 3].map((limit) => thread.call("latestEntries", LOBBY, limit));
  assert.deepEqual(await first, [LOBBY, 1]);
  assert.deepEqual(await second, [LOBBY, 2]);
  await assert.rejects(third ?? Promise.resolve(), { message: "disk full" });
});

for (const [title, end, message] of [
  ["crashes", 'throw new Error("out of memory");', "out of memory"],
  ["exits", "process.exit();", "The database was closed."],
] as const) {
  test(`when the thread ${title}, every pending call is rejected, every later call is refused, and the log says why`, async (t) => {
    const notices: StoreNotice[] = [];
    const thread = start(t, end, (notice) => void notices.push(notice));
    const calls = [1, 2, 3, 4, 5, 6].map((limit) => thread.call("recentRooms", limit));
    const results = await soon(Promise.allSettled(calls), "the calls to settle");
    assert.deepEqual(
      results.map((result) => (result.status === "fulfilled" ? result.value : (result.reason as Error).message)),
      [[1], [2], "disk full", message, message, message],
    );
    await assert.rejects(soon(thread.call("nickname", "mina"), "a later read"), { code: "LOBBY_NOT_READABLE" });
    await assert.rejects(soon(thread.call("check"), "a later write"), { code: "LOBBY_NOT_STORED" });
    assert.equal(thread.problem, "The SQLite thread has ended. Restart Lobby.");
    assert.deepEqual(notices, [
      { level: "error", message: `The SQLite thread has ended: ${message.replace(/\.$/, "")}. Restart Lobby.` },
    ]);
    await thread.close();
    await assert.rejects(soon(thread.call("check"), "a call after the close"), { message });
  });
}

test("when the script cannot run, the start is rejected", async (t) => {
  const thread = start(t, "this is not JavaScript");
  await assert.rejects(soon(thread.started, "the start"), { name: "SyntaxError" });
});

function start(
  cleanup: Cleanup,
  end: string,
  onNotice: (notice: StoreNotice) => void = () => undefined,
): DatabaseThread {
  const script = new URL(`data:text/javascript,${encodeURIComponent(SCRIPT.replace("END", end))}`);
  const thread = new DatabaseThread(script, { file: "unused" }, onNotice);
  cleanup.after(() => thread.close());
  return thread;
}
