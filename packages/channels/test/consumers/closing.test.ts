/** A connection that the server closes, while its consumer knows nothing of it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { consumer, InMemoryChannelLayer } from "@lobby/channels";
import { Recorder, type Script } from "../support/recorder.ts";
import { RecordingTransport, type RecordingSocket } from "../support/recording-transport.ts";

/** A connection whose connect is over, unless the script holds it up. */
async function open(script: Script): Promise<{ log: string[]; layer: InMemoryChannelLayer; socket: RecordingSocket }> {
  const log: string[] = [];
  const layer = new InMemoryChannelLayer();
  const socket = await new RecordingTransport().open(consumer(Recorder, log, script), layer);
  if (script.connect === undefined) await socket.handler.whenIdle();
  return { log, layer, socket };
}

describe("when the server begins to close", () => {
  test("send says that nothing is sent any more, and nothing is written", async () => {
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

  test("send says so of the very frame that was one too many for its peer", async () => {
    const sent: boolean[] = [];
    const { socket } = await open({ receive: (self) => void sent.push(self.send("one"), self.send("two")) });
    socket.write = () => socket.handler.closing();
    socket.handler.receive("go");
    assert.deepEqual(sent, [false, false]);
  });

  test("what the peer had said is still handled, events and later frames are not, disconnect runs once", async () => {
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

  test("a consumer that closes as well is harmless, and an error is reported and closes nothing", async () => {
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

describe("when the server answers the handshake itself", () => {
  test("the consumer's accept comes too late, and it is disconnected when connect has ended", async () => {
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

  test("a consumer that denies as well gets no disconnect", async () => {
    const gate = Promise.withResolvers<void>();
    const { log, socket } = await open({ connect: (self) => gate.promise.then(() => self.deny()) });
    socket.handler.closing();
    gate.resolve();
    await socket.handler.whenIdle();
    socket.handler.close(1006, "");
    assert.deepEqual(log, ["connect", "end of connect"]);
  });
});
