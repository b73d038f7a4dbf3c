/** The checks per time-out. */
const CHECKS_PER_TIMEOUT = 4;

/** Options of a watchdog. */
export interface WatchdogOptions {
  readonly timeoutMs: number;
  /** Resolves with the answer of Redis. */
  readonly ping: () => Promise<unknown>;
  /** Called once, when nothing has arrived for the time-out. */
  readonly onTimeout: () => void;
}

/**
 * Detects a silent connection: pings Redis several times per time-out, and reports when nothing has arrived for the
 * time-out, regardless of writes. A busy process does not cause a false report, because it reads between two checks.
 */
export class Watchdog {
  /** A time on the clock of `performance.now`: everything that Redis sent before it has arrived. */
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

  /** Records that something has arrived. */
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
