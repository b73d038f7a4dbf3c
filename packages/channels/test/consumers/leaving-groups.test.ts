/** A relay runs once for each group that still has a member, so a counter in it shows which groups were left. */
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import {
  consumer,
  InMemoryChannelLayer,
  WebSocketConsumer,
  type Channel,
  type ConsumerContext,
  type EventTable,
  type WebSocketScope,
} from "@lobby/channels";
import type { Awaitable } from "../../src/internal/promise.ts";
import { WebSocketCommunicator } from "@lobby/channels/testing";
import { Recorder } from "../support/recorder.ts";
import { RecordingTransport } from "../support/recording-transport.ts";

let relayCount = 0;
beforeEach(() => {
  relayCount = 0;
});

interface Script {
  connect?(self: Member): Awaitable<void>;
  receive?(self: Member): Awaitable<void>;
}

class Member extends WebSocketConsumer<WebSocketScope, { said: object }> {
  static readonly events: EventTable<Member> = {
    said: {
      relay: () => {
        relayCount += 1;
        return "said";
      },
    },
  };
  readonly #script: Script;
  constructor(context: ConsumerContext, script: Script) {
    super(context);
    this.#script = script;
  }
  override get groups(): string[] {
    return ["declared"];
  }
  override async connect(): Promise<void> {
    await this.groupAdd("joined");
    await this.layer.groupAdd("joined by name", this.channelName);
    if (this.#script.connect === undefined) this.accept();
    await this.#script.connect?.(this);
  }
  override receive(): Awaitable<void> {
    return this.#script.receive?.(this);
  }
}

/** Returns how many groups of a connection with this script still have a member after its end. */
async function groupsLeftBehind(script: Script, end: "client leaves" | "frame"): Promise<number> {
  const layer = new InMemoryChannelLayer();
  const { handler } = await new RecordingTransport().open(consumer(Member, script), layer);
  await handler.whenIdle();
  if (end === "client leaves") handler.close(1006, "");
  else handler.receive("go");
  await handler.whenIdle();
  for (const group of ["declared", "joined", "joined by name"]) await layer.groupSend(group, { type: "said" });
  return relayCount;
}

const fail = (): never => {
  throw new Error("boom");
};

describe("a connection has left all its groups", () => {
  for (const [how, script, end] of [
    ["when its client left", {}, "client leaves"],
    ["when its handler failed", { receive: fail }, "frame"],
    ["when connect failed", { connect: fail }, "frame"],
    ["when connect accepted and failed", { connect: (self) => (self.accept(), fail()) }, "frame"],
    ["when it was denied in connect", { connect: (self) => self.deny() }, "frame"],
    ["when it was closed before it was accepted", { connect: (self) => self.close() }, "frame"],
    ["when connect answered no handshake", { connect: () => undefined }, "frame"],
  ] satisfies [string, Script, "client leaves" | "frame"][]) {
    test(how, async () => {
      assert.equal(await groupsLeftBehind(script, end), 0);
    });
  }

  test("but not before: the counter sees each member", async () => {
    assert.equal(await groupsLeftBehind({}, "frame"), 3);
  });

  test("and a group relays until its last member leaves", async () => {
    const layer = new InMemoryChannelLayer();
    const transport = new RecordingTransport();
    const application = consumer(Member, {
      receive: (self) => self.groupDiscard("joined"),
    });
    const sockets = [await transport.open(application, layer), await transport.open(application, layer)];
    for (const expected of [1, 1, 0]) {
      for (const { handler } of sockets) await handler.whenIdle();
      relayCount = 0;
      await layer.groupSend("joined", { type: "said" });
      assert.equal(relayCount, expected);
      sockets.shift()?.handler.receive("leave");
    }
  });
});

test("a closing connection receives no messages, and the layer counts no drops", async () => {
  const layer = new InMemoryChannelLayer({ capacity: 1 });
  const socket = await new RecordingTransport().open(consumer(Member, { receive: (self) => self.close() }), layer);
  await socket.handler.whenIdle();
  socket.handler.receive("go");
  // All in one tick, so that each arrives before the work of the previous one has ended.
  await Promise.all([1, 2, 3].map(() => layer.groupSend("declared", { type: "undeclared" })));
  await socket.handler.whenIdle();
  assert.deepEqual([layer.dropped, socket.frames], [0, []]);
});

test("a layer that fails when a connection leaves its groups is reported, and ends nothing else", async (t) => {
  const failure = new Error("The layer is gone.");
  class Failing extends InMemoryChannelLayer {
    override newChannel(...receiver: Parameters<InMemoryChannelLayer["newChannel"]>): Channel {
      const channel = super.newChannel(...receiver);
      t.mock.method(channel, "close", () => Promise.reject(failure));
      return channel;
    }
  }
  const client = new WebSocketCommunicator(consumer(Recorder, []), "/", { layer: new Failing() });
  await client.connect();
  await client.disconnect();
  const report = { level: "error", source: "Recorder", operation: "close", error: failure };
  assert.deepEqual(client.reports, [report]);
});

test("a connection joins its groups concurrently", async () => {
  const all = Promise.withResolvers<void>();
  class Slow extends InMemoryChannelLayer {
    asked = 0;
    override async groupAdd(group: string, channel: Channel | string): Promise<void> {
      this.asked += 1;
      if (this.asked === 3) all.resolve();
      await all.promise;
      await super.groupAdd(group, channel);
    }
  }
  const client = new WebSocketCommunicator(consumer(Recorder, [], { groups: ["a", "b", "c"] }), "/", {
    layer: new Slow(),
  });
  assert.equal((await client.connect()).accepted, true);
  await client.disconnect();
});
