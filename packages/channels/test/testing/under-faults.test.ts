/** An application is looked at on a layer that loses, repeats and mixes up messages. */
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

/** Tells its client each line once and in order, and says where some are missing. */
class Careful extends WebSocketConsumer<WebSocketScope, { line: Line }> {
  static readonly events: EventTable<Careful> = {
    line: (self, { n }) => {
      if (n <= self.#last) return;
      if (n > self.#last + 1) self.send(JSON.stringify({ missing: [self.#last + 1, n - 1] }));
      self.#last = n;
      self.send(JSON.stringify({ n }));
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

/** Believes in its layer. */
class Careless extends Careful {
  static override readonly events: EventTable<Careful> = {
    line: (self, { n }) => void self.send(JSON.stringify({ n })),
  };
}

interface Heard {
  readonly n?: number;
  readonly missing?: readonly [from: number, to: number];
  readonly end?: boolean;
}

/** What a client hears of 50 lines. */
async function hear(Class: typeof Careful, layer: FaultyLayer): Promise<readonly Heard[]> {
  const client = new WebSocketCommunicator(consumer(Class), "/", { layer });
  await client.connect();
  for (let n = 1; n <= 50; n += 1) await layer.groupSend("room", { type: "line", n });
  await layer.release();
  await client.whenIdle();
  client.send("");
  const heard: Heard[] = [];
  for (;;) {
    const frame = (await client.receiveJson()) as Heard;
    if (frame.end === true) return heard;
    heard.push(frame);
  }
}

/** Whether every line up to the last was heard once, in order, or was said to be missing. */
function isComplete(heard: readonly Heard[]): boolean {
  let next = 1;
  for (const { n, missing } of heard) {
    if ((n ?? missing?.[0]) !== next) return false;
    next = (n ?? missing?.[1] ?? 0) + 1;
  }
  return next > 1;
}

function faulty(seed: number): FaultyLayer {
  return new FaultyLayer(new InMemoryChannelLayer(), { seed, drop: 0.1, duplicate: 0.1, delay: 0.1, reorder: 0.1 });
}

test("A client of an application that counts hears each line once, in order, or that it is missing", async () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const layer = faulty(seed);
    const heard = await hear(Careful, layer);
    assert.ok(isComplete(heard), `${JSON.stringify(heard)} after ${String(layer)}`);
    assert.ok(layer.faults.length > 0);
  }
});

for (const [fault, options] of [
  ["drops", { drop: 0.1 }],
  ["duplicates", { duplicate: 0.1 }],
  ["delays", { delay: 0.1 }],
  ["reorders", { reorder: 0.1 }],
] as const) {
  test(`A client of one that does not is seen to be misled by a layer that ${fault}`, async () => {
    const layer = new FaultyLayer(new InMemoryChannelLayer(), { seed: 1, ...options });
    assert.ok(!isComplete(await hear(Careless, layer)), String(layer));
  });
}

test("A communicator that waits in vain tells the faults, with the seed", async () => {
  const layer = new FaultyLayer(new InMemoryChannelLayer(), { seed: 12, drop: 1 });
  const client = new WebSocketCommunicator(consumer(Careful), "/", { layer, timeoutMs: 1 });
  await client.connect();
  await layer.groupSend("room", { type: "line", n: 1 });
  await assert.rejects(client.receive(), {
    code: "CHANNELS_COMMUNICATOR_TIMEOUT",
    message: /faults by seed 12: drop of message 1, "line" to group "room"/,
  });
});
