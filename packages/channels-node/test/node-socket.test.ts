/** The ends of connections, for the client and for the consumer. */
import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { consumer, WebSocketConsumer } from "@lobby/channels";
import { collectGarbage } from "@lobby/test-support/garbage";
import { soon, until } from "@lobby/test-support/waiting";
import { clientClose, clientFrame, Opcode } from "./support/client-frames.ts";
import { closeOf, RawClient } from "./support/raw-client.ts";
import { startServer, type TestServer } from "./support/server.ts";
import { WireClient, type Closed } from "./support/wire-client.ts";

interface ClosingServer extends TestServer {
  /** The arguments of each `disconnect`, in order. */
  readonly disconnects: readonly Closed[];
}

/** Starts a server whose consumer closes with the received code and reason, or fails on `fail` and on bytes. */
async function startCloser(t: TestContext): Promise<ClosingServer> {
  const disconnects: Closed[] = [];
  class Closer extends WebSocketConsumer {
    override receive(text: string): void {
      if (text === "fail") throw new Error("a bug with a secret in it");
      const [code, reason] = JSON.parse(text) as [number?, string?];
      this.close(code, reason);
    }
    override async receiveBinary(): Promise<void> {
      return Promise.reject(new Error("a slow bug"));
    }
    override disconnect(code: number, reason: string): void {
      disconnects.push({ code, reason });
    }
  }
  return { ...(await startServer(t, { websocket: consumer(Closer) })), disconnects };
}

const LONGEST_REASON = "한".repeat(41);

describe("A consumer that closes", () => {
  for (const [code, reason] of [
    [1000, ""],
    [1001, "going away"],
    [1008, "policy"],
    [1011, "broken"],
    [1012, "restarting"],
    [3000, "unauthorized"],
    [4999, "방이 닫혔습니다"],
    [4000, LONGEST_REASON],
  ] as const) {
    test(`with ${code} and ${JSON.stringify(reason)} sends both to the client, and disconnects with both`, async (t) => {
      const { wsUrl, disconnects, server } = await startCloser(t);
      const client = await WireClient.open(t, wsUrl);
      client.send(JSON.stringify([code, reason]));
      assert.deepEqual(await client.ended(), { code, reason });
      await until(() => disconnects.length === 1, "the disconnect");
      assert.deepEqual(disconnects, [{ code, reason }]);
      assert.equal(server.connections, 0);
    });
  }

  test("without arguments sends 1000", async (t) => {
    const { wsUrl } = await startCloser(t);
    const client = await WireClient.open(t, wsUrl);
    client.send("[]");
    assert.deepEqual(await client.ended(), { code: 1000, reason: "" });
  });

  test("cuts a client that does not answer in time", async (t) => {
    const { promise: disconnected, resolve } = Promise.withResolvers<number>();
    class Impatient extends WebSocketConsumer {
      override receive(): void {
        this.close(4000);
      }
      override disconnect(code: number): void {
        resolve(code);
      }
    }
    const { port, server } = await startServer(t, { websocket: consumer(Impatient) }, { closeTimeoutMs: 20 });
    const client = await RawClient.upgrade(t, port, "/");
    client.send(clientFrame(Opcode.text, "x"));
    const [frame] = await client.frames(1);
    assert.equal(closeOf(frame).code, 4000);
    assert.equal(await soon(disconnected, "the disconnect"), 1006);
    await client.rest();
    assert.equal(server.connections, 0);
  });

  test("sends its earlier frames, then the close frame, then no more", async (t) => {
    class Parting extends WebSocketConsumer {
      override receive(): void {
        assert.equal(this.send("last words"), true);
        this.close(4000);
        assert.equal(this.send("too late"), false);
      }
    }
    const { wsUrl } = await startServer(t, { websocket: consumer(Parting) });
    const client = await WireClient.open(t, wsUrl);
    const frames: unknown[] = [];
    client.socket.on("message", (data: Buffer) => frames.push(data.toString()));
    client.send("x");
    await client.ended();
    assert.deepEqual(frames, ["last words"]);
  });
});

