/** Where things are in Redis, below one prefix. Names go in as they are: Redis takes any bytes. */

/** Ends the prefix, which must not have it: otherwise one layer's keys could look like another's. */
export const PREFIX_END = "!";

/** See the head of this file. */
export class Keys {
  readonly #prefix: string;

  /** @param database Its number: topics are those of the whole server otherwise. */
  constructor(prefix: string, database: number) {
    this.#prefix = `${prefix}${PREFIX_END}${database}:`;
  }

  /** The topic that the messages of a group are published on. */
  groupTopic(group: string): string {
    return `${this.#prefix}group:${group}`;
  }
  /** The named channels in a group: a hash, with when the lease began in which each joined. */
  groupQueues(group: string): string {
    return `${this.#prefix}members:${group}`;
  }
  /** The topic of one process, for its own channels. */
  processTopic(process: string): string {
    return `${this.#prefix}process:${process}`;
  }
  /** The topic of every process. */
  get everyTopic(): string {
    return `${this.#prefix}every`;
  }
  /** What waits for a named channel: a list. */
  queue(channel: string): string {
    return `${this.#prefix}queue:${channel}`;
  }
  /** Says when it began; is there for as long as somebody receives from a named channel, and a lease longer. */
  lease(channel: string): string {
    return `${this.#prefix}lease:${channel}`;
  }
  /** The topic that says that something waits for a named channel. */
  queueTopic(channel: string): string {
    return `${this.#prefix}waits:${channel}`;
  }
  /** The number of the newest connection of a link. */
  fence(link: string): string {
    return `${this.#prefix}fence:${link}`;
  }
  /** Matches every key of this layer. */
  get pattern(): string {
    return `${this.#prefix.replaceAll(/[*?[\]\\]/g, String.raw`\$&`)}*`;
  }
}
