import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { consumer, InMemoryChannelLayer, type ConsumerLimits, type DroppedMessage } from "@lobby/channels";
import { EventLoopBlockedError } from "../../src/errors.ts";
import { WebSocketCommunicator } from "@lobby/channels/testing";
import { Recorder, type Script } from "../support/recorder.ts";

/** The default of `maxQueuedFrames`. */
const LIMIT = 16;

interface Slow {
  readonly log: string[];
  readonly client: WebSocketCommunicator;
  readonly layer: InMemoryChannelLayer;
  readonly drops: DroppedMessage[];
  /** Ends the running handler. */
  readonly release: () => void;
}

/** Opens a connection whose handler of "hold" runs until `release`. */
async function holding(script: Script = {}, capacity = 3): Promise<Slow> {
  const gate = Promise.withResolvers<void>();
  const [log, drops]: [string[], DroppedMessage[]] = [[], []];
  const layer = new InMemoryChannelLayer({ capacity, onDrop: (drop) => drops.push(drop) });
  const receive: Script["receive"] = (_, text) => (text === "hold" ? gate.promise : undefined);
  const application = consumer(Recorder, log, { groups: ["room"], receive, ...script });
  const client = new WebSocketCommunicator(application, "/", { layer });
  await client.connect();
  await client.whenIdle();
  client.send("hold");
  return { log, client, layer, drops, release: gate.resolve };
}

describe("frames that wait for a slow handler", () => {
  test(`pause the reading from the client when there are ${LIMIT}, and resume it when a handler takes one`, async () => {
    const { log, client, release } = await holding();
    for (let count = 1; count < LIMIT; count += 1) client.send(`${count}`);
    assert.equal(client.isPaused, false);
    client.send(`${LIMIT}`);
    assert.equal(client.isPaused, true);
    // Frames that the transport had read already still arrive, in order.
    client.send("surplus");
    assert.equal(client.isPaused, true);
    release();
    await client.whenIdle();
    assert.equal(client.isPaused, false);
    const expected = [...Array.from({ length: LIMIT }, (_, index) => `receive ${index + 1}`), "receive surplus"];
    assert.deepEqual(log, ["connect", "receive hold", "end of receive hold", ...expected]);
  });

  test("pause the reading at 64 KiB as well, and resume it when a handler takes one", async () => {
    const { client, release } = await holding();
    client.send("x".repeat(65_535));
    assert.equal(client.isPaused, false);
    client.send(new Uint8Array(1));
    assert.equal(client.isPaused, true);
    release();
    await client.whenIdle();
    assert.equal(client.isPaused, false);
  });

  test("never pause the reading while handlers keep up", async () => {
    const { client, release } = await holding();
    release();
    await client.whenIdle();
    for (let count = 0; count < 1000; count += 1) {
      client.send("quick");
      assert.equal(client.isPaused, false);
    }
  });

  test("pause the reading each time they reach the limit", async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { client, release } = await holding({ receive: (_, text) => gates[Number(text)]?.promise });
    for (const gate of gates) {
      client.send(`${gates.indexOf(gate)}`);
      for (let count = 0; count < LIMIT; count += 1) client.send("wait");
      assert.equal(client.isPaused, true);
      gate.resolve();
      await client.whenIdle();
      assert.equal(client.isPaused, false);
    }
    release();
  });

  for (const [how, end] of [
    ["closes", (self: Recorder) => self.close(4000)],
    [
      "throws",
      () => {
        throw new Error("boom");
      },
    ],
  ] as const) {
    test(`no longer pause the reading when the handler they wait for ${how}`, async () => {
      const gate = Promise.withResolvers<void>();
      const { client } = await holding({ receive: (self) => gate.promise.then(() => end(self)) });
      for (let count = 0; count < LIMIT; count += 1) client.send(`${count}`);
      assert.equal(client.isPaused, true);
      gate.resolve();
      await client.receiveClose();
      assert.equal(client.isPaused, false);
    });
  }
});

describe("events that wait for a slow handler", () => {
  test("are bounded per connection by the layer's capacity, and the layer counts the drops", async () => {
    const { log, client, layer, drops, release } = await holding();
    const quick: string[] = [];
    const other = new WebSocketCommunicator(consumer(Recorder, quick, { groups: ["room"] }), "/", { layer });
    await other.connect();
    for (const text of ["1", "2", "3", "4", "5"]) {
      await layer.groupSend("room", { type: "note", text });
      await other.whenIdle();
    }
    assert.equal(layer.dropped, 2);
    const drop: DroppedMessage = { reason: "full", messageType: "note", group: "room" };
    assert.deepEqual(drops, [drop, drop]);
    release();
    await client.whenIdle();
    assert.deepEqual(
      log.filter((line) => line.startsWith("note")),
      ["note 1", "note 2", "note 3"],
    );
    assert.deepEqual(quick, ["connect", "note 1", "note 2", "note 3", "note 4", "note 5"]);
  });

  test("make a direct send fail at the limit", async () => {
    let name = "";
    const gate = Promise.withResolvers<void>();
    const { layer, drops, client } = await holding({ receive: (self) => ((name = self.channelName), gate.promise) });
    for (const text of ["1", "2", "3"]) await layer.send(name, { type: "note", text });
    await assert.rejects(layer.send(name, { type: "note", text: "4" }), { code: "CHANNELS_CHANNEL_FULL", capacity: 3 });
    assert.deepEqual(drops, [{ reason: "full", messageType: "note", group: undefined }]);
    gate.resolve();
    await client.whenIdle();
    await layer.send(name, { type: "note", text: "5" });
  });

  test("make room when the handler takes them", async () => {
    const { log, client, layer, release } = await holding();
    release();
    await client.whenIdle();
    for (let count = 0; count < 10; count += 1) {
      await layer.groupSend("room", { type: "note", text: `${count}` });
      await client.whenIdle();
    }
    assert.equal(layer.dropped, 0);
    assert.equal(log.filter((line) => line.startsWith("note")).length, 10);
  });
});

