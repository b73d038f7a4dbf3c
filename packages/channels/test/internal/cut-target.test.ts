import assert from "node:assert/strict";
import { test } from "node:test";
import { cutTarget } from "../../src/internal/cut-target.ts";

for (const [name, target] of [
  ["short", "/chat/"],
  ["of 1,024 bytes", `/${"x".repeat(1_023)}`],
  ["of 1,024 bytes in 514 characters", `/${"é".repeat(511)}x`],
] as const) {
  test(`A target that is ${name} stays`, () => assert.equal(cutTarget(target), target));
}

for (const [name, target] of [
  ["ASCII", `/${"x".repeat(1_024)}`],
  ["two-byte characters", `/${"é".repeat(512)}`],
  ["three-byte characters", `/${"로".repeat(5_000)}`],
  ["surrogate pairs", `/${"😀".repeat(5_000)}`],
] as const) {
  test(`A longer target of ${name} is cut between characters, to at most 1,024 bytes`, () => {
    const cut = cutTarget(target);
    assert.ok(Buffer.byteLength(cut) <= 1_024 && Buffer.byteLength(cut) > 1_016);
    assert.ok(cut.endsWith("…") && target.startsWith(cut.slice(0, -1)) && cut.isWellFormed());
  });
}
