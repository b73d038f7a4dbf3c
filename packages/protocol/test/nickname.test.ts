import assert from "node:assert/strict";
import { test } from "node:test";
import { checkNickname, type NicknameCode } from "../src/index.ts";

test("a nickname is one line of text, and the check removes white space at both ends", () => {
  assertAccepted("철수", "철수");
  assertAccepted("  Mina Kim\n", "Mina Kim");
  assertAccepted("👩‍🚀", "👩‍🚀");
  assertAccepted("<b>", "<b>");
});

test("the check converts a nickname to NFC", () => {
  assertAccepted("철수".normalize("NFD"), "철수");
});

test("the check replaces an unpaired surrogate in a nickname with U+FFFD", () => {
  assertAccepted("a\ud83d", "a\ufffd");
});

test("a nickname has at most 32 code points, without the white space at its ends", () => {
  for (const character of ["a", "각", "👋"]) {
    assertAccepted(` ${character.repeat(32)} `, character.repeat(32));
    assertRefused(character.repeat(33), "LOBBY_NICKNAME_TOO_LONG", { excess: 1 });
  }
});

test("an empty, blank or invisible nickname is refused", () => {
  for (const text of ["", "  ", "\n", "\u200b", "\u3164", "\u2060\u00ad"]) assertRefused(text, "LOBBY_NICKNAME_EMPTY");
});

test("control characters, line breaks and direction marks in a nickname are refused", () => {
  for (const character of ["\0", "\t", "\n", "\u2028", "\u2029", "\u061c", "\u200e", "\u200f", "\u202e", "\u2066"]) {
    assertRefused(`a${character}b`, "LOBBY_NICKNAME_CHARACTERS", { character });
  }
});

test("invisible characters, marks without an end and private-use characters in a nickname are refused", () => {
  for (const character of ["\u200b", "\u00ad", "\u2800", "\u{e0041}", "\ufe0f", "\u3164"]) {
    assertRefused(`a${character}b`, "LOBBY_NICKNAME_INVISIBLE", { character });
  }
  assertRefused(`a${"\u0323".repeat(31)}`, "LOBBY_NICKNAME_MARKS", { character: "\u0323" });
  assertRefused("a\uf8ff", "LOBBY_NICKNAME_CHARACTERS", { character: "\uf8ff" });
});

function assertAccepted(text: string, value: string): void {
  assert.deepEqual(checkNickname(text), { ok: true, value });
}

function assertRefused(text: string, code: NicknameCode, details: object = {}): void {
  assert.deepEqual(checkNickname(text), { ok: false, code, ...details }, JSON.stringify(text));
}
