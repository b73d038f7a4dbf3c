import assert from "node:assert/strict";
import { constants, openSync, writeSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { describe, test } from "node:test";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { until } from "@lobby/test-support/waiting";
import { LobbyCommand, runCommand } from "../support/lobby-command.ts";
import { errorsTo, Pipe } from "../support/standard-error.ts";

/** Returns a command that runs another one with its standard output in this file. */
function outputTo(file: string): readonly string[] {
  return ["sh", "-c", 'exec "$@" >"$0"', file];
}

/** Returns a port on which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

describe("a command", { concurrency: 2 }, () => {
  test("that cannot print reports the reason, and exits with code 1", async () => {
    const { code, stderr } = await runCommand(["help"], { through: outputTo("/dev/full") });
    assert.equal(stderr, "Standard output accepts no text (ENOSPC). Free its disk, or redirect it elsewhere.\n");
    assert.equal(code, 1);
  });

  test("whose reader has left ends without an error", async () => {
    const through = ["sh", "-c", '("$@"; echo "code $?" >&2) | true', "sh"];
    assert.equal((await runCommand(["help"], { through })).stderr, "code 0\n");
  });

  test("that cannot print its error exits with code 1", async () => {
    const { code, signal } = await runCommand(["no-such-command"], { through: errorsTo("/dev/full") });
    assert.deepEqual([code, signal], [1, null]);
  });

  test("whose error nobody reads exits with code 1", async () => {
    const pipe = new Pipe();
    fill(pipe.file);
    const { code, signal } = await runCommand(["no-such-command"], { through: errorsTo(pipe.file) });
    assert.deepEqual([code, signal], [1, null]);
  });
});

describe("a server", { concurrency: 2 }, () => {
  for (const [place, file] of [
    ["on a full device", () => "/dev/full"],
    ["in a pipe that nobody reads", () => fill(new Pipe().file)],
  ] as const) {
    test(`serves and stops at SIGTERM when its start line is ${place}`, async (t) => {
      const port = await freePort();
      const args = ["serve", "--port", String(port), "--data", temporaryFolder()];
      const command = new LobbyCommand(args, { through: outputTo(file()) });
      t.after(() => command.signal("SIGKILL"));
      const isAlive = async (): Promise<boolean> => {
        const response = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
        return response?.status === 200;
      };
      await until(isAlive, "the server");
      command.signal("SIGTERM");
      const { code, signal } = await command.ended();
      assert.deepEqual([code, signal], [0, null]);
    });
  }
});

/** Writes to a pipe until it accepts nothing. Returns its name. */
function fill(file: string): string {
  const descriptor = openSync(file, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    for (;;) writeSync(descriptor, Buffer.alloc(4_096));
  } catch {
    return file;
  }
}
