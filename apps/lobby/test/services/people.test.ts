import assert from "node:assert/strict";
import { test } from "node:test";
import { People } from "../../src/services/people.ts";
import { MemoryStore } from "../support/memory-store.ts";

const CLOCK = { nowMs: () => 1_700_000_000_000 };

test("somebody without a nickname has none", async () => {
  assert.equal(await new People(new MemoryStore(), CLOCK).nickname("mina"), undefined);
});

test("a nickname is kept as it was cleaned, with the time", async () => {
  const store = new MemoryStore();
  const people = new People(store, CLOCK);
  assert.equal(await people.rename("mina", `  ${"미나".normalize("NFD")} `), "미나");
  assert.equal(await people.nickname("mina"), "미나");
  assert.deepEqual(store.nicknames.get("mina"), { nickname: "미나", atMs: 1_700_000_000_000 });
});

test("a text that is no nickname changes nothing", async () => {
  const store = new MemoryStore();
  const people = new People(store, CLOCK);
  await people.rename("mina", "Mina");
  for (const [text, code] of [
    [" ", "LOBBY_NICKNAME_EMPTY"],
    ["a\u202eb", "LOBBY_NICKNAME_CHARACTERS"],
    ["a".repeat(33), "LOBBY_NICKNAME_TOO_LONG"],
  ] as const) {
    await assert.rejects(people.rename("mina", text), { code });
  }
  assert.equal(await people.nickname("mina"), "Mina");
  assert.deepEqual(store.calls, ["setNickname"]);
});
