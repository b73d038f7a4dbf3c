/** Where a server listens. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { createServer, type Server as NetServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, test, type TestContext } from "node:test";
import { consumer, protocolRouter, type HttpScope } from "@lobby/channels";
import { serve, type ListenOptions, type Server } from "../src/index.ts";
import { soon } from "@lobby/test-support/waiting";
import { Echo } from "./support/echo.ts";
import { ask } from "./support/http.ts";
import { Peer } from "./support/wire-client.ts";
import { startServer } from "./support/server.ts";

const application = protocolRouter({
  http: (_request, { url, client }: HttpScope) => Response.json([url.href, client.address]),
  websocket: consumer(Echo),
});

async function listen(t: TestContext, where: ListenOptions): Promise<Server> {
  const server = await serve(application, { listen: where });
  t.after(() => server.close({ timeoutMs: 1 }));
  return server;
}

async function echoes(peer: Peer): Promise<void> {
  peer.send("hello");
  assert.equal(await peer.next(), "hello");
}

describe("a TCP port", () => {
  test("that is 0 is a free one, and the URL says which", async (t) => {
    const server = await listen(t, { port: 0, host: "127.0.0.1" });
    assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.deepEqual(await (await ask(server.url)).json(), [`${server.url}/`, "127.0.0.1"]);
  });

  test("that is in use rejects with EADDRINUSE, and whoever has it goes on", async (t) => {
    const { httpUrl, port } = await startServer(t, { http: () => new Response("still here") });
    await assert.rejects(serve(application, { listen: { port, host: "127.0.0.1" } }), { code: "EADDRINUSE" });
    assert.equal(await (await ask(httpUrl)).text(), "still here");
  });

  test("that is none rejects", async () => {
    await assert.rejects(serve(application, { listen: { port: 70_000 } }), { code: "CHANNELS_CONFIGURATION" });
  });

  test("of an address that is not ours rejects", async () => {
    await assert.rejects(serve(application, { listen: { port: 0, host: "192.0.2.1" } }), { code: "EADDRNOTAVAIL" });
  });

  test("of IPv6 serves where there is IPv6, and rejects where there is none", async (t) => {
    const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
      addresses?.some(({ address }) => address === "::1"),
    );
    if (!hasIpv6) {
      await assert.rejects(serve(application, { listen: { port: 0, host: "::1" } }));
      return;
    }
    const server = await listen(t, { port: 0, host: "::1" });
    assert.match(server.url, /^http:\/\/\[::1\]:\d+$/);
    assert.deepEqual(await (await ask(server.url)).json(), [`${server.url}/`, "::1"]);
    await echoes(await Peer.open(t, server.webSocketUrl, { headers: { Origin: server.url } }));

    const ofBothFamilies = await listen(t, { port: 0, host: "::ffff:127.0.0.1" });
    const answer = await ask(`http://127.0.0.1:${URL.parse(ofBothFamilies.url)?.port}`);
    assert.equal(((await answer.json()) as string[])[1], "127.0.0.1", "an IPv4 client must be shown as one");
  });
});

function socketPath(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "channels-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, "server.sock");
}

async function answerFrom(path: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const asking = httpRequest({ socketPath: path, path: "/page", headers: { Host: "chat.example", ...headers } });
  asking.end();
  const [response] = (await soon(once(asking, "response"), "an answer")) as [NodeJS.ReadableStream];
  return JSON.parse(await text(response));
}

describe("a unix socket", () => {
  test("serves HTTP and WebSocket, to clients without an address, and is gone afterwards", async (t) => {
    const path = socketPath(t);
    const server = await listen(t, { path });
    assert.equal(server.url, `unix:${path}`);
    assert.equal(server.webSocketUrl, server.url);
    assert.deepEqual(await answerFrom(path), ["http://chat.example/page", ""]);
    await echoes(await Peer.open(t, `ws+unix://${path}:/ws/`));
    await soon(server.close(), "the server to close");
    assert.equal(existsSync(path), false);
  });

  test("believes the proxy behind it when it is told to", async (t) => {
    const path = socketPath(t);
    const server = await serve(application, { listen: { path }, trustProxy: ["unix"] });
    t.after(() => server.close({ timeoutMs: 1 }));
    const forwarded = { "X-Forwarded-For": "198.51.100.1", "X-Forwarded-Proto": "https" };
    assert.deepEqual(await answerFrom(path, forwarded), ["https://chat.example/page", "198.51.100.1"]);
  });

  test("that another server has rejects", async (t) => {
    const path = socketPath(t);
    await listen(t, { path });
    await assert.rejects(serve(application, { listen: { path } }), { code: "EADDRINUSE" });
    assert.deepEqual(await answerFrom(path), ["http://chat.example/page", ""]);
  });
});

/** The descriptor of a socket that listens. */
function descriptorOf(holder: NetServer): number {
  return (Reflect.get(holder, "_handle") as { readonly fd: number }).fd;
}

test("an inherited descriptor is served by the process that got it, which ends when its server is closed", async (t) => {
  const holder = createServer();
  t.after(() => holder.close());
  holder.listen(0, "127.0.0.1");
  await soon(once(holder, "listening"), "the descriptor");
  const { port } = holder.address() as { readonly port: number };
  const script = join(import.meta.dirname, "support", "descriptor-server.ts");
  const child = spawn(process.execPath, ["--conditions=source", script], {
    stdio: ["pipe", "pipe", "inherit", descriptorOf(holder)],
  });
  t.after(() => child.kill());
  const [line] = (await soon(once(child.stdout as NodeJS.ReadableStream, "data"), "the child's URL")) as [Buffer];
  assert.equal(line.toString().trim(), `http://127.0.0.1:${port}`);
  holder.close();
  assert.equal(await (await ask(`http://127.0.0.1:${port}`)).text(), "from the child");
  child.stdin?.end();
  const [code] = (await soon(once(child, "exit"), "the child to end")) as [number];
  assert.equal(code, 0);
});
