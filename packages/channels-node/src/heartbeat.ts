/**
 * Finds peers that are gone without a word. One timer serves every socket: the
 * sockets stand on a wheel, each turn of which is one interval, and each step
 * pings those on one spoke.
 */

/** What stands on the wheel. */
export interface Heart {
  /** Whether anything came from the peer since the last ping. Set by the socket. */
  isAlive: boolean;
  ping(): void;
  /** Nothing came for a whole interval: cut the connection. */
  giveUp(): void;
}

const SPOKES = 16;

/** See the head of this file. */
export class Heartbeat {
  readonly #spokes: readonly Set<Heart>[] = Array.from({ length: SPOKES }, () => new Set<Heart>());
  readonly #timer: NodeJS.Timeout;
  #joining = 0;
  #turning = 0;

  /** @param intervalMs Between two pings of one socket; a dead peer is cut within two of them. */
  constructor(intervalMs: number) {
    this.#timer = setInterval(() => this.#step(), intervalMs / SPOKES).unref();
  }

  add(heart: Heart): void {
    const spoke = this.#spokes[this.#joining] as Set<Heart>;
    this.#joining = (this.#joining + 1) % SPOKES;
    spoke.add(heart);
  }

  delete(heart: Heart): void {
    for (const spoke of this.#spokes) if (spoke.delete(heart)) return;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #step(): void {
    for (const heart of this.#spokes[this.#turning] as Set<Heart>) {
      if (heart.isAlive) {
        heart.isAlive = false;
        heart.ping();
      } else {
        heart.giveUp();
      }
    }
    this.#turning = (this.#turning + 1) % SPOKES;
  }
}
