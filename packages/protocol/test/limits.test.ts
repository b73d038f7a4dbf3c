import assert from "node:assert/strict";
import { test } from "node:test";
import {
  countCodePoints,
  MAX_MESSAGE_CODE_POINTS,
  MAX_MESSAGE_ID_CODE_POINTS,
  MAX_NICKNAME_CODE_POINTS,
  MAX_ROOM_NAME_CODE_POINTS,
} from "../src/index.ts";

test("code points are counted, not what they take in memory", () => {
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

test("the limits are the ones that clients rely on", () => {
  assert.equal(MAX_ROOM_NAME_CODE_POINTS, 64);
  assert.equal(MAX_MESSAGE_CODE_POINTS, 4_000);
  assert.equal(MAX_NICKNAME_CODE_POINTS, 32);
  assert.equal(MAX_MESSAGE_ID_CODE_POINTS, 64);
});
