/** The number of checks per time-out. */
const CHECKS_PER_TIMEOUT = 4;

/** Options of a watchdog. */
export interface WatchdogOptions {
  readonly timeoutMs: number;
  /** Sends a heartbeat to Redis. The answer counts as data. */
  readonly beat: () => Promise<void>;
  /** Called once, when no data has arrived for the time-out. */
  readonly onTimeout: () => void;
}

/**
 * A detector of silent connections. It sends several heartbeats per time-out, and reports a connection on which no data
 * has arrived for the time-out. A busy process causes no false report, because it reads between two checks.
 */
export class Watchdog {
  readonly #options: WatchdogOptions;
  readonly #timer: NodeJS.Timeout;
  #silentChecks = 0;

  constructor(options: WatchdogOptions) {
    this.#options = options;
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
    if (this.#silentChecks === 1) void this.#options.beat();
  }
}
