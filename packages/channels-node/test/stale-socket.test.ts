/** The files of unix sockets that a crash left behind. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { protocolRouter } from "@lobby/channels";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { soon } from "@lobby/test-support/waiting";
import { serve, type Server } from "../src/index.ts";

const application = protocolRouter({ http: () => new Response("page") });

async function serveAt(t: TestContext, path: string): Promise<Server> {
  const server = await serve(application, { listen: { path } });
  t.after(() => server.close({ timeoutMs: 1 }));
  return server;
}

/** Listens on a path in another process, and kills it. */
async function leaveStaleSocket(path: string): Promise<void> {
  const code = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => console.log("up"))`;
  const child = spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  await soon(once(child.stdout, "data"), "the other process to listen");
  child.kill("SIGKILL");
  await soon(once(child, "exit"), "the other process to end");
  assert.ok(lstatSync(path).isSocket(), "the file of the socket must be left");
}

describe("A server at the path of a unix socket", () => {
  test("replaces the file that a killed server left", async (t) => {
    const path = join(temporaryFolder(), "server.sock");
    await leaveStaleSocket(path);
    const server = await serveAt(t, path);
    assert.equal(server.url, `unix:${path}`);
    await assert.rejects(serve(application, { listen: { path } }), { code: "EADDRINUSE" });
    await server.close();
    assert.equal(existsSync(path), false);
  });

  test("replaces such a file in a folder behind a link, as /var/run is", async (t) => {
    const folder = temporaryFolder();
    const link = join(temporaryFolder(), "run");
    symlinkSync(folder, link);
    await leaveStaleSocket(join(folder, "server.sock"));
    const server = await serveAt(t, join(link, "server.sock"));
    assert.equal(server.url, `unix:${link}/server.sock`);
  });

  test("never replaces the socket of a living server", async (t) => {
    const path = join(temporaryFolder(), "server.sock");
    await serveAt(t, path);
    const before = lstatSync(path).ino;
    await assert.rejects(serve(application, { listen: { path } }), { code: "EADDRINUSE" });
    assert.equal(lstatSync(path).ino, before);
  });

  test("never removes another file, a folder or a link", async () => {
    const folder = temporaryFolder();
    const [file, link, inner] = [join(folder, "file"), join(folder, "link"), join(folder, "folder")];
    const stale = join(folder, "stale.sock");
    await leaveStaleSocket(stale);
    writeFileSync(file, "precious");
    symlinkSync(stale, link);
    mkdirSync(inner);
    for (const path of [file, link, inner]) {
      await assert.rejects(serve(application, { listen: { path } }), { code: "EADDRINUSE" });
    }
    assert.equal(readFileSync(file, "utf8"), "precious");
    assert.ok(lstatSync(link).isSymbolicLink() && lstatSync(inner).isDirectory() && existsSync(stale));
  });
});
