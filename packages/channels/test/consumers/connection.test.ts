import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { consumer, InMemoryChannelLayer } from "@lobby/channels";
import { WebSocketCommunicator } from "@lobby/channels/testing";
import { Recorder, type Script } from "../support/recorder.ts";

function record(
  script: Script = {},
  layer = new InMemoryChannelLayer(),
): { log: string[]; client: WebSocketCommunicator } {
  const log: string[] = [];
  return { log, client: new WebSocketCommunicator(consumer(Recorder, log, script), "/", { layer }) };
}

describe("a connection", () => {
  test("connects, receives in order and disconnects, each once", async () => {
    const { log, client } = record();
    await client.connect();
    client.send("a");
    client.send("b");
    await client.disconnect(4000, "bye");
    assert.deepEqual(log, ["connect", "receive a", "receive b", "disconnect 4000 bye"]);
  });

  for (const [code, meaning] of [
    [1000, "a normal end"],
    [1005, "no code"],
    [1006, "a lost connection"],
  ] as const) {
    test(`passes ${code} to disconnect for ${meaning}`, async () => {
      const { log, client } = record();
      await client.connect();
      await client.disconnect(code);
      assert.deepEqual(log, ["connect", `disconnect ${code}`]);
    });
  }

  test("has a consumer of its own", async () => {
    const made: Recorder[] = [];
    const log: string[] = [];
    const application = consumer(Recorder, log, { connect: (self) => (made.push(self), self.accept()) });
    const clients = [new WebSocketCommunicator(application, "/"), new WebSocketCommunicator(application, "/")];
    await Promise.all(clients.map((client) => client.connect()));
    assert.equal(new Set(made).size, 2);
    assert.notEqual(made[0]?.channelName, made[1]?.channelName);
  });

  test("runs one handler at a time: frames, events and disconnect wait for a slow handler", async () => {
    const gate = Promise.withResolvers<void>();
    const layer = new InMemoryChannelLayer();
    const { log, client } = record({ groups: ["room"], receive: () => gate.promise }, layer);
    await client.connect();
    await client.whenIdle();
    client.send("a");
    client.send("b");
    const left = client.disconnect();
    assert.deepEqual(log, ["connect", "receive a"]);
    gate.resolve();
    await left;
    assert.deepEqual(log, [
      "connect",
      "receive a",
      "end of receive a",
      "receive b",
      "end of receive b",
      "disconnect 1000",
    ]);
  });

  test("handles frames and events in the order of their arrival", async () => {
    const gate = Promise.withResolvers<void>();
    const layer = new InMemoryChannelLayer();
    const { log, client } = record(
      { groups: ["room"], receive: (_, text) => (text === "a" ? gate.promise : undefined) },
      layer,
    );
    await client.connect();
    client.send("a");
    await layer.groupSend("room", { type: "note", text: "1" });
    client.send("b");
    await layer.groupSend("room", { type: "note", text: "2" });
    gate.resolve();
    await client.whenIdle();
    assert.deepEqual(log, ["connect", "receive a", "end of receive a", "note 1", "receive b", "note 2"]);
  });

  test("keeps frames that arrive during connect until connect has ended", async () => {
    const gate = Promise.withResolvers<void>();
    const { log, client } = record({
      connect: (self) => {
        self.accept();
        return gate.promise;
      },
    });
    await client.connect();
    client.send("a");
    assert.deepEqual(log, ["connect"]);
    gate.resolve();
    await client.whenIdle();
    assert.deepEqual(log, ["connect", "end of connect", "receive a"]);
  });

  test("handles the frames that its client sent before it left, then disconnects", async () => {
    const sent = ["a", "b", "c"];
    const { log, client } = record({ receive: async () => undefined });
    await client.connect();
    for (const text of sent) client.send(text);
    await client.disconnect();
    assert.deepEqual(
      log.filter((line) => !line.startsWith("end")),
      ["connect", "receive a", "receive b", "receive c", "disconnect 1000"],
    );
  });

  test("receives no frame after its client has left", async () => {
    const { log, client } = record();
    await client.connect();
    await client.disconnect();
    client.send("too late");
    await client.whenIdle();
    assert.deepEqual(log, ["connect", "disconnect 1000"]);
  });

  test("handles an event that it sends to its own group after the handler that sent it", async () => {
    const { log, client } = record({
      groups: ["room"],
      receive: async (self) => {
        await self.groupSend("room", { type: "note", text: "mine" });
      },
    });
    await client.connect();
    client.send("a");
    await client.whenIdle();
    assert.deepEqual(log, ["connect", "receive a", "end of receive a", "note mine"]);
  });

  test("handles an event before another member's answer to it", async () => {
    const layer = new InMemoryChannelLayer();
    const first = record(
      {
        groups: ["room"],
        note: (self, text) => (text === "ask" ? self.groupSend("room", { type: "note", text: "answer" }) : undefined),
      },
      layer,
    );
    const second = record({ groups: ["room"] }, layer);
    for (const { client } of [first, second]) {
      await client.connect();
      await client.whenIdle();
    }
    await layer.groupSend("room", { type: "note", text: "ask" });
    await first.client.whenIdle();
    await second.client.whenIdle();
    assert.deepEqual(second.log, ["connect", "note ask", "note answer"]);
  });

  test("is a member of its declared groups before connect runs", async () => {
    const layer = new InMemoryChannelLayer();
    const { log, client } = record(
      {
        groups: ["one", "로비"],
        connect: async (self) => {
          await self.groupSend("one", { type: "note", text: "1" });
          await self.groupSend("로비", { type: "note", text: "2" });
          self.accept();
        },
      },
      layer,
    );
    await client.connect();
    await client.whenIdle();
    assert.deepEqual(log, ["connect", "end of connect", "note 1", "note 2"]);
  });

  test("has left its groups when disconnect runs", async () => {
    const layer = new InMemoryChannelLayer();
    const { log, client } = record(
      { groups: ["room"], disconnect: (self) => self.groupSend("room", { type: "note", text: "Mina left" }) },
      layer,
    );
    const other = record({ groups: ["room"] }, layer);
    await Promise.all([client.connect(), other.client.connect()]);
    await client.disconnect();
    await other.client.whenIdle();
    assert.deepEqual(log, ["connect", "disconnect 1000", "end of disconnect 1000"]);
    assert.deepEqual(other.log, ["connect", "note Mina left"]);
  });

  test("joins and leaves groups in its handlers", async () => {
    const layer = new InMemoryChannelLayer();
    const { log, client } = record(
      { receive: (self, text) => (text === "join" ? self.groupAdd("room") : self.groupDiscard("room")) },
      layer,
    );
    await client.connect();
    for (const [text, note] of [
      ["join", "heard"],
      ["join", "heard once"],
      ["leave", "missed"],
    ] as const) {
      client.send(text);
      await client.whenIdle();
      await layer.groupSend("room", { type: "note", text: note });
      await client.whenIdle();
    }
    assert.deepEqual(
      log.filter((line) => line.startsWith("note")),
      ["note heard", "note heard once"],
    );
  });

  test("receives direct messages on its own channel", async () => {
    const layer = new InMemoryChannelLayer();
    let name = "";
    const { log, client } = record({ connect: (self) => ((name = self.channelName), self.accept()) }, layer);
    await client.connect();
    await layer.send(name, { type: "note", text: "for you" });
    await client.whenIdle();
    assert.deepEqual(log, ["connect", "note for you"]);
  });

  test("drops events that wait when the client leaves", async () => {
    const gate = Promise.withResolvers<void>();
    const layer = new InMemoryChannelLayer();
    const { log, client } = record({ groups: ["room"], receive: () => gate.promise }, layer);
    await client.connect();
    client.send("a");
    await layer.groupSend("room", { type: "note", text: "after the client left" });
    const left = client.disconnect();
    gate.resolve();
    await left;
    assert.deepEqual(log, ["connect", "receive a", "end of receive a", "disconnect 1000"]);
  });

  test("receives no message by its name after its end, even when disconnect is the first to read the name", async () => {
    const layer = new InMemoryChannelLayer();
    let name = "";
    const { client } = record({ disconnect: (self) => void (name = self.channelName) }, layer);
    await client.connect();
    await client.disconnect();
    await layer.send(name, { type: "note", text: "after the end" });
    assert.equal(layer.dropped, 1);
  });
});
