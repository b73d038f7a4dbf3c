import assert from "node:assert/strict";
import { statSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { LOBBY } from "../support/entry-draft.ts";
import { startServe } from "../support/lobby-command.ts";
import { answerTo, assertNotStored, limitFileSize, logLines, NOT_STORED, readiness, ready } from "../support/outage.ts";
import { PlainClient } from "../support/plain-client.ts";
import { openStore } from "../support/store.ts";

const REASON = "The disk of the database failed. Check the disk, and the limits of this user on it.";

test("a disk without space loses no acknowledged message: the rest is refused until there is space", async (t) => {
  const folder = temporaryFolder();
  const { command, origin, wsOrigin } = await startServe(t, ["--data", folder, "--limits", "off"]);
  const pid = command.child.pid ?? 0;
  const mina = await PlainClient.open(t, `${wsOrigin}/ws/chat/${LOBBY}/`);
  const acknowledged: string[] = [];
  const say = async (text: string): Promise<boolean> => {
    const frame = await answerTo(mina, text);
    if (frame.error === undefined) acknowledged.push(text);
    else assertNotStored(frame);
    return frame.error === undefined;
  };

  assert.ok(await say("before"));
  assert.deepEqual(await readiness(origin), [200, undefined]);
  limitFileSize(pid, statSync(path.join(folder, "lobby.sqlite-wal")).size + 40_000);
  for (let count = 1; await say(`${count} ${"a".repeat(3_900)}`); count += 1) assert.ok(count < 100);
  assert.deepEqual(await readiness(origin), [503, REASON]);
  for (let count = 0; count < 50; count += 1) assert.ok(!(await say(`refused ${count} ${"a".repeat(3_900)}`)));
  assert.deepEqual(await readiness(origin), [503, REASON]);

  const page = await fetch(`${origin}/chat/${LOBBY}/`);
  assert.deepEqual([page.status, (await page.text()).includes("before")], [200, true]);
  const form = { method: "POST", body: new URLSearchParams({ nickname: "미나", room: LOBBY }) };
  const renamed = await fetch(`${origin}/me`, { ...form, headers: { origin, accept: "application/json" } });
  assert.deepEqual([renamed.status, renamed.headers.get("retry-after")], [503, "5"]);
  assert.deepEqual(await renamed.json(), {
    error: { code: "LOBBY_NOT_STORED", message: NOT_STORED, retryAfterMs: 5_000 },
  });
  const refusedPage = await fetch(`${origin}/me`, { ...form, headers: { origin } });
  assert.deepEqual([refusedPage.status, refusedPage.headers.get("retry-after")], [503, "5"]);
  assert.ok((await refusedPage.text()).includes(NOT_STORED));

  limitFileSize(pid, "unlimited");
  assert.ok(await say("after"));
  assert.deepEqual(await readiness(origin), [200, undefined]);
  command.signal("SIGTERM");
  const { code, stderr } = await command.ended();
  assert.equal(code, 0);
  assert.deepEqual(
    logLines(stderr, 40).map(({ level, msg, err }) => ({ level, msg, err })),
    [{ level: 50, msg: `The store refuses changes. ${REASON}`, err: undefined }],
  );
  const recovered = logLines(stderr, 30).find(({ msg }) => msg === "The store accepts changes again.");
  assert.equal(recovered?.["refusedCount"], 53);

  const store = await openStore(t, path.join(folder, "lobby.sqlite"));
  const stored = await store.latestEntries(LOBBY, 1_000);
  assert.deepEqual(
    stored.map(({ seq, text }) => [seq, text]),
    acknowledged.map((text, index) => [index + 1, text]),
  );
});

test("after kill -9 on a full disk, the log has every acknowledged message and no refused one", async (t) => {
  const folder = temporaryFolder();
  const { command, wsOrigin } = await startServe(t, ["--data", folder, "--limits", "off"]);
  limitFileSize(command.child.pid ?? 0, statSync(path.join(folder, "lobby.sqlite-wal")).size + 300_000);
  const rooms = ["one", "two", "three"];
  const clients = await Promise.all(rooms.map((room) => PlainClient.open(t, `${wsOrigin}/ws/chat/${room}/`)));
  const acknowledged = new Map<string, string[]>(rooms.map((room) => [room, []]));
  await Promise.all(
    clients.map(async (client, index) => {
      const room = rooms[index] ?? "";
      for (let count = 1, refused = 0; refused < 20; count += 1) {
        const text = `${room} ${count} ${"a".repeat(2_000)}`;
        const frame = await answerTo(client, text);
        if (frame.error === undefined) acknowledged.get(room)?.push(text);
        else assertNotStored(frame);
        refused += frame.error === undefined ? 0 : 1;
      }
    }),
  );
  command.signal("SIGKILL");
  await command.ended();

  const again = await startServe(t, ["--data", folder, "--limits", "off"]);
  await ready(again.origin);
  for (const [room, texts] of acknowledged) {
    assert.ok(texts.length > 0 && texts.length < 100);
    const client = await PlainClient.open(t, `${again.wsOrigin}/ws/chat/${room}/`);
    assert.equal((await answerTo(client, "next")).seq, texts.length + 1);
    const page = await (await fetch(`${again.origin}/chat/${room}/`)).text();
    for (const text of texts) assert.ok(page.includes(`>${text}<`), text.slice(0, 20));
  }
});