/** A stopped clock, and a thread that uses no CPU time. */
interface StoppedClock {
  /** Lets time pass in which the thread runs. */
  readonly compute: (durationMs: number) => void;
}

/** The time on the last stopped clock. A clock never goes back. */
let stoppedAtMs = 1e9;

/** Lets time pass in which other programs run. */
function wait(durationMs: number): void {
  stoppedAtMs += durationMs;
}

function stopClock(t: TestContext): StoppedClock {
  let cpuMs = 0;
  wait(1000);
  t.mock.method(performance, "now", () => stoppedAtMs);
  t.mock.method(process, "threadCpuUsage", () => ({ user: cpuMs * 600, system: cpuMs * 400 }));
  return {
    compute: (durationMs) => {
      cpuMs += durationMs;
      wait(durationMs);
    },
  };
}

describe("a handler that blocks the event loop", () => {
  for (const [event, kind, script] of [
    ["connect", "with groups", (block) => ({ connect: (self) => (block(), self.accept()) })],
    ["connect", "without groups", (block) => ({ groups: [], connect: (self) => (block(), self.accept()) })],
    ["receive", "that is synchronous", (block) => ({ receive: block })],
    ["receive", "that is asynchronous", (block) => ({ receive: async () => block() })],
    ["note", "of a group", (block) => ({ note: block })],
    ["disconnect", "at the end", (block) => ({ disconnect: block })],
  ] satisfies [string, string, (block: () => void) => Script][]) {
    test(`in ${event} ${kind} causes one warning with its name and its milliseconds`, async (t) => {
      const { compute } = stopClock(t);
      const layer = new InMemoryChannelLayer();
      const application = consumer(Recorder, [], { groups: ["room"], ...script(() => compute(250)) });
      const client = new WebSocketCommunicator(application, "/", { layer });
      await client.connect();
      await client.whenIdle();
      if (event === "receive") client.send("a");
      if (event === "note") await layer.groupSend("room", { type: "note", text: "1" });
      await client.disconnect();
      assert.equal(client.reports.length, 1);
      const report = client.reports[0];
      assert.deepEqual({ ...report, error: 0 }, { level: "warning", source: "Recorder", operation: event, error: 0 });
      assert.ok(report?.error instanceof EventLoopBlockedError);
      assert.deepEqual(
        [report.error.source, report.error.operation, report.error.durationMs],
        ["Recorder", event, 250],
      );
      assert.match(report.error.message, new RegExp(`^Recorder blocked the event loop for 250 ms in "${event}"\\.`));
    });
  }

  test("is not blamed for the time of other programs, nor for that of the handlers before it", async (t) => {
    const { compute } = stopClock(t);
    const { client, layer } = await holding({ receive: () => compute(9), note: () => wait(5000) });
    for (let count = 0; count < 12; count += 1) client.send("work");
    await layer.groupSend("room", { type: "note", text: "1" });
    await client.whenIdle();
    assert.deepEqual(client.reports, []);
  });

  test("for at most 100 ms causes no warning, and neither does one that waits without blocking", async (t) => {
    const { compute } = stopClock(t);
    const { log, client, layer, release } = await holding({ note: () => compute(100) });
    await layer.groupSend("room", { type: "note", text: "1" });
    wait(5000);
    release();
    await client.whenIdle();
    assert.equal(log.at(-1), "note 1");
    assert.deepEqual(client.reports, []);
  });
});

describe("limits that a consumer declares", () => {
  class Narrow extends Recorder {
    static readonly limits: ConsumerLimits = { maxQueuedFrames: 2, maxQueuedEvents: 1 };
  }

  test("apply to its connections and override the layer's capacity", async () => {
    const gate = Promise.withResolvers<void>();
    const layer = new InMemoryChannelLayer();
    const log: string[] = [];
    const application = consumer(Narrow, log, { groups: ["room"], receive: () => gate.promise });
    const client = new WebSocketCommunicator(application, "/", { layer });
    await client.connect();
    client.send("hold");
    client.send("1");
    assert.equal(client.isPaused, false);
    client.send("2");
    assert.equal(client.isPaused, true);
    for (const text of ["1", "2", "3"]) await layer.groupSend("room", { type: "note", text });
    assert.equal(layer.dropped, 2);
    gate.resolve();
    await client.whenIdle();
    assert.equal(client.isPaused, false);
    assert.deepEqual(
      log.filter((line) => line.startsWith("note")),
      ["note 1"],
    );
  });

  test("are known names with integers from 1 up", () => {
    for (const limits of [{ maxQueuedFrames: 0 }, { maxQueuedEvents: 1.5 }, { waitingFrame: 16 } as ConsumerLimits]) {
      class Wrong extends Recorder {
        static readonly limits = limits;
      }
      assert.throws(() => consumer(Wrong, []), { code: "CHANNELS_CONFIGURATION" });
    }
  });
});
