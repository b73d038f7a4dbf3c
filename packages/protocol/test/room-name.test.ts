import assert from "node:assert/strict";
import { test } from "node:test";
import { checkRoomName, type RoomNameCode } from "../src/index.ts";

const FAMILY = "👩‍👩‍👧‍👦";

test("a text that a URL can carry is a valid room name, and the check returns it unchanged", () => {
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
    assertAccepted(name);
  }
});

test("a room name has at most 64 code points, regardless of their size in memory", () => {
  for (const character of ["a", "로", "👋"]) {
    assertAccepted(character.repeat(64));
    assertRefused(character.repeat(65), "LOBBY_ROOM_NAME_TOO_LONG");
  }
});

test("every code point of a composed emoji counts", () => {
  assertAccepted(FAMILY.repeat(9));
  assertRefused(FAMILY.repeat(10), "LOBBY_ROOM_NAME_TOO_LONG");
});

test("the check converts a room name to NFC before it counts", () => {
  const decomposed = "로비".normalize("NFD");
  assert.notEqual(decomposed, "로비");
  assertAccepted(decomposed, "로비");
  assertAccepted("로".repeat(64).normalize("NFD"), "로".repeat(64));
});

test("the check replaces an unpaired surrogate in a room name with U+FFFD", () => {
  assertAccepted("a\ud83d", "a\ufffd");
});

test("an empty, blank or invisible room name is refused", () => {
  for (const name of ["", " ", "\t", "\u3000", "\u00a0", "\u200b", "\u3164", "\u200d \u2060"]) {
    assertRefused(name, "LOBBY_ROOM_NAME_EMPTY");
  }
});

test("control characters, line separators and slashes in a room name are refused", () => {
  for (const character of ["\0", "\t", "\n", "\r", "\u001f", "\u007f", "\u0085", "\u2028", "\u2029", "/"]) {
    assertRefused(`a${character}b`, "LOBBY_ROOM_NAME_CHARACTERS");
  }
});

test('the room names "." and "..", which browsers remove from an address, are refused', () => {
  assertRefused(".", "LOBBY_ROOM_NAME_CHARACTERS");
  assertRefused("..", "LOBBY_ROOM_NAME_CHARACTERS");
});

function assertAccepted(name: string, value: string = name): void {
  assert.deepEqual(checkRoomName(name), { ok: true, value });
}

function assertRefused(name: string, code: RoomNameCode): void {
  assert.deepEqual(checkRoomName(name), { ok: false, code }, JSON.stringify(name));
}
