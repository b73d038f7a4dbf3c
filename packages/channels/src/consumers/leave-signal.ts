import { isAbort } from "../internal/abort-error.ts";

/** The abort signal of one connection. A connection creates it when a handler first asks for the signal. */
export class LeaveSignal {
  readonly #controller = new AbortController();

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Aborts the signal at once. */
  abort(): void {
    this.#controller.abort();
  }

  /** Aborts the signal in a microtask: the caller may be a flush of the fan-out, and a listener may publish. */
  abortLater(): void {
    queueMicrotask(() => this.#controller.abort());
  }

  /** Returns whether an error only says that the signal has aborted. A handler that throws it has not failed. */
  hasCaused(error: unknown): boolean {
    const { aborted, reason } = this.#controller.signal;
    return aborted && isAbort(error, reason);
  }
}
