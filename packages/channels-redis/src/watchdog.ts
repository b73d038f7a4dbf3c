/**
 * Whether the other side of a connection is alive. It is asked a few times per
 * time-out, and counts as silent when nothing at all has come for that long,
 * whatever was written meanwhile. That this process itself was busy does not
 * make the other side silent: what came is read between two looks.
 */

/** Looks that a time-out is divided into. */
const LOOKS = 4;

/** What a pulse needs to know of its connection. */
export interface WatchdogOptions {
  readonly timeoutMs: number;
  /** Resolves with the answer; a rejection is no answer. */
  readonly ask: () => Promise<unknown>;
  readonly onSilence: () => void;
}

/** See the head of this file. */
export class Watchdog {
  /** All that the other side sent before this moment has come in: a question asked then was answered. */
  completeUntilMs: number;
  readonly #options: WatchdogOptions;
  readonly #timer: NodeJS.Timeout;
  #looksInVain = 0;

  /** @param completeUntilMs What is known at the beginning. */
  constructor(options: WatchdogOptions, completeUntilMs: number) {
    this.#options = options;
    this.completeUntilMs = completeUntilMs;
    this.#timer = setInterval(() => this.#look(), options.timeoutMs / LOOKS);
  }

  /** Something came. */
  hear(): void {
    this.#looksInVain = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    if (this.#looksInVain === LOOKS - 1) {
      this.stop();
      this.#options.onSilence();
      return;
    }
    this.#looksInVain += 1;
    if (this.#looksInVain === 1) void this.#ask();
  }

  async #ask(): Promise<void> {
    const askedAtMs = performance.now();
    try {
      await this.#options.ask();
      this.completeUntilMs = askedAtMs;
    } catch {
      // No answer: the next looks will see.
    }
  }
}
