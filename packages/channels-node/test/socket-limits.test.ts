/** The limits on messages and frames of clients, with the close code for each violation. */
import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { consumer } from "@lobby/channels";
import type { ServerOptions } from "@lobby/channels-node";
import { soon, until } from "@lobby/test-support/waiting";
import { Echo } from "./support/echo.ts";
import { clientClose, clientFrame, Opcode } from "./support/client-frames.ts";
import { closeOf, RawClient } from "./support/raw-client.ts";
import { startServer } from "./support/server.ts";
import { WireClient } from "./support/wire-client.ts";

const MAX_PAYLOAD_BYTES = 1_000;
const MAX_FRAGMENTS = 40;

interface Connected {
  readonly client: RawClient;
  /** The code of the `disconnect`. */
  readonly disconnected: Promise<number>;
  readonly wsUrl: string;
}

async function connect(t: TestContext, options: ServerOptions = {}): Promise<Connected> {
  const { promise: disconnected, resolve } = Promise.withResolvers<number>();
  class Recording extends Echo {
    override disconnect(code: number): void {
      resolve(code);
    }
  }
  const { port, wsUrl } = await startServer(
    t,
    { websocket: consumer(Recording) },
    { maxPayloadBytes: MAX_PAYLOAD_BYTES, maxFragments: MAX_FRAGMENTS, ...options },
  );
  return { client: await RawClient.upgrade(t, port, "/"), disconnected, wsUrl };
}

const text = (content: string | Uint8Array, isFinal = true): Buffer => clientFrame(Opcode.text, content, { isFinal });
const continuation = (content: string | Uint8Array, isFinal: boolean): Buffer =>
  clientFrame(Opcode.continuation, content, { isFinal });

/** Returns a message in fragments of one byte. */
function fragments(count: number): Buffer {
  const middle = Array.from({ length: count - 2 }, () => continuation("x", false));
  return Buffer.concat([text("x", false), ...middle, continuation("x", true)]);
}

const TEBIBYTE_HEADER = Buffer.from("81ff0000010000000000", "hex");

describe("A message", () => {
  test("of the largest size in bytes is accepted", async (t) => {
    const { client } = await connect(t);
    client.send(text("x".repeat(MAX_PAYLOAD_BYTES)));
    client.send(text("한".repeat(333)));
    assert.deepEqual(
      (await client.frames(2)).map(({ payload }) => payload.length),
      [MAX_PAYLOAD_BYTES, 999],
    );
  });

  test("in fragments is reassembled, and a ping between them is answered at once", async (t) => {
    const { client } = await connect(t);
    const [first, rest] = [Buffer.from("조각").subarray(0, 4), Buffer.from("조각").subarray(4)];
    client.send(Buffer.concat([text(first, false), continuation("", false), clientFrame(Opcode.ping, "?")]));
    const [pong] = await client.frames(1);
    assert.deepEqual([pong?.opcode, pong?.payload.toString()], [Opcode.pong, "?"]);
    client.send(continuation(rest, true));
    const [, echo] = await client.frames(2);
    assert.deepEqual([echo?.opcode, echo?.payload.toString()], [Opcode.text, "조각"]);
  });

  test("in the largest number of fragments is accepted, also after another one", async (t) => {
    const { client } = await connect(t);
    for (let message = 0; message < 2; message += 1) client.send(fragments(MAX_FRAGMENTS));
    const expected = "x".repeat(MAX_FRAGMENTS);
    assert.deepEqual(
      (await client.frames(2)).map(({ payload }) => payload.toString()),
      [expected, expected],
    );
  });

  test("that arrives byte by byte is accepted", async (t) => {
    const { client } = await connect(t);
    client.socket.setNoDelay(true);
    for (const byte of text("drip")) {
      await soon(new Promise((resolve) => client.socket.write(Buffer.of(byte), resolve)), "a byte to be sent");
    }
    assert.equal((await client.frames(1))[0]?.payload.toString(), "drip");
  });

  test("of bytes in fragments is reassembled as bytes", async (t) => {
    const { client } = await connect(t);
    client.send(clientFrame(Opcode.binary, Buffer.of(255), { isFinal: false }));
    client.send(continuation(Buffer.of(0), true));
    const [echo] = await client.frames(1);
    assert.deepEqual([echo?.opcode, echo?.payload], [Opcode.binary, Buffer.of(255, 0)]);
  });
});

