/** Bodies that never arrive in full. A stranger must not cause a report with any of them; `startServer` fails then. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BrokenBodyError, consumer, type HttpApplication, type HttpScope } from "@lobby/channels";
import { eventStream } from "@lobby/channels/event-stream";
import { hono } from "@lobby/channels/hono";
import { Hono } from "hono";
import { until } from "@lobby/test-support/waiting";
import { Echo } from "./support/echo.ts";
import { openStream } from "./support/open-stream.ts";
import { RawClient, request } from "./support/raw-client.ts";
import { startServer } from "./support/server.ts";

/** Returns an application that reads a body with a function. */
function reading(read: (incoming: Request) => Promise<unknown>): HttpApplication {
  return async (incoming) => Response.json((await read(incoming)) === null);
}

/** Returns a Hono app that reads a body in some way, with a page of its own for errors. */
function honoReading(read: (incoming: Request) => Promise<unknown>): HttpApplication {
  const app = new Hono<{ Bindings: HttpScope }>();
  app.post("/", async (context) => context.json((await read(context.req as unknown as Request)) === null));
  return hono(app, { onError: ({ status }, context) => context.text(`page for ${status}`) });
}

const APPLICATIONS: Readonly<Record<string, HttpApplication>> = {
  text: reading((incoming) => incoming.text()),
  json: reading((incoming) => incoming.json()),
  formData: reading((incoming) => incoming.formData()),
  arrayBuffer: reading((incoming) => incoming.arrayBuffer()),
  blob: reading((incoming) => incoming.blob()),
  bytes: reading((incoming) => incoming.bytes()),
  "a clone": reading((incoming) => Promise.all([incoming.clone().text(), incoming.text()])),
  "a copy": reading((incoming) => new Request(incoming, { headers: {} }).text()),
  "a loop": reading((incoming) => Array.fromAsync(incoming.body ?? [])),
  "a pipe": reading(async (incoming) => incoming.body?.pipeTo(new WritableStream())),
  "a decoder": reading((incoming) => Array.fromAsync(incoming.body?.pipeThrough(new TextDecoderStream()) ?? [])),
  "code that wraps errors": reading(async (incoming) => {
    try {
      return await incoming.text();
    } catch (cause) {
      throw new Error("The upload failed.", { cause });
    }
  }),
  "an event stream": eventStream(consumer(Echo)),
  "text in Hono": honoReading((incoming) => incoming.text()),
  "json in Hono": honoReading((incoming) => incoming.json()),
  "parseBody in Hono": honoReading((incoming) =>
    (incoming as unknown as { parseBody(): Promise<unknown> }).parseBody(),
  ),
};

const TYPES = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"];
const SIZED = { "Content-Length": "1000" };
const CHUNKED = { "Transfer-Encoding": "chunked" };

/** The ways in which a body breaks, with the status of the answer; 499 when nobody is left to read one. */
const BREAKS: Readonly<Record<string, readonly [object, string, (client: RawClient) => void, number]>> = {
  "ends in the middle": [SIZED, "--b\r\nhalf", (client) => client.socket.end(), 400],
  "ends before its start": [SIZED, "", (client) => client.socket.end(), 400],
  "ends within a chunk": [CHUNKED, "5\r\nhal", (client) => client.socket.end(), 400],
  "is reset in the middle": [SIZED, "half", (client) => client.socket.resetAndDestroy(), 499],
  "has a malformed chunk": [CHUNKED, "5\r\nhello\r\nnonsense\r\n", () => undefined, 400],
  "has a malformed chunk at its start": [CHUNKED, "nonsense\r\n", () => undefined, 400],
  "has endless chunk extensions": [CHUNKED, `5;${"x".repeat(20_000)}\r\n`, () => undefined, 400],
  "has endless trailers": [CHUNKED, `0\r\nX: ${"x".repeat(40_000)}\r\n`, () => undefined, 400],
};

/** Returns whether an application reads bodies of this type. */
function reads(reader: string, type: string): boolean {
  if (reader === "an event stream") return type === "text/plain";
  return reader !== "parseBody in Hono" || type !== "text/plain";
}

