/** What can be wrong with Redis, each with a permanent code. */
import { ChannelsError } from "@lobby/channels";
import { ErrorReply } from "@redis/client";

/** Redis cannot be reached, or did not answer in time. The message was not sent, or nobody knows whether it was. */
export class RedisUnavailableError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_UNAVAILABLE";
  override readonly isRetryable = true;
  constructor(address: string, cause: unknown) {
    super(`Redis at ${address} cannot be reached (${reasonOf(cause)}). Start it, or look at the network between.`, {
      cause,
    });
  }
}

/** More waits for Redis to take it than a process should hold. This message was not sent. */
export class RedisOverloadedError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_OVERLOADED";
  override readonly isRetryable = true;
  constructor(address: string, pendingCharacters: number) {
    super(
      `Redis at ${address} has not yet answered commands of ${pendingCharacters} characters; this one was not sent. ` +
        "Send less at once, or find out what Redis or the network is busy with.",
    );
  }
}

/** Redis is older than 7 (or is no Redis). */
export class RedisVersionError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_VERSION";
  constructor(address: string, version: string) {
    super(`Redis at ${address} has version ${version}; this layer needs Redis 7 or later, or Valkey.`);
  }
}

/** The server is part of a cluster, or a sentinel. */
export class RedisModeError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_MODE";
  constructor(address: string, mode: string) {
    super(`Redis at ${address} runs as ${mode}; this layer needs one server by itself. Name a primary in the URL.`);
  }
}

/** Redis is a replica, or has been told not to take writes. */
export class RedisReadOnlyError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_READ_ONLY";
  override readonly isRetryable = true;
  constructor(address: string, cause: unknown) {
    super(
      `Redis at ${address} takes no writes (${reasonOf(cause)}). ` +
        "Name the primary instead of a replica, or mend what Redis complains of.",
      { cause },
    );
  }
}

/** Redis has no memory left. */
export class RedisOutOfMemoryError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_OUT_OF_MEMORY";
  override readonly isRetryable = true;
  constructor(address: string, cause: Error) {
    super(`Redis at ${address} is out of memory (${cause.message}). Raise its maxmemory, or send less.`, { cause });
  }
}

/** Redis wants other credentials, or does not allow a command. */
export class RedisDeniedError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_DENIED";
  constructor(address: string, cause: Error) {
    super(
      `Redis at ${address} refuses this user (${cause.message}). ` +
        "Put the right user and password in the URL, or allow the user what README.md lists.",
      { cause },
    );
  }
}

/** TLS failed: a certificate that is not trusted, or a port that does not speak it. */
export class RedisTlsError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_TLS";
  constructor(address: string, cause: Error) {
    super(
      `TLS with Redis at ${address} failed (${cause.message}). Use redis:// when the port does not speak TLS; ` +
        "name the server as its certificate does, and its authority in NODE_EXTRA_CA_CERTS.",
      { cause },
    );
  }
}

type ErrorClass = new (address: string, cause: Error) => ChannelsError;

/** What Redis answers, by the word that it begins with, or what a script complains of. */
const REPLIES: readonly (readonly [pattern: RegExp, kind: ErrorClass])[] = [
  [/^(READONLY|MISCONF|NOREPLICAS|MASTERDOWN)\b/, RedisReadOnlyError],
  [/^OOM\b/, RedisOutOfMemoryError],
  // The last two are what scripts say of a user's rights: the first before Redis 7.2, the second since then and in Valkey.
  [/^(NOAUTH|WRONGPASS|NOPERM)\b|\bThe user executing the script can't\b|\bACL failure in script\b/, RedisDeniedError],
];
const TLS_CODE = /^(ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|UNABLE_TO_|HOSTNAME_MISMATCH)|SELF_SIGNED_CERT/;

/** The error to throw for one that the client threw. */
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
