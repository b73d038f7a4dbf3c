import type { ChannelMessage } from "@lobby/channels";
import { PendingReplies, PROCESS_SEPARATOR } from "@lobby/channels/layers";
import { decodeProcessEnvelope, encodeProcessEnvelope, type ProcessHeader } from "./envelopes.ts";
import { RedisUnavailableError } from "./errors.ts";
import type { Keys } from "./keys.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { publish } from "./scripts.ts";

/** The outcome of a direct message, as far as its sender knows. */
export type Delivery = "sent" | "full" | "closed";

/** Options of a process topic. */
export interface ProcessTopicOptions {
  readonly processName: string;
  /** Delivers a message to a channel of this process. */
  readonly deliver: (channel: string, message: ChannelMessage) => Delivery;
  /** Called when this process did not deliver a message of another process. The sender receives no error. */
  readonly onMissed: (reason: "full" | "closed", message: ChannelMessage) => void;
  /** Called for text that no layer has encoded. */
  readonly onMalformed: () => void;
}

/**
 * The topic of this process, for direct messages to its channels. The process uses the topic for messages to its own
 * channels too, so that direct and group messages keep their order. It then waits for the outcome.
 */
export class ProcessTopic {
  readonly #connection: RedisConnection;
  readonly #keys: Keys;
  readonly #options: ProcessTopicOptions;
  readonly #outcomes = new PendingReplies<Delivery>();

  constructor(connection: RedisConnection, keys: Keys, options: ProcessTopicOptions) {
    this.#connection = connection;
    this.#keys = keys;
    this.#options = options;
  }

  /** Subscribes to the topic. */
  open(): Promise<void> {
    const topic = this.#keys.processTopic(this.#options.processName);
    return this.#connection.subscribe(topic, (text) => this.#receive(text));
  }

  /** Sends a message to a channel of any process. Returns the outcome. */
  async send(channel: string, messageText: string): Promise<Delivery> {
    const processName = channel.slice(0, channel.indexOf(PROCESS_SEPARATOR));
    if (processName === this.#options.processName) return this.#sendToSelf(channel, messageText);
    return (await this.#publish(processName, { to: channel }, messageText)) > 0 ? "sent" : "closed";
  }

  /** Rejects every `send` that waits for an outcome. */
  fail(error: Error): void {
    this.#outcomes.rejectAll(error);
  }

  async #sendToSelf(channel: string, messageText: string): Promise<Delivery> {
    this.#connection.incoming.assertReady();
    return this.#outcomes.request(async (number) => {
      const subscribers = await this.#publish(this.#options.processName, { to: channel, number }, messageText);
      if (subscribers > 0) return;
      // Redis has closed the incoming connection, and the link has not noticed yet: no outcome will arrive.
      const { address } = this.#connection.outgoing;
      throw new RedisUnavailableError(address, "it has closed the connection over which this process receives");
    });
  }

  /** Publishes a message on the topic of a process, and returns the number of subscribers. */
  #publish(processName: string, header: ProcessHeader, messageText: string): Promise<number> {
    const topic = this.#keys.processTopic(processName);
    return this.#connection.outgoing.run(publish, [], [topic, encodeProcessEnvelope(header, messageText)]);
  }

  #receive(text: string): void {
    const envelope = decodeProcessEnvelope(text);
    if (envelope === undefined) {
      this.#options.onMalformed();
      return;
    }
    const { to, number, message } = envelope;
    const delivery = this.#options.deliver(to, message);
    if (number !== undefined) this.#outcomes.resolve(number, delivery);
    else if (delivery !== "sent") this.#options.onMissed(delivery, message);
  }
}
