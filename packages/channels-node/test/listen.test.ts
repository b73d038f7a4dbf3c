import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, fstatSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { connect, createServer, type Server as NetServer, type Socket } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, test, type TestContext } from "node:test";
import { consumer, protocolRouter, type HttpScope } from "@lobby/channels";
import { soon } from "@lobby/test-support/waiting";
import { serve, type ListenOptions, type Server } from "../src/index.ts";
import { Echo } from "./support/echo.ts";
import { ask } from "./support/http.ts";
import { startServer } from "./support/server.ts";
import { WireClient } from "./support/wire-client.ts";

const application = protocolRouter({
  http: (_request, { url, client }: HttpScope) => Response.json([url.href, client.address]),
  websocket: consumer(Echo),
});

async function serveAt(t: TestContext, listen: ListenOptions): Promise<Server> {
  const server = await serve(application, { listen });
  t.after(() => server.close({ timeoutMs: 1 }));
  return server;
}

async function assertEchoes(client: WireClient): Promise<void> {
  client.send("hello");
  assert.equal(await client.next(), "hello");
}

describe("A TCP port", () => {
  test("0 becomes a free port, which the URL contains", async (t) => {
    const server = await serveAt(t, { port: 0, host: "127.0.0.1" });
    assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.deepEqual(await (await ask(server.url)).json(), [`${server.url}/`, "127.0.0.1"]);
  });

  test("in use rejects with EADDRINUSE, and the other server keeps serving", async (t) => {
    const { httpUrl, port } = await startServer(t, { http: () => new Response("still here") });
    await assert.rejects(serve(application, { listen: { port, host: "127.0.0.1" } }), { code: "EADDRINUSE" });
    assert.equal(await (await ask(httpUrl)).text(), "still here");
  });

  test("out of range rejects", async () => {
    await assert.rejects(serve(application, { listen: { port: 70_000 } }), { code: "CHANNELS_CONFIGURATION" });
  });

  test("at an address of another machine rejects", async () => {
    await assert.rejects(serve(application, { listen: { port: 0, host: "192.0.2.1" } }), { code: "EADDRNOTAVAIL" });
  });

  test("at an IPv6 address serves on a machine with IPv6, and rejects on another", async (t) => {
    const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
      addresses?.some(({ address }) => address === "::1"),
    );
    if (!hasIpv6) {
      await assert.rejects(serve(application, { listen: { port: 0, host: "::1" } }));
      return;
    }
    const server = await serveAt(t, { port: 0, host: "::1" });
    assert.match(server.url, /^http:\/\/\[::1\]:\d+$/);
    assert.deepEqual(await (await ask(server.url)).json(), [`${server.url}/`, "::1"]);
    await assertEchoes(await WireClient.open(t, server.webSocketUrl, { headers: { Origin: server.url } }));

    const dualStack = await serveAt(t, { port: 0, host: "::ffff:127.0.0.1" });
    const answer = await ask(`http://127.0.0.1:${URL.parse(dualStack.url)?.port}`);
    assert.equal(
      ((await answer.json()) as string[])[1],
      "127.0.0.1",
      "the address of an IPv4 client must be in IPv4 form",
    );
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

describe("A unix socket", () => {
  test("serves HTTP and WebSocket to clients without an address, and is removed at the end", async (t) => {
    const path = socketPath(t);
    const server = await serveAt(t, { path });
    assert.equal(server.url, `unix:${path}`);
    assert.equal(server.webSocketUrl, server.url);
    assert.deepEqual(await answerFrom(path), ["http://chat.example/page", ""]);
    await assertEchoes(await WireClient.open(t, `ws+unix://${path}:/ws/`));
    await soon(server.close(), "the server to close");
    assert.equal(existsSync(path), false);
  });

  test("uses forwarded headers when `trustProxy` contains `unix`", async (t) => {
    const path = socketPath(t);
    const server = await serve(application, { listen: { path }, trustProxy: ["unix"] });
    t.after(() => server.close({ timeoutMs: 1 }));
    const forwarded = { "X-Forwarded-For": "198.51.100.1", "X-Forwarded-Proto": "https" };
    assert.deepEqual(await answerFrom(path, forwarded), ["https://chat.example/page", "198.51.100.1"]);
  });

  test("of another server rejects", async (t) => {
    const path = socketPath(t);
    await serveAt(t, { path });
    await assert.rejects(serve(application, { listen: { path } }), { code: "EADDRINUSE" });
    assert.deepEqual(await answerFrom(path), ["http://chat.example/page", ""]);
  });

  test("with a path that the system refuses rejects with the length and the limit", async () => {
    for (const [path, bytes] of [
      [`${tmpdir()}/${"가".repeat(60)}`, Buffer.byteLength(tmpdir()) + 181],
      ["/tmp/a\0b", 8],
    ] as const) {
      await assert.rejects(serve(application, { listen: { path } }), {
        code: "CHANNELS_CONFIGURATION",
        message:
          `Expected \`listen.path\` to be a path that this system accepts, got ${JSON.stringify(path)} of ${bytes} ` +
          "bytes. Use a path without U+0000, of at most 108 bytes on Linux and 104 on macOS.",
      });
    }
  });
});

async function assertRefused(fd: number): Promise<void> {
  await assert.rejects(serve(application, { listen: { fd } }), {
    code: "CHANNELS_CONFIGURATION",
    message:
      `Expected \`listen.fd\` to be the descriptor of a listening socket, got \`${fd}\`, which is none. Let the ` +
      "parent process or systemd open the socket and pass its descriptor on.",
  });
}

describe("A descriptor", () => {
  test("that is not open rejects", async () => {
    for (const fd of [1_000_000, 2 ** 31]) await assertRefused(fd);
  });

  test("of a file or a pipe rejects, and stays open", async (t) => {
    const file = openSync(import.meta.filename, "r");
    t.after(() => closeSync(file));
    await assertRefused(file);
    assert.ok(fstatSync(file).isFile());
    const script = `
      import { serve } from "@lobby/channels-node";
      await serve(() => {}, { listen: { fd: 0 } }).catch(({ code }) => console.log(code));
      process.stdin.on("data", (text) => console.log(String(text)));`;
    const child = spawn(process.execPath, ["--conditions=source", "--input-type=module", "-e", script], {
      cwd: import.meta.dirname,
      stdio: ["pipe", "pipe", "inherit"],
    });
    t.after(() => child.kill());
    child.stdin.end("still open");
    assert.equal(await soon(text(child.stdout), "the child to end"), "CHANNELS_CONFIGURATION\nstill open\n");
  });

  test("of a connection rejects", async (t) => {
    const { port } = await startServer(t, { http: () => new Response() });
    const connection = connect(port, "127.0.0.1");
    t.after(() => connection.destroy());
    await soon(once(connection, "connect"), "the connection");
    await assertRefused(descriptorOf(connection));
  });
});

/** Returns the descriptor of a server or a connection. */
function descriptorOf(parent: NetServer | Socket): number {
  return (Reflect.get(parent, "_handle") as { readonly fd: number }).fd;
}

test("A child process serves on an inherited descriptor, and ends when its server is closed", async (t) => {
  const parent = createServer();
  t.after(() => parent.close());
  parent.listen(0, "127.0.0.1");
  await soon(once(parent, "listening"), "the descriptor");
  const { port } = parent.address() as { readonly port: number };
  const script = join(import.meta.dirname, "support", "descriptor-server.ts");
  const child = spawn(process.execPath, ["--conditions=source", script], {
    stdio: ["pipe", "pipe", "inherit", descriptorOf(parent)],
  });
  t.after(() => child.kill());
  const [line] = (await soon(once(child.stdout as NodeJS.ReadableStream, "data"), "the child's URL")) as [Buffer];
  assert.equal(line.toString().trim(), `http://127.0.0.1:${port}`);
  parent.close();
  assert.equal(await (await ask(`http://127.0.0.1:${port}`)).text(), "from the child");
  child.stdin?.end();
  const [code] = (await soon(once(child, "exit"), "the child to end")) as [number];
  assert.equal(code, 0);
});
