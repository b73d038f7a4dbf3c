/**
 * Finds peers that are gone without a word. One timer serves every connection:
 * they stand on a wheel, each turn of which is one interval, and each step is
 * the turn of those on one spoke. It runs while any stands there.
 */

/** What stands on the wheel. */
export interface HeartbeatTarget {
  /** Once per interval: give a sign of life, or cut a peer that has given none since the last time. */
  beat(): void;
}

const SPOKES = 16;

/** See the head of this file. */
export class Heartbeat {
  readonly #spokes: readonly Set<HeartbeatTarget>[] = Array.from({ length: SPOKES }, () => new Set<HeartbeatTarget>());
  readonly #stepMs: number;
  #timer: ReturnType<typeof setInterval> | undefined;
  #size = 0;
  #joining = 0;
  #turning = 0;

  /** @param intervalMs Between two beats of one heart; its first comes within one. */
  constructor(intervalMs: number) {
    this.#stepMs = intervalMs / SPOKES;
  }

  /** Takes what is not there yet. */
  add(heart: HeartbeatTarget): void {
    const spoke = this.#spokes[this.#joining] as Set<HeartbeatTarget>;
    this.#joining = (this.#joining + 1) % SPOKES;
    spoke.add(heart);
    this.#size += 1;
    this.#timer ??= setInterval(() => this.#step(), this.#stepMs);
    // In Node it would keep a process alive that has nothing else to do.
    (this.#timer as { readonly unref?: () => void }).unref?.();
  }

  /** Forgets it, if it is there. */
  delete(heart: HeartbeatTarget): void {
    if (!this.#spokes.some((spoke) => spoke.delete(heart))) return;
    this.#size -= 1;
    if (this.#size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #step(): void {
    for (const heart of this.#spokes[this.#turning] as Set<HeartbeatTarget>) heart.beat();
    this.#turning = (this.#turning + 1) % SPOKES;
  }
}
