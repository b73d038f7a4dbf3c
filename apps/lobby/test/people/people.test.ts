import assert from "node:assert/strict";
import { test } from "node:test";
import { People } from "../../src/people/people.ts";
import { MemoryStore } from "../support/memory-store.ts";

const CLOCK = { nowMs: () => 1_700_000_000_000 };
const MINA = { id: "mina", guestName: "Guest mina" };

test("a person without a nickname has the guest name", async () => {
  const store = new MemoryStore();
  assert.equal(await store.nickname("mina"), undefined);
  assert.equal(await new People(store, CLOCK).nameOf(MINA), "Guest mina");
});

test("renaming stores the normalized nickname and the time", async () => {
  const store = new MemoryStore();
  const people = new People(store, CLOCK);
  assert.equal(await people.rename("mina", `  ${"미나".normalize("NFD")} `), "미나");
  assert.equal(await people.nameOf(MINA), "미나");
  assert.deepEqual(store.calls, ["setNickname 미나 1700000000000"]);
});

test("an invalid nickname is refused and changes nothing", async () => {
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
  assert.equal(await people.nameOf(MINA), "Mina");
  assert.deepEqual(store.calls, ["setNickname Mina 1700000000000"]);
});
