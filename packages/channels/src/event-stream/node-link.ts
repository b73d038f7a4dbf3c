/**
 * Connects the nodes that serve one application, because a post may reach another node than the one with its
 * connection. Every node joins a group of its own, and one group of all nodes. The own groups share a prefix, so a
 * forged connection id cannot reach another group.
 */
import { fromBase64, toBase64 } from "../internal/base64.ts";
import { PendingReplies } from "../internal/pending-replies.ts";
import type { Awaitable } from "../internal/promise.ts";
import type { Channel, ChannelLayer, ChannelMessage, Receiver, ReceiverKind } from "../layers/layer.ts";
import { plainReceiverKind } from "../layers/plain-members.ts";
import type { Outcome, Post } from "./event-stream-socket.ts";
import { KnownNodes } from "./known-nodes.ts";

/** The longest wait for another node, which is longer than a post may wait there. */
const REPLY_TIMEOUT_MS = 5_000;

/** The group of all nodes. No connection id can name it, because its last part is no UUID. */
const ALL_NODES = "event-stream.nodes";

/** A node tells the others that it serves. */
interface HelloMessage extends ChannelMessage {
  readonly type: "event-stream.hello";
  readonly from: string;
}

interface PostMessage extends ChannelMessage {
  readonly type: "event-stream.post";
  /** The node that sends the post and receives the outcome. */
  readonly from: string;
  readonly number: number;
  readonly key: string;
  readonly path: string;
  readonly subjects: readonly string[];
  readonly text?: string;
  readonly base64?: string;
}

interface OutcomeMessage extends ChannelMessage {
  readonly type: "event-stream.outcome";
  readonly number: number;
  readonly outcome: Outcome;
}

/** The link of this node to the other nodes. */
export class NodeLink implements Receiver {
  readonly kind: ReceiverKind = plainReceiverKind;
  /** The name of this node. */
  readonly name: string = crypto.randomUUID();
  readonly #layer: ChannelLayer;
  readonly #handlePost: (key: string, post: Post) => Awaitable<Outcome>;
  readonly #reportError: (error: unknown) => void;
  readonly #channel: Channel;
  readonly #replies = new PendingReplies<Outcome>();
  readonly #known = new KnownNodes(() => this.#sayHello(ALL_NODES));
  #joined: Promise<void> | undefined;

  /**
   * @param handlePost Called with the posts that other nodes received for a connection of this node.
   * @param reportError Called when this node could not send an outcome.
   */
  constructor(
    layer: ChannelLayer,
    handlePost: (key: string, post: Post) => Awaitable<Outcome>,
    reportError: (error: unknown) => void,
  ) {
    this.#layer = layer;
    this.#handlePost = handlePost;
    this.#reportError = reportError;
    this.#channel = layer.newChannel(this);
  }

  /** Joins the groups of this node, so that the other nodes know and reach it. */
  async join(): Promise<void> {
    this.#joined ??= this.#join();
    try {
      await this.#joined;
    } catch (error) {
      this.#joined = undefined;
      throw error;
    }
  }

  /** Returns whether a node exists. */
  async exists(node: string): Promise<boolean> {
    if (node === this.name) return true;
    await this.join();
    return this.#known.exists(node);
  }

  /** Sends a post to the node of its connection. Returns the outcome: `unknown` when the node does not answer in time. */
  async ask(node: string, key: string, { path, subjects, data }: Post): Promise<Outcome> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      return await this.#replies.request((number) => {
        timer = setTimeout(() => this.#replies.resolve(number, "unknown"), REPLY_TIMEOUT_MS);
        const message: PostMessage = {
          type: "event-stream.post",
          from: this.name,
          number,
          key,
          path,
          subjects,
          ...(typeof data === "string" && { text: data }),
          ...(data instanceof Uint8Array && { base64: toBase64(data) }),
        };
        return this.#layer.groupSend(groupOf(node), message);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  deliver(message: PostMessage | OutcomeMessage | HelloMessage): boolean {
    if (message.type === "event-stream.outcome") this.#replies.resolve(message.number, message.outcome);
    else if (message.type === "event-stream.hello") this.#greet(message.from);
    else void this.#answer(message).catch(this.#reportError);
    return true;
  }

  /** Closes the channel of this node, so that it no longer receives posts and outcomes. */
  close(): void {
    this.#known.stop();
    this.#channel.close().catch(this.#reportError);
  }

  async #join(): Promise<void> {
    const groups = [groupOf(this.name), ALL_NODES];
    await Promise.all(groups.map((group) => this.#layer.groupAdd(group, this.#channel)));
    await this.#known.start();
  }

  #greet(node: string): void {
    if (node !== this.name && this.#known.heard(node)) void this.#sayHello(groupOf(node)).catch(this.#reportError);
  }

  #sayHello(group: string): Promise<void> {
    const message: HelloMessage = { type: "event-stream.hello", from: this.name };
    return this.#layer.groupSend(group, message);
  }

  async #answer({ from, number, key, path, subjects, text, base64 }: PostMessage): Promise<void> {
    const data = base64 === undefined ? text : fromBase64(base64);
    const outcome = await this.#handlePost(key, { path, subjects, data });
    const message: OutcomeMessage = { type: "event-stream.outcome", number, outcome };
    await this.#layer.groupSend(groupOf(from), message);
  }
}

function groupOf(node: string): string {
  return `event-stream.${node}`;
}
