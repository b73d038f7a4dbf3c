import type { LimitName } from "./limits.ts";

const LOG_INTERVAL_MS = 60_000;

interface Count {
  refusals: number;
  loggedAtMs: number;
}

/** The number of refusals of each limit since the start. The log gets at most one line per limit and minute. */
export class RefusalCounts {
  readonly #counts = new Map<LimitName, Count>();
  readonly #log: (limit: LimitName, refusals: number) => void;

  /** @param log Receives a limit and the number of its refusals since the start. */
  constructor(log: (limit: LimitName, refusals: number) => void) {
    this.#log = log;
  }

  /** Counts a refusal. */
  add(limit: LimitName, nowMs: number): void {
    const count = this.#counts.get(limit) ?? { refusals: 0, loggedAtMs: -Infinity };
    this.#counts.set(limit, count);
    count.refusals += 1;
    if (Math.abs(nowMs - count.loggedAtMs) < LOG_INTERVAL_MS) return;
    count.loggedAtMs = nowMs;
    this.#log(limit, count.refusals);
  }

  /** Returns the number of refusals of a limit since the start. */
  of(limit: LimitName): number {
    return this.#counts.get(limit)?.refusals ?? 0;
  }
}
