/** Applications on a layer that drops, duplicates, delays and reorders messages. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  consumer,
  InMemoryChannelLayer,
  WebSocketConsumer,
  type EventTable,
  type WebSocketScope,
} from "@lobby/channels";
import { FaultyLayer, WebSocketCommunicator } from "@lobby/channels/testing";

interface Line {
  readonly n: number;
}

/** Sends each line once and in order, and reports missing lines. */
class Careful extends WebSocketConsumer<WebSocketScope, { line: Line }> {
  static readonly events: EventTable<Careful> = {
    line({ n }) {
      if (n <= this.#last) return;
      if (n > this.#last + 1) this.send(JSON.stringify({ missing: [this.#last + 1, n - 1] }));
      this.#last = n;
      this.send(JSON.stringify({ n }));
    },
  };
  #last = 0;
  override get groups(): string[] {
    return ["room"];
  }
  override receive(): void {
    this.send(JSON.stringify({ end: true }));
  }
}

/** Sends every line that arrives. */
class Careless extends Careful {
  static override readonly events: EventTable<Careful> = {
    line({ n }) {
      this.send(JSON.stringify({ n }));
    },
  };
}

interface Received {
  readonly n?: number;
  readonly missing?: readonly [from: number, to: number];
  readonly end?: boolean;
}

/** Returns the frames that a client receives for 50 lines. */
async function receiveLines(Class: typeof Careful, layer: FaultyLayer): Promise<readonly Received[]> {
  const client = new WebSocketCommunicator(consumer(Class), "/", { layer });
  await client.connect();
  for (let n = 1; n <= 50; n += 1) await layer.groupSend("room", { type: "line", n });
  await layer.release();
  await client.whenIdle();
  client.send("");
  const received: Received[] = [];
  for (;;) {
    const frame = (await client.receiveJson()) as Received;
    if (frame.end === true) return received;
    received.push(frame);
  }
}

/** Returns whether the client received every line up to the last one once and in order, or a report that it is missing. */
function isComplete(received: readonly Received[]): boolean {
  let next = 1;
  for (const { n, missing } of received) {
    if ((n ?? missing?.[0]) !== next) return false;
    next = (n ?? missing?.[1] ?? 0) + 1;
  }
  return next > 1;
}

function faulty(seed: number): FaultyLayer {
  return new FaultyLayer(new InMemoryChannelLayer(), { seed, drop: 0.1, duplicate: 0.1, delay: 0.1, reorder: 0.1 });
}

test("an application that counts lines sends each line once, in order, or reports it as missing", async () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const layer = faulty(seed);
    const received = await receiveLines(Careful, layer);
    assert.ok(isComplete(received), `${JSON.stringify(received)} after ${String(layer)}`);
    assert.ok(layer.faults.length > 0);
  }
});

for (const [fault, options] of [
  ["drops", { drop: 0.1 }],
  ["duplicates", { duplicate: 0.1 }],
  ["delays", { delay: 0.1 }],
  ["reorders", { reorder: 0.1 }],
] as const) {
  test(`an application that does not count sends wrong lines on a layer that ${fault}`, async () => {
    const layer = new FaultyLayer(new InMemoryChannelLayer(), { seed: 1, ...options });
    assert.ok(!isComplete(await receiveLines(Careless, layer)), String(layer));
  });
}

test("a communicator's timeout names the faults and the seed", async () => {
  const layer = new FaultyLayer(new InMemoryChannelLayer(), { seed: 12, drop: 1 });
  const client = new WebSocketCommunicator(consumer(Careful), "/", { layer, timeoutMs: 1 });
  await client.connect();
  await layer.groupSend("room", { type: "line", n: 1 });
  await assert.rejects(client.receive(), {
    code: "CHANNELS_COMMUNICATOR_TIMEOUT",
    message: /faults by seed 12: drop of message 1, "line" to group "room"/,
  });
});
