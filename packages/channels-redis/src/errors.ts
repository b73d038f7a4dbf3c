/**
 * The errors of the Redis layer, each with a permanent code. `docs/errors.md` is made from the docstrings of the classes.
 */
import { ChannelsError } from "@lobby/channels";
import { ErrorReply } from "@redis/client";

/**
 * Redis cannot be reached, did not answer in time, or the connection broke before its answer. In the last two cases Redis
 * may have received the message, so a retry may deliver it twice. The layer reconnects automatically and then calls the
 * listeners of `onGap`. Until then, calls fail at once.
 */
export class RedisUnavailableError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_UNAVAILABLE";
  override readonly isRetryable = true;
  constructor(address: string, cause: unknown) {
    super(`Redis at ${address} cannot be reached (${reasonOf(cause)}). Start it, or check the network.`, { cause });
  }
}

/**
 * Redis has not yet answered commands of 32 million characters, so the layer refuses more. This message was not sent. Send
 * fewer messages at once, or find out why Redis or the network is slow.
 */
export class RedisOverloadedError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_OVERLOADED";
  override readonly isRetryable = true;
  constructor(address: string, pendingCharacters: number) {
    super(
      `Redis at ${address} has not yet answered commands of ${pendingCharacters} characters; this one was not sent. ` +
        "Send less at once, or find out why Redis or the network is slow.",
    );
  }
}

/** Redis is older than version 7. Upgrade it, or use Valkey. */
export class RedisVersionError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_VERSION";
  constructor(address: string, version: string) {
    super(`Redis at ${address} has version ${version}; this layer needs Redis 7 or later, or Valkey.`);
  }
}

/** The URL leads to a member of a cluster, or to a sentinel. The layer needs one standalone primary. */
export class RedisModeError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_MODE";
  constructor(address: string, mode: string) {
    super(`Redis at ${address} runs as ${mode}; this layer needs a standalone Redis. Put its address into the URL.`);
  }
}

/**
 * Redis refuses writes: it is a replica, or it cannot save to its disk. Nothing was sent. Put the address of the primary
 * into the URL, or fix the cause that Redis reports.
 */
export class RedisReadOnlyError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_READ_ONLY";
  override readonly isRetryable = true;
  constructor(address: string, cause: unknown) {
    super(
      `Redis at ${address} refuses writes (${reasonOf(cause)}). ` +
        "Put the address of the primary into the URL, or fix the cause that Redis reports.",
      { cause },
    );
  }
}

/**
 * Redis has no memory left for the messages of named channels. This message was not sent. Messages to groups and to
 * channels of processes still work, because Redis does not store them. Raise its `maxmemory`, or send less.
 */
export class RedisOutOfMemoryError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_OUT_OF_MEMORY";
  override readonly isRetryable = true;
  constructor(address: string, cause: Error) {
    super(`Redis at ${address} is out of memory (${cause.message}). Raise its maxmemory, or send less.`, { cause });
  }
}

/**
 * Redis expects another user or password, or does not allow this user a command, a key or a topic. Put the right user and
 * password into the URL, `redis://user:password@host:6379`, or allow the user the commands in the README.
 */
export class RedisDeniedError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_DENIED";
  constructor(address: string, cause: Error) {
    super(
      `Redis at ${address} refuses this user (${cause.message}). ` +
        "Put the right user and password into the URL, or allow the user the commands in the README.",
      { cause },
    );
  }
}

/**
 * Node does not trust the certificate of Redis, the certificate has another host name, or the port does not speak TLS. Use
 * the host name of the certificate in the URL. For a private authority, start Node with `NODE_EXTRA_CA_CERTS` set to the
 * authority's file. For a port without TLS, use `redis://`.
 */
export class RedisTlsError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_TLS";
  constructor(address: string, cause: Error) {
    super(
      `TLS with Redis at ${address} failed (${cause.message}). Use redis:// for a port without TLS. Otherwise use the ` +
        "host name of the certificate, and set NODE_EXTRA_CA_CERTS to the file of its authority.",
      { cause },
    );
  }
}

type ErrorClass = new (address: string, cause: Error) => ChannelsError;

/** The classes of error replies, by the first word of the reply or by a phrase of a script error. */
const REPLIES: readonly (readonly [pattern: RegExp, kind: ErrorClass])[] = [
  [/^(READONLY|MISCONF|NOREPLICAS|MASTERDOWN)\b/, RedisReadOnlyError],
  [/^OOM\b/, RedisOutOfMemoryError],
  // The last two phrases are permission errors within scripts: before Redis 7.2, and since then and in Valkey.
  [/^(NOAUTH|WRONGPASS|NOPERM)\b|\bThe user executing the script can't\b|\bACL failure in script\b/, RedisDeniedError],
];
const TLS_CODE = /^(ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|UNABLE_TO_|HOSTNAME_MISMATCH)|SELF_SIGNED_CERT/;

/** Returns the error of this layer for an error of the client library. */
export function toLayerError(address: string, error: unknown): ChannelsError {
  if (error instanceof ChannelsError) return error;
  if (error instanceof ErrorReply) {
    if (/unknown command.*HELLO|^NOPROTO\b/i.test(error.message)) return new RedisVersionError(address, "6 or earlier");
    const [, Kind] = REPLIES.find(([pattern]) => pattern.test(error.message)) ?? [];
    if (Kind !== undefined) return new Kind(address, error);
  } else if (error instanceof Error && TLS_CODE.test(String((error as NodeJS.ErrnoException).code))) {
    return new RedisTlsError(address, error);
  }
  return new RedisUnavailableError(address, error);
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
