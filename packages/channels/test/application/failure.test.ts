import assert from "node:assert/strict";
import { test } from "node:test";
import { failureOf, INVALID_NAME_REASON } from "../../src/application/failure.ts";
import { checkGroupName } from "../../src/layers/names.ts";

test("a request whose text cannot be the name of a group gets 400, and nothing is reported", () => {
  for (const name of ["", "x".repeat(513), "\ud800"]) {
    const { denial, level } = failureOf(
      thrownBy(() => checkGroupName(name)),
      "The server failed",
    );
    assert.deepEqual([denial.status, denial.reason, level], [400, INVALID_NAME_REASON, undefined]);
  }
});

function thrownBy(run: () => void): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return assert.fail("nothing was thrown");
}
