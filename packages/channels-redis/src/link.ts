/** Keeps a connection to Redis and runs commands on it. */
import { LayerClosedError } from "@lobby/channels/layers";
import { backoffDelayMs, type ChannelsError } from "@lobby/channels";
import { ErrorReply } from "@redis/client";
import { endpointText, type Endpoint } from "./address.ts";
import { CommandBudget } from "./command-budget.ts";
import { endsConnection, toLayerError } from "./error-replies.ts";
import { RedisReadOnlyError, RedisUnavailableError } from "./errors.ts";
import { checkServer, openClient, type Client } from "./redis-client.ts";
import { raiseFence, SCRIPTS, type Script } from "./scripts.ts";
import type { Primary } from "./sentinels.ts";
import { Watchdog } from "./watchdog.ts";

/** The loss of a link's connection. Times are on the clock of `performance.now`. */
export interface Disconnection {
  /** Every message that any process sent before this time has arrived. */
  readonly completeUntilMs: number;
  readonly cause: ChannelsError;
}

/** The return of a link's connection. */
interface Reconnection {
  readonly disconnection: Disconnection;
  /** The start of the new connection when it leads to another server; otherwise undefined. */
  readonly movedAtMs: number | undefined;
}

/** A function that receives each message of a topic. */
export type TopicListener = (message: string, topic: string) => void;

/** The subscriber of a link that receives messages. */
interface LinkSubscriber {
  /** Returns the topics to subscribe to on each new connection. */
  readonly topics: () => readonly string[];
  readonly onMessage: TopicListener;
}

/** Options of a link. */
export interface LinkOptions {
  /** Finds the primary before each connection, and again with each heartbeat. */
  readonly findPrimary: () => Promise<Primary>;
  /** Returns a client without a connection. */
  readonly createClient: (endpoint: Endpoint) => Client;
  /** The number of the database. */
  readonly database: number;
  /** How long a connection attempt or an answer may take. After it, the link treats the connection as lost. */
  readonly timeoutMs: number;
  /** The key of this link's fence, by which scripts refuse commands of older connections. */
  readonly fence: string;
  /** A key that never exists, for heartbeats. */
  readonly nothing: string;
  /** Called when the link has lost its connection. */
  readonly onDisconnected: (cause: ChannelsError) => void;
  /** Called when the link has reconnected. */
  readonly onReconnected: (reconnection: Reconnection) => void;
  readonly subscriber?: LinkSubscriber;
}

const INITIAL_RETRY_DELAY_MS = 50;
const MAX_RETRY_DELAY_MS = 2_000;
/** The lifetime of a fence, which is longer than the network can delay a command. */
const FENCE_MS = 3_600_000;

/**
 * A connection to the primary that reconnects after each loss. Every call settles within the time-out, because the link
 * treats a silent connection as lost, and one to a server that is no longer the primary or cannot serve. Without a
 * connection, every call rejects at once with the reason, and the link queues no command.
 */
