import { Worker } from "node:worker_threads";
import { OperatorError } from "../../shared/operator-error.ts";
import { Refusal } from "../../shared/refusal.ts";
import {
  laneOf,
  type Call,
  type Lane,
  type ReplyError,
  type StoreMethods,
  type ThreadMessage,
  type ThreadSettings,
} from "./calls.ts";
import type { StoreNotice } from "./health.ts";

/** The time after which a visitor may try again when the database is out of order. */
const RETRY_AFTER_MS = 5_000;

/** The SQLite thread, as the main thread sees it: calls and their replies, in order. */
export class DatabaseThread {
  /** Resolves with the first reply of the thread, and rejects when the thread cannot start. */
  readonly started: Promise<unknown>;
  readonly #worker: Worker;
  /** The calls without a reply, oldest first. */
  readonly #pending: Readonly<Record<Lane, PromiseWithResolvers<unknown>[]>> = { reads: [], writes: [] };
  readonly #onNotice: (notice: StoreNotice) => void;
  /** Set when the thread has ended. */
  #end: Error | undefined;
  #isClosing = false;
  #problem: string | undefined;

  constructor(script: URL, settings: ThreadSettings, onNotice: (notice: StoreNotice) => void) {
    this.#onNotice = onNotice;
    this.#worker = new Worker(script, { workerData: settings });
    this.#worker.on("message", (message: ThreadMessage) => {
      if ("notice" in message) {
        this.#problem = message.problem;
        onNotice(message.notice);
      } else {
        this.#settle(message);
      }
    });
    this.#worker.once("error", (error: Error) => this.#fail(error));
    this.#worker.once("exit", () => this.#fail(new Error("The database was closed.")));
    this.started = this.#nextReply("writes");
  }

  /** Why the thread cannot serve, as far as it is known without a call; undefined when it can. */
  get problem(): string | undefined {
    return this.#hasCrashed ? "The SQLite thread has ended. Restart Lobby." : this.#problem;
  }

  get #hasCrashed(): boolean {
    return this.#end !== undefined && !this.#isClosing;
  }

  /**
   * Calls a method in the thread.
   * @throws {Refusal} LOBBY_NOT_STORED or LOBBY_NOT_READABLE when the database is out of order.
   * @throws {Error} When the database is closed, or the outcome of the call is unknown.
   */
  call<Name extends keyof StoreMethods>(
    name: Name,
    ...args: Parameters<StoreMethods[Name]>
  ): ReturnType<StoreMethods[Name]> {
    return this.#send({ name, args }) as ReturnType<StoreMethods[Name]>;
  }

  /** Waits for the replies to earlier calls, then ends the thread. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const { reads, writes } = this.#pending;
    await Promise.allSettled([...reads, ...writes].map(({ promise }) => promise));
    await this.#worker.terminate();
  }

  #send(call: Call): Promise<unknown> {
    const lane = laneOf(call.name);
    if (this.#hasCrashed) return Promise.reject(refusal(lane === "reads" ? "LOBBY_NOT_READABLE" : "LOBBY_NOT_STORED"));
    if (this.#end !== undefined) return Promise.reject(this.#end);
    this.#worker.postMessage(call);
    return this.#nextReply(lane);
  }

  #nextReply(lane: Lane): Promise<unknown> {
    const pending = Promise.withResolvers<unknown>();
    this.#pending[lane].push(pending);
    return pending.promise;
  }

  #settle({ lane, replies }: Extract<ThreadMessage, { readonly lane: Lane }>): void {
    const answered = this.#pending[lane].splice(0, replies.length);
    for (const [index, { value, error }] of replies.entries()) {
      if (error === undefined) answered[index]?.resolve(value);
      else answered[index]?.reject(toError(error));
    }
  }

  #fail(error: Error): void {
    if (this.#end === undefined && !this.#isClosing) {
      this.#onNotice({
        level: "error",
        message: `The SQLite thread has ended: ${error.message.replace(/\.$/, "")}. Restart Lobby.`,
      });
    }
    this.#end ??= error;
    for (const lane of Object.values(this.#pending)) for (const { reject } of lane.splice(0)) reject(this.#end);
  }
}

function toError({ operatorCode, refusalCode, message }: ReplyError): Error {
  if (operatorCode !== undefined) return new OperatorError(operatorCode, message);
  return refusalCode === undefined ? new Error(message) : refusal(refusalCode);
}

function refusal(code: NonNullable<ReplyError["refusalCode"]>): Refusal {
  return new Refusal(code, RETRY_AFTER_MS);
}
