/**
 * Random input of hostile clients: the server keeps serving and keeps nothing of them.
 * `FUZZ_SEED=7 npm run unit -- packages/channels-node/test/fuzz.test.ts` sends other input.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { setImmediate as nextIteration } from "node:timers/promises";
import { consumer, route, urlRouter } from "@lobby/channels";
import { collectGarbage } from "@lobby/test-support/garbage";
import { Random } from "@lobby/test-support/random";
import { soon, until } from "@lobby/test-support/waiting";
import { Echo } from "./support/echo.ts";
import { ENDINGS, frameStream, handshakeStream, MAX_PAYLOAD_BYTES, type Stream } from "./support/malformed.ts";
import { startServer, type TestServer } from "./support/server.ts";
import { WireClient } from "./support/wire-client.ts";

const SEED = Number(process.env["FUZZ_SEED"] ?? 1);
const STREAMS = 30_000;
const CONCURRENCY = 64;
/** One of this many streams leaves its connection open, so the server must end it. */
const STREAMS_PER_OPEN_END = 500;
/** The growth that half of the streams may cause: 40 bytes each. */
const MAX_GROWTH_BYTES = 600_000;

/** The entries of the access log that the streams must cause. */
const OUTCOMES = [
  "http 200",
  "http 400",
  "http 501",
  "websocket-open 101",
  "websocket-refused 400",
  "websocket-refused 404",
  "websocket-refused 426",
  "websocket-close 1002",
  "websocket-close 1006",
  "websocket-close 1007",
  "websocket-close 1009",
];

/** An echo consumer that counts its open connections. */
class CountedEcho extends Echo {
  static open = 0;
  override connect(): void {
    CountedEcho.open += 1;
    this.accept();
  }
  override disconnect(): void {
    CountedEcho.open -= 1;
  }
}

/** Returns a random stream. */
function randomStream(random: Random): Stream {
  return random.below(2) === 0 ? frameStream(random) : handshakeStream(random);
}

/** Sends a stream in random pieces, and ends the connection in a random way. */
async function send(path: string, bytes: Buffer, random: Random): Promise<void> {
  const socket = connect(path);
  socket.on("error", () => undefined).resume();
  const closed = new Promise((resolve) => socket.once("close", resolve));
  await Promise.race([once(socket, "connect"), closed]);
  const staysOpen = random.below(STREAMS_PER_OPEN_END) === 0;
  const pieces = random.below(50) === 0 ? bytes.length : random.below(3);
  let from = 0;
  for (let left = pieces; left > 0 && !socket.destroyed; left -= 1) {
    const to = left === bytes.length ? from + 1 : from + random.below(bytes.length - from + 1);
    socket.write(bytes.subarray(from, to));
    from = to;
    await nextIteration();
  }
  const rest = bytes.subarray(from);
  if (staysOpen) socket.write(rest);
  else if (random.below(3) === 0) socket.write(rest, () => socket.destroy());
  else socket.end(rest);
  await closed;
}

/** Sends the streams of these numbers concurrently, and returns the number of inputs of each kind. */
async function sendAll(path: string, from: number, to: number): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  let next = from;
  const sender = async (): Promise<void> => {
    while (next < to) {
      next += 1;
      const number = next;
      const random = new Random(SEED * 1_000_003 + number);
      const { bytes, inputs } = randomStream(random);
      for (const input of inputs) add(counts, input, 1);
      await soon(send(path, bytes, random), `stream ${number} of seed ${SEED} to end: ${inputs.join(", ")}`);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, sender));
  return counts;
}

/** The resources of the process while one connection is open. */
interface Holdings {
  readonly heapBytes: number;
  readonly bufferBytes: number;
  readonly sockets: number;
}

/** Waits until one connection is left, and measures the resources. */
async function holdings({ server, accessLog }: TestServer): Promise<Holdings> {
  await until(() => server.connections === 1, "all connections but one to end");
  await until(() => CountedEcho.open === 1, "all consumers but one to end");
  accessLog.length = 0;
  for (let round = 0; round < 5; round += 1) {
    collectGarbage();
    await nextIteration();
  }
  const { heapUsed, external } = process.memoryUsage();
  const sockets = process.getActiveResourcesInfo().filter((name) => name === "PipeWrap").length;
  return { heapBytes: heapUsed, bufferBytes: external, sockets };
}

async function start(t: TestContext): Promise<{ readonly path: string; readonly started: TestServer }> {
  const folder = mkdtempSync(join(tmpdir(), "channels-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "server.sock");
  const started = await startServer(
    t,
    {
      http: async (incoming) => new Response(await incoming.text()),
      websocket: urlRouter([route("/ws/", consumer(CountedEcho))]),
    },
    {
      listen: { path },
      maxPayloadBytes: MAX_PAYLOAD_BYTES,
      headersTimeoutMs: 500,
      requestTimeoutMs: 500,
      keepAliveTimeoutMs: 500,
      pingIntervalMs: 500,
      closeTimeoutMs: 500,
    },
  );
  return { path, started };
}

test(`The server survives hundreds of thousands of malformed inputs and leaks nothing (seed ${SEED})`, async (t) => {
  const { path, started } = await start(t);
  const witness = await WireClient.open(t, `ws+unix://${path}:/ws/`);
  const inputs = new Map<string, number>();
  const outcomes = new Map<string, number>();
  const sendHalf = async (half: 0 | 1): Promise<Holdings> => {
    const from = (half * STREAMS) / 2;
    for (const [input, count] of await sendAll(path, from, from + STREAMS / 2)) add(inputs, input, count);
    for (const { kind, status } of started.accessLog) add(outcomes, `${kind} ${status}`, 1);
    witness.send("still here");
    assert.equal(await witness.next(), "still here");
    return holdings(started);
  };
  const [before, after] = [await sendHalf(0), await sendHalf(1)];

  assert.ok(after.heapBytes - before.heapBytes < MAX_GROWTH_BYTES, `the heap: ${JSON.stringify([before, after])}`);
  assert.ok(after.bufferBytes - before.bufferBytes < MAX_GROWTH_BYTES, `buffers: ${JSON.stringify([before, after])}`);
  assert.equal(after.sockets, before.sockets, "sockets");

  const total = [...inputs.values()].reduce((sum, count) => sum + count, 0);
  assert.ok(total > 300_000, `${total} inputs`);
  for (const ending of [...ENDINGS, "odd handshake", "odd request"]) {
    assert.ok((inputs.get(ending) ?? 0) > STREAMS / 50, `the streams must contain "${ending}" often enough`);
  }
  // The streams must reach every stage of a connection.
  for (const outcome of OUTCOMES) {
    assert.ok((outcomes.get(outcome) ?? 0) > STREAMS / 200, `the streams must cause "${outcome}" often enough`);
  }

  const fresh = await WireClient.open(t, `ws+unix://${path}:/ws/`);
  fresh.send("hello");
  assert.equal(await fresh.next(), "hello");
});

function add(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}
