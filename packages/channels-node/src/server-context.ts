import { ServerClosingError, type ConsumerReport, type ServerContext } from "@lobby/channels";

/** The services of a server for its HTTP applications, `scope.server`. */
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
    const finished: Promise<boolean> = work
      .catch((error: unknown) => this.report({ level: "error", source: "http", operation: "waitUntil", error }))
      .then(() => this.#work.delete(finished));
    this.#work.add(finished);
  }

  /** Aborts `closing`. */
  close(code: number, reason: string): void {
    this.#closing.abort(new ServerClosingError(code, reason));
  }

  /** Resolves once all work has finished, including work that it adds, or at the deadline. */
  async whenIdle(deadline: Promise<void>): Promise<void> {
    await Promise.race([this.#finishAll(), deadline]);
  }

  async #finishAll(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work);
  }
}
