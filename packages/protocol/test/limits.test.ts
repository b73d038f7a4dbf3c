import assert from "node:assert/strict";
import { test } from "node:test";
import {
  MAX_FRAME_BYTES,
  MAX_MARKS_IN_A_ROW,
  MAX_MESSAGE_CODE_POINTS,
  MAX_MESSAGE_ID_CODE_POINTS,
  MAX_NICKNAME_CODE_POINTS,
  MAX_ROOM_NAME_CODE_POINTS,
} from "../src/index.ts";

test("the limits have the values that clients rely on", () => {
  assert.equal(MAX_ROOM_NAME_CODE_POINTS, 64);
  assert.equal(MAX_MESSAGE_CODE_POINTS, 4_000);
  assert.equal(MAX_NICKNAME_CODE_POINTS, 32);
  assert.equal(MAX_MESSAGE_ID_CODE_POINTS, 64);
  assert.equal(MAX_MARKS_IN_A_ROW, 30);
  assert.equal(MAX_FRAME_BYTES, 131_072);
});
