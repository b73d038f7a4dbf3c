import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { consumer, WebSocketConsumer, type ConsumerContext } from "@lobby/channels";
import { WebSocketCommunicator } from "@lobby/channels/testing";

describe("a sender that awaits `drained`", () => {
  const PART = "x".repeat(40_000);

  /** Sends five parts of 40,000 characters. */
  class Parts extends WebSocketConsumer {
    readonly #sizes: number[];
    constructor(context: ConsumerContext, sizes: number[]) {
      super(context);
      this.#sizes = sizes;
    }
    override async receive(): Promise<void> {
      for (let part = 0; part < 5; part += 1) {
        this.send(PART);
        this.#sizes.push(this.bufferedBytes);
        await this.drained();
      }
    }
  }

  test("waits while 64 KiB wait for the test, and continues as the test takes them", async () => {
    const sizes: number[] = [];
    const client = new WebSocketCommunicator(consumer(Parts, sizes), "/");
    await client.connect();
    client.send("go");
    await nextTurn();
    assert.deepEqual(sizes, [40_000, 80_000]);
    assert.equal(client.bufferedBytes, 80_000);
    assert.equal(await client.receive(), PART);
    await nextTurn();
    assert.deepEqual(sizes.slice(2), [80_000]);
    for (let part = 1; part < 5; part += 1) assert.equal(await client.receive(), PART);
    await client.receiveNothing();
    assert.equal(client.bufferedBytes, 0);
    await client.disconnect();
  });

  test("ends its wait when the connection ends", async () => {
    const sizes: number[] = [];
    const client = new WebSocketCommunicator(consumer(Parts, sizes), "/");
    await client.connect();
    client.send("go");
    await client.disconnect();
    assert.equal(sizes.length, 5);
  });
});
