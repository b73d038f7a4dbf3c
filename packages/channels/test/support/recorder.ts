/** A consumer that writes down what happens to it, and does what a test tells it to. */
import {
  WebSocketConsumer,
  type Awaitable,
  type ConsumerContext,
  type EventTable,
  type WebSocketScope,
} from "@lobby/channels";

/** What a test wants to happen inside a hook; the default is nothing. */
export interface Script {
  readonly groups?: readonly string[];
  connect?(consumer: Recorder): Awaitable<void>;
  receive?(consumer: Recorder, text: string): Awaitable<void>;
  note?(consumer: Recorder, text: string): Awaitable<void>;
  disconnect?(consumer: Recorder, code: number, reason: string): Awaitable<void>;
}

/** See the head of this file. Hooks are logged when they begin, and when they end later than that. */
export class Recorder extends WebSocketConsumer<WebSocketScope, { note: { text: string } }> {
  static readonly events: EventTable<Recorder> = {
    note: (consumer, { text }) => consumer.#run(`note ${text}`, () => consumer.#script.note?.(consumer, text)),
  };

  readonly log: string[];
  readonly #script: Script;

  constructor(context: ConsumerContext<WebSocketScope>, log: string[], script: Script = {}) {
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
