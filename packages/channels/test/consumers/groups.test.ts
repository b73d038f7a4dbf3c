/** A relay is made when somebody is there to get it, so a counter in it shows who is still in a group. */
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import {
  consumer,
  InMemoryChannelLayer,
  relay,
  WebSocketConsumer,
  type Awaitable,
  type Channel,
  type ConsumerContext,
  type EventTable,
  type WebSocketScope,
} from "@lobby/channels";
import { WebSocketCommunicator } from "@lobby/channels/testing";
import { Recorder } from "../support/recorder.ts";
import { RecordingTransport } from "../support/recording-transport.ts";

let madeCount = 0;
beforeEach(() => {
  madeCount = 0;
});

interface Script {
  connect?(self: Member): Awaitable<void>;
  receive?(self: Member): Awaitable<void>;
}

class Member extends WebSocketConsumer<WebSocketScope, { said: object }> {
  static readonly events: EventTable<Member> = {
    said: relay(() => {
      madeCount += 1;
      return "said";
    }),
  };
  readonly #script: Script;
  constructor(context: ConsumerContext<WebSocketScope>, script: Script) {
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

/** How many groups of a connection with this script still have a member when it has ended so. */
async function groupsLeftBehind(script: Script, end: "client leaves" | "by itself"): Promise<number> {
  const layer = new InMemoryChannelLayer();
  const { handler } = await new RecordingTransport().open(consumer(Member, script), layer);
  await handler.whenIdle();
  if (end === "client leaves") handler.close(1006, "");
  else handler.receive("go");
  await handler.whenIdle();
  for (const group of ["declared", "joined", "joined by name"]) await layer.groupSend(group, { type: "said" });
  return madeCount;
}

const fail = (): never => {
  throw new Error("boom");
};

describe("a connection has left all its groups", () => {
  for (const [how, script, end] of [
    ["when its client left", {}, "client leaves"],
    ["when its handler failed", { receive: fail }, "by itself"],
    ["when connect failed", { connect: fail }, "by itself"],
    ["when connect accepted and failed", { connect: (self) => (self.accept(), fail()) }, "by itself"],
    ["when it was denied", { connect: (self) => self.deny() }, "by itself"],
    ["when it was closed before it was accepted", { connect: (self) => self.close() }, "by itself"],
    ["when nobody decided its handshake", { connect: () => undefined }, "by itself"],
  ] satisfies [string, Script, "client leaves" | "by itself"][]) {
    test(how, async () => {
      assert.equal(await groupsLeftBehind(script, end), 0);
    });
  }

  test("but not before: this test can see a member", async () => {
    assert.equal(await groupsLeftBehind({}, "by itself"), 3);
  });

  test("and a group that its last member left is forgotten, one with members is not", async () => {
    const layer = new InMemoryChannelLayer();
    const transport = new RecordingTransport();
    const application = consumer(Member, {
      receive: (self) => self.groupDiscard("joined"),
    });
    const sockets = [await transport.open(application, layer), await transport.open(application, layer)];
    for (const expected of [1, 1, 0]) {
      for (const { handler } of sockets) await handler.whenIdle();
      madeCount = 0;
      await layer.groupSend("joined", { type: "said" });
      assert.equal(madeCount, expected);
      sockets.shift()?.handler.receive("leave");
    }
  });
});

test("a connection that closes misses what is sent until its client is gone, which is no drop", async () => {
  const layer = new InMemoryChannelLayer({ capacity: 1 });
  const socket = await new RecordingTransport().open(consumer(Member, { receive: (self) => self.close() }), layer);
  await socket.handler.whenIdle();
  socket.handler.receive("go");
  // All in one moment: nothing that one leaves behind is gone when the next one comes.
  await Promise.all([1, 2, 3].map(() => layer.groupSend("declared", { type: "undeclared" })));
  await socket.handler.whenIdle();
  assert.deepEqual([layer.dropped, socket.frames], [0, []]);
});

test("groups are joined side by side, not one after the other", async () => {
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
