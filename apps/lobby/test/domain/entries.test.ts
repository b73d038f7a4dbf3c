import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMessageText } from "../../src/domain/entries.ts";
import type { RefusalCode } from "../../src/domain/refusal.ts";

test("a message stays as it was written, space around it included", () => {
  for (const text of ["hi", "안녕하세요", " indented\n\tcode\r\n", "👩‍👩‍👧‍👦", "<b>", "\u202eabc", "❤\ufe0f"]) {
    assert.equal(parseMessageText(text), text);
  }
});

test("a message is brought into NFC", () => {
  assert.equal(parseMessageText("각".normalize("NFD")), "각");
});

test("half a surrogate pair becomes the replacement character", () => {
  assert.equal(parseMessageText("\udc00 and \ud800"), "\ufffd and \ufffd");
});

test("an empty or blank message is refused, also one of characters that nobody sees", () => {
  for (const text of ["", " ", "\n\t\r\n", "\u3000", "\u200b\u200b", "\u3164", "\ufe0f"]) {
    assertRefused(text, "LOBBY_MESSAGE_EMPTY");
  }
});

test("a message may have 4,000 code points and not 4,001, whatever they take in memory", () => {
  for (const character of ["a", "각", "👋"]) {
    assert.equal(parseMessageText(character.repeat(4_000)), character.repeat(4_000));
    assertRefused(character.repeat(4_001), "LOBBY_MESSAGE_TOO_LONG");
  }
});

test("control characters other than tab and line breaks are refused", () => {
  for (const character of ["\0", "\b", "\v", "\f", "\u001b", "\u007f", "\u0085", "\u009b"]) {
    assertRefused(`a${character}b`, "LOBBY_MESSAGE_CHARACTERS");
  }
});

function assertRefused(text: string, code: RefusalCode): void {
  assert.throws(() => parseMessageText(text), { code }, `Expected ${JSON.stringify(text)} to be refused.`);
}
