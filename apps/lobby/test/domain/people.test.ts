import assert from "node:assert/strict";
import { test } from "node:test";
import { guestTag, parseNickname } from "../../src/domain/people.ts";
import type { RefusalCode } from "../../src/domain/refusal.ts";

test("a nickname is any line of text, without the space around it", () => {
  assert.equal(parseNickname("철수"), "철수");
  assert.equal(parseNickname("  Mina Kim\n"), "Mina Kim");
  assert.equal(parseNickname("👩‍🚀"), "👩‍🚀");
  assert.equal(parseNickname("<b>"), "<b>");
});

test("a nickname is brought into NFC", () => {
  assert.equal(parseNickname("철수".normalize("NFD")), "철수");
});

test("half a surrogate pair becomes the replacement character", () => {
  assert.equal(parseNickname("a\ud83d"), "a\ufffd");
});

test("a nickname may have 32 code points and not 33, the space around it not counted", () => {
  for (const character of ["a", "각", "👋"]) {
    assert.equal(parseNickname(` ${character.repeat(32)} `), character.repeat(32));
    assertRefused(character.repeat(33), "LOBBY_NICKNAME_TOO_LONG");
  }
});

test("an empty or blank nickname is refused, also one of characters that nobody sees", () => {
  for (const text of ["", "  ", "\n", "\u200b", "\u3164", "\u2060\u00ad"]) assertRefused(text, "LOBBY_NICKNAME_EMPTY");
});

test("control characters, line breaks and marks that turn the writing direction are refused", () => {
  for (const character of ["\0", "\t", "\n", "\u2028", "\u2029", "\u061c", "\u200e", "\u200f", "\u202e", "\u2066"]) {
    assertRefused(`a${character}b`, "LOBBY_NICKNAME_CHARACTERS");
  }
});

test("guests are told apart by the end of their id", () => {
  assert.equal(guestTag("1351a9e5-5c58-45ea-a412-7e35edd283b9"), "83b9");
});

function assertRefused(text: string, code: RefusalCode): void {
  assert.throws(() => parseNickname(text), { code }, `Expected ${JSON.stringify(text)} to be refused.`);
}
