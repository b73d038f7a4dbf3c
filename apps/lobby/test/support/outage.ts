/** What operators and visitors see of a server whose store is out of order. */
import { spawnSync } from "node:child_process";
import assert from "node:assert/strict";
import { until } from "@lobby/test-support/waiting";
import type { Frame, PlainClient } from "./plain-client.ts";

/** The sentence for a refused message, in English. */
export const NOT_STORED = "The server could not store this. Nothing was changed. Please try again later.";

/** The answer of `/readyz`: the status, and the reason if it is not ready. */
export async function readiness(origin: string): Promise<readonly [number, string | undefined]> {
  const response = await fetch(`${origin}/readyz`);
  const { reason } = (await response.json()) as { readonly reason?: string };
  return [response.status, reason];
}

/** Waits until `/readyz` answers with 200. */
export async function ready(origin: string): Promise<void> {
  await until(async () => (await readiness(origin))[0] === 200, "the server to be ready");
}

/** Says something, and returns the frame that answers it: the message itself, or a refusal. */
export async function answerTo(client: PlainClient, message: string): Promise<Frame> {
  client.say(message);
  return client.next();
}

/** Asserts that a frame refuses a message because the server could not store it. */
export function assertNotStored({ error }: Frame): void {
  assert.deepEqual(error, { code: "LOBBY_NOT_STORED", message: NOT_STORED, retryAfterMs: 5_000 });
}

/** Parses the log of a server process, and returns its lines of one level or above. */
export function logLines(stderr: string, level: number): Record<string, unknown>[] {
  const lines = stderr.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line) as { level: number }).filter((line) => line.level >= level);
}

/** Limits how far a process can extend a file, as a full disk or a quota does. The limit is in bytes. */
export function limitFileSize(pid: number, limit: number | "unlimited"): void {
  const { status, stderr } = spawnSync("prlimit", [`--pid=${pid}`, `--fsize=${limit}:unlimited`]);
  assert.equal(status, 0, stderr.toString());
}
