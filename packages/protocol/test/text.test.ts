import assert from "node:assert/strict";
import { test } from "node:test";
import { cpuGrowth } from "@lobby/test-support/cpu-growth";
import { checkMessageText, checkNickname, checkRoomName, countCodePoints } from "../src/index.ts";

test("countCodePoints counts code points, not UTF-16 units and not bytes", () => {
  for (const [text, count] of [
    ["", 0],
    ["abc", 3],
    ["로비", 2],
    ["로비".normalize("NFD"), 4],
    ["👋", 1],
    ["👩‍👩‍👧‍👦", 7],
    ["a\ud83db", 3],
    ["\n\r\n", 3],
  ] as const) {
    assert.equal(countCodePoints(text), count, JSON.stringify(text));
  }
});

test("no character in NFC comes from more than 8 UTF-16 units, so the check refuses only texts that cannot fit", () => {
  const longest = new Map<string, number>();
  // No character above these planes has a decomposition.
  for (let codePoint = 0; codePoint < 0x3_0000; codePoint += 1) {
    const character = String.fromCodePoint(codePoint);
    if (!character.isWellFormed()) continue;
    const composed = character.normalize("NFC");
    longest.set(composed, Math.max(longest.get(composed) ?? 0, character.length));
  }
  for (const composed of longest.keys()) {
    let units = 0;
    for (const part of composed.normalize("NFD")) units += Math.max(part.length, longest.get(part) ?? 0);
    assert.ok(units <= 8 * countCodePoints(composed), composed);
  }
});

test("a text that passes a check passes it again, although NFC makes more marks of some characters", () => {
  const marks = "\u0323".repeat(29);
  let refusals = 0;
  for (let codePoint = 0; codePoint < 0x3_0000; codePoint += 1) {
    const character = String.fromCodePoint(codePoint);
    if (character.normalize("NFC") === character) continue;
    for (const text of [`a${character.repeat(16)}`, `a${character}${marks}`]) {
      for (const check of [checkMessageText, checkRoomName, checkNickname]) {
        const first = check(text);
        if (first.ok) assert.deepEqual(check(first.value), first, JSON.stringify(text));
        else refusals += 1;
      }
    }
  }
  assert.ok(refusals > 0);
  for (const mark of ["\u0344", "\u0f73", "\u0f75", "\u0f81"]) {
    assert.equal(checkRoomName(`b${mark.repeat(15)}`).ok, true);
    const refused = checkRoomName(`b${mark.repeat(16)}`);
    assert.equal(refused.ok ? undefined : refused.code, "LOBBY_ROOM_NAME_MARKS");
  }
});

test("the time of every check grows with the length of its text, for every kind of text", () => {
  const units = [
    "a",
    " ",
    "\u3000a",
    "\u0301",
    "\u0301\u0316",
    `a${"\u0301\u0316".repeat(15)}`,
    "\u200d",
    "👩‍👩‍👧‍👦",
    "각".normalize("NFD"),
  ];
  for (const unit of units) {
    const text = (length: number): string => unit.repeat(Math.ceil(length / unit.length));
    for (const check of [checkMessageText, checkRoomName]) {
      // Below and above the lengths that the check reads to the end.
      for (const size of [7_000, 32_768]) {
        const growth = cpuGrowth(size, text, check);
        assert.ok(growth <= 6, `${check.name} takes ${growth} times as long for ${JSON.stringify(unit)}`);
      }
    }
  }
});
