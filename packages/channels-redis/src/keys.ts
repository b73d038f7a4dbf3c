/** Where things are in Redis, below one prefix. Names go in as they are: Redis takes any bytes. */

/** See the head of this file. */
export class Keys {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** The topic that the messages of a group are published on. */
  groupTopic(group: string): string {
    return `${this.#prefix}:group:${group}`;
  }
  /** The named channels in a group: a set. */
  groupQueues(group: string): string {
    return `${this.#prefix}:members:${group}`;
  }
  /** The topic of one process, for its own channels. */
  processTopic(process: string): string {
    return `${this.#prefix}:process:${process}`;
  }
  /** What waits for a named channel: a list. */
  queue(channel: string): string {
    return `${this.#prefix}:queue:${channel}`;
  }
  /** Is there for as long as somebody receives from a named channel, and a lease longer. */
  lease(channel: string): string {
    return `${this.#prefix}:lease:${channel}`;
  }
  /** The topic that says that something waits for a named channel. */
  queueTopic(channel: string): string {
    return `${this.#prefix}:waits:${channel}`;
  }
  /** Matches every key of this layer. */
  get pattern(): string {
    return `${this.#prefix.replaceAll(/[*?[\]\\]/g, String.raw`\$&`)}:*`;
  }
}
