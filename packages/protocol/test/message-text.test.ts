import assert from "node:assert/strict";
import { test } from "node:test";
import { checkMessageText, type MessageTextCode } from "../src/index.ts";

test("the check returns a message unchanged, including its white space", () => {
  for (const text of ["hi", "안녕하세요", " indented\n\tcode\r\n", "👩‍👩‍👧‍👦", "<b>", "\u202eabc", "❤\ufe0f"]) {
    assertAccepted(text);
  }
});

test("the check converts a message to NFC", () => {
  assertAccepted("각".normalize("NFD"), "각");
});

test("the check replaces each unpaired surrogate in a message with U+FFFD", () => {
  assertAccepted("\udc00 and \ud800", "\ufffd and \ufffd");
});

test("an empty, blank or invisible message is refused", () => {
  for (const text of ["", " ", "\n\t\r\n", "\u3000", "\u200b\u200b", "\u3164", "\ufe0f"]) {
    assertRefused(text, "LOBBY_MESSAGE_EMPTY");
  }
});

test("a message has at most 4,000 code points, regardless of their size in memory", () => {
  for (const character of ["a", "각", "👋"]) {
    assertAccepted(character.repeat(4_000));
    assertRefused(character.repeat(4_001), "LOBBY_MESSAGE_TOO_LONG");
  }
});

test("control characters in a message are refused, except tab and line breaks", () => {
  for (const character of ["\0", "\b", "\v", "\f", "\u001b", "\u007f", "\u0085", "\u009b"]) {
    assertRefused(`a${character}b`, "LOBBY_MESSAGE_CHARACTERS");
  }
});

function assertAccepted(text: string, value: string = text): void {
  assert.deepEqual(checkMessageText(text), { ok: true, value });
}

function assertRefused(text: string, code: MessageTextCode): void {
  assert.deepEqual(checkMessageText(text), { ok: false, code }, JSON.stringify(text));
}
