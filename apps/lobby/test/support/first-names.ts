/** Starts a Lobby in this process, and uses names with emoji and invisible characters in Latin-1 and in other text. */
import assert from "node:assert/strict";
import { pino } from "pino";
import { startLobby } from "../../src/lobby.ts";
import { readConfig } from "../../src/operations/config.ts";

const [folder = "", marker = ""] = process.argv.slice(2);
const lobby = await startLobby(readConfig(["--port", "0", "--data", folder], {}), pino({ level: "silent" }));
// V8 notes in its log that it compiles this pattern.
"x".replaceAll(new RegExp(marker, "g"), "");
const { origin } = new URL(lobby.url);
for (const [name, status] of [
  ["a\u00ADb", 400],
  ["가\u00AD", 400],
  ["a\u{1F469}\u200D\u{1F4BB}b", 200],
] as const) {
  const page = await fetch(`${origin}/chat/${encodeURIComponent(name)}/`);
  const body = new URLSearchParams({ nickname: name });
  const saved = await fetch(`${origin}/me`, { method: "POST", body, headers: { accept: "application/json" } });
  assert.deepEqual([page.status, saved.status], [status, status]);
}
await lobby.close();
