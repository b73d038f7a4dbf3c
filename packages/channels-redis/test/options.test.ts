import assert from "node:assert/strict";
import { test } from "node:test";
import { resolveOptions } from "../src/options.ts";

test("hooks that throw are written to the console", (t) => {
  const lines: unknown[][] = [];
  t.mock.method(console, "error", (...line: unknown[]) => lines.push(line));
  const failure = new Error("the log is full");
  const fail = (): never => {
    throw failure;
  };
  const { onDrop, onGap } = resolveOptions({ onDrop: fail, onGap: fail });
  onDrop?.({ reason: "full", messageType: "note", group: undefined });
  onGap?.({ durationMs: 1 });
  assert.deepEqual(lines, [
    ["onDrop failed:", failure],
    ["onGap failed:", failure],
  ]);
});
