import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { InMemoryChannelLayer, type FrameData } from "@lobby/channels";
import { isolateHook } from "@lobby/channels/server";
import { Fanout } from "../../src/fanout/fanout.ts";

const BOOM = new Error("boom");

function watchConsole(t: TestContext): unknown[][] {
  const lines: unknown[][] = [];
  t.mock.method(console, "error", (...line: unknown[]) => void lines.push(line));
  return lines;
}

test("a hook receives its arguments", () => {
  const received: unknown[] = [];
  isolateHook("onNews", (...news: [string, number]) => void received.push(news))("a", 1);
  assert.deepEqual(received, [["a", 1]]);
});

for (const [how, fail] of [
  [
    "throws",
    () => {
      throw BOOM;
    },
  ],
  ["rejects", (): unknown => Promise.reject(BOOM)],
] satisfies [string, () => unknown][]) {
  test(`the console shows the error of a hook that ${how}, and its caller sees none`, async (t) => {
    const lines = watchConsole(t);
    isolateHook("onNews", fail)();
    await nextTurn();
    assert.deepEqual(lines, [["onNews failed:", BOOM]]);
  });

  test(`a layer whose onDrop ${how} continues and counts its drops`, async (t) => {
    const lines = watchConsole(t);
    const layer = new InMemoryChannelLayer({ capacity: 1, onDrop: fail });
    await layer.groupAdd("room", "worker");
    for (const type of ["1", "2", "3"]) await layer.groupSend("room", { type });
    await nextTurn();
    assert.equal(layer.dropped, 2);
    assert.deepEqual(await layer.receive("worker"), { type: "1" });
    assert.deepEqual(lines, [
      ["onDrop failed:", BOOM],
      ["onDrop failed:", BOOM],
    ]);
  });
}

test("the console shows the error of a transport's report hook", (t) => {
  const lines = watchConsole(t);
  const { report } = new Fanout({
    codec: {
      encode: (data: FrameData) => data,
      batch: () => assert.fail(),
      join: () => assert.fail(),
      sizeOf: () => assert.fail(),
    },
    maxBufferedBytes: Infinity,
    schedule: () => undefined,
    report: () => {
      throw BOOM;
    },
  });
  report({ level: "error", source: "Chat", operation: "receive", error: new Error("the reported error") });
  assert.deepEqual(lines, [["report failed:", BOOM]]);
});
