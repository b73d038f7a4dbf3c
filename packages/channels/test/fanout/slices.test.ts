import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { serve } from "../support/recorded-chat.ts";

describe("a message to a thousand members", () => {
  test("takes several slices, and the messages sent meanwhile follow in one write", async () => {
    const { transport, sockets, say } = await serve(1000, 100);
    const writeCount = (): number => sockets.reduce((sum, { writes }) => sum + writes.length, 0);
    await say("all", "1");
    transport.slice();
    assert.equal(writeCount(), 100);
    for (const text of ["2", "3"]) await say("all", text);
    transport.slice();
    assert.equal(writeCount(), 200, "the second message waits until all members have the first");
    transport.tick();
    for (const { writes } of sockets) assert.deepEqual(writes, [["1"], ["2", "3"]]);
    assert.equal(transport.joinCount, 1, "all members receive the same bytes");
  });

  test("follows the messages to small groups", async () => {
    const { transport, sockets, say, command } = await serve(1000, 100);
    for (const index of [998, 999]) await command(index, "join few");
    await say("all", "1");
    await say("few", "2");
    transport.slice();
    for (const { frames } of sockets.slice(998)) assert.deepEqual(frames, ["1", "2"]);
    transport.tick();
    for (const { frames } of sockets.slice(0, 998)) assert.deepEqual(frames, ["1"]);
  });

  test("reaches all members at once when the server closes", async () => {
    const { transport, sockets, say } = await serve(1000, 100);
    await say("all", "1");
    transport.slice();
    await say("all", "2");
    transport.fanout.flush();
    for (const { frames } of sockets) assert.deepEqual(frames, ["1", "2"]);
    transport.tick();
    for (const { writes } of sockets) assert.equal(writes.length, 2);
  });

  test("reaches a member early when the member receives a direct frame", async () => {
    const { transport, sockets, say, command } = await serve(1000, 100);
    await say("all", "1");
    transport.slice();
    await command(999, "send 2");
    assert.deepEqual(sockets[999]?.frames, ["1", "2"]);
    transport.slice();
    assert.deepEqual(sockets[999]?.corks, ["cork", "uncork"]);
    transport.tick();
    assert.deepEqual(sockets[999]?.frames, ["1", "2"]);
  });
});

describe("the frames of one tick", () => {
  test("are written before its end when one more would exceed the limit", async () => {
    const { transport, sockets, say } = await serve(3, 100, 10);
    for (const text of ["1234", "5678", "90", "abc"]) await say("all", text);
    for (const { writes } of sockets) assert.deepEqual(writes, [["1234", "5678", "90"]]);
    transport.tick();
    for (const { writes } of sockets) assert.deepEqual(writes.slice(1), [["abc"]]);
  });

  test("count in all groups together", async () => {
    const { transport, sockets, say, command } = await serve(2, 100, 10);
    await command(0, "join few");
    await say("all", "123456");
    await say("few", "7890");
    await say("all", "abc");
    assert.deepEqual(
      sockets.map(({ frames }) => frames),
      [["123456", "7890"], ["123456"]],
    );
    transport.tick();
    assert.deepEqual(
      sockets.map(({ frames }) => frames),
      [
        ["123456", "7890", "abc"],
        ["123456", "abc"],
      ],
    );
  });

  test("are written early as well when they exceed the limit during a round", async () => {
    const { transport, sockets, say } = await serve(1000, 100, 10);
    await say("all", "123456");
    transport.slice();
    for (const text of ["7890", "abc"]) await say("all", text);
    for (const { frames } of sockets) assert.deepEqual(frames, ["123456", "7890"]);
    transport.tick();
    for (const { frames } of sockets) assert.deepEqual(frames, ["123456", "7890", "abc"]);
  });

  test("are written alone when a single one exceeds the limit", async () => {
    const { transport, sockets, say } = await serve(1, 100, 10);
    await say("all", "x".repeat(50));
    assert.deepEqual(sockets[0]?.frames, []);
    transport.tick();
    assert.equal(sockets[0]?.frames.length, 1);
  });
});
