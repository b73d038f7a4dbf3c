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
