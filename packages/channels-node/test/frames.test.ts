import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import type { FrameData, ServerSocket, SocketHandler } from "@lobby/channels";
import { PING, webSocketFrames } from "../src/frames.ts";
import { WireClient } from "./support/wire-client.ts";
import { startServer } from "./support/server.ts";

/** Opens a connection on which the server writes only these bytes. */
async function receive(t: TestContext, bytes: Buffer): Promise<WireClient> {
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
  return WireClient.open(t, wsUrl);
}

const LENGTHS = [0, 1, 125, 126, 65_535, 65_536, 1_000_000];

for (const length of LENGTHS) {
  test(`A client decodes text and bytes of length ${length}`, async (t) => {
    const text = "x".repeat(length);
    const bytes = Buffer.alloc(length, 0xfe);
    const client = await receive(t, webSocketFrames.join([text, bytes].map((data) => webSocketFrames.encode(data))));
    assert.equal(await client.next(), text);
    assert.deepEqual(await client.next(), bytes);
  });
}

test("The header is as short as the payload allows", () => {
  const headerBytes = LENGTHS.map((length) => webSocketFrames.encode(new Uint8Array(length)).length - length);
  assert.deepEqual(headerBytes, [2, 2, 2, 4, 4, 10, 10]);
});

test("The length counts bytes of UTF-8", async (t) => {
  const texts = ["안녕하세요", "👩‍👩‍👧 emoji", "한".repeat(42), "é".repeat(63), "🙂".repeat(16_384)];
  const client = await receive(t, webSocketFrames.join(texts.map((text) => webSocketFrames.encode(text))));
  assert.deepEqual(await client.take(texts.length), texts);
});

test("Text with lone surrogates is sent with replacement characters", async (t) => {
  const client = await receive(t, webSocketFrames.encode("half \ud83d surrogate"));
  assert.equal(await client.next(), "half \ufffd surrogate");
});

test("A view of a larger buffer is sent without the rest of the buffer", async (t) => {
  const part = new Uint8Array([1, 2, 3, 4, 5, 6]).subarray(2, 4);
  const client = await receive(t, webSocketFrames.encode(part));
  assert.deepEqual(await client.next(), Buffer.of(3, 4));
});

test("Joined frames stay separate, in order", async (t) => {
  const contents: FrameData[] = ["one", Buffer.of(2), "", "네 번째", Buffer.alloc(70_000, 5)];
  const frames = contents.map((content) => webSocketFrames.encode(content));
  const joined = webSocketFrames.join(frames);
  assert.equal(
    joined.length,
    frames.map(({ length }) => length).reduce((sum, length) => sum + length),
  );
  const client = await receive(t, joined);
  assert.deepEqual(await client.take(contents.length), contents);
});

test("The shared ping has no content", async (t) => {
  const client = await receive(t, webSocketFrames.join([PING, webSocketFrames.encode("after")]));
  assert.equal(await client.next(), "after");
  assert.deepEqual(client.pings, [Buffer.alloc(0)]);
});

test("A batch returns any range of its frames, and earlier slices keep their content while it grows", () => {
  const batch = webSocketFrames.batch();
  const frames: Buffer[] = [];
  const slices: { readonly part: Buffer; readonly from: number; readonly to: number }[] = [];
  for (let count = 0; count < 300; count += 1) {
    const data = count % 7 === 0 ? Buffer.alloc(count * 11, count) : "가".repeat(count);
    frames.push(webSocketFrames.encode(data));
    batch.append(data);
    const from = count >> 1;
    slices.push({ part: batch.slice(from, count + 1), from, to: count + 1 });
  }
  for (const { part, from, to } of slices) assert.deepEqual(part, Buffer.concat(frames.slice(from, to)));
});

test("A batch drops its first frames, and earlier slices keep their content", () => {
  const batch = webSocketFrames.batch();
  const texts = ["one", "", "셋", "4".repeat(70_000), "five"];
  const frames = texts.map((text) => webSocketFrames.encode(text));
  for (const text of texts) batch.append(text);
  const slice = batch.slice(0, 5);
  batch.drop(2);
  assert.deepEqual(batch.slice(0, 3), Buffer.concat(frames.slice(2)));
  batch.append("six");
  batch.drop(3);
  assert.deepEqual(batch.slice(0, 1), webSocketFrames.encode("six"));
  assert.deepEqual(slice, Buffer.concat(frames));
});
