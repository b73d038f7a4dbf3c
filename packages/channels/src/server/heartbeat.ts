/**
 * Detects clients that vanished silently. One timer serves all connections, as a
 * timing wheel: it distributes them over slots, visits one slot per step, and
 * visits each slot once per interval. It runs only while there are connections.
 */

/** A connection that the heartbeat visits. */
export interface HeartbeatTarget {
  /** Sends a heartbeat, or cuts a client that has shown no activity since the last visit. Runs once per interval. */
  beat(): void;
}

const SLOTS = 16;

/** One timer for the heartbeats of all connections. */
export class Heartbeat {
  readonly #slots: readonly Set<HeartbeatTarget>[] = Array.from({ length: SLOTS }, () => new Set<HeartbeatTarget>());
  readonly #stepMs: number;
  #timer: ReturnType<typeof setInterval> | undefined;
  #size = 0;
  #nextToFill = 0;
  #nextToVisit = 0;

  /** @param intervalMs The time between two visits of a connection. The first visit follows within one interval. */
  constructor(intervalMs: number) {
    this.#stepMs = intervalMs / SLOTS;
  }

  /** Adds a connection, which the heartbeat must not have yet. */
  add(target: HeartbeatTarget): void {
    const slot = this.#slots[this.#nextToFill] as Set<HeartbeatTarget>;
    this.#nextToFill = (this.#nextToFill + 1) % SLOTS;
    slot.add(target);
    this.#size += 1;
    this.#timer ??= setInterval(() => this.#step(), this.#stepMs);
    // In Node, the timer must not keep an otherwise idle process alive.
    (this.#timer as { readonly unref?: () => void }).unref?.();
  }

  /** Removes a connection. Does nothing when the heartbeat does not have it. */
  delete(target: HeartbeatTarget): void {
    if (!this.#slots.some((slot) => slot.delete(target))) return;
    this.#size -= 1;
    if (this.#size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #step(): void {
    for (const target of this.#slots[this.#nextToVisit] as Set<HeartbeatTarget>) target.beat();
    this.#nextToVisit = (this.#nextToVisit + 1) % SLOTS;
  }
}
