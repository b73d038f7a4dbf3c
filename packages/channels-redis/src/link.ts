/** Keeps a connection to Redis and runs commands on it. */
import { LayerClosedError } from "@lobby/channels/layers";
import { backoffDelayMs, type ChannelsError } from "@lobby/channels";
import { ErrorReply } from "@redis/client";
import { CommandBudget } from "./command-budget.ts";
import { toLayerError } from "./errors.ts";
import { createRedisClient, openClient, type Client, type ScriptHashes } from "./redis-client.ts";
import type { Script } from "./scripts.ts";
import { Watchdog } from "./watchdog.ts";

/** The loss of a link's connection. */
export interface Disconnection {
  /** A time on the clock of `performance.now`. Every message that Redis sent before it has arrived. */
  readonly completeUntilMs: number;
  readonly cause: ChannelsError;
}

/** A function that receives each message of a topic. */
export type TopicListener = (message: string, topic: string) => void;

/** The subscriber of a link that receives messages. */
interface LinkSubscriber {
  /** Returns the topics to subscribe to on each new connection. */
  readonly topics: () => readonly string[];
  readonly onMessage: TopicListener;
  readonly onDisconnected: (cause: ChannelsError) => void;
}

/** Options of a link. */
export interface LinkOptions {
  readonly url: string;
  /** How long a connection attempt or an answer may take. After it, the link treats the connection as lost. */
  readonly timeoutMs: number;
  /** The key of this link's fence, by which scripts refuse commands of older connections. */
  readonly fence: string;
  /** Called when the link has reconnected. */
  readonly onReconnected: (disconnection: Disconnection) => void;
  readonly subscriber?: LinkSubscriber;
}

const INITIAL_RETRY_DELAY_MS = 50;
const MAX_RETRY_DELAY_MS = 2_000;
/** The lifetime of a fence, which is longer than the network can delay a command. */
const FENCE_MS = 3_600_000;

/**
 * A connection to Redis that reconnects after each loss. Every call settles within the time-out, because the link treats a
 * silent connection as lost. Without a connection, every call rejects at once with the reason, and the link queues
 * no command.
 */
export class Link {
  /** The address of Redis, without user and password. */
  readonly address: string;
  readonly #options: LinkOptions;
  readonly #budget: CommandBudget;
  /** The newest client, ready or not. */
  #client: Client | undefined;
  #isReady = false;
  #isClosed = false;
  /** The number of the newest client, which the fence compares. */
  #clientNumber = 0;
  #hashes: ScriptHashes = new Map();
  #watchdog: Watchdog | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  /** The reason for the missing connection. */
  #failure: ChannelsError | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.address = URL.parse(options.url)?.host ?? options.url;
    this.#budget = new CommandBudget(this.address);
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Connects for the first time. From then on, the link reconnects automatically. */
  async open(): Promise<void> {
    await this.#connect();
  }

