import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { consumer } from "@lobby/channels";
import type { ServerOptions } from "../src/index.ts";
import { Echo } from "./support/echo.ts";
import { Peer, refused } from "./support/wire-client.ts";
import { startServer, type TestServer } from "./support/server.ts";

let consumers = 0;
class Counted extends Echo {
  override connect(): void {
    consumers += 1;
    this.accept();
  }
}

type Headers = Readonly<Record<string, string>>;

function serveWith(t: TestContext, options: ServerOptions): Promise<TestServer> {
  return startServer(t, { websocket: consumer(Counted) }, options);
}

async function accepted(t: TestContext, { wsUrl }: TestServer, headers: Headers): Promise<void> {
  const peer = await Peer.open(t, wsUrl, { headers });
  peer.send("hello");
  assert.equal(await peer.next(), "hello");
}

async function forbidden(t: TestContext, { wsUrl, accessLog }: TestServer, headers: Headers): Promise<void> {
  const before = consumers;
  const { status, body } = await refused(t, wsUrl, { headers });
  assert.deepEqual([status, body], [403, "Pages of this origin are not allowed here.\n"]);
  assert.equal(consumers, before, "no consumer may see the connection");
  assert.deepEqual([accessLog.at(-1)?.kind, accessLog.at(-1)?.status], ["websocket-refused", 403]);
}

describe("by default", () => {
  test("a page of the own host may open a socket, over http or https", async (t) => {
    const server = await serveWith(t, {});
    await accepted(t, server, { Origin: `http://127.0.0.1:${server.port}` });
    await accepted(t, server, { Origin: `https://127.0.0.1:${server.port}` });
    await accepted(t, server, { Origin: "http://Chat.Example:80", Host: "chat.example" });
  });

  test("a page of another host may not", async (t) => {
    const server = await serveWith(t, {});
    await forbidden(t, server, { Origin: "https://evil.example" });
    await forbidden(t, server, { Origin: `http://127.0.0.1:${server.port + 1}` });
    await forbidden(t, server, { Origin: "http://127.0.0.1" });
    await forbidden(t, server, { Origin: `http://127.0.0.1:${server.port}.evil.example` });
  });

  test("a page without an origin, such as one in a sandbox, may not", async (t) => {
    await forbidden(t, await serveWith(t, {}), { Origin: "null" });
  });

  test("what is no origin is refused", async (t) => {
    const server = await serveWith(t, {});
    for (const Origin of ["file://", "127.0.0.1", "", "http://", "chrome-extension://abc"]) {
      await forbidden(t, server, { Origin });
    }
  });

  test("a client that sends no origin is no browser, and is let in", async (t) => {
    await accepted(t, await serveWith(t, {}), {});
  });
});

describe("with a list of origins", () => {
  const options = { allowedOrigins: ["https://chat.example", "http://localhost:5173"] };

  test("its pages may open a socket, whatever the host", async (t) => {
    const server = await serveWith(t, options);
    await accepted(t, server, { Origin: "https://chat.example" });
    await accepted(t, server, { Origin: "http://localhost:5173" });
    await accepted(t, server, {});
  });

  test("other pages may not, even of the own host or by another scheme", async (t) => {
    const server = await serveWith(t, options);
    await forbidden(t, server, { Origin: `http://127.0.0.1:${server.port}` });
    await forbidden(t, server, { Origin: "http://chat.example" });
    await forbidden(t, server, { Origin: "http://localhost" });
    await forbidden(t, server, { Origin: "null" });
  });
});

test("with any origin allowed, every page may open a socket", async (t) => {
  const server = await serveWith(t, { allowedOrigins: "any" });
  await accepted(t, server, { Origin: "https://evil.example" });
  await accepted(t, server, { Origin: "null" });
});

describe("the host that a page is compared with", () => {
  const forwarded = { "X-Forwarded-Host": "chat.example", "X-Forwarded-Proto": "https" };

  test("is the forwarded one behind a trusted proxy", async (t) => {
    const server = await serveWith(t, { trustProxy: ["127.0.0.0/8"] });
    await accepted(t, server, { ...forwarded, Origin: "https://chat.example" });
    await forbidden(t, server, { ...forwarded, Origin: `http://127.0.0.1:${server.port}` });
  });

  test("is the own one when an untrusted client claims another", async (t) => {
    const server = await serveWith(t, { trustProxy: ["10.0.0.0/8"] });
    await forbidden(t, server, { ...forwarded, Origin: "https://chat.example" });
    await accepted(t, server, { ...forwarded, Origin: `http://127.0.0.1:${server.port}` });
  });
});
