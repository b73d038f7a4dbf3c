/**
 * Configures the client library: one connection, no reconnection and no offline queue. `link.ts` reconnects instead, for
 * two reasons. Each write would extend the library's time-out. And a new connection must fence the commands of the lost
 * one before it sends its own.
 */
import { createClient, SocketClosedUnexpectedlyError, type RedisClientType } from "@redis/client";
import type { Endpoint, Login } from "./address.ts";
import { toLayerError } from "./error-replies.ts";
import { RedisModeError, RedisReadOnlyError, RedisVersionError } from "./errors.ts";
import type { RedisTlsOptions } from "./tls-options.ts";

/** A client for one connection. */
export type Client = RedisClientType;

/** What a client needs besides an endpoint. */
export interface ClientOptions {
  readonly login: Login | undefined;
  /** The options of TLS; undefined for a connection without TLS. */
  readonly tls: RedisTlsOptions | undefined;
  readonly timeoutMs: number;
}

const MIN_VERSION = 7;

/** Returns a client without a connection. */
export function createRedisClient(endpoint: Endpoint, { login, tls, timeoutMs }: ClientOptions): Client {
  const timing = { connectTimeout: timeoutMs, reconnectStrategy: false } as const;
  const secure = tls === undefined ? ({ tls: false } as const) : ({ ...tls, tls: true } as const);
  return createClient({
    ...login,
    disableOfflineQueue: true,
    // With a time-out, the library would start a timer for each command.
    commandOptions: { timeout: 0 },
    maintNotifications: "disabled",
    socket: "path" in endpoint ? { ...endpoint, ...timing, tls: false } : { ...endpoint, ...timing, ...secure },
  });
}

/**
 * Connects a client and prepares it. Destroys the client on failure.
 * @param address The address of Redis, for errors.
 * @throws {ChannelsError} One of the errors in `errors.ts`, within the time-out.
 */
export async function openClient(
  client: Client,
  address: string,
  timeoutMs: number,
  prepare: () => Promise<void>,
): Promise<void> {
  let isConnected = false;
  try {
    await withinTimeout(client, timeoutMs, async () => {
      await client.connect();
      isConnected = true;
      await prepare();
      if (!client.isReady) throw new SocketClosedUnexpectedlyError();
    });
  } catch (error) {
    client.destroy();
    const isTls = client.options.socket?.tls === true;
    const hint = isTls
      ? "if the port does not speak TLS, write redis instead of rediss"
      : "if the port speaks TLS, write rediss instead of redis";
    const suffix = isConnected ? "" : `; ${hint}`;
    if (error instanceof NoAnswerError) throw toLayerError(address, new Error(error.message + suffix));
    if (isClosed(error)) throw toLayerError(address, new Error(`it closed the connection${suffix}`, { cause: error }));
    throw toLayerError(address, error);
  }
}

/** The error of a client that takes longer than its time-out. */
class NoAnswerError extends Error {}

/**
 * Runs an action on a client. Destroys the client, which ends the action, when it takes longer than the time-out.
 * @throws {Error} `no answer within … ms`, or the error of the action.
 */
export async function withinTimeout<T>(client: Client, timeoutMs: number, action: () => Promise<T>): Promise<T> {
  let isLate = false;
  const deadline = setTimeout(() => {
    isLate = true;
    client.destroy();
  }, timeoutMs);
  try {
    return await action();
  } catch (error) {
    throw isLate ? new NoAnswerError(`no answer within ${timeoutMs} ms`) : error;
  } finally {
    clearTimeout(deadline);
  }
}

/**
 * Throws unless a client is connected to a standalone primary of a version that the layer supports.
 * @throws {RedisVersionError} CHANNELS_REDIS_VERSION for a Redis before version 7.
 * @throws {RedisModeError} CHANNELS_REDIS_MODE for a member of a cluster, or a sentinel.
 * @throws {RedisReadOnlyError} CHANNELS_REDIS_READ_ONLY for a replica.
 */
export async function checkServer(client: Client, address: string): Promise<void> {
  const { version, mode, role } = await client.hello();
  if (!(Number.parseInt(version, 10) >= MIN_VERSION)) throw new RedisVersionError(address, version);
  if (mode !== "standalone") throw new RedisModeError(address, mode);
  if (role !== "master") throw new RedisReadOnlyError(address, "it is a replica");
}

/** Returns whether Redis closed the connection, as a TLS port does with a client without TLS. */
function isClosed(error: unknown): boolean {
  return error instanceof SocketClosedUnexpectedlyError || (error as NodeJS.ErrnoException).code === "ECONNRESET";
}
