import assert from "node:assert/strict";
import { test } from "node:test";
import { checkRoomName, type RoomNameCode } from "../src/index.ts";

const FAMILY = "👩‍👩‍👧‍👦";

const INVISIBLE = Array.from(
  "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b\u180e\u200b\u200c\u200d\u2060\u2061\u2064\u206a\u206f\u2800\u3164" +
    "\ufe00\ufe0f\ufeff\uffa0\ufff0\ufff9\ufffc\u{13430}\u{13441}\u{16fe4}\u{1bca0}\u{1d159}\u{1d173}" +
    "\u{e0001}\u{e0020}\u{e0041}\u{e007f}\u{e0100}\u{e0fff}",
);

test("a text that a URL can carry is a valid room name, and the check returns it unchanged", () => {
  for (const name of ["a", "lobby", "로비", "日本語", "👋", FAMILY, "a b", "a-b", "50%", "a+b", "..a", "...", "é"]) {
    assertAccepted(name);
  }
});

test("a room name has at most 64 code points, regardless of their size in memory", () => {
  for (const character of ["a", "로", "👋"]) {
    assertAccepted(character.repeat(64));
    assertRefused(character.repeat(65), "LOBBY_ROOM_NAME_TOO_LONG", { excess: 1 });
  }
});

test("every code point of a composed emoji counts", () => {
  assertAccepted(FAMILY.repeat(9));
  assertRefused(FAMILY.repeat(10), "LOBBY_ROOM_NAME_TOO_LONG", { excess: 6 });
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

test("the check removes white space at the ends of a room name, and joins it between words", () => {
  for (const name of [" lobby ", "\u00a0lobby", "lobby\u3000\n", "\ufefflobby"]) assertAccepted(name, "lobby");
  assertAccepted("a \u3000\u00a0b", "a b");
});

test("a room name of marks or blanks alone is refused", () => {
  for (const name of [
    "\u0301",
    "\u20dd \u0301",
    "\u2800",
    "\u115f\u1160",
    "\uffa0",
    "\u{e0041}\u{e007f}",
    "\u{1d159}",
  ]) {
    assertRefused(name, "LOBBY_ROOM_NAME_EMPTY");
  }
});

test("an invisible character in a room name is refused, and the check returns it", () => {
  for (const character of INVISIBLE) {
    for (const name of [`lobby${character}`, `${character}lobby`, `lob${character}by`, `👋${character}`]) {
      // U+FEFF is white space, too.
      if (name.trim() !== name) continue;
      assertRefused(name, "LOBBY_ROOM_NAME_INVISIBLE", { character });
    }
  }
});

test("invisible characters in an emoji are parts of a room name", () => {
  for (const name of [
    FAMILY,
    "👨‍💻 개발",
    "❤️",
    "1️⃣",
    "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
    "🏳️‍🌈",
  ]) {
    assertAccepted(name);
  }
  for (const [name, character] of [
    ["❤️\ufe0f", "\ufe0f"],
    [`${FAMILY}\u200d`, "\u200d"],
    ["🧑\u200d🪨", "\u200d"],
    ["a\ufe0f", "\ufe0f"],
    ["🏴\u{e0067}\u{e0062}", "\u{e0067}"],
  ] as const) {
    assertRefused(name, "LOBBY_ROOM_NAME_INVISIBLE", { character });
  }
});

test("joiners between letters of scripts that join are parts of a room name", () => {
  for (const name of ["می‌خواهم", "क्‍ष", "ශ්‍රී ලංකා", "র‍্যাব", "അനില്‍", "ಕ್‌ಷ"]) assertAccepted(name);
  for (const [name, character] of [
    ["a\u200cb", "\u200c"],
    ["가\u200d나", "\u200d"],
    ["می\u200c", "\u200c"],
    ["\u200cمی", "\u200c"],
    ["می\u200c\u200cخ", "\u200c"],
    ["नमस्ते\u200d", "\u200d"],
  ] as const) {
    assertRefused(name, "LOBBY_ROOM_NAME_INVISIBLE", { character });
  }
});

test("private-use characters and noncharacters in a room name are refused", () => {
  for (const character of ["\ue000", "\uf8ff", "\u{f0000}", "\u{10fffd}", "\ufdd0", "\uffff"]) {
    assertRefused(`a${character}`, "LOBBY_ROOM_NAME_CHARACTERS", { character });
  }
});

test("control characters, line separators and slashes in a room name are refused", () => {
  for (const character of ["\0", "\t", "\n", "\r", "\u001f", "\u007f", "\u0085", "\u2028", "\u2029", "/"]) {
    assertRefused(`a${character}b`, "LOBBY_ROOM_NAME_CHARACTERS", { character });
  }
});

test('the room names "." and "..", which browsers remove from an address, are refused', () => {
  assertRefused(".", "LOBBY_ROOM_NAME_CHARACTERS");
  assertRefused("..", "LOBBY_ROOM_NAME_CHARACTERS");
});

function assertAccepted(name: string, value: string = name): void {
  assert.deepEqual(checkRoomName(name), { ok: true, value });
}

function assertRefused(name: string, code: RoomNameCode, details: object = {}): void {
  assert.deepEqual(checkRoomName(name), { ok: false, code, ...details }, JSON.stringify(name));
}
