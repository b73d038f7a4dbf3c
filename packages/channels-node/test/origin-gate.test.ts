import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { consumer, protocolRouter, type ConsumerReport } from "@lobby/channels";
import { serve, type ServerOptions } from "../src/index.ts";
import { Echo } from "./support/echo.ts";
import { startServer, type TestServer } from "./support/server.ts";
import { receiveDenial, WireClient } from "./support/wire-client.ts";

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

async function assertAccepted(t: TestContext, { wsUrl }: TestServer, headers: Headers): Promise<void> {
  const client = await WireClient.open(t, wsUrl, { headers });
  client.send("hello");
  assert.equal(await client.next(), "hello");
}

async function assertDenied(t: TestContext, { wsUrl, accessLog }: TestServer, headers: Headers): Promise<void> {
  const before = consumers;
  const { status, body } = await receiveDenial(t, wsUrl, { headers });
  assert.deepEqual([status, body], [403, "Pages of this origin are not allowed here.\n"]);
  assert.equal(consumers, before, "no consumer may see the connection");
  assert.deepEqual([accessLog.at(-1)?.kind, accessLog.at(-1)?.status], ["websocket-refused", 403]);
}

describe("By default", () => {
  test("a page of the server's host may open a socket, over http or https", async (t) => {
    const server = await serveWith(t, {});
    await assertAccepted(t, server, { Origin: `http://127.0.0.1:${server.port}` });
    await assertAccepted(t, server, { Origin: `https://127.0.0.1:${server.port}` });
    await assertAccepted(t, server, { Origin: "http://Chat.Example:80", Host: "chat.example" });
  });

  test("a page of another host is denied", async (t) => {
    const server = await serveWith(t, {});
    await assertDenied(t, server, { Origin: "https://evil.example" });
    await assertDenied(t, server, { Origin: `http://127.0.0.1:${server.port + 1}` });
    await assertDenied(t, server, { Origin: "http://127.0.0.1" });
    await assertDenied(t, server, { Origin: `http://127.0.0.1:${server.port}.evil.example` });
  });

  test("a page with the origin null, such as one in a sandbox, is denied", async (t) => {
    await assertDenied(t, await serveWith(t, {}), { Origin: "null" });
  });

  test("a malformed origin is denied", async (t) => {
    const server = await serveWith(t, {});
    for (const Origin of ["file://", "127.0.0.1", "", "http://", "chrome-extension://abc"]) {
      await assertDenied(t, server, { Origin });
    }
  });

  test("a client without an Origin header, such as a script, may open a socket", async (t) => {
    await assertAccepted(t, await serveWith(t, {}), {});
  });
});

describe("With a list of origins", () => {
  const options = { allowedOrigins: ["https://chat.example", "http://localhost:5173"] };

  test("pages of these origins may open a socket, at any host", async (t) => {
    const server = await serveWith(t, options);
    await assertAccepted(t, server, { Origin: "https://chat.example" });
    await assertAccepted(t, server, { Origin: "http://localhost:5173" });
    await assertAccepted(t, server, {});
  });

  test("other pages are denied, also those of the server's host or of another scheme", async (t) => {
    const server = await serveWith(t, options);
    await assertDenied(t, server, { Origin: `http://127.0.0.1:${server.port}` });
    await assertDenied(t, server, { Origin: "http://chat.example" });
    await assertDenied(t, server, { Origin: "http://localhost" });
    await assertDenied(t, server, { Origin: "null" });
  });
});

test("With the origin of an app in the list, the app may open a socket, and no other", async (t) => {
  for (const app of ["capacitor://localhost", "chrome-extension://abcdefgh", "file://", "null"]) {
    const server = await serveWith(t, { allowedOrigins: ["https://chat.example", app] });
    await assertAccepted(t, server, { Origin: app });
    await assertAccepted(t, server, { Origin: "https://chat.example" });
    for (const Origin of ["tauri://localhost", `${app}x`]) await assertDenied(t, server, { Origin });
  }
});

test("With any origin allowed, every page may open a socket", async (t) => {
  const server = await serveWith(t, { allowedOrigins: "any" });
  await assertAccepted(t, server, { Origin: "https://evil.example" });
  await assertAccepted(t, server, { Origin: "null" });
});

describe("The host for the comparison with the origin", () => {
  const forwarded = { "X-Forwarded-Host": "chat.example", "X-Forwarded-Proto": "https" };

  test("is the forwarded host behind a trusted proxy", async (t) => {
    const server = await serveWith(t, { trustProxy: ["127.0.0.0/8"] });
    await assertAccepted(t, server, { ...forwarded, Origin: "https://chat.example" });
    await assertDenied(t, server, { ...forwarded, Origin: `http://127.0.0.1:${server.port}` });
  });

  test("is the Host header when an untrusted client sends a forwarded host", async (t) => {
    const server = await serveWith(t, { trustProxy: ["10.0.0.0/8"] });
    await assertDenied(t, server, { ...forwarded, Origin: "https://chat.example" });
    await assertAccepted(t, server, { ...forwarded, Origin: `http://127.0.0.1:${server.port}` });
  });
});

test("A denied origin is reported once, with the allowed origins", async (t) => {
  const reports: ConsumerReport[] = [];
  await using server = await serve(protocolRouter({}), {
    listen: { port: 0 },
    allowedOrigins: ["https://chat.example"],
    onReport: (report) => reports.push(report),
  });
  for (const origin of ["https://evil.example", "https://evil.example", "https://other.example"]) {
    assert.equal((await receiveDenial(t, `${server.webSocketUrl}/`, { headers: { Origin: origin } })).status, 403);
  }
  assert.deepEqual(
    reports.map(({ level, error }) => [level, (error as { code?: string }).code]),
    [
      ["warning", "CHANNELS_ORIGIN_REFUSED"],
      ["warning", "CHANNELS_ORIGIN_REFUSED"],
    ],
  );
  assert.match(String(reports[0]?.error), /"https:\/\/evil\.example" may not .+ allowed: https:\/\/chat\.example\./);
});

test("At most 100 denied origins are reported, so that clients cannot fill the log", async (t) => {
  const reports: ConsumerReport[] = [];
  await using server = await serve(protocolRouter({}), {
    listen: { port: 0 },
    onReport: (report) => reports.push(report),
  });
  const url = `${server.webSocketUrl}/`;
  for (let count = 0; count < 120; count += 1) {
    const Origin = `https://evil-${count}.example`;
    assert.equal((await receiveDenial(t, url, { headers: { Origin } })).status, 403);
  }
  assert.equal(reports.length, 100);
});
