/**
 * Servers that ask each other, over the channel layer: a request may reach
 * another server than the one that has the connection it is meant for. Each has
 * a group of its own, under a prefix: the name of a server comes from clients,
 * and must not lead to any other channel.
 */
import type { Awaitable } from "../internal/promise.ts";
import { fromBase64, toBase64 } from "../internal/base64.ts";
import type { ReceiverKind, Channel, ChannelLayer, ChannelMessage, Receiver } from "../layers/layer.ts";
import { plainReceiverKind } from "../layers/plain-members.ts";
import type { Outcome, Post } from "./event-stream-socket.ts";

/** How long to wait for another server; longer than a frame may wait there. */
const MAX_WAIT_MS = 5_000;

interface Question extends ChannelMessage {
  readonly type: "event-stream.post";
  readonly from: string;
  readonly number: number;
  readonly key: string;
  readonly path: string;
  readonly subjects: readonly string[];
  readonly text?: string;
  readonly base64?: string;
}

interface Answer extends ChannelMessage {
  readonly type: "event-stream.outcome";
  readonly number: number;
  readonly outcome: Outcome;
}

/** See the head of this file. */
export class NodeLink implements Receiver {
  readonly kind: ReceiverKind = plainReceiverKind;
  /** What this server is called. */
  readonly name: string = crypto.randomUUID();
  readonly #layer: ChannelLayer;
  readonly #take: (key: string, post: Post) => Awaitable<Outcome>;
  readonly #fail: (error: unknown) => void;
  readonly #channel: Channel;
  readonly #asked = new Map<number, (outcome: Outcome) => void>();
  #joined: Promise<void> | undefined;
  #lastNumber = 0;

  /**
   * @param take Called with what other servers were sent for a connection of this one.
   * @param fail Told when they could not be answered.
   */
  constructor(
    layer: ChannelLayer,
    take: (key: string, post: Post) => Awaitable<Outcome>,
    fail: (error: unknown) => void,
  ) {
    this.#layer = layer;
    this.#take = take;
    this.#fail = fail;
    this.#channel = layer.newChannel(this);
  }

  /** Makes this server reachable. */
  async join(): Promise<void> {
    this.#joined ??= this.#layer.groupAdd(groupOf(this.name), this.#channel);
    try {
      await this.#joined;
    } catch (error) {
      this.#joined = undefined;
      throw error;
    }
  }

  /** Hands something over to the server that has the connection. */
  async ask(server: string, key: string, { path, subjects, data }: Post): Promise<Outcome> {
    await this.join();
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const timer = setTimeout(() => resolve("unknown"), MAX_WAIT_MS);
    this.#asked.set(number, resolve);
    try {
      const question: Question = {
        type: "event-stream.post",
        from: this.name,
        number,
        key,
        path,
        subjects,
        ...(typeof data === "string" && { text: data }),
        ...(data instanceof Uint8Array && { base64: toBase64(data) }),
      };
      await this.#layer.groupSend(groupOf(server), question);
      return await promise;
    } finally {
      this.#asked.delete(number);
      clearTimeout(timer);
    }
  }

  deliver(message: Question | Answer): boolean {
    if (message.type === "event-stream.outcome") this.#asked.get(message.number)?.(message.outcome);
    else void this.#answer(message).catch(this.#fail);
    return true;
  }

  close(): void {
    void this.#channel.close();
  }

  async #answer({ from, number, key, path, subjects, text, base64 }: Question): Promise<void> {
    const data = base64 === undefined ? text : fromBase64(base64);
    const outcome = await this.#take(key, { path, subjects, data });
    const answer: Answer = { type: "event-stream.outcome", number, outcome };
    await this.#layer.groupSend(groupOf(from), answer);
  }
}

function groupOf(server: string): string {
  return `event-stream.${server}`;
}
