import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Outgoing } from "../../src/event-stream/outgoing.ts";

const [A, B, C] = ["a", "b", "c"].map((text) => new TextEncoder().encode(text)) as [Uint8Array, Uint8Array, Uint8Array];

function text(result: { readonly value?: Uint8Array | undefined }): string {
  return new TextDecoder().decode(result.value);
}

describe("bytes on their way to a reader", () => {
  test("are handed over as they are while it waits", async () => {
    const outgoing = new Outgoing(() => undefined);
    const reader = outgoing.stream.getReader();
    const read = reader.read();
    await nextTurn();
    outgoing.write(A);
    assert.equal(outgoing.waitingBytes, 0);
    assert.equal((await read).value, A);
  });

  test("add up while it is busy, are counted, and go out in one piece", async () => {
    const outgoing = new Outgoing(() => undefined);
    const reader = outgoing.stream.getReader();
    for (const bytes of [A, B, C]) outgoing.write(bytes);
    assert.equal(outgoing.waitingBytes, 3);
    assert.equal(text(await reader.read()), "abc");
    assert.equal(outgoing.waitingBytes, 0);
  });

  test("wait while it is corked, though the reader waits too", async () => {
    const outgoing = new Outgoing(() => undefined);
    const read = outgoing.stream.getReader().read();
    outgoing.cork();
    outgoing.write(A);
    outgoing.write(B);
    assert.equal(outgoing.waitingBytes, 2);
    outgoing.uncork();
    assert.equal(text(await read), "ab");
  });

  test("are followed by the end", async () => {
    const outgoing = new Outgoing(() => undefined);
    const reader = outgoing.stream.getReader();
    outgoing.cork();
    outgoing.write(A);
    outgoing.end(60_000);
    // Fan-out ends its tick with this, whatever happened in between.
    outgoing.uncork();
    assert.equal(text(await reader.read()), "a");
    assert.equal((await reader.read()).done, true);
    outgoing.uncork();
  });

  test("end at once when none wait", async () => {
    const outgoing = new Outgoing(() => undefined);
    const read = outgoing.stream.getReader().read();
    outgoing.end(60_000);
    outgoing.uncork();
    assert.equal((await read).done, true);
  });

  test("are forgotten when the reader leaves, which is told once", async () => {
    let cancels = 0;
    const outgoing = new Outgoing(() => (cancels += 1));
    outgoing.write(A);
    await outgoing.stream.cancel();
    assert.deepEqual([cancels, outgoing.waitingBytes], [1, 0]);
    outgoing.uncork();
  });

  test("are forgotten when the reader leaves before their end", async () => {
    const outgoing = new Outgoing(() => undefined);
    outgoing.cork();
    outgoing.write(A);
    outgoing.end(60_000);
    await outgoing.stream.cancel();
    outgoing.uncork();
    assert.equal(outgoing.waitingBytes, 0);
  });

  test("are cut off when the end is not taken in time, and not when it is", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const [late, early] = [new Outgoing(() => undefined), new Outgoing(() => undefined)];
    const [lateReader, earlyReader] = [late.stream.getReader(), early.stream.getReader()];
    for (const outgoing of [late, early]) {
      outgoing.write(A);
      outgoing.end(1_000);
    }
    assert.equal(text(await lateReader.read()), "a");
    assert.equal(text(await earlyReader.read()), "a");
    t.mock.timers.tick(999);
    assert.equal((await earlyReader.read()).done, true);
    t.mock.timers.tick(1);
    await assert.rejects(lateReader.closed, { name: "AbortError" });
    await earlyReader.closed;
  });
});
