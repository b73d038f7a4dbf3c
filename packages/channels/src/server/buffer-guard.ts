/** The factor by which a burst may exceed the limit. */
const BURST_FACTOR = 8;

/** The time in which a client has to take a burst. */
const BURST_TIME_MS = 5_000;

/**
 * A guard of the bytes that wait for one client.
 *
 * An application may send many bytes in one turn of the event loop, and no client can read them before the turn ends. So
 * the guard allows such a burst to exceed the limit eightfold for five seconds, when at most half of the limit waited
 * before. Without a burst, a client is too slow as soon as more bytes wait than the limit.
 */
export class BufferGuard {
  readonly #maxBytes: number;
  readonly #closeSlow: () => void;
  /** The turn of the last call. */
  #turn: number;
  /** Whether the client had taken most bytes when this turn began. */
  #hasKeptUp = true;
  /** Runs from the moment when a burst exceeds the limit until the client has taken it. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param turn The number of the current turn. The guard supposes that no bytes waited when it began.
   * @param closeSlow Called when a burst still exceeds the limit after five seconds. Closes the client if bytes wait.
   */
  constructor(maxBytes: number, turn: number, closeSlow: () => void) {
    this.#maxBytes = maxBytes;
    this.#turn = turn;
    this.#closeSlow = closeSlow;
  }

  /** Tells the guard that almost nothing waited before the last write, which is of this turn. */
  filled(turn: number): void {
    this.#turn = turn;
    this.#hasKeptUp = true;
  }

  /** Returns whether the server must close the client instead of sending more, because too many bytes wait. */
  isExceeded(waitingBytes: number, turn: number): boolean {
    if (turn !== this.#turn) {
      this.#turn = turn;
      this.#hasKeptUp = waitingBytes <= this.#maxBytes / 2;
    }
    if (waitingBytes <= this.#maxBytes) {
      this.stop();
      return false;
    }
    if (this.#hasKeptUp) this.#timer ??= setTimeout(this.#closeSlow, BURST_TIME_MS);
    return this.#timer === undefined || waitingBytes > this.#maxBytes * BURST_FACTOR;
  }

  /** Stops the timer of a burst. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
