import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { startLobby } from "../src/lobby.ts";
import { readConfig } from "../src/operations/config.ts";
import { startTestLobby } from "./support/test-lobby.ts";
import { TestVisitor } from "./support/test-visitor.ts";

test("one Lobby at a time can use a data folder, and the next one can when the first has closed", async () => {
  const config = readConfig(["--port", "0", "--data", temporaryFolder()], {});
  const log = pino({ level: "silent" });
  const first = await startLobby(config, log);
  await assert.rejects(startLobby(config, log), { code: "LOBBY_DATA_FOLDER_IN_USE" });
  await first.close();
  const next = await startLobby(config, log);
  await next.close();
});

test("the log has a line with the status for every request", async (t) => {
  const logging = await startTestLobby(t);
  await new TestVisitor(logging.origin).fetch("/nothing?a=b");
  await logging.close();
  const lines = logging.log.filter(({ kind }) => kind === "http") as unknown as Record<string, unknown>[];
  assert.deepEqual(
    lines.map(({ msg, method, target, status, client }) => ({ msg, method, target, status, client })),
    [{ msg: "access", method: "GET", target: "/nothing?a=b", status: 404, client: "127.0.0.1" }],
  );
});

test("the log warns once of a proxy that is missing in --trust-proxy", async (t) => {
  const proxied = await startTestLobby(t);
  const visitor = new TestVisitor(proxied.origin, { "x-forwarded-for": "203.0.113.7" });
  for (let count = 0; count < 3; count += 1) await visitor.fetch("/chat/");
  const warnings = proxied.log.filter(({ level }) => level === 40);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]?.msg ?? "", /--trust-proxy/);
  assert.match(warnings[0]?.err?.message ?? "", /"127\.0\.0\.1"/);
});
