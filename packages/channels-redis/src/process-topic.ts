/**
 * Direct messages to channels of a process: each process has a topic. Messages
 * to its own channels take the same way, so that they stay in line with those
 * of its groups, and come back with word of what became of them.
 */
import type { ChannelMessage } from "@lobby/channels";
import { PROCESS_SEPARATOR } from "@lobby/channels/layers";
import type { RedisConnection } from "./connection.ts";
import type { Keys } from "./keys.ts";

/** What became of a direct message, as far as its sender can know. */
export type Delivery = "sent" | "full" | "closed";

interface Letter {
  readonly to: string;
  readonly message: ChannelMessage;
  /** Set when the sender is the receiving process itself and waits for word. */
  readonly number?: number;
}

/** See the head of this file. */
export class ProcessTopic {
  readonly #connection: RedisConnection;
  readonly #keys: Keys;
  readonly #processName: string;
  readonly #deliver: (channel: string, message: ChannelMessage) => Delivery;
  readonly #underWay = new Map<number, PromiseWithResolvers<Delivery>>();
  #lastNumber = 0;

  constructor(
    connection: RedisConnection,
    keys: Keys,
    processName: string,
    deliver: (channel: string, message: ChannelMessage) => Delivery,
  ) {
    this.#connection = connection;
    this.#keys = keys;
    this.#processName = processName;
    this.#deliver = deliver;
  }

  open(): Promise<void> {
    return this.#connection.subscribe(this.#keys.processTopic(this.#processName), (text) => this.#receive(text));
  }

  /** Sends to a channel that some process made. */
  async send(channel: string, message: ChannelMessage): Promise<Delivery> {
    const processName = channel.slice(0, channel.indexOf(PROCESS_SEPARATOR));
    if (processName === this.#processName) return this.#sendHome(channel, message);
    return (await this.#publish(processName, { to: channel, message })) ? "sent" : "closed";
  }

  /** Ends every wait for word; nobody knows what became of those messages. */
  fail(error: Error): void {
    for (const waiting of this.#underWay.values()) waiting.reject(error);
    this.#underWay.clear();
  }

  async #sendHome(channel: string, message: ChannelMessage): Promise<Delivery> {
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    const waiting = Promise.withResolvers<Delivery>();
    this.#underWay.set(number, waiting);
    try {
      const [result] = await Promise.all([
        waiting.promise,
        this.#publish(this.#processName, { to: channel, message, number }),
      ]);
      return result;
    } finally {
      this.#underWay.delete(number);
    }
  }

  /** @returns whether anybody listens to that process's topic. */
  async #publish(processName: string, letter: Letter): Promise<boolean> {
    const [topic, text] = [this.#keys.processTopic(processName), JSON.stringify(letter)];
    return (await this.#connection.run((redis) => redis.publish(topic, text))) > 0;
  }

  #receive(text: string): void {
    const { to, message, number } = JSON.parse(text) as Letter;
    const result = this.#deliver(to, message);
    if (number !== undefined) this.#underWay.get(number)?.resolve(result);
  }
}