export class Link {
  readonly #options: LinkOptions;
  readonly #budget = new CommandBudget();
  /** The newest client, ready or not. */
  #client: Client | undefined;
  /** The address of the newest client. */
  #address = "";
  #isReady = false;
  #isClosed = false;
  /** The number of the newest client, which the fence compares. */
  #clientNumber = 0;
  /** The hashes by which commands call the scripts. */
  #hashes: ReadonlyMap<Script<unknown>, string> = new Map();
  #watchdog: Watchdog | undefined;
  #completeUntilMs = 0;
  /** The time from which all processes have left the previous server. */
  #settledAtMs = 0;
  #retryTimer: NodeJS.Timeout | undefined;
  /** The reason for the missing connection. */
  #failure: ChannelsError | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** The address of Redis, without user and password. */
  get address(): string {
    return this.#address;
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
    return (await this.command(this.#call(script, keys, args))) as Reply;
  }

  /** Runs a command and returns its reply. */
  async command(args: readonly string[]): Promise<unknown> {
    const client = this.#readyClient();
    const reserved = this.#budget.reserve(args, this.#address);
    try {
      const reply = await client.sendCommand(args);
      this.#watchdog?.recordActivity();
      return reply;
    } catch (error) {
      // After a loss of the scripts, too: a new connection loads them, and keeps the order of the commands.
      if (error instanceof ErrorReply && endsConnection(error)) this.#disconnect(client, error);
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

  /** Subscribes to topics, and resolves once their messages arrive. */
  async subscribe(topics: readonly string[]): Promise<void> {
    const client = this.#readyClient();
    try {
      await client.subscribe([...topics], this.#receive);
    } catch (error) {
      if (error instanceof ErrorReply && endsConnection(error)) this.#disconnect(client, error);
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

  /** Drops the connection for a reason that the link does not see itself, and reconnects. */
  disconnect(cause: ChannelsError): void {
    if (this.#client !== undefined) this.#disconnect(this.#client, cause);
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

  /** Returns the command that calls a script. */
  #call(script: Script<unknown>, keys: readonly string[], args: readonly string[]): string[] {
    const hash = this.#hashes.get(script) ?? "";
    return ["EVALSHA", hash, String(script.keys), this.#options.fence, ...keys, String(this.#clientNumber), ...args];
  }

  /** Returns the error of a call: the reply of Redis, the loss of the connection, or the reason for a missing one. */
  #errorOf(error: unknown): ChannelsError {
    if (error instanceof ErrorReply) return toLayerError(this.#address, error);
    if (this.#isClosed) return new LayerClosedError();
    if (this.#failure === undefined) return toLayerError(this.#address, error);
    // Redis may have run an interrupted command, although the reason of the loss may say otherwise.
    if (error === undefined || this.#failure instanceof RedisUnavailableError) return this.#failure;
    return new RedisUnavailableError(this.#address, this.#failure);
  }

  /** Connects, and returns the start of the connection. */
  async #connect(): Promise<number> {
    const { findPrimary, createClient, timeoutMs } = this.#options;
    const startedAtMs = performance.now();
    const { endpoint, isCertain } = await findPrimary();
    if (this.#isClosed) throw new LayerClosedError();
    const client = createClient(endpoint);
    this.#client = client;
    this.#address = endpointText(endpoint);
    this.#clientNumber += 1;
    client.on("error", (error: unknown) => this.#disconnect(client, error));
    await openClient(client, this.#address, timeoutMs, () => this.#prepare(client));
    if (this.#isClosed) {
      client.destroy();
      throw new LayerClosedError();
    }
    this.#isReady = true;
    this.#failure = undefined;
    if (isCertain || this.#clientNumber === 1) this.#completeUntilMs = startedAtMs;
    const onTimeout = (): void => this.#disconnect(client, new Error(`no answer within ${timeoutMs} ms`));
    this.#watchdog = new Watchdog({ timeoutMs, beat: () => this.#beat(client), onTimeout });
    return startedAtMs;
  }

  /** Checks the server, loads the scripts, fences the earlier connections, and subscribes again. */
  async #prepare(client: Client): Promise<void> {
    const { database, subscriber } = this.#options;
    await checkServer(client, this.#address);
    if (database !== 0) await client.select(database);
    const hashes = await Promise.all(SCRIPTS.map(({ text }) => client.scriptLoad(text)));
    this.#hashes = new Map(SCRIPTS.map((script, index) => [script, hashes[index] as string]));
    // This shows as well whether Redis accepts writes.
    await client.sendCommand(this.#call(raiseFence, [], [String(FENCE_MS)]));
    const topics = subscriber?.topics() ?? [];
    if (topics.length > 0) await client.subscribe([...topics], this.#receive);
  }

  /**
   * Checks that the server is still the primary and accepts writes. A replica answers a PING as well, and its
   * subscribers receive only what its own primary sends it.
   */
  async #beat(client: Client): Promise<void> {
    const { nothing } = this.#options;
    const sentAtMs = performance.now();
    try {
      await Promise.all([checkServer(client, this.#address), client.del(nothing)]);
    } catch (error) {
      this.#disconnect(client, error);
      return;
    }
    if (client === this.#client) this.#watchdog?.recordActivity();
    await this.#confirm(client, sentAtMs);
  }

  /** Asks the sentinels whether the server was the primary at a time. An isolated primary does not know that it has a successor. */
  async #confirm(client: Client, atMs: number): Promise<void> {
    const primary = await this.#options.findPrimary().catch(() => undefined);
    if (primary?.isCertain !== true || client !== this.#client) return;
    const address = endpointText(primary.endpoint);
    if (address !== this.#address) {
      const reason = `the sentinels have moved the primary to ${address}`;
      this.#disconnect(client, new RedisReadOnlyError(this.#address, reason, "The layer follows."));
    } else if (atMs > this.#settledAtMs) {
      this.#completeUntilMs = Math.max(this.#completeUntilMs, atMs);
    }
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
    const cause = toLayerError(this.#address, error);
    this.#isReady = false;
    this.#failure = cause;
    this.#watchdog?.stop();
    client.destroy();
    this.#options.onDisconnected(cause);
    this.#reconnect(0, this.#address, { completeUntilMs: this.#completeUntilMs, cause });
  }

  /** @param lostAddress The address of the lost connection. */
  #reconnect(failures: number, lostAddress: string, disconnection: Disconnection): void {
    if (this.#isClosed) return;
    const attempt = (): void => {
      this.#connect().then(
        (startedAtMs) => this.#returned(startedAtMs, lostAddress, disconnection),
        (error: ChannelsError) => {
          this.#failure = error;
          this.#reconnect(failures + 1, lostAddress, disconnection);
        },
      );
    };
    const delayMs = backoffDelayMs(failures, INITIAL_RETRY_DELAY_MS, MAX_RETRY_DELAY_MS);
    this.#retryTimer = setTimeout(attempt, delayMs);
  }

  #returned(startedAtMs: number, lostAddress: string, disconnection: Disconnection): void {
    const movedAtMs = this.#address === lostAddress ? undefined : startedAtMs;
    if (movedAtMs !== undefined) this.#settledAtMs = performance.now() + this.#options.timeoutMs;
    this.#options.onReconnected({ disconnection, movedAtMs });
  }
}
