import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { readConfig } from "../src/config.ts";
import { startLobby } from "../src/lobby.ts";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";

test("a data folder serves one Lobby at a time, and the next one when that has ended", async () => {
  const config = readConfig(["--port", "0", "--data", temporaryFolder()], {});
  const log = pino({ level: "silent" });
  const first = await startLobby(config, log);
  await assert.rejects(startLobby(config, log), { code: "LOBBY_DATA_FOLDER_IN_USE" });
  await first.close();
  const next = await startLobby(config, log);
  await next.close();
});
