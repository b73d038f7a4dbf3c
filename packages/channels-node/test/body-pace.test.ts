import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { remainingMs } from "../src/body-pace.ts";

describe("The next piece of a body", () => {
  test("may take the whole time at first, and after each pause of a client that is fast enough", () => {
    assert.equal(remainingMs(60_000, 0, 0), 60_000);
    assert.equal(remainingMs(60_000, 200_000, 1_048_576), 60_000);
  });

  test("may take what is left of the time of a client that sends fewer than 1,024 bytes a second", () => {
    assert.equal(remainingMs(60_000, 59_000, 0), 1_000);
    assert.equal(remainingMs(60_000, 100_000, 50 * 1_024), 10_000);
  });

  test("may take no time when the client has used it up", () => {
    assert.equal(remainingMs(60_000, 61_000, 61), 0);
  });
});
