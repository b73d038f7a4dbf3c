/**
 * One connection to Redis, which comes back by itself. A call is answered or
 * refused within the time-out: a server that says nothing for so long counts as
 * lost, also while calls still go out to it. While it is away nothing waits in
 * this process; every call is refused with the reason.
 */
import { LayerClosedError, type ChannelsError } from "@lobby/channels";
import { ErrorReply } from "@redis/client";
import { createRedisClient, openClient, type Client, type ScriptHashes } from "./redis-client.ts";
import { RedisOverloadedError, toLayerError } from "./errors.ts";
import { Watchdog } from "./watchdog.ts";
import type { Script } from "./scripts.ts";

/** A link was lost. */
export interface Loss {
  /** All that was sent before this moment, on the clock of `performance.now`, has come in. */
  readonly completeUntilMs: number;
  readonly cause: ChannelsError;
}

/** Told of each message of a topic. */
export type TopicListener = (message: string, topic: string) => void;

/** Who listens over a link. */
interface LinkListener {
  /** The topics to listen to from the moment the link is ready. */
  readonly topics: () => readonly string[];
  readonly onMessage: TopicListener;
  readonly onLost: (cause: ChannelsError) => void;
}

/** How to connect. */
export interface LinkOptions {
  readonly url: string;
  /** How long connecting, or an answer, may take before the connection counts as lost. */
  readonly timeoutMs: number;
  /** The key of this link's fence; see `scripts.ts`. */
  readonly fence: string;
  /** Called when the link is ready again. */
  readonly onBack: (loss: Loss) => void;
  readonly listener?: LinkListener;
}

const LONGEST_RETRY_MS = 2_000;
/** Longer than anything that was left on the way can take to arrive. */
const FENCE_MS = 3_600_000;
/** What may wait for an answer, as the characters of its commands; each weighs a little more than it has. */
const MAX_PENDING = 32 * 1024 * 1024;
const COMMAND_WEIGHT = 256;

/** See the head of this file. */
export class Link {
  /** The server's address, without user and password. */
  readonly address: string;
  readonly #options: LinkOptions;
  /** The newest client, ready or not. */
  #client: Client | undefined;
  #isReady = false;
  #isClosed = false;
  /** Counts clients: what the fence compares. */
  #number = 0;
  #hashes: ScriptHashes = new Map();
  #pending = 0;
  #watchdog: Watchdog | undefined;
  #retry: NodeJS.Timeout | undefined;
  /** Why there is no connection. */
  #failure: ChannelsError | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.address = URL.parse(options.url)?.host ?? options.url;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Connects for the first time; once this has resolved, the link comes back whenever it is lost. */
  async open(): Promise<void> {
    await this.#connect();
  }

