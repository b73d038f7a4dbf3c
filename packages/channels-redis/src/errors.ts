/** The errors of the Redis layer. `npm run describe` writes `docs/errors.md` from the docstrings of the classes. */
import { ChannelsError } from "@lobby/channels";
import { ErrorReply } from "@redis/client";

/**
 * The layer has no connection to Redis, Redis did not answer within `timeoutMs`, or the connection broke before the
 * answer. In the last two cases Redis may have received the message, so a retry may deliver it twice. The layer
 * reconnects automatically and calls the listeners of `onGap`. Until then, every call fails at once. `cause` is the
 * reason.
 */
export class RedisUnavailableError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_UNAVAILABLE";
  override readonly isRetryable = true;
  constructor(address: string, cause: unknown) {
    super(`Redis at ${address} is unavailable (${reasonOf(cause)}). Start it, or check the network.`, { cause });
  }
}

/**
 * The layer sends commands faster than Redis answers them. To bound its memory, the layer refuses further commands while
 * 32 million characters wait for an answer. The refused call had no effect: retry it later, or send fewer messages.
 */
export class RedisOverloadedError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_OVERLOADED";
  override readonly isRetryable = true;
  constructor(address: string, pendingCharacters: number) {
    super(
      `Redis at ${address} has not answered commands of ${pendingCharacters} characters, so the layer sends no more. ` +
        "Send fewer messages at once, or find out why Redis or the network is slow.",
    );
  }
}

/** Redis is too old: the scripts of the layer need features of Redis 7. Upgrade Redis, or use any version of Valkey. */
export class RedisVersionError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_VERSION";
  constructor(address: string, version: string) {
    super(`Redis at ${address} has version ${version}. Upgrade it to version 7 or later, or use Valkey.`);
  }
}

/**
 * The URL leads to a member of a cluster, or to a sentinel. The layer subscribes to topics and runs scripts over keys that
 * a cluster distributes, so it needs one standalone primary. Change the URL, or start a separate Redis for the layer.
 */
export class RedisModeError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_MODE";
  constructor(address: string, mode: string) {
    super(
      `Expected a standalone Redis at ${address}, got one that runs as ${mode}. Put the address of a standalone one into the URL.`,
    );
  }
}

/**
 * Redis is a replica, or it refuses writes because it cannot save to its disk or has too few replicas. The call had
 * no effect. Change the URL to the current primary, or repair the disk or the replicas. A DNS name or a proxy can follow a
 * primary that changes.
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
 * Redis has reached its memory limit, so it stores no more messages of named channels. The call had no effect.
 * Messages to groups and to channels of processes still work, because Redis does not store them. Workers free memory when
 * they receive messages. Raise the limit when they cannot keep up.
 */
export class RedisOutOfMemoryError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_OUT_OF_MEMORY";
  override readonly isRetryable = true;
  constructor(address: string, cause: Error) {
    super(
      `Redis at ${address} is out of memory (${cause.message}). Raise its maxmemory, start more workers, or send fewer messages.`,
      { cause },
    );
  }
}

/**
 * Redis expects another user or password, or its access control list denies this user a command, a key or a topic. The
 * form of the URL is `redis://user:password@host:6379`. The README of `@lobby/channels-redis` has an `ACL SETUSER` command
 * with all permissions that the layer needs.
 */
export class RedisDeniedError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_DENIED";
  constructor(address: string, cause: Error) {
    super(
      `Redis at ${address} refuses this user (${cause.message}). ` +
        "Put another user and password into the URL, or give this user the permissions in the README.",
      { cause },
    );
  }
}

/**
 * Node does not trust the certificate of Redis, the certificate is for another host, or the port does not use TLS. Node
 * reads `NODE_EXTRA_CA_CERTS`, the file of a private certificate authority, only when it starts: set it in the environment
 * of the process. Without TLS, the URL begins with `redis://`.
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

/** The classes of error replies, by the first word of a reply or by a phrase in the error of a script. */
const REPLIES: readonly (readonly [pattern: RegExp, kind: ErrorClass])[] = [
  [/^(READONLY|MISCONF|NOREPLICAS|MASTERDOWN)\b/, RedisReadOnlyError],
  [/^OOM\b/, RedisOutOfMemoryError],
  // The last two phrases are permission errors within scripts: before Redis 7.2, and since then and in Valkey.
  [/^(NOAUTH|WRONGPASS|NOPERM)\b|\bThe user executing the script can't\b|\bACL failure in script\b/, RedisDeniedError],
];
const TLS_CODE = /^(ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|UNABLE_TO_|HOSTNAME_MISMATCH)|SELF_SIGNED_CERT/;

/** Converts an error of the client library into an error of this layer. */
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
