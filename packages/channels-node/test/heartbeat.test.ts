import assert from "node:assert/strict";
import test from "node:test";
import { WebSocketConsumer, consumer } from "@lobby/channels";
import { soon, until } from "@lobby/test-support/waiting";
import { Echo } from "./support/echo.ts";
import { clientFrame, Opcode } from "./support/client-frames.ts";
import { WireClient } from "./support/wire-client.ts";
import { RawClient } from "./support/raw-client.ts";
import { watchServerSockets } from "./support/server-sockets.ts";
import { startServer } from "./support/server.ts";

test("A client that answers pings stays connected", async (t) => {
  const { wsUrl, server } = await startServer(t, { websocket: consumer(Echo) }, { pingIntervalMs: 40 });
  const client = await WireClient.open(t, wsUrl);
  await until(() => client.pings.length >= 10, "ten pings");
  assert.equal(server.connections, 1);
});

test("A silent client is cut, and its consumer disconnects with 1006", async (t) => {
  const { promise, resolve } = Promise.withResolvers<number>();
  class Silent extends WebSocketConsumer {
    override disconnect(code: number): void {
      resolve(code);
    }
  }
  const { port, server } = await startServer(t, { websocket: consumer(Silent) }, { pingIntervalMs: 40 });
  const client = await RawClient.upgrade(t, port, "/");
  assert.equal((await client.frames(1))[0]?.opcode, Opcode.ping);
  assert.equal(await soon(promise, "the disconnect"), 1006);
  await client.rest();
  assert.equal(server.connections, 0);
});

for (const way of ["closes", "resets"] as const) {
  test(`A client that ${way} is noticed while its consumer is too busy to read its frames`, async (t) => {
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    class Busy extends WebSocketConsumer {
      override async receive(): Promise<void> {
        this.signal.addEventListener("abort", () => leave());
        await left;
      }
    }
    const serverEnds = watchServerSockets(t);
    const { port } = await startServer(t, { websocket: consumer(Busy) }, { pingIntervalMs: 90 });
    const client = await RawClient.upgrade(t, port, "/");
    client.send(Buffer.concat(Array.from({ length: 20 }, () => clientFrame(Opcode.text, "x".repeat(100_000)))));
    await until(() => serverEnds[0]?.isPaused() === true, "the server to stop reading");
    if (way === "closes") client.socket.destroy();
    else client.socket.resetAndDestroy();
    await soon(left, "the server to notice");
  });
}

test("Silent clients are cut within two intervals, and not within one", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const { port, server } = await startServer(t, { websocket: consumer(Echo) }, { pingIntervalMs: 1_600 });
  const clients = await Promise.all(Array.from({ length: 20 }, () => RawClient.upgrade(t, port, "/")));
  t.mock.timers.tick(1_600);
  for (const client of clients) {
    assert.deepEqual(
      (await client.frames(1)).map(({ opcode }) => opcode),
      [Opcode.ping],
    );
  }
  assert.equal(server.connections, clients.length);
  t.mock.timers.tick(1_600);
  for (const client of clients) await soon(client.closed, "the connection to be cut");
  for (const client of clients) assert.equal(client.allFrames().length, 1);
  await until(() => server.connections === 0, "the connections to end");
});

test("A client that sends messages need not answer pings", async (t) => {
  const { port, server } = await startServer(t, { websocket: consumer(Echo) }, { pingIntervalMs: 80 });
  const client = await RawClient.upgrade(t, port, "/");
  const talking = setInterval(() => client.send(clientFrame(Opcode.text, "still here")), 10);
  t.after(() => clearInterval(talking));
  const pings = (): number => client.allFrames().filter(({ opcode }) => opcode === Opcode.ping).length;
  await until(() => pings() >= 5, "five pings");
  assert.equal(server.connections, 1);
});

test("A client whose socket is paused for a slow handler stays connected", async (t) => {
  const handled: string[] = [];
  const { promise: isAwake, resolve: wake } = Promise.withResolvers<void>();
  class Slow extends WebSocketConsumer {
    override async receive(text: string): Promise<void> {
      await isAwake;
      handled.push(text);
      this.send(text);
    }
  }
  const { wsUrl } = await startServer(t, { websocket: consumer(Slow) }, { pingIntervalMs: 20 });
  const [held, witness] = [await WireClient.open(t, wsUrl), await WireClient.open(t, wsUrl)];
  const texts = Array.from({ length: 100 }, (_, index) => `${index}`);
  for (const text of texts) held.send(text);
  await until(() => witness.pings.length >= 8, "several intervals to pass");
  wake();
  assert.deepEqual(await held.take(texts.length), texts);
  assert.deepEqual(handled, texts);
});
