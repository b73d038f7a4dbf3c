/** A wait that shows the seconds until it ends. */
export class Countdown {
  readonly #endsAtMs: number;
  readonly #show: (seconds: number) => void;
  readonly #onEnd: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param show Receives the remaining seconds, rounded up, at once and after each second. */
  constructor(waitMs: number, show: (seconds: number) => void, onEnd: () => void) {
    this.#endsAtMs = performance.now() + waitMs;
    this.#show = show;
    this.#onEnd = onEnd;
    this.#tick();
  }

  /** Ends the countdown without a call of `onEnd`. */
  cancel(): void {
    clearTimeout(this.#timer);
  }

  #tick(): void {
    const leftMs = this.#endsAtMs - performance.now();
    if (leftMs <= 0) {
      this.#onEnd();
      return;
    }
    const seconds = Math.ceil(leftMs / 1000);
    this.#show(seconds);
    this.#timer = setTimeout(() => this.#tick(), leftMs - (seconds - 1) * 1000);
  }
}
