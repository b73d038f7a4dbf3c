import assert from "node:assert/strict";
import path from "node:path";
import { describe, test } from "node:test";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { soon, until } from "@lobby/test-support/waiting";
import { LOBBY } from "../../support/entry-draft.ts";
import { sendHandshake } from "../../support/send-handshake.ts";
import { startServe } from "../../support/lobby-command.ts";
import { PlainClient } from "../../support/plain-client.ts";
import { openBeside, openStore } from "../../support/store.ts";

describe("lobby serve", { concurrency: 2 }, () => {
  test("the server prints one line on standard output, logs JSON lines on standard error, and stops at SIGTERM", async (t) => {
    const { command, origin } = await startServe(t, [], { environment: { LOBBY_DATA: temporaryFolder() } });
    assert.match(origin, /^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    assert.equal((await fetch(`${origin}/chat/`)).status, 200);
    command.signal("SIGTERM");
    const { code, stdout, stderr } = await command.ended();
    assert.equal(code, 0);
    assert.equal(stdout, `Lobby is listening on ${origin}/chat/\n`);
    const lines = stderr
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { msg: string; time: string });
    assert.deepEqual(
      lines.map(({ msg }) => msg),
      ["The database was migrated", "access", "Stopping"],
    );
    for (const { time } of lines) assert.match(time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  test("the server stops at SIGINT as well", async (t) => {
    const { command } = await startServe(t, ["--data", temporaryFolder()]);
    command.signal("SIGINT");
    assert.equal((await command.ended()).code, 0);
  });

  test("a second signal ends a server that still waits for its clients", async (t) => {
    const { command, origin } = await startServe(t, ["--data", temporaryFolder()]);
    const { socket } = await sendHandshake(origin, "/ws/chat/lobby/");
    assert.ok(socket);
    // This client never answers the close frame.
    const closeFrame = new Promise((resolve) => socket.once("data", resolve));
    command.signal("SIGTERM");
    await soon(closeFrame, "the close frame");
    command.signal("SIGINT");
    assert.equal((await command.ended()).signal, "SIGINT");
  });

  test("at SIGTERM the server commits accepted messages and asks every client to reconnect", async (t) => {
    const folder = temporaryFolder();
    const { command, wsOrigin } = await startServe(t, ["--data", folder]);
    const mina = await PlainClient.open(t, `${wsOrigin}/ws/chat/${LOBBY}/`);
    const jun = await PlainClient.open(t, `${wsOrigin}/ws/chat/${LOBBY}/`);
    // The disk is slow. When the signal arrives, Mina's message is accepted but not committed.
    const beside = openBeside(t, path.join(folder, "lobby.sqlite"));
    beside.exec("BEGIN IMMEDIATE");
    mina.say("last words");
    jun.send("not JSON");
    assert.equal((await jun.next()).error?.code, "CHANNELS_INVALID_JSON");
    command.signal("SIGTERM");
    const restart = { code: 1012, reason: "The server is restarting" };
    assert.deepEqual(await jun.ended(), restart);
    assert.deepEqual(await mina.ended(), restart);
    beside.exec("ROLLBACK");
    assert.equal((await command.ended()).code, 0);
    beside.close();

    const store = await openStore(t, path.join(folder, "lobby.sqlite"));
    assert.deepEqual(
      (await store.latestEntries(LOBBY, 10)).map(({ text }) => text),
      ["last words"],
    );
  });

  test("a server with a full disk reports that it is not ready", async (t) => {
    // The limit for every file: 256 blocks of 512 or 1,024 bytes.
    const through = ["sh", "-c", 'ulimit -f 256; exec "$@"', "sh"];
    const { origin } = await startServe(t, ["--data", temporaryFolder()], { through });
    assert.equal((await fetch(`${origin}/readyz`)).status, 200);
    await until(async () => (await fetch(`${origin}/readyz`)).status === 503, "the disk to be full");
    assert.equal((await fetch(`${origin}/healthz`)).status, 200);
  });

  test("a restart keeps the history, the identities and the nicknames", async (t) => {
    const folder = temporaryFolder();
    const first = await startServe(t, ["--data", folder]);
    const page = await fetch(`${first.origin}/chat/로비/`);
    const cookie = page.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const id = /data-me="([^"]+)"/.exec(await page.text())?.[1];
    const renaming = await fetch(`${first.origin}/me`, {
      method: "POST",
      body: new URLSearchParams({ nickname: "미나" }),
      headers: { cookie, accept: "application/json" },
    });
    assert.deepEqual(await renaming.json(), { nickname: "미나" });
    const before = await PlainClient.open(t, `${first.wsOrigin}/ws/chat/로비/`, { cookie });
    before.say("before the restart");
    assert.deepEqual((await before.next()).author, { id, name: "미나" });
    first.command.signal("SIGTERM");
    assert.equal((await first.command.ended()).code, 0);

    const second = await startServe(t, ["--data", folder]);
    const again = await fetch(`${second.origin}/chat/로비/`, { headers: { cookie } });
    const html = await again.text();
    assert.deepEqual(again.headers.getSetCookie(), []);
    assert.ok(html.includes("before the restart"));
    assert.ok(html.includes(`data-me="${id}"`));
    const after = await PlainClient.open(t, `${second.wsOrigin}/ws/chat/로비/`, { cookie });
    after.say("after the restart");
    const { seq, author } = await after.next();
    assert.deepEqual([seq, author], [2, { id, name: "미나" }]);
  });
});
