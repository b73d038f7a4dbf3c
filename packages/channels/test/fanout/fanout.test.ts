import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { consumer, type WebSocketScope } from "@lobby/channels";
import { Lane, type FanoutTarget } from "../../src/fanout/lane.ts";
import { TinySet } from "../../src/internal/tiny-set.ts";
import { application, Chat, relays, serve } from "../support/recorded-chat.ts";
import { RecordingSocket, RecordingTransport, type Written } from "../support/recording-transport.ts";

describe("a relayed message", () => {
  test("to a thousand members needs one frame and one encoding, and each member receives the same bytes", async () => {
    const { transport, sockets, say } = await serve(1000);
    await say("all", "hello");
    transport.tick();
    assert.deepEqual([relays(), transport.encodeCount, transport.joinCount], [1, 1, 0]);
    const [first] = sockets[0]?.writes ?? [];
    assert.deepEqual(first, ["hello"]);
    for (const { writes } of sockets) assert.ok(writes.length === 1 && writes[0] === first);
  });

  test("shares one write with the other messages of its tick, and the codec joins them once for all members", async () => {
    const { transport, sockets, say } = await serve(1000);
    for (let count = 0; count < 400; count += 1) await say("all", `${count}`);
    assert.equal(transport.scheduleCount, 1);
    transport.tick();
    assert.deepEqual([relays(), transport.encodeCount, transport.joinCount], [400, 400, 1]);
    const [first] = sockets[0]?.writes ?? [];
    assert.equal(first?.length, 400);
    for (const { writes } of sockets) assert.ok(writes.length === 1 && writes[0] === first);
  });

  test("waits for the end of its tick, and a later message for the end of the next tick", async () => {
    const { transport, sockets, say } = await serve(2);
    await say("all", "1");
    assert.deepEqual(sockets[0]?.writes, []);
    transport.tick();
    await say("all", "2");
    transport.tick();
    transport.tick();
    assert.deepEqual(sockets[0]?.writes, [["1"], ["2"]]);
    assert.equal(transport.scheduleCount, 2);
  });

  test("to a group without members is not encoded", async () => {
    const { transport, say } = await serve(1);
    await say("nobody", "hello?");
    assert.deepEqual([transport.encodeCount, transport.scheduleCount], [0, 0]);
  });

  test("of a consumer class that is mounted twice reaches the members of both applications", async () => {
    const { transport, layer, sockets, say } = await serve(1);
    const other = await transport.open(consumer(Chat), layer);
    await other.handler.whenIdle();
    await say("all", "hello");
    transport.tick();
    assert.deepEqual([sockets[0]?.frames, other.frames], [["hello"], ["hello"]]);
  });

  test("reaches the members on both servers of one layer", async () => {
    const { transport, layer, sockets, say } = await serve(1);
    const secondServer = new RecordingTransport();
    const other = await secondServer.open(application, layer);
    await other.handler.whenIdle();
    await say("all", "hello");
    transport.tick();
    assert.deepEqual([sockets[0]?.frames, other.frames], [["hello"], []]);
    secondServer.tick();
    assert.deepEqual(other.frames, ["hello"]);
  });
});

test("a lane whose members have all left encodes nothing", () => {
  const transport = new RecordingTransport();
  const { fanout } = transport;
  const lane = new Lane<Written>();
  const target = targetOf([]);
  fanout.join(lane, target);
  fanout.leave(lane, target);
  fanout.publish(lane, "hello?");
  fanout.flush();
  assert.deepEqual([transport.encodeCount, transport.scheduleCount], [0, 0]);
});

/** Makes a target that records its writes. */
function targetOf(writes: Written[]): FanoutTarget<Written> {
  return {
    write: (written) => void writes.push(written),
    cork() {},
    uncork() {},
    lanes: new TinySet(),
    served: 0,
    dirty: undefined,
    isCorked: false,
  };
}

