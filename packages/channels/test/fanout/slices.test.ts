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
