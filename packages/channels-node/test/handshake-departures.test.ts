/** Handshakes whose clients leave before the answer. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  consumer,
  InMemoryChannelLayer,
  route,
  stack,
  urlRouter,
  WebSocketConsumer,
  type WebSocketScope,
} from "@lobby/channels";
import { soon, until } from "@lobby/test-support/waiting";
import { handshake, RawClient } from "./support/raw-client.ts";
import { startServer } from "./support/server.ts";

describe("A handshake", () => {
  test("with the end of its client's half gets the denial of the server, or 400, and an entry in the access log", async (t) => {
    class Slow extends WebSocketConsumer {
      override connect(): Promise<void> {
        return new Promise(() => {});
      }
    }
    const websocket = urlRouter([route("/ws/", consumer(Slow))]);
    const { port, accessLog } = await startServer(t, { websocket }, { handshakeTimeoutMs: 60_000 });
    for (const [path, status] of [
      ["/nowhere/", 404],
      ["/ws/", 400],
    ] as const) {
      const client = await RawClient.connect(t, port);
      client.socket.end(handshake(path));
      assert.match(await client.rest(), new RegExp(`^HTTP/1\\.1 ${status} `));
      assert.deepEqual([accessLog.at(-1)?.target, accessLog.at(-1)?.status], [path, status]);
    }
    assert.equal(accessLog.length, 2);
  });

  for (const [action, leave, status] of [
    ["resets", (client: RawClient) => client.socket.resetAndDestroy(), 499],
    ["closes", (client: RawClient) => client.socket.destroy(), 400],
    ["half-closes", (client: RawClient) => client.socket.end(), 400],
  ] as const) {
    test(`that its client ${action} ends for the consumer at once, with a disconnect, and \`send\` returns false`, async (t) => {
      const { promise: isReady, resolve: ready } = Promise.withResolvers<void>();
      const { promise: disconnected, resolve: disconnect } = Promise.withResolvers<number>();
      const sent: boolean[] = [];
      class Slow extends WebSocketConsumer {
        override async connect(): Promise<void> {
          await isReady;
          this.accept();
          sent.push(this.send("hello"));
        }
        override disconnect(code: number): void {
          disconnect(code);
        }
      }
      const websocket = consumer(Slow);
      const { port, server, accessLog } = await startServer(t, { websocket }, { handshakeTimeoutMs: 60_000 });
      const client = await RawClient.connect(t, port);
      client.send(handshake("/"));
      await until(() => server.connections === 1, "the handshake to begin");
      leave(client);
      await until(() => server.connections === 0, "the server to notice");
      ready();
      assert.equal(await soon(disconnected, "the disconnect"), 1006);
      assert.deepEqual(sent, [false]);
      assert.deepEqual(
        accessLog.map((entry) => [entry.kind, entry.status]),
        [["websocket-refused", status]],
      );
    });
  }

  test("that its client resets while a middleware runs never connects the consumer", async (t) => {
    const { promise: isReady, resolve: ready } = Promise.withResolvers<void>();
    const { promise: passed, resolve: pass } = Promise.withResolvers<void>();
    const layer = new InMemoryChannelLayer();
    let connects = 0;
    let name = "";
    class Counted extends WebSocketConsumer {
      constructor(...context: ConstructorParameters<typeof WebSocketConsumer>) {
        super(...context);
        name = this.channelName;
      }
      override connect(): void {
        connects += 1;
      }
    }
    const slow = async (_scope: WebSocketScope): Promise<object> => {
      await isReady;
      setImmediate(pass);
      return {};
    };
    const { port, server } = await startServer(t, { websocket: stack(slow)(consumer(Counted)), layer });
    const client = await RawClient.connect(t, port);
    client.send(handshake("/"));
    await until(() => server.connections === 1, "the handshake to begin");
    client.socket.resetAndDestroy();
    await until(() => server.connections === 0, "the server to notice");
    ready();
    await passed;
    assert.equal(connects, 0);
    await layer.send(name, { type: "note" });
    assert.equal(layer.dropped, 1, "the channel of the consumer must be closed");
  });
});
