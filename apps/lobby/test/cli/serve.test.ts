import assert from "node:assert/strict";
import path from "node:path";
import { describe, test } from "node:test";
import { serveCommand } from "../support/command.ts";
import { LOBBY } from "../support/drafts.ts";
import { handshake } from "../support/handshake.ts";
import { Peer } from "../support/peer.ts";
import { openBeside, openStore } from "../support/store.ts";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { soon, until } from "@lobby/test-support/waiting";

describe("lobby serve", { concurrency: 2 }, () => {
  test("a server prints one line on standard output, logs JSON lines on standard error, and ends with SIGTERM", async (t) => {
    const { command, origin } = await serveCommand(t, [], { environment: { LOBBY_DATA: temporaryFolder() } });
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

  test("SIGINT ends a server as SIGTERM does", async (t) => {
    const { command } = await serveCommand(t, ["--data", temporaryFolder()]);
    command.signal("SIGINT");
    assert.equal((await command.ended()).code, 0);
  });

  test("a second signal, of whichever kind, ends a server that is still waiting for its peers", async (t) => {
    const { command, origin } = await serveCommand(t, ["--data", temporaryFolder()]);
    const { socket } = await handshake(origin, "/ws/chat/lobby/");
    assert.ok(socket);
    // This peer never answers the server's goodbye.
    const goodbye = new Promise((resolve) => socket.once("data", resolve));
    command.signal("SIGTERM");
    await soon(goodbye, "the server to say goodbye");
    command.signal("SIGINT");
    assert.equal((await command.ended()).signal, "SIGINT");
  });

  test("at SIGTERM what was taken is committed, and everybody is told to come back", async (t) => {
    const folder = temporaryFolder();
    const { command, wsOrigin } = await serveCommand(t, ["--data", folder]);
    const mina = await Peer.open(t, `${wsOrigin}/ws/chat/${LOBBY}/`);
    const jun = await Peer.open(t, `${wsOrigin}/ws/chat/${LOBBY}/`);
    // The disk is slow: Mina's message is taken and not committed yet when the signal comes.
    const beside = openBeside(t, path.join(folder, "lobby.sqlite"));
    beside.exec("BEGIN IMMEDIATE");
    mina.say("last words");
    jun.send("not JSON");
    assert.equal((await jun.next()).error?.code, "CHANNELS_INVALID_JSON");
    command.signal("SIGTERM");
    const goodbye = { code: 1012, reason: "The server is restarting" };
    assert.deepEqual(await jun.ended(), goodbye);
    assert.deepEqual(await mina.ended(), goodbye);
    beside.exec("ROLLBACK");
    assert.equal((await command.ended()).code, 0);
    beside.close();

    const store = await openStore(t, path.join(folder, "lobby.sqlite"));
    assert.deepEqual(
      (await store.latestEntries(LOBBY, 10)).map(({ text }) => text),
      ["last words"],
    );
  });

  test("a server whose disk takes no more says that it is not ready", async (t) => {
    // No file may grow beyond 256 blocks, of 512 bytes or 1,024.
    const through = ["sh", "-c", 'ulimit -f 256; exec "$@"', "sh"];
    const { origin } = await serveCommand(t, ["--data", temporaryFolder()], { through });
    assert.equal((await fetch(`${origin}/readyz`)).status, 200);
    await until(async () => (await fetch(`${origin}/readyz`)).status === 503, "the disk to be full");
    assert.equal((await fetch(`${origin}/healthz`)).status, 200);
  });

  test("a restart keeps the history, who is who, and the nicknames", async (t) => {
    const folder = temporaryFolder();
    const first = await serveCommand(t, ["--data", folder]);
    const page = await fetch(`${first.origin}/chat/로비/`);
    const cookie = page.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const id = /data-me="([^"]+)"/.exec(await page.text())?.[1];
    const renaming = await fetch(`${first.origin}/me`, {
      method: "POST",
      body: new URLSearchParams({ nickname: "미나" }),
      headers: { cookie, accept: "application/json" },
    });
    assert.deepEqual(await renaming.json(), { nickname: "미나" });
    const before = await Peer.open(t, `${first.wsOrigin}/ws/chat/로비/`, { cookie });
    before.say("before the restart");
    assert.deepEqual((await before.next()).author, { id, name: "미나" });
    first.command.signal("SIGTERM");
    assert.equal((await first.command.ended()).code, 0);

    const second = await serveCommand(t, ["--data", folder]);
    const again = await fetch(`${second.origin}/chat/로비/`, { headers: { cookie } });
    const html = await again.text();
    assert.deepEqual(again.headers.getSetCookie(), []);
    assert.ok(html.includes("before the restart"));
    assert.ok(html.includes(`data-me="${id}"`));
    const after = await Peer.open(t, `${second.wsOrigin}/ws/chat/로비/`, { cookie });
    after.say("after the restart");
    const { seq, author } = await after.next();
    assert.deepEqual([seq, author], [2, { id, name: "미나" }]);
  });
});
