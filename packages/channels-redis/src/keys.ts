/** Names the keys and topics of a layer. */

/** The end of the prefix in every key. A prefix must not contain it, so that the keys of two layers never collide. */
export const PREFIX_END = "!";

/** The keys and topics of a layer. They contain the names of channels and groups unchanged: Redis allows any bytes. */
export class Keys {
  readonly #prefix: string;

  /** @param database The number of the database. All databases of Redis share their topics, so topics contain the number. */
  constructor(prefix: string, database: number) {
    this.#prefix = `${prefix}${PREFIX_END}${database}:`;
  }

  /** Returns the topic of a group's messages. */
  groupTopic(group: string): string {
    return `${this.#prefix}group:${group}`;
  }

  /** Returns the key of the named channels in a group: a hash with the start of the lease in which each joined. */
  groupQueues(group: string): string {
    return `${this.#prefix}members:${group}`;
  }

  /** Returns the topic of a process, for direct messages to its channels. */
  processTopic(process: string): string {
    return `${this.#prefix}process:${process}`;
  }

  /** The topic of all processes. */
  get allProcessesTopic(): string {
    return `${this.#prefix}every`;
  }

  /** Returns the key of the waiting messages of a named channel: a list. */
  queue(channel: string): string {
    return `${this.#prefix}queue:${channel}`;
  }

  /** Returns the key of a named channel's lease: its start. It expires one lease after the last `receive`. */
  lease(channel: string): string {
    return `${this.#prefix}lease:${channel}`;
  }

  /** Returns the topic that announces waiting messages of a named channel. */
  queueTopic(channel: string): string {
    return `${this.#prefix}waits:${channel}`;
  }

  /** Returns the key of a link's fence: the number of its newest connection. */
  fence(link: string): string {
    return `${this.#prefix}fence:${link}`;
  }

  /** A key that never exists. Heartbeats delete it, which only a primary that accepts writes allows. */
  get nothing(): string {
    return `${this.#prefix}nothing`;
  }

  /** The pattern of all keys of this layer. */
  get pattern(): string {
    return `${this.#prefix.replaceAll(/[*?[\]\\]/g, String.raw`\$&`)}*`;
  }
}
