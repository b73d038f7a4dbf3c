import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConfigurationError } from "@lobby/channels/layers";
import { consumer, InMemoryChannelLayer, WebSocketConsumer, type ConsumerContext } from "@lobby/channels";
import { HandshakeAnsweredError, HandshakeNotAnsweredError } from "../../src/errors.ts";
import type { Awaitable } from "../../src/internal/promise.ts";
import { WebSocketCommunicator, type HandshakeResult } from "@lobby/channels/testing";
import { Recorder } from "../support/recorder.ts";

type Connect = (self: Recorder) => Awaitable<void>;

function connecting(connect: Connect): { log: string[]; layer: InMemoryChannelLayer; client: WebSocketCommunicator } {
  const log: string[] = [];
  const layer = new InMemoryChannelLayer();
  return {
    log,
    layer,
    client: new WebSocketCommunicator(consumer(Recorder, log, { groups: ["room"], connect }), "/", { layer }),
  };
}

describe("a denied connection", () => {
  for (const [how, deny, status, reason] of [
    ["deny()", (self) => self.deny(), 403, "The request was refused."],
    ["deny(404, …)", (self) => self.deny(404, "No such room."), 404, "No such room."],
    ["close() before accept()", (self) => self.close(), 403, "The request was refused."],
    ["close(…) with a reason before accept()", (self) => self.close(4001, "Members only."), 403, "Members only."],
    ["neither accept() nor deny()", () => undefined, 403, "The request was refused."],
    ["neither accept() nor deny(), later", async () => undefined, 403, "The request was refused."],
  ] satisfies [string, Connect, number, string][]) {
    test(`by ${how} gives ${status} and runs neither disconnect nor an event handler`, async () => {
      const { log, layer, client } = connecting(async (self) => {
        await self.groupSend("room", { type: "note", text: "while connecting" });
        return deny(self);
      });
      const result = await client.connect();
      const body = `${reason}\n`;
      assert.deepEqual({ ...result, headers: [] }, { accepted: false, status, reason, headers: [], body });
      await layer.groupSend("room", { type: "note", text: "after" });
      await client.disconnect();
      assert.deepEqual(log, ["connect", "end of connect"]);
    });
  }

  test("causes a warning when its connect answered nothing", async () => {
    const { client } = connecting(() => undefined);
    await client.connect();
    await client.whenIdle();
    assert.equal(client.reports.length, 1);
    const [{ level, source, operation, error } = { level: "", source: "", operation: "", error: undefined }] =
      client.reports;
    assert.deepEqual([level, source, operation], ["warning", "Recorder", "connect"]);
    assert.ok(error instanceof HandshakeNotAnsweredError);
    assert.match(error.message, /^Recorder\.connect\(\) ended without calling accept\(\) or deny\(\)/);
  });

  test("sends no frame: send returns false", async () => {
    const sent: boolean[] = [];
    const { client } = connecting((self) => {
      self.deny();
      sent.push(self.send("too late"));
    });
    await client.connect();
    await client.receiveNothing();
    assert.deepEqual(sent, [false]);
  });

  for (const [how, again] of [
    ["accepted after it was denied", (self) => (self.deny(), self.accept())],
    ["denied twice", (self) => (self.deny(), self.deny())],
    ["accepted twice", (self) => (self.accept(), self.accept())],
    ["denied after it was accepted", (self) => (self.accept(), self.deny())],
  ] satisfies [string, Connect][]) {
    test(`cannot be ${how}`, async () => {
      const { client } = connecting(again);
      await client.connect();
      await client.whenIdle();
      assert.equal(client.reports.length, 1);
      assert.ok(client.reports[0]?.error instanceof HandshakeAnsweredError);
    });
  }
});

