/** A connection that the server closes without a call of its consumer. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { consumer, InMemoryChannelLayer } from "@lobby/channels";
import { Recorder, type Script } from "../support/recorder.ts";
import { RecordingTransport, type RecordingSocket } from "../support/recording-transport.ts";

/** Opens a connection, and waits for its `connect` unless the script replaces it. */
async function open(script: Script): Promise<{ log: string[]; layer: InMemoryChannelLayer; socket: RecordingSocket }> {
  const log: string[] = [];
  const layer = new InMemoryChannelLayer();
  const socket = await new RecordingTransport().open(consumer(Recorder, log, script), layer);
  if (script.connect === undefined) await socket.handler.whenIdle();
  return { log, layer, socket };
}

describe("when the server begins to close", () => {
  test("send returns false and writes nothing", async () => {
    const sent: boolean[] = [];
    const gate = Promise.withResolvers<void>();
    const { socket } = await open({
      receive: async (self) => {
        sent.push(self.send("before"));
        await gate.promise;
        sent.push(self.send("after"));
      },
    });
    socket.handler.receive("go");
    socket.handler.closing();
    gate.resolve();
    await socket.handler.whenIdle();
    assert.deepEqual(sent, [true, false]);
    assert.deepEqual(socket.frames, ["before"]);
  });

  test("send returns false for the frame that overflowed the client's buffer", async () => {
    const sent: boolean[] = [];
    const { socket } = await open({ receive: (self) => void sent.push(self.send("one"), self.send("two")) });
    socket.write = () => socket.handler.closing();
    socket.handler.receive("go");
    assert.deepEqual(sent, [false, false]);
  });

  test("the consumer handles earlier frames, drops events and later frames, and runs disconnect once", async () => {
    const gate = Promise.withResolvers<void>();
    const { log, layer, socket } = await open({ groups: ["room"], receive: () => gate.promise });
    socket.handler.receive("a");
    await layer.groupSend("room", { type: "note", text: "waits" });
    socket.handler.receive("b");
    socket.handler.closing();
    socket.handler.receive("too late");
    await layer.groupSend("room", { type: "note", text: "too late" });
    gate.resolve();
    await socket.handler.whenIdle();
    socket.handler.close(1012, "The server is restarting");
    await socket.handler.whenIdle();
    assert.deepEqual(log, [
      "connect",
      "receive a",
      "end of receive a",
      "receive b",
      "end of receive b",
      "disconnect 1012 The server is restarting",
    ]);
  });

  test("a close by the consumer has no effect, and an error causes only a report", async () => {
    for (const [receive, count] of [
      [(self: Recorder) => self.close(4000), 0],
      [() => Promise.reject(new Error("boom")), 1],
    ] as const) {
      const transport = new RecordingTransport();
      const log: string[] = [];
      const gate = Promise.withResolvers<void>();
      const script: Script = { receive: (self) => gate.promise.then(() => receive(self)) };
      const socket = await transport.open(consumer(Recorder, log, script), new InMemoryChannelLayer());
      await socket.handler.whenIdle();
      socket.handler.receive("go");
      socket.handler.closing();
      gate.resolve();
      await socket.handler.whenIdle();
      socket.handler.close(1013, "");
      assert.deepEqual(socket.closes, []);
      assert.equal(transport.reports.length, count);
      assert.equal(log.at(-1), "disconnect 1013");
    }
  });
});

describe("when the server answers the handshake without the application", () => {
  test("the consumer's accept has no effect, and disconnect runs after connect", async () => {
    const gate = Promise.withResolvers<void>();
    const sent: boolean[] = [];
    const { log, socket } = await open({
      connect: async (self) => {
        await gate.promise;
        self.accept();
        sent.push(self.send("hello"));
      },
    });
    let accepts = 0;
    socket.accept = () => void (accepts += 1);
    socket.handler.closing();
    gate.resolve();
    await socket.handler.whenIdle();
    socket.handler.close(1006, "");
    assert.deepEqual([accepts, sent, socket.frames], [0, [false], []]);
    assert.deepEqual(log, ["connect", "end of connect", "disconnect 1006"]);
  });

  test("disconnect does not run when the consumer denies as well", async () => {
    const gate = Promise.withResolvers<void>();
    const { log, socket } = await open({ connect: (self) => gate.promise.then(() => self.deny()) });
    socket.handler.closing();
    gate.resolve();
    await socket.handler.whenIdle();
    socket.handler.close(1006, "");
    assert.deepEqual(log, ["connect", "end of connect"]);
  });
});
