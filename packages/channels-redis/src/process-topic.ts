/**
 * Direct messages to channels of a process: each process has a topic. Messages
 * to its own channels take the same way, so that they stay in line with those
 * of its groups, and come back with word of what became of them.
 */
import type { ChannelMessage } from "@lobby/channels";
import { PROCESS_SEPARATOR } from "@lobby/channels/layers";
import type { RedisConnection } from "./redis-connection.ts";
import { RedisUnavailableError } from "./errors.ts";
import type { Keys } from "./keys.ts";
import { decodeMessage } from "./message-codec.ts";
import { publish } from "./scripts.ts";

/** What became of a direct message, as far as its sender can know. */
export type Delivery = "sent" | "full" | "closed";

/** Stands in front of the message, in a line of its own. */
interface Address {
  readonly to: string;
  /** Set when the sender is the receiving process itself and waits for word. */
  readonly number?: number;
}

/** What this process does with what comes in. */
export interface ProcessTopicOptions {
  readonly processName: string;
  readonly deliver: (channel: string, message: ChannelMessage) => Delivery;
  /** Told of a message from another process that was not delivered, and of which its sender knows nothing. */
  readonly onMissed: (reason: "full" | "closed", message: ChannelMessage) => void;
  /** Told of what no layer of ours has sent. */
  readonly onMalformed: () => void;
}

/** See the head of this file. */
export class ProcessTopic {
  readonly #connection: RedisConnection;
  readonly #keys: Keys;
  readonly #options: ProcessTopicOptions;
  readonly #underWay = new Map<number, PromiseWithResolvers<Delivery>>();
  #lastNumber = 0;

  constructor(connection: RedisConnection, keys: Keys, options: ProcessTopicOptions) {
    this.#connection = connection;
    this.#keys = keys;
    this.#options = options;
  }

  open(): Promise<void> {
    const topic = this.#keys.processTopic(this.#options.processName);
    return this.#connection.subscribe(topic, (text) => this.#receive(text));
  }

  /** Sends to a channel that some process made. */
  async send(channel: string, text: string): Promise<Delivery> {
    const processName = channel.slice(0, channel.indexOf(PROCESS_SEPARATOR));
    if (processName === this.#options.processName) return this.#sendHome(channel, text);
    return (await this.#publish(processName, { to: channel }, text)) > 0 ? "sent" : "closed";
  }

  /** Ends every wait for word; nobody knows what became of those messages. */
  fail(error: Error): void {
    for (const waiting of this.#underWay.values()) waiting.reject(error);
    this.#underWay.clear();
  }

  async #sendHome(channel: string, text: string): Promise<Delivery> {
    this.#connection.incoming.assertReady();
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    const waiting = Promise.withResolvers<Delivery>();
    this.#underWay.set(number, waiting);
    try {
      const [word] = await Promise.all([waiting.promise, this.#publishHome({ to: channel, number }, text)]);
      return word;
    } finally {
      this.#underWay.delete(number);
    }
  }

  async #publishHome(address: Address, text: string): Promise<void> {
    if ((await this.#publish(this.#options.processName, address, text)) > 0) return;
    // Redis has cut our listening connection, and we have not noticed yet: no word will come.
    throw new RedisUnavailableError(this.#connection.outgoing.address, "it does not know this process any more");
  }

  /** @returns how many listen to that process's topic. */
  #publish(processName: string, address: Address, text: string): Promise<number> {
    const envelope = `${JSON.stringify(address)}\n${text}`;
    return this.#connection.outgoing.run(publish, [], [this.#keys.processTopic(processName), envelope]);
  }

  #receive(envelope: string): void {
    const [addressed, message] = openEnvelope(envelope);
    if (message === undefined) {
      this.#options.onMalformed();
      return;
    }
    const delivery = this.#options.deliver(addressed.to, message);
    if (addressed.number !== undefined) this.#underWay.get(addressed.number)?.resolve(delivery);
    else if (delivery !== "sent") this.#options.onMissed(delivery, message);
  }
}

function openEnvelope(envelope: string): readonly [Address, ChannelMessage | undefined] {
  const end = envelope.indexOf("\n");
  try {
    return [JSON.parse(envelope.slice(0, end)) as Address, decodeMessage(envelope.slice(end + 1))];
  } catch {
    return [{ to: "" }, undefined];
  }
}