/** Connects to a consumer that acts in its constructor and accepts in `connect`. */
async function connectedTo(act: (self: WebSocketConsumer) => void): Promise<{
  readonly log: string[];
  readonly client: WebSocketCommunicator;
  readonly result: HandshakeResult;
}> {
  const log: string[] = [];
  class Eager extends WebSocketConsumer {
    constructor(context: ConsumerContext) {
      super(context);
      act(this);
    }
    override connect(): void {
      log.push("connect");
      this.accept();
      this.send("second");
    }
    override disconnect(): void {
      log.push("disconnect");
    }
  }
  const client = new WebSocketCommunicator(consumer(Eager), "/");
  return { log, client, result: await client.connect() };
}

describe("a constructor", () => {
  test("cannot accept: the error names the place to accept, and the client receives 500", async () => {
    const { log, client, result } = await connectedTo((self) => self.accept());
    assert.equal(result.accepted ? 101 : result.status, 500);
    await client.disconnect();
    assert.deepEqual(log, []);
    const [{ operation, error } = { operation: "", error: undefined }] = client.reports;
    assert.equal(operation, "constructor");
    assert.ok(error instanceof ConfigurationError);
    assert.equal(error.message, "Eager accepted its connection before `connect`. Accept it in `connect` or later.");
  });

  test("can send: the client receives the frame first, when the connection opens", async () => {
    const { log, client } = await connectedTo((self) => assert.equal(self.send("first"), true));
    assert.deepEqual([await client.receive(), await client.receive()], ["first", "second"]);
    await client.disconnect();
    assert.deepEqual(log, ["connect", "disconnect"]);
  });

  for (const [how, deny] of [
    ["deny", (self) => self.deny()],
    ["close", (self) => self.close()],
  ] satisfies [string, (self: WebSocketConsumer) => void][]) {
    test(`can ${how}: then connect does not run`, async () => {
      const { log, client, result } = await connectedTo(deny);
      assert.equal(result.accepted ? 101 : result.status, 403);
      await client.disconnect();
      assert.deepEqual([log, client.reports], [[], []]);
    });
  }
});

async function leaveWhileConnecting(decide: Connect): Promise<{ log: string[]; client: WebSocketCommunicator }> {
  const gate = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const all = connecting(async (self) => {
    started.resolve();
    await gate.promise;
    return decide(self);
  });
  const connected = all.client.connect().catch(() => undefined);
  await started.promise;
  const left = all.client.disconnect(1006);
  gate.resolve();
  await left;
  void connected;
  return all;
}

describe("a client that leaves during the handshake", () => {
  test("before it has joined its groups causes neither connect nor disconnect", async () => {
    const gate = Promise.withResolvers<void>();
    const log: string[] = [];
    class SlowLayer extends InMemoryChannelLayer {
      override groupAdd(): Promise<void> {
        return gate.promise;
      }
    }
    const application = consumer(Recorder, log, { groups: ["room"] });
    const client = new WebSocketCommunicator(application, "/", { layer: new SlowLayer() });
    const connected = client.connect().catch(() => undefined);
    await Promise.resolve();
    const left = client.disconnect(1006);
    gate.resolve();
    await left;
    void connected;
    assert.deepEqual(log, []);
  });

  test("causes disconnect after connect has ended, even when connect accepted it", async () => {
    const sent: boolean[] = [];
    const { log, client } = await leaveWhileConnecting((self) => {
      self.accept();
      sent.push(self.send("hello"));
    });
    assert.deepEqual(log, ["connect", "end of connect", "disconnect 1006"]);
    assert.deepEqual(sent, [false]);
    assert.deepEqual(client.reports, []);
  });

  test("causes no disconnect when connect denies it", async () => {
    for (const deny of [(self) => self.deny(), (self) => self.close()] satisfies Connect[]) {
      const { log } = await leaveWhileConnecting(deny);
      assert.deepEqual(log, ["connect", "end of connect"]);
    }
  });

  test("causes disconnect once when connect fails afterwards", async () => {
    const { log, client } = await leaveWhileConnecting(() => {
      throw new Error("boom");
    });
    assert.deepEqual(log, ["connect", "disconnect 1006"]);
    assert.equal(client.reports.length, 1);
  });
});
