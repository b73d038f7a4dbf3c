import assert from "node:assert/strict";
import { test } from "node:test";
import { isTooDeep } from "../../src/internal/json.ts";

/** Returns JSON text of lists in each other. */
function nested(levels: number): string {
  return "[".repeat(levels) + "]".repeat(levels);
}

test("JSON with up to 100 levels is shallow enough", () => {
  for (const text of ["", "[]", nested(100), `{"a":${nested(99)}}`]) assert.equal(isTooDeep(text), false, text);
});

test("JSON with more than 100 levels is too deep, also when it is not complete", () => {
  for (const text of [nested(101), "[".repeat(1_000_000), '{"a":'.repeat(101), `[1,${nested(100)}]`]) {
    assert.equal(isTooDeep(text), true, text.slice(0, 120));
  }
});

test("brackets beside each other and in strings do not count as levels", () => {
  for (const value of [
    Array.from({ length: 1_000 }, () => [{}]),
    "[".repeat(1_000),
    ['"', "[".repeat(200), "\\", "{".repeat(200), '\\"[', "[".repeat(200)],
    { ['\\"[['.repeat(200)]: nested(150) },
  ]) {
    assert.equal(isTooDeep(JSON.stringify(value)), false);
  }
});
