/** Asks a server for its health again and again, on a new connection each time, and measures the answers. */
import { get } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

const PAUSE_MS = 100;
const TIMEOUT_MS = 10_000;

/** The answers of a server, in milliseconds. */
export class HealthProbe {
  readonly #durationsMs: number[] = [];
  failures = 0;

  /** Asks until a time. */
  async run(url: URL, endsAtMs: number): Promise<void> {
    while (Date.now() < endsAtMs) {
      const startedAtMs = performance.now();
      if (await isHealthy(url)) this.#durationsMs.push(performance.now() - startedAtMs);
      else this.failures += 1;
      await delay(PAUSE_MS);
    }
    this.#durationsMs.sort((one, other) => one - other);
  }

  get count(): number {
    return this.#durationsMs.length;
  }
  get medianMs(): number {
    return this.#durationsMs[Math.floor(this.count / 2)] ?? Number.NaN;
  }
  get worstMs(): number {
    return this.#durationsMs.at(-1) ?? Number.NaN;
  }
}

function isHealthy(url: URL): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const request = get(url, { agent: false, timeout: TIMEOUT_MS }, (response) => {
    response.resume();
    response.once("end", () => resolve(response.statusCode === 200));
  });
  request.once("error", () => resolve(false));
  request.once("timeout", () => request.destroy());
  return promise;
}