  /** Runs a script. */
  async run<Reply>(script: Script<Reply>, keys: readonly string[], args: readonly string[]): Promise<Reply> {
    const hash = this.#hashes.get(script) ?? "";
    const fenced = [String(script.keys), this.#options.fence, ...keys, String(this.#number), ...args];
    return (await this.command(["EVALSHA", hash, ...fenced])) as Reply;
  }

  /** Runs a command. */
  async command(args: readonly string[]): Promise<unknown> {
    const client = this.#readyClient();
    const weight = weightOf(args);
    if (this.#pending + weight > MAX_PENDING) throw new RedisOverloadedError(this.address, this.#pending);
    this.#pending += weight;
    try {
      const reply = await client.sendCommand(args);
      this.#watchdog?.hear();
      return reply;
    } catch (error) {
      // Somebody made it forget its scripts; a new connection brings them along, in the right order.
      if (error instanceof ErrorReply && error.message.startsWith("NOSCRIPT")) this.#lose(client, error);
      throw this.#explain(error);
    } finally {
      this.#pending -= weight;
    }
  }

  /** Deletes every key that a pattern matches. */
  async deleteAll(pattern: string): Promise<void> {
    let cursor = "0";
    do {
      const reply = await this.command(["SCAN", cursor, "MATCH", pattern, "COUNT", "1000"]);
      const [next, keys] = reply as readonly [string, readonly string[]];
      if (keys.length > 0) await this.command(["DEL", ...keys]);
      cursor = next;
    } while (cursor !== "0");
  }

  /** Listens to a topic from when this resolves. */
  async subscribe(topic: string): Promise<void> {
    try {
      await this.#readyClient().subscribe(topic, this.#receive);
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** Stops listening. Without a connection, there is nothing to stop. */
  unsubscribe(topic: string): void {
    if (this.#client?.isOpen === true) this.#client.unsubscribe(topic, this.#receive).catch(() => undefined);
  }

  /** Listens to nothing any more; resolves when Redis has done all it was told, or is lost. */
  async settle(): Promise<void> {
    if (!this.#isReady) return;
    const told = this.#options.listener === undefined ? this.command(["PING"]) : this.#client?.unsubscribe();
    await told?.catch(() => undefined);
  }

  close(): void {
    this.#isClosed = true;
    this.#isReady = false;
    this.#watchdog?.stop();
    clearTimeout(this.#retry);
    this.#client?.destroy();
  }

  /** @throws {ChannelsError} why the link cannot be used, when it cannot. */
  assertReady(): void {
    this.#readyClient();
  }

  #readyClient(): Client {
    if (this.#isReady && this.#client !== undefined) return this.#client;
    throw this.#explain(undefined);
  }

  /** What a failed call means: the server's own answer, or that the link is lost or closed. */
  #explain(error: unknown): ChannelsError {
    if (error instanceof ErrorReply) return toLayerError(this.address, error);
    if (this.#isClosed) return new LayerClosedError();
    return this.#failure ?? toLayerError(this.address, error);
  }

  async #connect(): Promise<void> {
    const { url, timeoutMs } = this.#options;
    const client = createRedisClient(url, timeoutMs);
    this.#client = client;
    this.#number += 1;
    client.on("error", (error: unknown) => this.#lose(client, error));
    const startedAtMs = performance.now();
    const prepare = (): Promise<void> => this.#prepare(client);
    this.#hashes = await openClient(client, { address: this.address, timeoutMs, prepare });
    this.#isReady = true;
    const ask = (): Promise<unknown> => this.command(["PING"]);
    const onSilence = (): void => this.#lose(client, new Error(`no answer within ${timeoutMs} ms`));
    this.#watchdog = new Watchdog({ timeoutMs, ask, onSilence }, startedAtMs);
    if (this.#isClosed) this.close();
  }

  async #prepare(client: Client): Promise<void> {
    const { fence, listener } = this.#options;
    if (this.#number > 1) await client.set(fence, String(this.#number), { PX: FENCE_MS });
    const topics = listener?.topics() ?? [];
    if (topics.length > 0) await client.subscribe([...topics], this.#receive);
  }

  readonly #receive: TopicListener = (message, topic) => {
    this.#watchdog?.hear();
    try {
      this.#options.listener?.onMessage(message, topic);
    } catch (error) {
      // Thrown here, it would break the client's parser; it is nobody's but the process's.
      queueMicrotask(() => {
        throw error;
      });
    }
  };

  #lose(client: Client, error: unknown): void {
    if (client !== this.#client || !this.#isReady) return;
    const cause = toLayerError(this.address, error);
    const completeUntilMs = this.#watchdog?.completeUntilMs ?? 0;
    this.#isReady = false;
    this.#failure = cause;
    this.#watchdog?.stop();
    client.destroy();
    this.#options.listener?.onLost(cause);
    this.#comeBack(0, () => this.#options.onBack({ completeUntilMs, cause }));
  }

  /** Jitter: when Redis comes back, its clients must not all come at once. */
  #comeBack(retries: number, onBack: () => void): void {
    if (this.#isClosed) return;
    const attempt = (): void => {
      this.#connect().then(onBack, (error: ChannelsError) => {
        this.#failure = error;
        this.#comeBack(retries + 1, onBack);
      });
    };
    this.#retry = setTimeout(attempt, Math.random() * Math.min(50 * 2 ** retries, LONGEST_RETRY_MS));
  }
}

function weightOf(args: readonly string[]): number {
  let weight = COMMAND_WEIGHT;
  for (const { length } of args) weight += length;
  return weight;
}
