/** A consumer that logs its hooks and runs the script of a test in them. */
import { WebSocketConsumer, type ConsumerContext, type EventTable, type WebSocketScope } from "@lobby/channels";
import type { Awaitable } from "../../src/internal/promise.ts";

/** The actions that a test runs in the hooks. Default: none; without `connect`, the recorder accepts. */
export interface Script {
  readonly groups?: readonly string[];
  connect?(consumer: Recorder): Awaitable<void>;
  receive?(consumer: Recorder, text: string): Awaitable<void>;
  note?(consumer: Recorder, text: string): Awaitable<void>;
  disconnect?(consumer: Recorder, code: number, reason: string): Awaitable<void>;
}

/** A consumer that logs when each hook begins, and when an asynchronous hook ends. */
export class Recorder extends WebSocketConsumer<WebSocketScope, { note: { text: string } }> {
  static readonly events: EventTable<Recorder> = {
    note({ text }) {
      return this.#run(`note ${text}`, () => this.#script.note?.(this, text));
    },
  };

  readonly log: string[];
  readonly #script: Script;

  constructor(context: ConsumerContext, log: string[], script: Script = {}) {
    super(context);
    this.log = log;
    this.#script = script;
  }

  override get groups(): readonly string[] {
    return this.#script.groups ?? [];
  }

  override connect(): Awaitable<void> {
    if (this.#script.connect === undefined) this.accept();
    return this.#run("connect", () => this.#script.connect?.(this));
  }

  override receive(text: string): Awaitable<void> {
    return this.#run(`receive ${text}`, () => this.#script.receive?.(this, text));
  }

  override disconnect(code: number, reason: string): Awaitable<void> {
    return this.#run(`disconnect ${code} ${reason}`.trim(), () => this.#script.disconnect?.(this, code, reason));
  }

  #run(name: string, script: () => Awaitable<void> | undefined): Awaitable<void> {
    this.log.push(name);
    return script()?.then(() => void this.log.push(`end of ${name}`));
  }
}