describe("A body that breaks off gets 400 and is no report", () => {
  for (const [reader, http] of Object.entries(APPLICATIONS)) {
    test(`with ${reader}`, async (t) => {
      const { port, httpUrl, accessLog } = await startServer(t, { http });
      const headers = reader === "an event stream" ? await openStream(t, httpUrl) : {};
      for (const type of TYPES.filter((each) => reads(reader, each))) {
        for (const [name, [framing, start, breakOff, status]] of Object.entries(BREAKS)) {
          accessLog.length = 0;
          const client = await RawClient.connect(t, port);
          client.send(request("POST", "/", { ...framing, ...headers, "Content-Type": type }) + start);
          await until(() => client.socket.writableLength === 0, "the start to be sent");
          breakOff(client);
          const answer = await client.rest();
          await until(() => accessLog.length > 0, `the log entry for a body that ${name}`);
          assert.deepEqual([name, accessLog.map((entry) => entry.status)], [name, [status]]);
          if (status === 400) assert.match(answer, /^HTTP\/1\.1 400 [^]*Connection: close\r\n/i, name);
          if (status === 400 && reader.endsWith("Hono")) assert.match(answer, /page for 400/);
        }
      }
    });
  }

  test("that arrives too slowly gets 408", async (t) => {
    const { port, accessLog } = await startServer(
      t,
      { http: reading((incoming) => incoming.text()) },
      { headersTimeoutMs: 60, requestTimeoutMs: 80 },
    );
    const client = await RawClient.connect(t, port);
    client.send(`${request("POST", "/", SIZED)}half`);
    assert.match(await client.rest(), /^HTTP\/1\.1 408 [^]*The request body arrived too slowly\.\n/);
    assert.deepEqual(
      accessLog.map(({ status }) => status),
      [408],
    );
  });

  test("is read for longer than the time limit of its pieces while it makes progress", async (t) => {
    const requestTimeoutMs = 1_000;
    const { port } = await startServer(t, { http: ({ body }) => new Response(body) }, { requestTimeoutMs });
    const client = await RawClient.connect(t, port);
    client.send(request("POST", "/", { ...CHUNKED, Connection: "close" }));
    const endsAtMs = performance.now() + 2.5 * requestTimeoutMs;
    let piece = 0;
    for (; performance.now() < endsAtMs; piece += 1) {
      client.send(`400\r\n${String(piece).padEnd(1_024, "-")}\r\n`);
      await until(() => client.text.includes(`\n${piece}-`), "the piece to return");
    }
    client.send("0\r\n\r\n");
    const answer = await client.rest();
    assert.match(answer, /^HTTP\/1\.1 200 [^]*\r\n0\r\n\r\n$/);
  });

  test("is not the client's fault while the handler does not read", async (t) => {
    const { promise: isReady, resolve: ready } = Promise.withResolvers<void>();
    const { port } = await startServer(
      t,
      {
        async http(incoming) {
          await isReady;
          return new Response(await incoming.text());
        },
      },
      { headersTimeoutMs: 20, requestTimeoutMs: 40 },
    );
    const [client, slow] = [await RawClient.connect(t, port), await RawClient.connect(t, port)];
    client.send(`${request("POST", "/", { "Content-Length": "10", Connection: "close" })}half`);
    slow.send("GET / HT");
    assert.match(await slow.rest(), /^HTTP\/1\.1 408 /, "the time limits must have passed");
    client.send("wholes");
    ready();
    assert.match(await client.rest(), /^HTTP\/1\.1 200 [^]*halfwholes/);
  });

  test("may be caught by the handler, which then answers as it likes", async (t) => {
    const errors: unknown[] = [];
    const { port } = await startServer(t, {
      http: (incoming) =>
        incoming.text().then(
          () => new Response("whole"),
          (error: unknown) => {
            errors.push(error);
            return new Response("partly", { status: 202 });
          },
        ),
    });
    const client = await RawClient.connect(t, port);
    client.send(`${request("POST", "/", SIZED)}half`);
    client.socket.end();
    assert.match(await client.rest(), /^HTTP\/1\.1 202 [^]*partly/);
    assert.ok(errors[0] instanceof BrokenBodyError && errors[0].code === "CHANNELS_BROKEN_BODY");
  });

  test("is no reason to hide a fault of the handler", async (t) => {
    const fault = new Error("a real bug");
    const { port, takeReports } = await startServer(t, {
      async http(incoming) {
        await incoming.text().catch(() => undefined);
        throw fault;
      },
    });
    const client = await RawClient.connect(t, port);
    client.send(`${request("POST", "/", CHUNKED)}nonsense\r\n`);
    assert.match(await client.rest(), /^HTTP\/1\.1 500 /);
    assert.deepEqual(
      takeReports().map(({ error }) => error),
      [fault],
    );
  });
});

/** Applications whose handler parses the body, with a body that they cannot parse. */
const PARSERS: Readonly<Record<string, readonly [HttpApplication, type: string, body: string]>> = {
  json: [reading((incoming) => incoming.json()), "application/json", "{"],
  "json of a clone": [reading((incoming) => incoming.clone().json()), "application/json", "{"],
  "a form without its boundary": [reading((incoming) => incoming.formData()), "multipart/form-data; boundary=b", "x"],
  "a form of another type": [reading((incoming) => incoming.formData()), "text/plain", "x"],
  "json in Hono": [honoReading((incoming) => incoming.json()), "application/json", "{"],
  "parseBody in Hono": [
    honoReading((incoming) => (incoming as unknown as { parseBody(): Promise<unknown> }).parseBody()),
    "multipart/form-data; boundary=b",
    "x",
  ],
};

describe("A body that a handler cannot parse gets 400 and is no report", () => {
  for (const [name, [http, type, body]] of Object.entries(PARSERS)) {
    test(`with ${name}`, async (t) => {
      const { server } = await startServer(t, { http });
      const response = await fetch(server.url, { method: "POST", headers: { "Content-Type": type }, body });
      assert.equal(response.status, 400);
    });
  }
});

function parseConfiguration(): never {
  return JSON.parse("{configuration") as never;
}

describe("A handler with a fault of its own gets 500 and a report", () => {
  for (const [name, http] of Object.entries({
    fetch: reading(async (incoming) => [await incoming.json(), parseConfiguration()]),
    Hono: honoReading(async (incoming) => [await incoming.json(), parseConfiguration()]),
    "two reads of the body": reading(async (incoming) => [await incoming.text(), await incoming.formData()]),
    "a read of a locked body": reading(async (incoming) => [incoming.body?.getReader(), await incoming.formData()]),
  })) {
    test(`with ${name}`, async (t) => {
      const { server, takeReports } = await startServer(t, { http });
      const response = await fetch(server.url, { method: "POST", body: "{}" });
      assert.equal(response.status, 500);
      assert.equal(takeReports().length, 1);
    });
  }
});
