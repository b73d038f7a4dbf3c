/**
 * The client library, told what we want of it: one connection, no second try and
 * no queue of its own. Its time-out is put off by whatever is written, and what
 * it had on its way over a lost connection has to be fenced off before the next
 * one says a word; so coming back is the business of `link.ts`.
 */
import { createClient, SocketClosedUnexpectedlyError, type RedisClientType } from "@redis/client";
import { RedisModeError, RedisReadOnlyError, RedisVersionError, toLayerError } from "./errors.ts";
import { SCRIPTS, type Script } from "./scripts.ts";

/** A connection that is made once and then used up. */
export type Client = RedisClientType;

/** What a script is called by on the server. */
export type ScriptHashes = ReadonlyMap<Script<unknown>, string>;

/** How to open a client. */
export interface OpenOptions {
  /** The server's address, for errors. */
  readonly address: string;
  readonly timeoutMs: number;
  /** What else has to be done before anybody may use it. */
  readonly prepare: () => Promise<void>;
}

const MIN_VERSION = 7;

/** A client that is not connected. */
export function createRedisClient(url: string, timeoutMs: number): Client {
  return createClient({
    url,
    disableOfflineQueue: true,
    // It would have a timer for each command.
    commandOptions: { timeout: 0 },
    maintNotifications: "disabled",
    socket: { connectTimeout: timeoutMs, reconnectStrategy: false },
  });
}

/**
 * Connects, sees whom it is talking to, and makes the scripts known.
 * @throws {ChannelsError} one of `errors.ts`, within the time-out; the client is of no use then.
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
    if (isHangUp(error)) throw toLayerError(address, new Error(`it hung up${suffix}`, { cause: error }));
    throw toLayerError(address, error);
  } finally {
    clearTimeout(deadline);
  }
}

/** What a port that speaks TLS does to whoever does not. */
function isHangUp(error: unknown): boolean {
  return error instanceof SocketClosedUnexpectedlyError || (error as NodeJS.ErrnoException).code === "ECONNRESET";
}

/** What a server says of itself, as far as it matters here. */
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