describe("A client that closes", () => {
  for (const [code, reason] of [
    [1000, ""],
    [1000, "done"],
    [1001, "tab closed"],
    [1012, ""],
    [3000, "a"],
    [4999, LONGEST_REASON],
  ] as const) {
    test(`with ${code} and ${JSON.stringify(reason)} passes both to the consumer, and receives its code`, async (t) => {
      const { wsUrl, disconnects } = await startCloser(t);
      const client = await WireClient.open(t, wsUrl);
      client.socket.close(code, reason);
      assert.equal((await client.ended()).code, code);
      await until(() => disconnects.length === 1, "the disconnect");
      assert.deepEqual(disconnects, [{ code, reason }]);
    });
  }

  test("without a code passes 1005 to the consumer", async (t) => {
    const { wsUrl, disconnects } = await startCloser(t);
    const client = await WireClient.open(t, wsUrl);
    client.socket.close();
    assert.equal((await client.ended()).code, 1005);
    await until(() => disconnects.length === 1, "the disconnect");
    assert.deepEqual(disconnects, [{ code: 1005, reason: "" }]);
  });

  for (const [action, cut] of [
    ["reset", (client: RawClient) => client.socket.resetAndDestroy()],
    ["ended without a close frame", (client: RawClient) => client.socket.end()],
    ["ended in the middle of a frame", (client: RawClient) => client.socket.end(Buffer.of(0x81))],
  ] as const) {
    test(`with its connection ${action} passes 1006 to the consumer`, async (t) => {
      const { port, disconnects, server } = await startCloser(t);
      const client = await RawClient.upgrade(t, port, "/");
      cut(client);
      await until(() => disconnects.length === 1, "the disconnect");
      assert.deepEqual(disconnects, [{ code: 1006, reason: "" }]);
      assert.equal(server.connections, 0);
    });
  }

  test("at the same time as the consumer causes one disconnect", async (t) => {
    const { port, disconnects } = await startCloser(t);
    const client = await RawClient.upgrade(t, port, "/");
    client.send(Buffer.concat([clientFrame(Opcode.text, "[4000]"), clientClose(4001)]));
    await client.rest();
    await until(() => disconnects.length > 0, "the disconnect");
    assert.deepEqual(disconnects, [{ code: 4001, reason: "" }]);
    assert.equal(client.allFrames().length, 1, "the server must send one close frame");
  });
});

describe("A consumer that fails", () => {
  for (const [moment, frame] of [
    ["at once", "fail"],
    ["after an await", Buffer.of(0)],
  ] as const) {
    test(`${moment} closes its connection with 1011, disconnects once, is reported, and affects no other connection`, async (t) => {
      const { wsUrl, disconnects, server, takeReports } = await startCloser(t);
      const [broken, witness] = [await WireClient.open(t, wsUrl), await WireClient.open(t, wsUrl)];
      broken.send(frame);
      assert.deepEqual(await broken.ended(), { code: 1011, reason: "Internal error" });
      await until(() => server.connections === 1, "the connection to end");
      assert.deepEqual(disconnects, [{ code: 1011, reason: "Internal error" }]);
      assert.deepEqual(
        takeReports().map(({ level, source, operation }) => [level, source, operation]),
        [["error", "Closer", "receive"]],
      );
      witness.send("[4000]");
      assert.deepEqual(await witness.ended(), { code: 4000, reason: "" });
    });
  }

  test("in disconnect is reported, and its connection still ends", async (t) => {
    const failure = new Error("no");
    class Failing extends WebSocketConsumer {
      override disconnect(): void {
        throw failure;
      }
    }
    const { wsUrl, server, takeReports } = await startServer(t, { websocket: consumer(Failing) });
    const client = await WireClient.open(t, wsUrl);
    client.socket.close();
    await until(() => server.connections === 0, "the connection to end");
    assert.deepEqual(takeReports(), [{ level: "error", source: "Failing", operation: "disconnect", error: failure }]);
  });
});

test("A connection that ended is garbage-collected with its consumer, while the server continues", async (t) => {
  const consumers: WeakRef<object>[] = [];
  class Noted extends WebSocketConsumer {
    override connect(): void {
      consumers.push(new WeakRef(this));
      this.accept();
    }
  }
  const { wsUrl, server } = await startServer(t, { websocket: consumer(Noted) });
  for (let count = 0; count < 3; count += 1) {
    const client = await WireClient.open(t, wsUrl);
    client.socket.close();
    await client.ended();
  }
  await until(() => server.connections === 0, "the connections to end");
  await until(() => {
    collectGarbage();
    return consumers.every((noted) => noted.deref() === undefined);
  }, "the consumers to be collected");
});
