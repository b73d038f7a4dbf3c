import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "@lobby/test-support/temporary-folder";
import { until } from "@lobby/test-support/waiting";
import { startServe } from "../support/lobby-command.ts";
import { errorsTo, Pipe } from "../support/standard-error.ts";
import type { LogLine } from "../support/test-lobby.ts";

/** Returns the environment of a command in which the signal SIGUSR2 runs this code. */
function onSignal(code: string): Readonly<Record<string, string>> {
  const file = path.join(temporaryFolder(), "on-signal.mjs");
  writeFileSync(file, `process.on("SIGUSR2", () => { ${code} });`);
  return { NODE_OPTIONS: `--import ${file}` };
}

function lastLine(text: string): LogLine | undefined {
  const line = text.trimEnd().split("\n").at(-1) ?? "";
  return line === "" ? undefined : (JSON.parse(line) as LogLine);
}

test("a warning of Node is a line of the log", async (t) => {
  const environment = onSignal('process.emitWarning("look");');
  const { command } = await startServe(t, ["--data", temporaryFolder()], { environment });
  command.signal("SIGUSR2");
  await until(() => lastLine(command.stderr)?.msg === "Node warns", "the warning");
  assert.equal(lastLine(command.stderr)?.err?.message, "look");
  assert.ok(command.stderr.split("\n").every((line) => line === "" || line.startsWith("{")));
});

test("an error that nothing catches is the last line of the log, and the exit code is 1", async (t) => {
  const environment = onSignal('throw new Error("oh");');
  const { command } = await startServe(t, ["--data", temporaryFolder()], { environment });
  command.signal("SIGUSR2");
  const { code, stderr } = await command.ended();
  assert.equal(code, 1);
  assert.deepEqual([lastLine(stderr)?.msg, lastLine(stderr)?.err?.message], ["Lobby failed", "oh"]);
});

test("an error that nothing catches ends a server whose log nobody reads", async (t) => {
  const warn = 'for (let i = 0; i < 999; i += 1) process.emitWarning("x".repeat(999));';
  const environment = onSignal(`${warn} throw new Error("oh");`);
  const through = errorsTo(new Pipe().file);
  const { command } = await startServe(t, ["--data", temporaryFolder()], { environment, through });
  command.signal("SIGUSR2");
  const { code, signal } = await command.ended();
  assert.deepEqual([code, signal], [1, null]);
});
