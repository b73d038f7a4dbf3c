/** Clients whose lines are slow, and clients that vanish during a large transfer. The clock of these tests is stopped. */
import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { describe, mock, test, type TestContext } from "node:test";
import { setImmediate as nextIteration } from "node:timers/promises";
import { consumer, WebSocketConsumer } from "@lobby/channels";
import { SignsOfLife } from "../src/signs-of-life.ts";
import { clientFrame, Opcode } from "./support/client-frames.ts";
import { RawClient } from "./support/raw-client.ts";
import { watchServerSockets } from "./support/server-sockets.ts";
import { startServer } from "./support/server.ts";

mock.timers.enable({ apis: ["setInterval"] });
const decided = mock.method(SignsOfLife.prototype, "beat").mock;
const looked = mock.method(SignsOfLife.prototype, "isStuck").mock;

const INTERVAL_MS = 24_000;
const BEAT_MS = INTERVAL_MS / 3;
const LARGE_BYTES = 800_000;

class Library extends WebSocketConsumer {
  received = 0;
  /** Answers a number with this number of bytes, and any other text with its length. */
  override receive(text: string): void {
    const bytes = Number(text);
    if (Number.isNaN(bytes)) this.send(String(text.length));
    else for (let sent = 0; sent < bytes; sent += LARGE_BYTES) this.send("x".repeat(LARGE_BYTES));
  }
}

/** Waits for a condition without the clock. */
async function eventually(condition: () => boolean, awaited: string): Promise<void> {
  for (let turn = 0; !condition(); turn += 1) {
    assert.ok(turn < 1_000_000, `Waited for ${awaited}.`);
    await nextIteration();
  }
}

interface SlowLine {
  readonly client: RawClient;
  readonly serverEnd: Socket;
  readonly connections: () => number;
}

/** Lets a third of a ping interval pass, after which the server has decided about its client. */
async function beat(): Promise<void> {
  const [decisions, looks] = [decided.callCount(), looked.callCount()];
  mock.timers.tick(BEAT_MS);
  assert.equal(decided.callCount(), decisions + 1);
  if (decided.calls.at(-1)?.result !== "look") return;
  // The server reads a table of the kernel first.
  await eventually(() => looked.callCount() > looks, "the server to look");
}

async function open(t: TestContext): Promise<SlowLine> {
  const serverEnds = watchServerSockets(t);
  const { port, server } = await startServer(t, { websocket: consumer(Library) }, { pingIntervalMs: INTERVAL_MS });
  const client = await RawClient.upgrade(t, port, "/");
  return { client, serverEnd: serverEnds[0] as Socket, connections: () => server.connections };
}

/**
 * Asserts that a client was cut. The kernel still moves bytes to it during the first beats, which take no time here;
 * the tests of `SignsOfLife` count exactly.
 */
function assertFew(beats: number): void {
  assert.ok(beats < 50, `cut after ${beats} beats`);
}

function order(text: string): Buffer {
  return clientFrame(Opcode.text, text);
}

describe("A client that answers no ping", () => {
  test("stays connected during a slow upload", async (t) => {
    const { client, serverEnd, connections } = await open(t);
    const upload = order("x".repeat(LARGE_BYTES));
    for (let sent = 0; sent < upload.length; sent += 100_000) {
      const read = serverEnd.bytesRead;
      client.send(upload.subarray(sent, sent + 100_000));
      await eventually(() => serverEnd.bytesRead > read, "the server to read");
      await beat();
      assert.equal(connections(), 1, `cut after ${sent} bytes`);
    }
    await eventually(() => client.text.endsWith(String(LARGE_BYTES)), "the answer");
  });

  for (const bytes of [LARGE_BYTES, 8 * LARGE_BYTES]) {
    test(`stays connected during a slow download of ${bytes} bytes`, async (t) => {
      const { client, connections } = await open(t);
      const received = (): number => client.socket.bytesRead;
      client.send(order(String(bytes)));
      while (received() < bytes) {
        const enough = Math.min(bytes, received() + bytes / 8);
        client.socket.resume();
        await eventually(() => received() >= enough, "the client to read");
        client.socket.pause();
        await beat();
        assert.equal(connections(), 1, `cut after ${received()} bytes`);
      }
    });

    test(`is cut when it vanishes during a download of ${bytes} bytes`, async (t) => {
      const { client, serverEnd, connections } = await open(t);
      client.socket.pause();
      const written = serverEnd.bytesWritten;
      client.send(order(String(bytes)));
      await eventually(() => serverEnd.bytesWritten > written + LARGE_BYTES, "the server to write");
      let beats = 0;
      for (; connections() > 0 && beats < 100; beats += 1) await beat();
      assertFew(beats);
    });
  }
});

test("A client that talks without reading is cut, and one that reads little as well", async (t) => {
  for (const reads of [0, 1]) {
    const { client, serverEnd, connections } = await open(t);
    client.socket.pause();
    client.socket.removeAllListeners("data");
    client.send(order(String(8 * LARGE_BYTES)));
    await eventually(() => serverEnd.writableLength > 0, "bytes to wait");
    let beats = 0;
    for (; connections() > 0 && beats < 100; beats += 1) {
      client.socket.read(reads);
      const read = serverEnd.bytesRead;
      client.send(clientFrame(Opcode.pong, ""));
      await eventually(() => serverEnd.bytesRead > read || serverEnd.destroyed, "the server to read");
      await beat();
    }
    assertFew(beats);
  }
});
