import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  ChannelsError,
  Denial,
  consumer,
  InMemoryChannelLayer,
  WebSocketConsumer,
  type ConsumerContext,
  type EventTable,
  type WebSocketScope,
} from "@lobby/channels";
import { INVALID_NAME_REASON } from "../../src/application/failure.ts";
import { InvalidNameError } from "../../src/errors.ts";
import { checkGroupName } from "../../src/layers/names.ts";
import { WebSocketCommunicator } from "@lobby/channels/testing";
import { Recorder, type Script } from "../support/recorder.ts";

const BOOM = new Error("boom");
const throwNow = (): never => {
  throw BOOM;
};
const throwLater = async (): Promise<never> => {
  await Promise.resolve();
  throw BOOM;
};

interface Room {
  readonly layer: InMemoryChannelLayer;
  readonly log: string[];
  readonly client: WebSocketCommunicator;
  readonly bystander: WebSocketCommunicator;
  readonly bystanderLog: string[];
}

/** Opens a room with a consumer that runs the script, and a bystander that runs none. */
async function room(script: Script): Promise<Room> {
  const layer = new InMemoryChannelLayer();
  const [log, bystanderLog]: [string[], string[]] = [[], []];
  const client = new WebSocketCommunicator(consumer(Recorder, log, { groups: ["room"], ...script }), "/", { layer });
  const bystander = new WebSocketCommunicator(consumer(Recorder, bystanderLog, { groups: ["room"] }), "/", { layer });
  await bystander.connect();
  return { layer, log, client, bystander, bystanderLog };
}

/** Asserts that the error was reported once, `disconnect` ran once, the groups were left, and the bystander continues. */
async function assertOver({ layer, log, client, bystander, bystanderLog }: Room, event: string): Promise<void> {
  await client.whenIdle();
  assert.deepEqual(client.reports, [{ level: "error", source: "Recorder", operation: event, error: BOOM }]);
  assert.equal(log.filter((line) => line.startsWith("disconnect")).length, 1);
  const before = [...log];
  await layer.groupSend("room", { type: "note", text: "still here?" });
  await Promise.all([client.whenIdle(), bystander.whenIdle()]);
  assert.deepEqual(log, before);
  bystander.send("hello");
  await bystander.whenIdle();
  assert.deepEqual(bystanderLog, ["connect", "note still here?", "receive hello"]);
  await bystander.disconnect();
}

