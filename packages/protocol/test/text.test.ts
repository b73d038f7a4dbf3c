import assert from "node:assert/strict";
import { test } from "node:test";
import { countCodePoints } from "../src/index.ts";

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
