/**
 * Configures the client library: one connection, no reconnection and no offline queue. `link.ts` reconnects instead, for
 * two reasons. Each write would extend the library's time-out. And a new connection must fence the commands of the lost
 * one before it sends its own.
 */
import { createClient, SocketClosedUnexpectedlyError, type RedisClientType } from "@redis/client";
import { RedisModeError, RedisReadOnlyError, RedisVersionError, toLayerError } from "./errors.ts";
import { SCRIPTS, type Script } from "./scripts.ts";

/** A client for one connection. */
export type Client = RedisClientType;

/** The hashes by which commands call the scripts. */
export type ScriptHashes = ReadonlyMap<Script<unknown>, string>;

/** Options of `openClient`. */
export interface OpenOptions {
  /** The address of Redis, for errors. */
  readonly address: string;
  readonly timeoutMs: number;
  /** Called after the checks of Redis, before the client is ready. */
  readonly prepare: () => Promise<void>;
}

const MIN_VERSION = 7;

/** Returns a client without a connection. */
export function createRedisClient(url: string, timeoutMs: number): Client {
  return createClient({
    url,
    disableOfflineQueue: true,
    // With a time-out, the library would start a timer for each command.
    commandOptions: { timeout: 0 },
    maintNotifications: "disabled",
    socket: { connectTimeout: timeoutMs, reconnectStrategy: false },
  });
}

/**
 * Connects a client, checks the version, mode and role of Redis, and loads the scripts. Destroys the client on failure.
 * @throws {ChannelsError} One of the errors in `errors.ts`, within the time-out.
 */
export async function openClient(client: Client, options: OpenOptions): Promise<ScriptHashes> {
  const { address, timeoutMs, prepare } = options;
  let isLate = false;
  let isConnected = false;
  const deadline = setTimeout(() => {
    isLate = true;
    client.destroy();
  }, timeoutMs);
  try {
    await client.connect();
    isConnected = true;
    checkServer(address, await client.hello());
    const hashes = await Promise.all(SCRIPTS.map(({ text }) => client.scriptLoad(text)));
    await prepare();
    if (!client.isReady) throw new SocketClosedUnexpectedlyError();
    return new Map(SCRIPTS.map((script, index) => [script, hashes[index] as string]));
  } catch (error) {
    client.destroy();
    const isTls = client.options.socket?.tls === true;
    const hint = isTls ? "if the port does not speak TLS, use redis://" : "if the port speaks TLS, use rediss://";
    const suffix = isConnected ? "" : `; ${hint}`;
    if (isLate) throw toLayerError(address, new Error(`no answer within ${timeoutMs} ms${suffix}`));
    if (isClosed(error)) throw toLayerError(address, new Error(`it closed the connection${suffix}`, { cause: error }));
    throw toLayerError(address, error);
  } finally {
    clearTimeout(deadline);
  }
}

/** Returns whether Redis closed the connection, as a TLS port does with a client without TLS. */
function isClosed(error: unknown): boolean {
  return error instanceof SocketClosedUnexpectedlyError || (error as NodeJS.ErrnoException).code === "ECONNRESET";
}

/** The parts of Redis's answer to HELLO that this layer checks. */
interface Greeting {
  readonly version: string;
  readonly mode: string;
  readonly role: string;
}

function checkServer(address: string, { version, mode, role }: Greeting): void {
  if (!(Number.parseInt(version, 10) >= MIN_VERSION)) throw new RedisVersionError(address, version);
  if (mode !== "standalone") throw new RedisModeError(address, mode);
  if (role !== "master") throw new RedisReadOnlyError(address, "it is a replica");
}
