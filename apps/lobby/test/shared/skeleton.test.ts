import assert from "node:assert/strict";
import { test } from "node:test";
import { skeletonOf } from "../../src/shared/skeleton.ts";

test("names that readers take for each other have the same skeleton", () => {
  for (const [name, lookalike] of [
    ["lobby", "l\u043ebby"],
    ["lobby", "lobb\u0443"],
    ["lobby", "Iobby"],
    ["lobby", "1obby"],
    ["lobby", "lobby\u00ad"],
    ["lobby", "lo\u200bbby"],
    ["lobby", " lobby "],
    ["scope", "\u0455\u0441\u043e\u0440\u0435"],
    ["a b", "a\u00a0b"],
    ["a-b", "a\u2010b"],
    ["modern", "modem"],
    ["カ", "力"],
    ["é", "e\u0301"],
    ["❤", "❤\ufe0f"],
    ["می‌خواهم", "میخواهم"],
  ] as const) {
    assert.equal(skeletonOf(name), skeletonOf(lookalike), lookalike);
  }
});

test("names that readers can tell apart have different skeletons", () => {
  for (const [name, other] of [
    ["lobby", "Lobby"],
    ["lobby", "lobbies"],
    ["a b", "ab"],
    ["a b", "a-b"],
    ["악기", "아끼"],
    ["학교", "하꾜"],
    ["로비", "로비2"],
    ["👩‍👩‍👧‍👦", "👩👩👧👦"],
    ["🏴", "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}"],
    ["⌚", "⌛"],
  ] as const) {
    assert.notEqual(skeletonOf(name), skeletonOf(other), other);
  }
});
