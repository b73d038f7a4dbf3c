/** Loaded into the server: measures the delay of its event loop, and writes it to the third descriptor on SIGUSR2. */
import { writeSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";

const DESCRIPTOR = 3;
const RESOLUTION_MS = 10;

/** Returns a delay without the interval of the measurement. */
function inMs(delayNs: number): number {
  return Math.max(0, delayNs / 1e6 - RESOLUTION_MS);
}

if (isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  process.on("SIGUSR2", () => {
    const line = JSON.stringify({
      p50Ms: inMs(delay.percentile(50)),
      p999Ms: inMs(delay.percentile(99.9)),
      maxMs: inMs(delay.max),
    });
    writeSync(DESCRIPTOR, `${line}\n`);
  });
}
