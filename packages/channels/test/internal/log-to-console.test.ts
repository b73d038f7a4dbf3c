import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { soon, until } from "@lobby/test-support/waiting";

/** Reports 20 MiB at once, then prints the bytes that wait. Reports once more when its input ends. */
const PROGRAM = `
  import { logReport } from "@lobby/channels/server";
  const report = { level: "warning", source: "Room", operation: "receive", error: "x".repeat(1_000) };
  for (let count = 0; count < 20_000; count += 1) logReport(report);
  console.log(process.stderr.writableLength);
  process.stdin.resume().once("end", () => logReport(report));
`;

test("reports to the console take a bounded amount of memory while nobody reads them, and the lost ones are counted", async (t) => {
  const child = spawn(process.execPath, ["--conditions=source", "--input-type=module", "--eval", PROGRAM], {
    stdio: ["pipe", "pipe", "pipe"],
    cwd: import.meta.dirname,
  });
  t.after(() => void child.kill("SIGKILL"));
  const [waiting] = (await soon(once(child.stdout, "data"), "the size")) as [Buffer];
  assert.ok(Number(waiting) > 1_000_000 && Number(waiting) < 1_100_000, String(waiting));

  let text = "";
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const ended = once(child, "close");
  await until(() => text.length > 1_000_000, "the waiting reports");
  child.stdin.end();
  await soon(ended, "the end");
  const lost = Number(/(\d+) lines were lost, because nobody read standard error\./.exec(text)?.[1]);
  const reports = text.split("\n").filter((line) => line.startsWith("Room (receive):")).length;
  assert.equal(reports + lost, 20_001);
});
