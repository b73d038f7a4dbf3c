import { Worker } from "node:worker_threads";
import { OperatorError } from "../../shared/operator-error.ts";
import type { Call, Reply, StoreMethods, ThreadSettings } from "./calls.ts";

/** The SQLite thread, as the main thread sees it: calls and their replies, in order. */
export class DatabaseThread {
  /** Resolves with the first reply of the thread, and rejects when the thread cannot start. */
  readonly started: Promise<unknown>;
  readonly #worker: Worker;
  /** The calls without a reply, oldest first. */
  readonly #pending: PromiseWithResolvers<unknown>[] = [];
  /** Set when the thread has ended. Every later call fails with it. */
  #end: Error | undefined;

  constructor(script: URL, settings: ThreadSettings) {
    this.#worker = new Worker(script, { workerData: settings });
    this.#worker.on("message", (replies: readonly Reply[]) => this.#settle(replies));
    this.#worker.once("error", (error: Error) => this.#fail(error));
    this.#worker.once("exit", () => this.#fail(new Error("The database was closed.")));
    this.started = this.#nextReply();
  }

  /** Calls a method in the thread. */
  call<Name extends keyof StoreMethods>(
    name: Name,
    ...args: Parameters<StoreMethods[Name]>
  ): ReturnType<StoreMethods[Name]> {
    return this.#send({ name, args }) as ReturnType<StoreMethods[Name]>;
  }

  /** Waits for the replies to earlier calls, then ends the thread. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#pending.map(({ promise }) => promise));
    await this.#worker.terminate();
  }

  #send(call: Call): Promise<unknown> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    this.#worker.postMessage(call);
    return this.#nextReply();
  }

  #nextReply(): Promise<unknown> {
    const pending = Promise.withResolvers<unknown>();
    this.#pending.push(pending);
    return pending.promise;
  }

  #settle(replies: readonly Reply[]): void {
    const answered = this.#pending.splice(0, replies.length);
    for (const [index, { value, error }] of replies.entries()) {
      if (error === undefined) answered[index]?.resolve(value);
      else answered[index]?.reject(toError(error));
    }
  }

  #fail(error: Error): void {
    this.#end ??= error;
    for (const { reject } of this.#pending.splice(0)) reject(this.#end);
  }
}

function toError({ operatorCode, message }: NonNullable<Reply["error"]>): Error {
  if (operatorCode !== undefined) return new OperatorError(operatorCode, message);
  return new Error(`The database failed: ${message}`);
}
