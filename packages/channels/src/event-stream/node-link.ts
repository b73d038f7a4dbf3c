/**
 * Connects the nodes that serve one application, because a post may reach another node than the one with its
 * connection. Every node joins a group of its own. All these groups share a prefix, so a forged connection id cannot
 * reach another group.
 */
import { fromBase64, toBase64 } from "../internal/base64.ts";
import { PendingReplies } from "../internal/pending-replies.ts";
import type { Awaitable } from "../internal/promise.ts";
import type { Channel, ChannelLayer, ChannelMessage, Receiver, ReceiverKind } from "../layers/layer.ts";
import { plainReceiverKind } from "../layers/plain-members.ts";
import type { Outcome, Post } from "./event-stream-socket.ts";

/** The longest wait for another node, which is longer than a post may wait there. */
const REPLY_TIMEOUT_MS = 5_000;

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

  /** Joins the group of this node, so that the other nodes can reach it. */
  async join(): Promise<void> {
    this.#joined ??= this.#layer.groupAdd(groupOf(this.name), this.#channel);
    try {
      await this.#joined;
    } catch (error) {
      this.#joined = undefined;
      throw error;
    }
  }

  /** Sends a post to the node of its connection. Returns the outcome: `unknown` when the node does not answer in time. */
  async ask(node: string, key: string, { path, subjects, data }: Post): Promise<Outcome> {
    await this.join();
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

  deliver(message: PostMessage | OutcomeMessage): boolean {
    if (message.type === "event-stream.outcome") this.#replies.resolve(message.number, message.outcome);
    else void this.#answer(message).catch(this.#reportError);
    return true;
  }

  /** Closes the channel of this node, so that it no longer receives posts and outcomes. */
  close(): void {
    this.#channel.close().catch(this.#reportError);
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
