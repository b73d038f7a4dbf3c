/** The signal that aborts when a client can no longer be reached. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn, setTimeout as delay } from "node:timers/promises";
import { connections, consumer, InMemoryChannelLayer } from "@lobby/channels";
import { WebSocketCommunicator } from "@lobby/channels/testing";
import { Recorder, type Script } from "../support/recorder.ts";
import { RecordingTransport } from "../support/recording-transport.ts";

/** A handler that runs while its client can be reached, and ends as a `fetch` with the signal would. */
function untilAborted({ signal }: Recorder): Promise<void> {
  const { promise, reject } = Promise.withResolvers<void>();
  if (signal.aborted) reject(signal.reason as Error);
  else signal.addEventListener("abort", () => reject(signal.reason as Error));
  return promise;
}

async function connected(script: Script): Promise<{ client: WebSocketCommunicator; log: string[] }> {
  const log: string[] = [];
  const client = new WebSocketCommunicator(consumer(Recorder, log, script), "/");
  await client.connect();
  await client.whenIdle();
  return { client, log };
}

describe("the signal of a consumer", () => {
  test("ends a handler whose client leaves, without an error, and disconnect runs after it", async () => {
    const { client, log } = await connected({ receive: untilAborted });
    client.send("go");
    await client.disconnect(1001);
    assert.deepEqual(client.reports, []);
    assert.deepEqual(log, ["connect", "receive go", "disconnect 1001"]);
  });

  test("ends a handler whose operation has an `AbortError` of its own", async () => {
    const { client, log } = await connected({
      receive: ({ signal }: Recorder) => delay(60_000, undefined, { signal }),
    });
    client.send("go");
    await client.disconnect(1001);
    assert.deepEqual(client.reports, []);
    assert.deepEqual(log, ["connect", "receive go", "disconnect 1001"]);
  });

  test("ends each handler of the frames that the client sent before it left", async () => {
    const { client, log } = await connected({ receive: untilAborted });
    for (const text of ["1", "2", "3"]) client.send(text);
    await client.disconnect();
    assert.deepEqual(client.reports, []);
    assert.deepEqual(log, ["connect", "receive 1", "receive 2", "receive 3", "disconnect 1000"]);
  });

  test("ends connect when the client leaves during the handshake", async () => {
    const log: string[] = [];
    const layer = new InMemoryChannelLayer();
    const transport = new RecordingTransport();
    const socket = await transport.open(consumer(Recorder, log, { connect: untilAborted }), layer);
    await nextTurn();
    socket.handler.close(1006, "");
    await socket.handler.whenIdle();
    assert.deepEqual(log, ["connect", "disconnect 1006"]);
    assert.deepEqual(transport.reports, []);
  });

  for (const [how, script] of [
    ["denies", { connect: (self: Recorder) => self.deny() }],
    ["fails in connect", { connect: () => assert.fail("boom") }],
    ["closes", { receive: (self: Recorder) => self.close(4000) }],
    ["fails", { receive: () => assert.fail("boom") }],
  ] as const) {
    test(`aborts when the consumer ${how}, and not before`, async () => {
      const made: Recorder[] = [];
      const signals: AbortSignal[] = [];
      const seen: boolean[] = [];
      const run = (self: Recorder, end: (self: Recorder) => void): void => {
        made.push(self);
        signals.push(self.signal);
        seen.push(self.signal.aborted);
        end(self);
      };
      const { client } = await connected(
        "connect" in script
          ? { connect: (self) => run(self, script.connect) }
          : { receive: (self) => run(self, script.receive) },
      );
      client.send("go");
      await client.whenIdle();
      assert.deepEqual([seen, signals[0]?.aborted, made[0]?.signal === signals[0]], [[false], true, true]);
    });
  }

  test("has aborted when disconnect first reads it", async () => {
    const seen: boolean[] = [];
    const { client } = await connected({ disconnect: (self) => void seen.push(self.signal.aborted) });
    await client.disconnect();
    assert.deepEqual(seen, [true]);
  });

  test("aborts when the server begins to close", async () => {
    const { promise: aborted, resolve } = Promise.withResolvers<void>();
    const application = consumer(Recorder, [], {
      receive: async (self) => {
        await untilAborted(self).catch(() => resolve());
      },
    });
    const socket = await new RecordingTransport().open(application, new InMemoryChannelLayer());
    await socket.handler.whenIdle();
    socket.handler.receive("go");
    socket.handler.closing();
    await aborted;
  });

  test("aborts when the access is revoked while a handler runs", async () => {
    const layer = new InMemoryChannelLayer();
    const log: string[] = [];
    const inner = consumer(Recorder, log, { receive: untilAborted });
    const client = new WebSocketCommunicator(
      (socket, scope) => inner(socket, { ...scope, subjects: ["user:1"] }),
      "/",
      { layer },
    );
    await client.connect();
    await client.whenIdle();
    client.send("go");
    await connections(layer).close("user:1");
    assert.equal((await client.receiveClose()).code, 4403);
    await client.whenIdle();
    assert.deepEqual([log.at(-1), client.reports], ["disconnect 4403 Access was revoked", []]);
  });

  test("hides neither another error nor an error of a handler that never read it", async () => {
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    for (const receive of [
      (self: Recorder) => untilAborted(self).catch(() => Promise.reject(new Error("boom"))),
      () => gone.then(() => Promise.reject(new DOMException("This operation was aborted", "AbortError"))),
    ]) {
      const { client } = await connected({ receive });
      client.send("go");
      const left = client.disconnect();
      resolve();
      await left;
      assert.equal(client.reports.length, 1);
    }
  });
});