describe("members of several groups", () => {
  test("receive the same bytes as the members of the same groups", async () => {
    const { transport, sockets, say, command } = await serve(300);
    for (let index = 0; index < 300; index += 1) {
      if (index % 3 > 0) await command(index, "join a");
      if (index % 3 > 1) await command(index, "join b");
    }
    transport.joinCount = 0;
    for (let count = 0; count < 10; count += 1) {
      for (const group of ["all", "a", "b", "all"]) await say(group, `${group} ${count}`);
    }
    transport.tick();
    const first = sockets.slice(0, 3).map(({ writes }) => writes[0]);
    assert.deepEqual(
      first.map((written) => written?.length),
      [20, 30, 40],
    );
    for (const [index, { writes }] of sockets.entries())
      assert.ok(writes.length === 1 && writes[0] === first[index % 3]);
  });

  test("receive only the frames of the group that sends in the next tick", async () => {
    const { transport, sockets, say, command } = await serve(2);
    await command(0, "join a");
    await say("all", "1");
    await say("a", "2");
    transport.tick();
    await say("all", "3");
    transport.tick();
    assert.deepEqual(sockets[0]?.writes, [["1", "2"], ["3"]]);
    assert.equal(sockets[0]?.writes[1], sockets[1]?.writes[1]);
  });
});

describe("a member that the sender excepts", () => {
  test("receives every other frame, in order", () => {
    const transport = new RecordingTransport();
    const { fanout } = transport;
    const [lane, other] = [new Lane<Written>(), new Lane<Written>()];
    const writes: Written[][] = [[], []];
    const [author, reader] = writes.map(targetOf) as [FanoutTarget<Written>, FanoutTarget<Written>];
    for (const target of [author, reader]) fanout.join(lane, target);
    fanout.join(other, author);
    fanout.publish(lane, "1");
    fanout.publish(other, "2");
    fanout.publish(lane, "3", author);
    fanout.publish(lane, "4");
    transport.tick();
    fanout.publish(lane, "5", author);
    fanout.publish(lane, "6", targetOf([]));
    transport.tick();
    assert.deepEqual(
      writes.map((written) => written.flat()),
      [
        ["1", "2", "4", "6"],
        ["1", "3", "4", "5", "6"],
      ],
    );
  });

  test("and that is alone in its group causes no encoding", () => {
    const transport = new RecordingTransport();
    const lane = new Lane<Written>();
    const target = targetOf([]);
    transport.fanout.join(lane, target);
    transport.fanout.publish(lane, "hello?", target);
    assert.deepEqual([transport.encodeCount, transport.scheduleCount], [0, 0]);
  });
});

test("the fan-out corks a target at its first direct frame and uncorks it when the tick ends", async () => {
  const { transport, sockets, say, command } = await serve(2);
  await command(0, "send 1", "send 2");
  assert.deepEqual([sockets[0]?.corks, sockets[1]?.corks], [["cork"], []]);
  await say("all", "3");
  transport.tick();
  assert.deepEqual(sockets[0]?.frames, ["1", "2", "3"]);
  assert.deepEqual([sockets[0]?.corks, sockets[1]?.corks], [["cork", "uncork"], []]);
  assert.equal(transport.scheduleCount, 1);
});

describe("the order of frames", () => {
  test("stays the same for a direct frame between two group frames, and only its receiver needs two writes", async () => {
    const { transport, sockets, say, command } = await serve(3);
    await say("all", "1");
    await command(0, "send 2");
    await say("all", "3");
    transport.tick();
    assert.deepEqual(sockets[0]?.frames, ["1", "2", "3"]);
    assert.deepEqual(sockets[1]?.writes, [["1", "3"]]);
    assert.equal(sockets[1]?.writes[0], sockets[2]?.writes[0]);
  });

  test("stays the same for a group's relays and a direct message of the layer", async () => {
    const { transport, layer } = await serve(0);
    let name = "";
    class Named extends Chat {
      override connect(): void {
        name = this.channelName;
        this.accept();
      }
    }
    const socket = await transport.open(consumer(Named), layer);
    await socket.handler.whenIdle();
    await layer.groupSend("all", { type: "said", text: "1" });
    await layer.send(name, { type: "said", text: "2" });
    await layer.groupSend("all", { type: "said", text: "3" });
    transport.tick();
    assert.deepEqual(socket.frames, ["1", "2", "3"]);
  });

  test("stays the same across several groups of one connection in one tick", async () => {
    const { transport, sockets, say, command } = await serve(3);
    await command(0, "join a", "join b");
    await command(1, "join a");
    for (const [group, text] of [
      ["a", "1"],
      ["all", "2"],
      ["b", "3"],
      ["a", "4"],
    ] as const) {
      await say(group, text);
    }
    transport.tick();
    assert.deepEqual(
      sockets.map(({ frames }) => frames),
      [["1", "2", "3", "4"], ["1", "2", "4"], ["2"]],
    );
    for (const { writes } of sockets) assert.equal(writes.length, 1);
  });
});

