import assert from "node:assert/strict";
import { readFileSync, statSync, truncateSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { soon, until } from "@lobby/test-support/waiting";
import type { Cleanup } from "../support/cleanup.ts";
import { startServe, type LobbyCommand } from "../support/lobby-command.ts";
import { errorsTo, pausedTerminal, Pipe } from "../support/standard-error.ts";
import type { LogLine } from "../support/test-lobby.ts";

/** Requests whose log lines have more than 2 MiB. */
const FLOOD = Array.from({ length: 2_400 }, (_, index) => `/healthz?${index}${"x".repeat(800)}`);

/** The largest file that a limited command may write, in bytes. */
const FILE_LIMIT_BYTES = 524_288;

interface Server {
  readonly command: LobbyCommand;
  readonly origin: string;
}

function serve(cleanup: Cleanup, through: readonly string[]): Promise<Server> {
  return startServe(cleanup, ["--data", temporaryFolder()], { through });
}

async function flood({ origin }: Server): Promise<void> {
  for (let at = 0; at < FLOOD.length; at += 50) {
    const answers = FLOOD.slice(at, at + 50).map(async (path) => (await fetch(origin + path)).text());
    await soon(Promise.all(answers), "answers");
  }
}

async function assertStops({ command }: Server): Promise<void> {
  command.signal("SIGTERM");
  const { code, signal } = await command.ended();
  assert.deepEqual([code, signal], [0, null]);
}

function linesOf(text: string): LogLine[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as LogLine);
}

describe("a server answers every request and stops at SIGTERM", { concurrency: 2 }, () => {
  test("when its log is on a full device", async (t) => {
    const server = await serve(t, errorsTo("/dev/full"));
    await flood(server);
    await assertStops(server);
  });

  test("when nobody reads the pipe of its log", async (t) => {
    const server = await serve(t, errorsTo(new Pipe().file));
    await flood(server);
    await assertStops(server);
  });

  test("when the reader of its log has left", async (t) => {
    const pipe = new Pipe();
    const server = await serve(t, errorsTo(pipe.file));
    pipe.close();
    await flood(server);
    await assertStops(server);
  });

  test("when its log goes to a terminal that is paused", async (t) => {
    const server = await serve(t, errorsTo(await pausedTerminal(t)));
    await flood(server);
    await assertStops(server);
  });

  test("when the file of its log has reached the size limit", async (t) => {
    const file = path.join(temporaryFolder(), "log");
    const server = await serve(t, ["prlimit", `--fsize=${FILE_LIMIT_BYTES}`, ...errorsTo(file)]);
    await flood(server);
    assert.equal(statSync(file).size, FILE_LIMIT_BYTES);
    await assertStops(server);
  });
});

describe("a log that works again", { concurrency: 2 }, () => {
  test("continues with the lines that waited, and reports how many were lost", async (t) => {
    const pipe = new Pipe();
    const server = await serve(t, errorsTo(pipe.file));
    await flood(server);
    let text = "";
    await until(() => {
      text += pipe.read();
      return text.includes("Log lines were lost");
    }, "a report of the lost lines");
    await assertStops(server);
    const lines = linesOf(text + pipe.read());
    const access = lines.filter(({ msg }) => msg === "access").length;
    const reports = lines.filter(({ lost }) => lost !== undefined);
    assert.equal(reports.length, 1);
    assert.equal(access + (reports[0]?.lost ?? 0), FLOOD.length);
    assert.ok(access > 500, "the waiting lines");
    assert.equal(lines.at(-1)?.msg, "Stopping");
  });

  test("reaches a reader that has returned", async (t) => {
    const pipe = new Pipe();
    const server = await serve(t, errorsTo(pipe.file));
    pipe.close();
    await (await fetch(`${server.origin}/healthz?meanwhile`)).text();
    pipe.open();
    let text = "";
    await until(() => {
      text += pipe.read();
      return text.includes("/healthz?meanwhile");
    }, "the line that waited");
    await assertStops(server);
  });

  test("fills a file that has space again, without a broken line", async (t) => {
    const file = path.join(temporaryFolder(), "log");
    const server = await serve(t, ["prlimit", `--fsize=${FILE_LIMIT_BYTES}`, ...errorsTo(file)]);
    await flood(server);
    let text = "";
    await until(() => {
      const written = readFileSync(file, "utf8");
      // At the limit, the server writes nothing until the file is shorter.
      if (written.length < FILE_LIMIT_BYTES) return written.includes("Log lines were lost");
      text += written;
      truncateSync(file);
      return false;
    }, "a report of the lost lines");
    await assertStops(server);
    const lines = linesOf(text + readFileSync(file, "utf8"));
    assert.equal(lines.at(-1)?.msg, "Stopping");
  });
});