for (const [when, fail] of [
  ["synchronously", throwNow],
  ["asynchronously", throwLater],
] as const) {
  describe(`a handler that throws ${when}`, () => {
    test("in connect before accept: the server denies the handshake with 500, and disconnect runs", async () => {
      const all = await room({ connect: fail });
      const result = await all.client.connect();
      assert.equal(result.accepted || result.status, 500);
      await assertOver(all, "connect");
      assert.deepEqual(all.log, ["connect", "disconnect 1011 Internal error"]);
    });

    test("in connect after accept: the connection closes with 1011, and disconnect runs", async () => {
      const all = await room({
        connect: (self) => {
          self.accept();
          return fail();
        },
      });
      assert.equal((await all.client.connect()).accepted, true);
      assert.deepEqual(await all.client.receiveClose(), { code: 1011, reason: "Internal error" });
      await assertOver(all, "connect");
      assert.deepEqual(all.log, ["connect", "disconnect 1011 Internal error"]);
    });

    test("in receive: the connection closes with 1011, drops its waiting frames, and disconnect runs", async () => {
      const all = await room({ receive: fail });
      await all.client.connect();
      all.client.send("a");
      if (when === "asynchronously") all.client.send("b");
      assert.deepEqual(await all.client.receiveClose(), { code: 1011, reason: "Internal error" });
      await assertOver(all, "receive");
      assert.deepEqual(all.log, ["connect", "receive a", "disconnect 1011 Internal error"]);
    });

    test("in an event handler: the report names the event, and disconnect runs", async () => {
      const all = await room({ note: fail });
      await all.client.connect();
      await all.layer.groupSend("room", { type: "note", text: "1" });
      await all.bystander.whenIdle();
      all.bystanderLog.splice(1);
      assert.deepEqual(await all.client.receiveClose(), { code: 1011, reason: "Internal error" });
      await assertOver(all, "note");
      assert.deepEqual(all.log, ["connect", "note 1", "disconnect 1011 Internal error"]);
    });

    test("in disconnect: the fan-out reports the error, and disconnect does not run again", async () => {
      const all = await room({ disconnect: fail });
      await all.client.connect();
      await all.client.disconnect();
      await assertOver(all, "disconnect");
      assert.deepEqual(all.log, ["connect", "disconnect 1000"]);
    });

    test("in receive after its client has left: only disconnect runs after it", async () => {
      const all = await room({ receive: fail });
      await all.client.connect();
      all.client.send("a");
      if (when === "asynchronously") all.client.send("b");
      await all.client.disconnect(4001);
      await assertOver(all, "receive");
      assert.equal(all.log.filter((line) => line.startsWith("receive")).length, 1);
    });

    test("after it has closed the connection: the client receives that close, and disconnect runs once", async () => {
      const all = await room({
        receive: (self) => {
          self.close(4000, "enough");
          return fail();
        },
      });
      await all.client.connect();
      all.client.send("a");
      assert.deepEqual(await all.client.receiveClose(), { code: 4000, reason: "enough" });
      await assertOver(all, "receive");
      assert.deepEqual(all.log, ["connect", "receive a", "disconnect 4000 enough"]);
    });
  });
}

test("frames that a handler sent before it threw still reach the client, in order", async () => {
  class Chat extends WebSocketConsumer<WebSocketScope, { line: { text: string } }> {
    static readonly events: EventTable<Chat> = { line: { relay: ({ text }) => text } };
    override get groups(): string[] {
      return ["room"];
    }
    override async receive(): Promise<void> {
      await this.groupSend("room", { type: "line", text: "1" });
      this.send("2");
      await this.groupSend("room", { type: "line", text: "3" });
      throw BOOM;
    }
  }
  const client = new WebSocketCommunicator(consumer(Chat), "/");
  await client.connect();
  client.send("go");
  assert.deepEqual([await client.receive(), await client.receive(), await client.receive()], ["1", "2", "3"]);
  assert.equal((await client.receiveClose()).code, 1011);
});

describe("a text of the client that no group can have as its name", () => {
  const tooLong = "가".repeat(600);
  const groupOfPath: Script = { groups: ["good", tooLong] };

  test("denies the handshake with 400 and a sentence, and reports nothing", async () => {
    const log: string[] = [];
    const client = new WebSocketCommunicator(consumer(Recorder, log, groupOfPath), "/");
    const result = await client.connect();
    assert.ok(!result.accepted);
    assert.deepEqual([result.status, result.body], [400, `${INVALID_NAME_REASON}\n`]);
    await client.whenIdle();
    assert.deepEqual(client.reports, []);
    assert.deepEqual(log, [], "neither connect nor disconnect ran");
  });

  test("closes the connection with 1008 when a frame has it, and reports nothing", async () => {
    class Follower extends WebSocketConsumer {
      override receive(name: string): Promise<void> {
        return this.groupAdd(name);
      }
    }
    const client = new WebSocketCommunicator(consumer(Follower), "/");
    await client.connect();
    client.send(tooLong);
    assert.deepEqual(await client.receiveClose(), { code: 1008, reason: INVALID_NAME_REASON });
    assert.deepEqual(client.reports, []);
  });

  test("is an error of the application outside the frames of the client", async () => {
    const client = new WebSocketCommunicator(
      consumer(Recorder, [], { disconnect: () => checkGroupName(tooLong) }),
      "/",
    );
    await client.connect();
    await client.disconnect();
    assert.deepEqual(
      client.reports.map(({ operation, error }) => [operation, error instanceof InvalidNameError]),
      [["disconnect", true]],
    );
  });
});

