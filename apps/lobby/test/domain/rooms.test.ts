import assert from "node:assert/strict";
import { test } from "node:test";
import type { RefusalCode } from "../../src/domain/refusal.ts";
import { parseRoomName, roomPath } from "../../src/domain/rooms.ts";

const FAMILY = "👩‍👩‍👧‍👦";

test("any text that an address can carry is a room's name, unchanged", () => {
  for (const name of [
    "a",
    "lobby",
    "로비",
    "日本語",
    "👋",
    FAMILY,
    "a b",
    " a",
    "a-b",
    "50%",
    "a+b",
    "..a",
    "...",
    "é",
  ]) {
    assert.equal(parseRoomName(name), name);
  }
});

test("a name may have 64 code points and not 65, whatever they take in memory", () => {
  for (const character of ["a", "로", "👋"]) {
    assert.equal(parseRoomName(character.repeat(64)), character.repeat(64));
    assertRefused(character.repeat(65), "LOBBY_ROOM_NAME_TOO_LONG");
  }
});

test("the code points of an emoji made of several are counted one by one", () => {
  assert.equal(parseRoomName(FAMILY.repeat(9)), FAMILY.repeat(9));
  assertRefused(FAMILY.repeat(10), "LOBBY_ROOM_NAME_TOO_LONG");
});

test("a name is brought into NFC before it is counted", () => {
  const decomposed = "로비".normalize("NFD");
  assert.notEqual(decomposed, "로비");
  assert.equal(parseRoomName(decomposed), "로비");
  assert.equal(parseRoomName("로".repeat(64).normalize("NFD")), "로".repeat(64));
});

test("half a surrogate pair becomes the replacement character", () => {
  assert.equal(parseRoomName("a\ud83d"), "a\ufffd");
});

test("an empty or blank name is refused, also one of characters that nobody sees", () => {
  for (const name of ["", " ", "\t", "\u3000", "\u00a0", "\u200b", "\u3164", "\u200d \u2060"]) {
    assertRefused(name, "LOBBY_ROOM_NAME_EMPTY");
  }
});

test("control characters, line separators and slashes are refused", () => {
  for (const character of ["\0", "\t", "\n", "\r", "\u001f", "\u007f", "\u0085", "\u2028", "\u2029", "/"]) {
    assertRefused(`a${character}b`, "LOBBY_ROOM_NAME_CHARACTERS");
  }
});

test("names that every browser resolves away are refused", () => {
  assertRefused(".", "LOBBY_ROOM_NAME_CHARACTERS");
  assertRefused("..", "LOBBY_ROOM_NAME_CHARACTERS");
});

test("a room's address leads back to its name", () => {
  for (const name of ["lobby", "로비", "a b", "50%", "a?b#c", FAMILY, `"><script>`, "a\\b", "a;b=c"]) {
    const path = roomPath(parseRoomName(name));
    const resolved = new URL(path, "http://localhost").pathname;
    assert.equal(resolved, path);
    assert.match(path, /^\/chat\/[^/]+\/$/);
    assert.equal(decodeURIComponent(resolved.slice("/chat/".length, -1)), name);
  }
});

function assertRefused(name: string, code: RefusalCode): void {
  assert.throws(() => parseRoomName(name), { code }, `Expected ${JSON.stringify(name)} to be refused.`);
}
