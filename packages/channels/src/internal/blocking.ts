/**
 * Detects handlers that block the event loop. It counts the CPU time of the thread: on a busy machine, time also passes
 * while other programs run.
 */
import { EventLoopBlockedError } from "../errors.ts";

/** The CPU time that a handler may use before its first `await` without a warning. */
const BLOCKED_WARNING_MS = 100;

/** The least time between two samples, because a sample costs as much as a small handler. */
const SAMPLE_INTERVAL_MS = 10;

interface NodeProcess {
  readonly threadCpuUsage?: () => { readonly user: number; readonly system: number };
}
const { process } = globalThis as { readonly process?: NodeProcess };

/** The last sample: a time from `performance.now`, and the CPU time of the thread. */
let sampledAtMs = -Infinity;
let sampledCpuMs = 0;

/** Returns the CPU time of the thread. Outside Node, returns the time on the clock. */
function cpuTimeMs(): number {
  const usage = process?.threadCpuUsage?.();
  return usage === undefined ? performance.now() : (usage.user + usage.system) / 1000;
}

/** Returns the start time of a handler that begins now, for `blockedSince`. */
export function handlerStart(): number {
  const nowMs = performance.now();
  if (nowMs - sampledAtMs > SAMPLE_INTERVAL_MS) {
    sampledAtMs = nowMs;
    sampledCpuMs = cpuTimeMs();
  }
  return nowMs;
}

/**
 * Returns the warning for a handler that has reached its first `await`. Undefined when it used at most 100 ms of CPU time.
 * @param startedAtMs The result of `handlerStart`.
 */
export function blockedSince(
  startedAtMs: number,
  source: string,
  operation: string,
): EventLoopBlockedError | undefined {
  if (performance.now() - startedAtMs <= BLOCKED_WARNING_MS) return undefined;
  // Other handlers may have used the time between the sample and the start.
  const durationMs = cpuTimeMs() - sampledCpuMs - Math.max(0, startedAtMs - sampledAtMs);
  return durationMs > BLOCKED_WARNING_MS ? new EventLoopBlockedError(source, operation, durationMs) : undefined;
}
