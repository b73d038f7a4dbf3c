/** Bodies that no handler reads. They stop the server from reading a connection, but must not hide that its client left. */
import assert from "node:assert/strict";
import type { HttpApplication } from "@lobby/channels";
import type { ServerOptions } from "@lobby/channels-node";
import { describe, test, type TestContext } from "node:test";
import { soon, until } from "@lobby/test-support/waiting";
import { RawClient, request } from "./support/raw-client.ts";
import { watchServerSockets } from "./support/server-sockets.ts";
import { startServer } from "./support/server.ts";

const MEBIBYTE = 1_048_576;
/** More than the server takes of an unread body. */
const PART = "x".repeat(300_000);
const GET = request("GET", "/");
const POST = request("POST", "/", { "Content-Length": "400000" }) + PART;
const LARGE = request("POST", "/", { "Content-Length": "40000000" }) + PART.repeat(10);
const CHUNKED = `${request("POST", "/", { "Transfer-Encoding": "chunked" })}493e0\r\n${PART}\r\n`;

/** An application whose answer begins and then stays quiet. */
function quiet(leave: () => void, prepare?: (incoming: Request) => Promise<void>): HttpApplication {
  return async (incoming) => {
    await prepare?.(incoming);
    return new Response(new ReadableStream({ start: (body) => body.enqueue(Buffer.from("begun")), cancel: leave }));
  };
}

/** Connects, sends the bytes, and leaves once the answer has begun. */
async function sendAndLeave(t: TestContext, port: number, bytes: string, way: "closes" | "resets"): Promise<void> {
  const client = await RawClient.connect(t, port);
  client.send(bytes);
  await until(() => client.text.includes("begun"), "the beginning of the answer");
  if (way === "closes") client.socket.destroy();
  else client.socket.resetAndDestroy();
}

describe("A client that leaves a quiet answer is noticed", { concurrency: true }, () => {
  const cases: readonly (readonly [name: string, bytes: string, options?: ServerOptions])[] = [
    ["with the body of a GET", request("GET", "/", { "Content-Length": "400000" }) + PART],
    [
      "with the body of an event stream",
      request("GET", "/", { Accept: "text/event-stream", "Content-Length": "400000" }) + PART,
    ],
    ["with the body of a POST", POST],
    ["with a body that is whole", request("POST", "/", { "Content-Length": "300000" }) + PART],
    ["with a body over the limit", LARGE],
    ["with a chunked body over the limit", `${CHUNKED}${`493e0\r\n${PART}\r\n`.repeat(9)}`],
    ["with a request behind it", GET + POST],
    ["with a large request behind it", GET + LARGE],
    ["with a body within a high limit", LARGE, { maxBodyBytes: 50_000_000 }],
  ];
  for (const [name, bytes, options] of cases) {
    for (const way of ["closes", "resets"] as const) {
      test(`${name} when it ${way}`, async (t) => {
        const { promise: left, resolve: leave } = Promise.withResolvers<void>();
        const { port } = await startServer(t, { http: quiet(leave) }, { requestTimeoutMs: 60, ...options });
        await sendAndLeave(t, port, bytes, way);
        await soon(left, "the server to notice");
      });
    }
  }

  test("after the handler has cancelled its body", async (t) => {
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    const http = quiet(leave, async ({ body }) => body?.cancel());
    const { port } = await startServer(t, { http }, { requestTimeoutMs: 60 });
    await sendAndLeave(t, port, POST, "closes");
    await soon(left, "the server to notice");
  });

  test("after the handler has read a part of its body", async (t) => {
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    const http = quiet(leave, async ({ body }) => void (await body?.getReader().read()));
    const { port } = await startServer(t, { http }, { requestTimeoutMs: 60 });
    await sendAndLeave(t, port, POST, "closes");
    await soon(left, "the server to notice");
  });
});

describe("An unread body", () => {
  test("behind another request leaves its connection in order", async (t) => {
    const { promise: isReady, resolve: ready } = Promise.withResolvers<void>();
    const serverEnds = watchServerSockets(t);
    const { port } = await startServer(t, {
      async http(incoming) {
        if (incoming.method === "GET") await isReady;
        return new Response(`<${(await incoming.text()).length}>`);
      },
    });
    const client = await RawClient.connect(t, port);
    client.send(`${GET}${request("POST", "/", { "Content-Length": "1000000" })}${"x".repeat(1_000_000)}${GET}`);
    await until(() => serverEnds[0]?.isPaused() === true, "the server to stop reading");
    ready();
    await until(() => (client.text.match(/<\d+>/g) ?? []).length === 3, "three answers");
    assert.deepEqual(client.text.match(/<\d+>/g), ["<0>", "<1000000>", "<0>"]);
  });

  for (const [name, bytes] of [
    ["of a GET", LARGE.replace("POST", "GET")],
    ["that its handler has cancelled", LARGE],
  ] as const) {
    test(`${name} is dropped as it arrives`, async (t) => {
      const serverEnds = watchServerSockets(t);
      const { promise: never } = Promise.withResolvers<Response>();
      const http: HttpApplication = async ({ body }) => {
        await body?.cancel();
        return never;
      };
      const { port } = await startServer(t, { http }, { maxBodyBytes: 50_000_000 });
      const client = await RawClient.connect(t, port);
      client.send(bytes);
      await until(() => (serverEnds[0]?.bytesRead ?? 0) > 10 * PART.length, "the whole body");
    });
  }

  test("behind an answer that has begun fails after `requestTimeoutMs`, when it is larger than that", async (t) => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const serverEnds = watchServerSockets(t);
    const { port } = await startServer(
      t,
      { http: async (incoming) => new Response(incoming.method === "GET" ? readable : await incoming.text()) },
      { maxBodyBytes: 50_000_000, requestTimeoutMs: 60 },
    );
    const client = await RawClient.connect(t, port);
    client.send(GET + LARGE);
    await until(() => (serverEnds[0]?.bytesRead ?? 0) > 2.5 * MEBIBYTE, "the server to drop the body");
    await writable.close();
    assert.match(
      await client.rest(),
      /^HTTP\/1\.1 200 [^]*HTTP\/1\.1 503 [^]*body waited too long for an earlier answer/,
    );
  });
});