  /** Runs a script and returns its reply. */
  async run<Reply>(script: Script<Reply>, keys: readonly string[], args: readonly string[]): Promise<Reply> {
    const hash = this.#hashes.get(script) ?? "";
    const fenced = [String(script.keys), this.#options.fence, ...keys, String(this.#clientNumber), ...args];
    return (await this.command(["EVALSHA", hash, ...fenced])) as Reply;
  }

  /** Runs a command and returns its reply. */
  async command(args: readonly string[]): Promise<unknown> {
    const client = this.#readyClient();
    const reserved = this.#budget.reserve(args);
    try {
      const reply = await client.sendCommand(args);
      this.#watchdog?.recordActivity();
      return reply;
    } catch (error) {
      // Redis has lost its scripts. A new connection loads them, and keeps the order of the commands.
      if (error instanceof ErrorReply && error.message.startsWith("NOSCRIPT")) this.#disconnect(client, error);
      throw this.#errorOf(error);
    } finally {
      this.#budget.release(reserved);
    }
  }

  /** Deletes every key that matches a pattern. */
  async deleteAll(pattern: string): Promise<void> {
    let cursor = "0";
    do {
      const reply = await this.command(["SCAN", cursor, "MATCH", pattern, "COUNT", "1000"]);
      const [next, keys] = reply as readonly [string, readonly string[]];
      if (keys.length > 0) await this.command(["DEL", ...keys]);
      cursor = next;
    } while (cursor !== "0");
  }

  /** Subscribes to a topic, and resolves once its messages arrive. */
  async subscribe(topic: string): Promise<void> {
    try {
      await this.#readyClient().subscribe(topic, this.#receive);
    } catch (error) {
      throw this.#errorOf(error);
    }
  }

  /** Unsubscribes from a topic. Does nothing without a connection. */
  unsubscribe(topic: string): void {
    if (this.#client?.isOpen === true) this.#client.unsubscribe(topic, this.#receive).catch(() => undefined);
  }

  /** Unsubscribes from all topics, and resolves once Redis has answered every command or the connection is lost. */
  async drain(): Promise<void> {
    if (!this.#isReady) return;
    const answered = this.#options.subscriber === undefined ? this.command(["PING"]) : this.#client?.unsubscribe();
    await answered?.catch(() => undefined);
  }

  close(): void {
    this.#isClosed = true;
    this.#isReady = false;
    this.#watchdog?.stop();
    clearTimeout(this.#retryTimer);
    this.#client?.destroy();
  }

  /**
   * Throws unless the link is connected.
   * @throws {ChannelsError} The reason for the missing connection.
   */
  assertReady(): void {
    this.#readyClient();
  }

  #readyClient(): Client {
    if (this.#isReady && this.#client !== undefined) return this.#client;
    throw this.#errorOf(undefined);
  }

  /** Returns the error of a failed call: the reply of Redis, or the reason for the missing connection. */
  #errorOf(error: unknown): ChannelsError {
    if (error instanceof ErrorReply) return toLayerError(this.address, error);
    if (this.#isClosed) return new LayerClosedError();
    return this.#failure ?? toLayerError(this.address, error);
  }

  async #connect(): Promise<void> {
    const { url, timeoutMs } = this.#options;
    const client = createRedisClient(url, timeoutMs);
    this.#client = client;
    this.#clientNumber += 1;
    client.on("error", (error: unknown) => this.#disconnect(client, error));
    const startedAtMs = performance.now();
    const prepare = (): Promise<void> => this.#prepare(client);
    this.#hashes = await openClient(client, { address: this.address, timeoutMs, prepare });
    this.#isReady = true;
    const ping = (): Promise<unknown> => this.command(["PING"]);
    const onTimeout = (): void => this.#disconnect(client, new Error(`no answer within ${timeoutMs} ms`));
    this.#watchdog = new Watchdog({ timeoutMs, ping, onTimeout }, startedAtMs);
    if (this.#isClosed) this.close();
  }

  async #prepare(client: Client): Promise<void> {
    const { fence, subscriber } = this.#options;
    if (this.#clientNumber > 1) await client.set(fence, String(this.#clientNumber), { PX: FENCE_MS });
    const topics = subscriber?.topics() ?? [];
    if (topics.length > 0) await client.subscribe([...topics], this.#receive);
  }

  readonly #receive: TopicListener = (message, topic) => {
    this.#watchdog?.recordActivity();
    try {
      this.#options.subscriber?.onMessage(message, topic);
    } catch (error) {
      // The error must not reach the parser of the client. It becomes an uncaught exception of the process.
      queueMicrotask(() => {
        throw error;
      });
    }
  };

  #disconnect(client: Client, error: unknown): void {
    if (client !== this.#client || !this.#isReady) return;
    const cause = toLayerError(this.address, error);
    const completeUntilMs = this.#watchdog?.completeUntilMs ?? 0;
    this.#isReady = false;
    this.#failure = cause;
    this.#watchdog?.stop();
    client.destroy();
    this.#options.subscriber?.onDisconnected(cause);
    this.#reconnect(0, { completeUntilMs, cause });
  }

  #reconnect(failures: number, disconnection: Disconnection): void {
    if (this.#isClosed) return;
    const attempt = (): void => {
      this.#connect().then(
        () => this.#options.onReconnected(disconnection),
        (error: ChannelsError) => {
          this.#failure = error;
          this.#reconnect(failures + 1, disconnection);
        },
      );
    };
    const delayMs = backoffDelayMs(failures, INITIAL_RETRY_DELAY_MS, MAX_RETRY_DELAY_MS);
    this.#retryTimer = setTimeout(attempt, delayMs);
  }
}
