import assert from "node:assert/strict";
import { test } from "node:test";
import { describeError, shortenTexts } from "../../src/operations/log-values.ts";

const LONG = "가".repeat(100_000);

test("a long text in a line is cut, with its length, and short ones stay", () => {
  const short = { source: "http", status: 200 };
  assert.equal(shortenTexts(short), short);
  assert.deepEqual(shortenTexts({ ...short, operation: LONG }), {
    ...short,
    operation: `${"가".repeat(1_024)}… (100000 characters)`,
  });
});

test("an error in a line has a bounded size, also with a large message, large fields and a large cause", () => {
  const circular: Record<string, unknown> = { LONG };
  circular["self"] = circular;
  const fields = { code: "LOBBY_X", input: LONG, issues: Array.from({ length: 10_000 }, () => ({ LONG })), circular };
  const error = Object.assign(new Error(LONG, { cause: new Error(LONG) }), fields);
  const described = describeError(error) as Record<string, string>;
  assert.deepEqual(Object.keys(described).toSorted(), [
    "circular",
    "code",
    "input",
    "issues",
    "message",
    "stack",
    "type",
  ]);
  assert.deepEqual([described["type"], described["code"]], ["Error", "LOBBY_X"]);
  assert.ok(JSON.stringify(described).length < 16_384, `${JSON.stringify(described).length}`);
});

test("a thrown value that is no error appears in the line, with a bounded size", () => {
  assert.equal(describeError(undefined), "undefined");
  assert.equal(describeError("oh"), "oh");
  assert.ok(String(describeError({ LONG: [LONG, LONG] })).length < 2_048);
});

test("an error with its usual size is unchanged in its line", () => {
  const error = new TypeError("oh", { cause: new Error("why") });
  const { message, stack, type } = describeError(error) as Record<string, string>;
  assert.deepEqual([type, message], ["TypeError", "oh: why"]);
  assert.match(stack ?? "", /^TypeError: oh\n[^]+caused by: Error: why\n/);
});