describe("a connection that joins or leaves in the middle of a tick", () => {
  test("receives the messages that its group receives after it joined", async () => {
    const { transport, sockets, say, command } = await serve(1);
    await say("a", "before the join");
    await command(0, "join a");
    await say("a", "1");
    transport.tick();
    assert.deepEqual(sockets[0]?.frames, ["1"]);
  });

  test("misses the messages that its group received before it joined", async () => {
    const { transport, sockets, say, command } = await serve(2);
    await command(0, "join a");
    await say("a", "1");
    await command(1, "join a");
    await say("a", "2");
    transport.tick();
    assert.deepEqual([sockets[0]?.frames, sockets[1]?.frames], [["1", "2"], ["2"]]);
  });

  test("receives the messages until it leaves, and those after it joins again", async () => {
    const { transport, sockets, say, command } = await serve(2);
    await command(0, "join a");
    await command(1, "join a");
    await say("a", "1");
    await command(0, "leave a");
    await say("a", "2");
    await command(0, "join a");
    await say("a", "3");
    transport.tick();
    assert.deepEqual(
      [sockets[0]?.frames, sockets[1]?.frames],
      [
        ["1", "3"],
        ["1", "2", "3"],
      ],
    );
  });

  test("receives the messages from before its close, and then the close", async () => {
    const { transport, sockets, say, command } = await serve(2);
    await say("all", "1");
    await command(0, "close");
    assert.deepEqual([sockets[0]?.frames, sockets[0]?.closes], [["1"], [{ code: 1000, reason: "" }]]);
    await say("all", "2");
    transport.tick();
    assert.deepEqual([sockets[0]?.frames, sockets[1]?.frames], [["1"], ["1", "2"]]);
  });

  test("receives nothing once its client is gone, and other members receive everything", async () => {
    const { transport, sockets, say } = await serve(2);
    await say("all", "1");
    sockets[0]?.handler.close(1006, "");
    await say("all", "2");
    transport.tick();
    assert.deepEqual([sockets[0]?.frames, sockets[1]?.frames], [[], ["1", "2"]]);
  });

  test("receives everything in order once its consumer has accepted it", async () => {
    const gate = Promise.withResolvers<void>();
    class Slow extends Chat {
      override async connect(): Promise<void> {
        this.send("1");
        await gate.promise;
        this.accept();
        this.send("5");
      }
    }
    const { transport, layer, say } = await serve(0);
    const socket = await transport.open(consumer(Slow), layer);
    await nextTurn();
    await say("all", "2");
    transport.tick();
    await say("all", "3");
    transport.tick();
    await say("all", "4");
    assert.deepEqual(socket.frames, []);
    gate.resolve();
    await socket.handler.whenIdle();
    transport.tick();
    assert.deepEqual(socket.frames, ["1", "2", "3", "4", "5"]);
  });
});

test("a consumer refuses a fan-out that `createFanout` did not make", () => {
  const { codec } = new RecordingTransport().fanout;
  const socket = new RecordingSocket({ codec, turn: 0, flush: () => undefined });
  assert.throws(() => application(socket, {} as WebSocketScope), {
    code: "CHANNELS_CONFIGURATION",
    message: "Expected a server whose `fanout` is the result of `createFanout`, got another object.",
  });
});