describe("A client is closed", () => {
  for (const [offence, code, bytes] of [
    ["for a message over the limit", 1009, text("x".repeat(MAX_PAYLOAD_BYTES + 1))],
    ["for announcing a message of a tebibyte", 1009, TEBIBYTE_HEADER],
    [
      "for fragments that are over the limit together",
      1009,
      Buffer.concat([text("x".repeat(600), false), continuation("x".repeat(600), true)]),
    ],
    ["for a message in too many fragments", 1008, fragments(MAX_FRAGMENTS + 1)],
    ["for text that is not UTF-8", 1007, text(Buffer.of(0xc3, 0x28))],
    ["for text that ends in half a character", 1007, text(Buffer.of(0xed, 0x95))],
    ["for text with a surrogate", 1007, text(Buffer.of(0xed, 0xa0, 0x80))],
    ["for a close reason that is not UTF-8", 1007, clientFrame(Opcode.close, Buffer.of(0x03, 0xe8, 0xff))],
    ["for a frame that is not masked", 1002, clientFrame(Opcode.text, "bare", { isMasked: false })],
    ["for the first reserved bit", 1002, clientFrame(Opcode.text, "x", { reserved: 0b100 })],
    ["for the last reserved bit", 1002, clientFrame(Opcode.text, "x", { reserved: 0b001 })],
    ["for a reserved opcode", 1002, clientFrame(3, "x")],
    ["for a ping in fragments", 1002, clientFrame(Opcode.ping, "x", { isFinal: false })],
    ["for a ping of 126 bytes", 1002, clientFrame(Opcode.ping, "x".repeat(126))],
    ["for a continuation without a start", 1002, continuation("x", true)],
    ["for a message within a message", 1002, Buffer.concat([text("x", false), text("y")])],
    ["for a forbidden close code", 1002, clientClose(1005)],
    ["for half a close code", 1002, clientFrame(Opcode.close, Buffer.of(3))],
  ] as const) {
    test(`with ${code} ${offence}, and no other client is`, async (t) => {
      const { client, disconnected, wsUrl } = await connect(t);
      const witness = await WireClient.open(t, wsUrl);
      client.send(Buffer.concat([text("before"), bytes, text("after")]));
      const [echo, close, ...more] = await client.frames(2);
      assert.equal(echo?.payload.toString(), "before");
      assert.equal(closeOf(close).code, code);
      await client.rest();
      assert.deepEqual(more, [], "the server must ignore frames after the offence");
      assert.equal(await soon(disconnected, "the disconnect"), code);
      witness.send("still here");
      assert.equal(await witness.next(), "still here");
    });
  }

  for (const [offence, close, bytes] of [
    ["a large message", { code: 1009, reason: "Send at most 1000 bytes per message" }, text("x".repeat(1_001))],
    [
      "many fragments",
      { code: 1008, reason: "Send a message in fewer and larger parts, at most 40 fragments" },
      fragments(MAX_FRAGMENTS + 1),
    ],
    ["text that is not UTF-8", { code: 1007, reason: "Send text as UTF-8" }, text(Buffer.of(0xff))],
    ["a frame without a mask", { code: 1002, reason: "Send frames as RFC 6455 describes" }, Buffer.of(0x81, 0)],
  ] as const) {
    test(`with a sentence that says what to do, for ${offence}`, async (t) => {
      const { client } = await connect(t);
      client.send(bytes);
      assert.deepEqual(closeOf((await client.frames(1))[0]), close);
    });
  }

  test("with 1008 when it floods with pongs", async (t) => {
    const { client, disconnected } = await connect(t);
    client.send(Buffer.concat(Array.from({ length: 1_001 }, () => clientFrame(Opcode.pong, ""))));
    assert.deepEqual(closeOf((await client.frames(1))[0]), { code: 1008, reason: "Send fewer pings and pongs" });
    client.socket.end();
    assert.equal(await soon(disconnected, "the disconnect"), 1008);
  });

  test("with 1008 when it sends more than 1,000 pongs during one message, however long that takes", async (t) => {
    const { client } = await connect(t, { pingIntervalMs: 30 });
    const pongs = Buffer.concat(Array.from({ length: 400 }, () => clientFrame(Opcode.pong, "")));
    client.send(text("a", false));
    for (let pings = 1; pings <= 3; pings += 1) {
      // Three beats lie between two pings.
      await client.frames(pings);
      client.send(pongs);
    }
    await until(() => client.allFrames().some(({ opcode }) => opcode === Opcode.close), "the close");
    assert.equal(closeOf(client.allFrames().find(({ opcode }) => opcode === Opcode.close)).code, 1008);
  });

  test("answers 500 pings at once", async (t) => {
    const { client } = await connect(t);
    client.send(Buffer.concat(Array.from({ length: 500 }, () => clientFrame(Opcode.ping, "x"))));
    const frames = await client.frames(500);
    assert.ok(frames.every(({ opcode }) => opcode === Opcode.pong));
  });

  test("without a close code when it floods with pings and reads no pong", async (t) => {
    const { port, server } = await startServer(t, { websocket: consumer(Echo) });
    const client = await RawClient.upgrade(t, port, "/");
    client.socket.pause();
    const pings = Buffer.concat(Array.from({ length: 1_000 }, () => clientFrame(Opcode.ping, "x".repeat(125))));
    await until(() => {
      if (client.socket.writable && client.socket.writableLength === 0) client.send(pings);
      return server.connections === 0;
    }, "the client to be cut");
  });
});