test("a retryable error gives a handshake 503 and a warning, and closes an open connection as any other error does", async () => {
  class Away extends ChannelsError {
    readonly code = "AWAY";
    override readonly isRetryable = true;
  }
  const away = new Away("The backend is away.");
  const fail = (): never => {
    throw away;
  };
  const early = new WebSocketCommunicator(consumer(Recorder, [], { connect: fail }), "/");
  const result = await early.connect();
  assert.ok(!result.accepted);
  assert.deepEqual(
    [result.status, result.headers.get("retry-after"), result.reason],
    [503, "1", "The server could not open this connection now; try again later."],
  );
  assert.deepEqual(early.reports, [{ level: "warning", source: "Recorder", operation: "connect", error: away }]);

  const late = new WebSocketCommunicator(consumer(Recorder, [], { receive: fail }), "/");
  await late.connect();
  late.send("go");
  assert.equal((await late.receiveClose()).code, 1011);
  assert.deepEqual(late.reports, [{ level: "error", source: "Recorder", operation: "receive", error: away }]);
});

test("a constructor that throws fails the handshake and leaves no channel, and the report names its class", async () => {
  const layer = new InMemoryChannelLayer();
  let name = "";
  let connects = 0;
  class Broken extends WebSocketConsumer {
    constructor(context: ConsumerContext) {
      super(context);
      name = this.channelName;
      throw BOOM;
    }
    override connect(): void {
      connects += 1;
    }
  }
  const client = new WebSocketCommunicator(consumer(Broken), "/", { layer });
  const result = await client.connect();
  assert.equal(result.accepted || result.status, 500);
  await client.disconnect();
  assert.deepEqual(client.reports, [{ level: "error", source: "Broken", operation: "constructor", error: BOOM }]);
  assert.equal(connects, 0);
  await layer.send(name, { type: "note", text: "after the end" });
  assert.equal(layer.dropped, 1);
});

test("a connection awaits a thenable: the next frame waits for it, and its rejection is an error", async () => {
  const log: string[] = [];
  const gate = Promise.withResolvers<void>();
  /** Returns a thenable that starts when it is awaited, as query builders do. */
  const query = (text: string): PromiseLike<void> => ({
    // oxlint-disable-next-line unicorn/no-thenable
    then: (...rest) => {
      log.push(`begin ${text}`);
      return gate.promise.then(() => (text === "b" ? throwNow() : undefined)).then(...rest);
    },
  });
  class Querying extends WebSocketConsumer {
    override receive(text: string): PromiseLike<void> {
      return query(text);
    }
  }
  const client = new WebSocketCommunicator(consumer(Querying), "/");
  await client.connect();
  for (const text of ["a", "b", "c"]) client.send(text);
  await nextTurn();
  assert.deepEqual(log, ["begin a"]);
  gate.resolve();
  assert.equal((await client.receiveClose()).code, 1011);
  assert.deepEqual(log, ["begin a", "begin b"]);
  assert.equal(client.reports[0]?.error, BOOM);
});

test("a denial that a consumer throws is its failure: the client gets 500, and the report names `deny`", async () => {
  class Guarded extends WebSocketConsumer {
    override connect(): never {
      throw new Denial(401, "Log in first.");
    }
  }
  const client = new WebSocketCommunicator(consumer(Guarded), "/");
  const result = await client.connect();
  assert.equal(!result.accepted && result.status, 500);
  const [report] = client.reports;
  assert.deepEqual([client.reports.length, report?.level, report?.operation], [1, "error", "connect"]);
  assert.equal(
    (report?.error as Error | undefined)?.message,
    "Guarded threw a Denial. Call `this.deny` in `connect` instead.",
  );
});
