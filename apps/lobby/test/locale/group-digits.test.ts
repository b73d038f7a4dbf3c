import assert from "node:assert/strict";
import { test } from "node:test";
import { groupDigits } from "../../src/locale/group-digits.ts";

test("a number is grouped as English and Korean group it", () => {
  for (const number of [0, 1, 12, 123, 1_234, 12_345, 123_456, 1_234_567, Number.MAX_SAFE_INTEGER]) {
    for (const language of ["en", "ko"]) assert.equal(groupDigits(number), number.toLocaleString(language));
  }
});
