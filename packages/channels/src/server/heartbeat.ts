/**
 * Detects clients that vanished silently. One timer serves every connection:
 * the connections stand on the spokes of a wheel. One turn of the wheel takes one
 * interval, and each step visits one spoke. The timer runs only while the wheel
 * has connections.
 */

/** A connection that the heartbeat visits. */
export interface HeartbeatTarget {
  /** Runs once per interval: sends a sign of life, or cuts a client that gave none since the last visit. */
  beat(): void;
}

const SPOKES = 16;

/** One timer for the heartbeats of all connections. */
export class Heartbeat {
  readonly #spokes: readonly Set<HeartbeatTarget>[] = Array.from({ length: SPOKES }, () => new Set<HeartbeatTarget>());
  readonly #stepMs: number;
  #timer: ReturnType<typeof setInterval> | undefined;
  #size = 0;
  #nextToFill = 0;
  #nextToVisit = 0;

  /** @param intervalMs The time between two visits of one connection. The first visit is within one interval. */
  constructor(intervalMs: number) {
    this.#stepMs = intervalMs / SPOKES;
  }

  /** Adds a connection. Add it once. */
  add(target: HeartbeatTarget): void {
    const spoke = this.#spokes[this.#nextToFill] as Set<HeartbeatTarget>;
    this.#nextToFill = (this.#nextToFill + 1) % SPOKES;
    spoke.add(target);
    this.#size += 1;
    this.#timer ??= setInterval(() => this.#step(), this.#stepMs);
    // In Node, the timer must not keep an otherwise idle process alive.
    (this.#timer as { readonly unref?: () => void }).unref?.();
  }

  /** Removes a connection, if the wheel has it. */
  delete(target: HeartbeatTarget): void {
    if (!this.#spokes.some((spoke) => spoke.delete(target))) return;
    this.#size -= 1;
    if (this.#size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #step(): void {
    for (const target of this.#spokes[this.#nextToVisit] as Set<HeartbeatTarget>) target.beat();
    this.#nextToVisit = (this.#nextToVisit + 1) % SPOKES;
  }
}
