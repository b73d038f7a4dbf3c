import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import type { FrameData } from "@lobby/channels";
import type { ServerSocket, SocketHandler } from "@lobby/channels/server";
import { PING, webSocketFrames } from "../src/frames.ts";
import { Peer } from "./support/wire-client.ts";
import { startServer } from "./support/server.ts";

/** Opens a connection on which the server writes these bytes and nothing else. */
async function receiving(t: TestContext, bytes: Buffer): Promise<Peer> {
  const websocket = (socket: ServerSocket): SocketHandler => ({
    open() {
      socket.accept(undefined);
      socket.write(bytes);
    },
    receive: () => undefined,
    closing: () => undefined,
    close: () => undefined,
    whenIdle: async () => undefined,
  });
  const { wsUrl } = await startServer(t, { websocket });
  return Peer.open(t, wsUrl);
}

const LENGTHS = [0, 1, 125, 126, 65_535, 65_536, 1_000_000];

for (const length of LENGTHS) {
  test(`a client decodes text and bytes of length ${length}`, async (t) => {
    const text = "x".repeat(length);
    const bytes = Buffer.alloc(length, 0xfe);
    const peer = await receiving(t, webSocketFrames.join([text, bytes].map((data) => webSocketFrames.encode(data))));
    assert.equal(await peer.next(), text);
    assert.deepEqual(await peer.next(), bytes);
  });
}

test("the header is as short as the length of the payload allows", () => {
  const headerBytes = LENGTHS.map((length) => webSocketFrames.encode(new Uint8Array(length)).length - length);
  assert.deepEqual(headerBytes, [2, 2, 2, 4, 4, 10, 10]);
});

test("the length counts bytes of UTF-8, not characters", async (t) => {
  const texts = ["안녕하세요", "👩‍👩‍👧 emoji", "한".repeat(42), "é".repeat(63), "🙂".repeat(16_384)];
  const peer = await receiving(t, webSocketFrames.join(texts.map((text) => webSocketFrames.encode(text))));
  assert.deepEqual(await peer.take(texts.length), texts);
});

test("text that is not well-formed is sent with replacement characters, as UTF-8 demands", async (t) => {
  const peer = await receiving(t, webSocketFrames.encode("half \ud83d surrogate"));
  assert.equal(await peer.next(), "half \ufffd surrogate");
});

test("bytes that are a part of a larger buffer are sent alone", async (t) => {
  const part = new Uint8Array([1, 2, 3, 4, 5, 6]).subarray(2, 4);
  const peer = await receiving(t, webSocketFrames.encode(part));
  assert.deepEqual(await peer.next(), Buffer.of(3, 4));
});

test("joined frames stay frames of their own, in order", async (t) => {
  const contents: FrameData[] = ["one", Buffer.of(2), "", "네 번째", Buffer.alloc(70_000, 5)];
  const frames = contents.map((content) => webSocketFrames.encode(content));
  const joined = webSocketFrames.join(frames);
  assert.equal(
    joined.length,
    frames.map(({ length }) => length).reduce((sum, length) => sum + length),
  );
  const peer = await receiving(t, joined);
  assert.deepEqual(await peer.take(contents.length), contents);
});

test("the shared ping is a ping without content", async (t) => {
  const peer = await receiving(t, webSocketFrames.join([PING, webSocketFrames.encode("after")]));
  assert.equal(await peer.next(), "after");
  assert.deepEqual(peer.pings, [Buffer.alloc(0)]);
});

test("a batch gives any part of its frames, and what it gave stays as it was while it grows", () => {
  const batch = webSocketFrames.batch();
  const frames: Buffer[] = [];
  const given: { readonly part: Buffer; readonly from: number; readonly to: number }[] = [];
  for (let count = 0; count < 300; count += 1) {
    const data = count % 7 === 0 ? Buffer.alloc(count * 11, count) : "가".repeat(count);
    frames.push(webSocketFrames.encode(data));
    batch.append(data);
    const from = count >> 1;
    given.push({ part: batch.slice(from, count + 1), from, to: count + 1 });
  }
  for (const { part, from, to } of given) assert.deepEqual(part, Buffer.concat(frames.slice(from, to)));
});

test("a batch forgets its first frames, and what it gave before stays as it was", () => {
  const batch = webSocketFrames.batch();
  const texts = ["one", "", "셋", "4".repeat(70_000), "five"];
  const frames = texts.map((text) => webSocketFrames.encode(text));
  for (const text of texts) batch.append(text);
  const given = batch.slice(0, 5);
  batch.drop(2);
  assert.deepEqual(batch.slice(0, 3), Buffer.concat(frames.slice(2)));
  batch.append("six");
  batch.drop(3);
  assert.deepEqual(batch.slice(0, 1), webSocketFrames.encode("six"));
  assert.deepEqual(given, Buffer.concat(frames));
});
