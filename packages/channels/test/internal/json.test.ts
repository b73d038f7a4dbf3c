import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { jsonExcess } from "../../src/internal/json.ts";

const MAX_SIZE = 1_000;

/** Returns JSON text of lists in each other. */
function nested(levels: number): string {
  return "[".repeat(levels) + "]".repeat(levels);
}

describe("The depth of JSON", () => {
  test("may be 100 levels", () => {
    for (const text of ["", "[]", nested(100), `{"a":${nested(99)}}`]) {
      assert.equal(jsonExcess(text, MAX_SIZE), undefined, text);
    }
  });

  test("may not be more, also when the text is not complete", () => {
    for (const text of [nested(101), "[".repeat(1_000_000), '{"a":'.repeat(101), `[1,${nested(100)}]`]) {
      assert.equal(jsonExcess(text, MAX_SIZE), "depth", text.slice(0, 120));
    }
  });
});

describe("The size of JSON", () => {
  test("counts brackets and commas", () => {
    const lists = (count: number): string => `[${Array.from({ length: count }, () => "[]").join()}]`;
    assert.equal(jsonExcess(lists(500), MAX_SIZE), undefined);
    assert.equal(jsonExcess(lists(501), MAX_SIZE), "size");
    assert.equal(jsonExcess(`[${"1,".repeat(999)}1]`, MAX_SIZE), undefined);
    assert.equal(jsonExcess(`[${"1,".repeat(1_000)}1]`, MAX_SIZE), "size");
    assert.equal(jsonExcess('{"a":1,"b":[2]}', 2), "size");
  });

  test("leaves out what is in strings, beside escapes of every kind", () => {
    for (const value of [
      ["[{,".repeat(1_000)],
      ['"', "[".repeat(2_000), "\\", "{".repeat(2_000), '\\"[', ",".repeat(2_000)],
      { ['\\"[,'.repeat(2_000)]: nested(1_500) },
    ]) {
      assert.equal(jsonExcess(JSON.stringify(value), MAX_SIZE), undefined);
    }
  });
});
