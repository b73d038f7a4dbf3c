/** Whatever strangers send, the server goes on serving and forgets them. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { consumer, route, urlRouter } from "@lobby/channels";
import { until } from "../../../test/support/waiting.ts";
import { Echo } from "./support/echo.ts";
import { clientClose, clientFrame } from "./support/frames.ts";
import { collectGarbage } from "./support/garbage.ts";
import { Peer } from "./support/peer.ts";
import { Random } from "./support/random.ts";
import { handshake, request } from "./support/raw-client.ts";
import { startServer } from "./support/server.ts";

const STREAMS = 20_000;
const AT_ONCE = 64;
/** The first streams, which also fill caches that stay. */
const WARM_UP = 4_000;
const MAX_GROWTH_BYTES = 8_000_000;

const TARGETS = ["/", "/ws/", "/ws/%ff", "//", "*", "http://a/ws/", "/?%", "\\", "/ws"];
const METHODS = ["GET", "POST", "HEAD", "TRACE", "CONNECT", "OPTIONS", "PRI", "G\0T", ""];
const HEADERS = [
  { Host: "" },
  { Host: "[::1" },
  { Host: undefined },
  { "Content-Length": "5" },
  { "Content-Length": "-1" },
  { "Transfer-Encoding": "chunked" },
  { Upgrade: "websocket, h2c" },
  { Connection: "upgrade, close" },
  { "Sec-WebSocket-Key": "=" },
  { "Sec-WebSocket-Version": "14" },
  { "Sec-WebSocket-Protocol": "a,,b" },
  { "Sec-WebSocket-Extensions": 'permessage-deflate; a="' },
  { Origin: "null" },
  { Expect: "100-continue" },
  { Cookie: ";;=\u00ff" },
];

/** Something that looks like what a client may send, and is mostly wrong. */
function malformedStream(random: Random): Buffer {
  const parts: (string | Buffer)[] = [];
  for (let count = random.below(3); count >= 0; count -= 1) {
    const headers = random.pick(HEADERS);
    const target = random.pick(TARGETS);
    parts.push(
      random.below(2) === 0 ? request(random.pick(METHODS), target, headers) : handshake(target, headers),
      random.below(3) === 0 ? handshake("/ws/") : "",
    );
    for (let frames = random.below(4); frames > 0; frames -= 1) parts.push(oddFrame(random));
  }
  return mutated(random, Buffer.concat(parts.map((part) => Buffer.from(part as string, "latin1"))));
}

function oddFrame(random: Random): Buffer {
  const kind = random.below(5);
  if (kind === 0) return random.bytes(random.below(40));
  if (kind === 1) return clientClose(random.below(6_000), "x".repeat(random.below(130)));
  return clientFrame(random.below(16), random.bytes(random.below(200)), {
    isFinal: random.below(3) > 0,
    isMasked: random.below(8) > 0,
    reserved: random.below(8) > 0 ? 0 : random.below(8),
  });
}

/** The bytes with a few of them changed, or cut short, or as they are. */
function mutated(random: Random, bytes: Buffer): Buffer {
  const kind = random.below(4);
  if (kind === 0 || bytes.length === 0) return bytes;
  if (kind === 1) return bytes.subarray(0, random.below(bytes.length));
  for (let count = random.below(4); count >= 0; count -= 1) bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}

/** Sends a stream in one or two pieces, in one of the ways in which connections end. */
async function send(path: string, random: Random): Promise<void> {
  const bytes = malformedStream(random);
  const cut = random.below(bytes.length + 1);
  const ending = random.below(4);
  const socket = connect(path);
  socket.on("error", () => undefined).resume();
  const closed = once(socket, "close");
  socket.write(bytes.subarray(0, cut));
  if (ending === 0) {
    socket.write(bytes.subarray(cut), () => socket.destroy());
  } else {
    socket.once("connect", () => setImmediate(() => socket.end(bytes.subarray(cut))));
  }
  await closed;
}

test(`${STREAMS} malformed streams leave the server serving, and nothing behind`, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "channels-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "server.sock");
  const { server, accessLog } = await startServer(
    t,
    {
      http: async (incoming) => new Response(await incoming.text()),
      websocket: urlRouter([route("/ws/", consumer(Echo))]),
    },
    { listen: { path }, maxPayloadBytes: 1_000 },
  );

  /** What became of the streams, to see that they are not all refused at the door. */
  const statuses = new Map<string, number>();
  const sendAll = async (from: number, to: number): Promise<number> => {
    let next = from;
    const sender = async (): Promise<void> => {
      while (next < to) {
        next += 1;
        await send(path, new Random(next));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sender));
    await until(() => server.connections === 0, "all connections to be forgotten");
    for (const { kind, status } of accessLog.splice(0)) {
      statuses.set(`${kind} ${status}`, (statuses.get(`${kind} ${status}`) ?? 0) + 1);
    }
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const before = await sendAll(0, WARM_UP);
  const growth = (await sendAll(WARM_UP, STREAMS)) - before;
  assert.ok(growth < MAX_GROWTH_BYTES, `${growth} bytes were left behind`);
  for (const outcome of [
    "http 200",
    "http 400",
    "websocket-open 101",
    "websocket-refused 400",
    "websocket-close 1006",
  ]) {
    assert.ok((statuses.get(outcome) ?? 0) > STREAMS / 100, `the streams must get far enough for "${outcome}"`);
  }

  const peer = await Peer.open(t, `ws+unix://${path}:/ws/`);
  peer.send("still here");
  assert.equal(await peer.next(), "still here");
});
