/** What applications have of their server: word that it closes, and its patience for what is not done by then. */
import { ServerClosingError, type ConsumerReport, type ServerContext } from "@lobby/channels";

/** See the head of this file. */
export class NodeServerContext implements ServerContext {
  readonly report: (report: ConsumerReport) => void;
  readonly #closing = new AbortController();
  readonly #work = new Set<Promise<unknown>>();

  constructor(report: (report: ConsumerReport) => void) {
    this.report = report;
  }

  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  waitUntil(work: Promise<unknown>): void {
    const settled: Promise<boolean> = work
      .catch((error: unknown) => this.report({ level: "error", source: "http", operation: "waitUntil", error }))
      .then(() => this.#work.delete(settled));
    this.#work.add(settled);
  }

  /** Tells everybody who listens that the server closes. */
  close(code: number, reason: string): void {
    this.#closing.abort(new ServerClosingError(code, reason));
  }

  /** Waits for what goes on, and for what that begins, or until the deadline. */
  async whenIdle(deadline: Promise<void>): Promise<void> {
    await Promise.race([this.#idle(), deadline]);
  }

  async #idle(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work);
  }
}
