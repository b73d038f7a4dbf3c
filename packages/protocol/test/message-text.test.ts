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
  for (const text of [
    "",
    " ",
    "\n\t\r\n",
    "\u3000",
    "\u200b\u200b",
    "\u3164",
    "\ufe0f",
    "\u2800",
    "\u2800 \u115f\uffa0",
  ]) {
    assertRefused(text, "LOBBY_MESSAGE_EMPTY");
  }
  for (const text of ["\u{e0041}", "\u{1d159}", "\u{13441}", "\ufffc", "\ufff9\ufffb"]) {
    assertRefused(text, "LOBBY_MESSAGE_EMPTY");
  }
});

test("a message has at most 4,000 code points, regardless of their size in memory", () => {
  for (const character of ["a", "각", "👋"]) {
    assertAccepted(character.repeat(4_000));
    assertRefused(character.repeat(4_001), "LOBBY_MESSAGE_TOO_LONG", { excess: 1 });
    assertRefused(character.repeat(40_000), "LOBBY_MESSAGE_TOO_LONG", { excess: 36_000 });
  }
});

test("a message in another normalization form may be as long as in NFC", () => {
  for (const character of ["각", "ế", "ᾂ", "é", "가", "\u{16d6a}"]) {
    for (const form of ["NFD", "NFC"]) {
      assertAccepted(character.repeat(4_000).normalize(form), character.repeat(4_000));
    }
  }
  assertAccepted("\u{2f800}".repeat(4_000), "丽".repeat(4_000));
});

test("a message may have 30 marks in a row", () => {
  assertAccepted(`q${"\u0323".repeat(30)}q${"\u0323".repeat(30)}`);
  assertAccepted("\u{1d165}".repeat(30));
  for (const text of [`q${"\u0323".repeat(31)}`, `${"\u0323".repeat(31)}q`, `q${"\u0323".repeat(30)}\u{1d165}`]) {
    assertRefused(text, "LOBBY_MESSAGE_MARKS", { character: text.includes("\u{1d165}") ? "\u{1d165}" : "\u0323" });
  }
  assertRefused(`a${"\u0301\u0316".repeat(2_000)}`, "LOBBY_MESSAGE_MARKS", { character: "\u0301" });
});

test("control characters in a message are refused, except tab and line breaks", () => {
  for (const character of ["\0", "\b", "\v", "\f", "\u001b", "\u007f", "\u0085", "\u009b"]) {
    assertRefused(`a${character}b`, "LOBBY_MESSAGE_CHARACTERS", { character });
  }
});

function assertAccepted(text: string, value: string = text): void {
  assert.deepEqual(checkMessageText(text), { ok: true, value });
}

function assertRefused(text: string, code: MessageTextCode, details: object = {}): void {
  assert.deepEqual(checkMessageText(text), { ok: false, code, ...details }, JSON.stringify(text.slice(0, 40)));
}
