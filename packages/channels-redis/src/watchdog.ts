/** The number of checks per time-out. */
const CHECKS_PER_TIMEOUT = 4;

/** Options of a watchdog. */
export interface WatchdogOptions {
  readonly timeoutMs: number;
  /** Sends a PING, and resolves with the answer of Redis. */
  readonly ping: () => Promise<unknown>;
  /** Called once, when no data has arrived for the time-out. */
  readonly onTimeout: () => void;
}

/**
 * A detector of silent connections. It pings Redis several times per time-out, and reports a connection on which no data
 * has arrived for the time-out. A busy process causes no false report, because it reads between two checks.
 */
export class Watchdog {
  /** A time on the clock of `performance.now`. Every message that Redis sent before it has arrived. */
  completeUntilMs: number;
  readonly #options: WatchdogOptions;
  readonly #timer: NodeJS.Timeout;
  #silentChecks = 0;

  /** @param completeUntilMs The initial value. */
  constructor(options: WatchdogOptions, completeUntilMs: number) {
    this.#options = options;
    this.completeUntilMs = completeUntilMs;
    this.#timer = setInterval(() => this.#check(), options.timeoutMs / CHECKS_PER_TIMEOUT);
  }

  /** Records that data has arrived. */
  recordActivity(): void {
    this.#silentChecks = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #check(): void {
    if (this.#silentChecks === CHECKS_PER_TIMEOUT - 1) {
      this.stop();
      this.#options.onTimeout();
      return;
    }
    this.#silentChecks += 1;
    if (this.#silentChecks === 1) void this.#ping();
  }

  async #ping(): Promise<void> {
    const sentAtMs = performance.now();
    try {
      await this.#options.ping();
      this.completeUntilMs = sentAtMs;
    } catch {
      // A failed ping counts as silence.
    }
  }
}
