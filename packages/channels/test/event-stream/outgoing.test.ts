import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Outgoing } from "../../src/event-stream/outgoing.ts";

const [A, B, C] = ["a", "b", "c"].map((text) => new TextEncoder().encode(text)) as [Uint8Array, Uint8Array, Uint8Array];

function text(result: { readonly value?: Uint8Array | undefined }): string {
  return new TextDecoder().decode(result.value);
}

describe("bytes on their way to a reader", () => {
  test("are passed on unchanged while it waits", async () => {
    const outgoing = new Outgoing(() => undefined);
    const reader = outgoing.stream.getReader();
    const read = reader.read();
    await nextTurn();
    outgoing.write(A);
    assert.equal(outgoing.waitingBytes, 0);
    assert.equal((await read).value, A);
  });

  test("are collected and counted while it is busy, and arrive in one piece", async () => {
    const outgoing = new Outgoing(() => undefined);
    const reader = outgoing.stream.getReader();
    for (const bytes of [A, B, C]) outgoing.write(bytes);
    assert.equal(outgoing.waitingBytes, 3);
    assert.equal(text(await reader.read()), "abc");
    assert.equal(outgoing.waitingBytes, 0);
  });

  test("wait while the stream is corked, also for a waiting reader", async () => {
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
    // The fan-out uncorks at the end of each tick, also after the end of a stream.
    outgoing.uncork();
    assert.equal(text(await reader.read()), "a");
    assert.equal((await reader.read()).done, true);
    outgoing.uncork();
  });

  test("end at once without waiting bytes", async () => {
    const outgoing = new Outgoing(() => undefined);
    const read = outgoing.stream.getReader().read();
    outgoing.end(60_000);
    outgoing.uncork();
    assert.equal((await read).done, true);
  });

  test("are dropped when the reader leaves; the callback runs once", async () => {
    let cancels = 0;
    const outgoing = new Outgoing(() => (cancels += 1));
    outgoing.write(A);
    await outgoing.stream.cancel();
    assert.deepEqual([cancels, outgoing.waitingBytes], [1, 0]);
    outgoing.uncork();
  });

  test("are dropped when the reader leaves before the end", async () => {
    const outgoing = new Outgoing(() => undefined);
    outgoing.cork();
    outgoing.write(A);
    outgoing.end(60_000);
    await outgoing.stream.cancel();
    outgoing.uncork();
    assert.equal(outgoing.waitingBytes, 0);
  });

  test("are aborted when the reader does not read the end in time", async (t) => {
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
