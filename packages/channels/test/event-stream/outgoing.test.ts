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

  test("arrive in pieces of at most 16 KiB, so that a slow reader shows its progress", async () => {
    const outgoing = new Outgoing(() => undefined);
    const reader = outgoing.stream.getReader();
    const large = Uint8Array.from({ length: 40_000 }, (_, index) => index % 251);
    for (const bytes of [large, A, B]) outgoing.write(bytes);
    const pieces: number[] = [];
    const received: number[] = [];
    while (outgoing.waitingBytes > 0) {
      const { value = A } = await reader.read();
      assert.equal(outgoing.isStalled(), false);
      pieces.push(value.length);
      received.push(...value);
    }
    assert.deepEqual(pieces, [16_384, 16_384, 7_234]);
    assert.deepEqual(received, [...large, ...A, ...B]);
  });

  test("count until the system has accepted them, and have drained below 64 KiB", async () => {
    const outgoing = new Outgoing(() => undefined);
    const reader = outgoing.stream.getReader();
    await outgoing.drained();
    outgoing.write(new Uint8Array(90_000));
    let hasDrained = false;
    void outgoing.drained().then(() => (hasDrained = true));
    const counts: (number | boolean)[] = [];
    for (let read = 0; read < 4; read += 1) {
      await reader.read();
      await nextTurn();
      counts.push(outgoing.bufferedBytes, hasDrained);
    }
    assert.deepEqual(counts, [90_000, false, 73_616, false, 57_232, true, 40_848, true]);
  });

  test("have drained when the reader leaves", async () => {
    const outgoing = new Outgoing(() => undefined);
    outgoing.write(new Uint8Array(90_000));
    const drained = Promise.all([outgoing.drained(), outgoing.drained()]);
    await outgoing.stream.cancel();
    await drained;
    assert.equal(outgoing.bufferedBytes, 0);
  });

  test("are dropped up to the rest of a write that has begun", async () => {
    const outgoing = new Outgoing(() => undefined);
    const reader = outgoing.stream.getReader();
    outgoing.write(new Uint8Array(20_000));
    outgoing.write(new Uint8Array(50_000));
    await reader.read();
    outgoing.clear();
    assert.equal(outgoing.waitingBytes, 20_000 - 16_384);
    outgoing.write(A);
    const last = await reader.read();
    assert.equal(last.value?.length, 20_000 - 16_384 + 1);
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
