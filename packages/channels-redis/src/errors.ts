/** The errors of the Redis layer. `npm run describe` writes `docs/errors.md` from the docstrings of the classes. */
import { ChannelsError } from "@lobby/channels";
import { describeValue } from "@lobby/channels/layers";
import { ErrorReply } from "@redis/client";

const TLS_REMEDY =
  "Write redis instead of rediss for a port without TLS. Otherwise use the host name of the certificate, and give the " +
  "certificate of its authority as `tls: { ca }`. A Redis that asks for a certificate of the client needs " +
  "`tls: { cert, key }`.";

/**
 * The layer has no connection to Redis, Redis did not answer within `timeoutMs`, or the connection broke before the
 * answer. In the last two cases Redis may have received the message, so a retry may deliver it twice. The layer
 * reconnects automatically and calls the listeners of `onGap`. Until then, every call fails at once. `cause` is the
 * reason. It is an error of Redis when Redis answers, but cannot serve: it loads its data, or runs a slow script.
 */
export class RedisUnavailableError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_UNAVAILABLE";
  override readonly isRetryable = true;
  constructor(address: string, cause: unknown) {
    const remedy =
      cause instanceof ErrorReply ? "Fix what Redis reports." : "Start it, or check the address and the network.";
    super(`Redis at ${address} is unavailable (${reasonOf(cause)}). ${remedy}`, { cause });
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
 * The URL leads to a member of a cluster, or to a sentinel as if it were the primary. The layer subscribes to topics and
 * runs scripts over keys that a cluster distributes, so it needs one standalone primary: start a separate Redis for the
 * layer. The URL of sentinels begins with `redis+sentinel://`.
 */
export class RedisModeError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_MODE";
  constructor(address: string, mode: string) {
    const remedy =
      mode === "sentinel"
        ? "Write redis+sentinel:// and, behind the addresses, the name of the primary."
        : "Put the address of a standalone one into the URL.";
    super(`Expected a standalone Redis at ${address}, got one that runs as ${mode}. ${remedy}`);
  }
}

/**
 * Redis has no database with the number in the URL. Redis has 16 databases, numbered from 0, unless its setting
 * `databases` says otherwise. Change the number in the URL, or the setting.
 */
export class RedisDatabaseError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_DATABASE";
  constructor(address: string, cause: Error) {
    super(
      `Redis at ${address} lacks the database in the URL (${cause.message}). ` +
        "Use a smaller number, or raise the setting `databases` of Redis.",
      { cause },
    );
  }
}

/**
 * Redis has as many clients as its setting `maxclients` allows, and accepted none of this layer. Each process needs two
 * connections. Raise the setting and the limit of open files of Redis, or find the program that opens too many connections.
 */
export class RedisClientLimitError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_CLIENT_LIMIT";
  override readonly isRetryable = true;
  constructor(address: string, cause: Error) {
    super(
      `Redis at ${address} accepts no more clients (${cause.message}). Raise its maxclients, or close other connections.`,
      { cause },
    );
  }
}

/**
 * No sentinel in the URL names a primary. The message has the reason of each: the sentinel is not running, refuses its
 * password, watches no primary of this name, or is no sentinel. `sentinelUsername` and `sentinelPassword` in the URL are
 * the user of the sentinels; the user before the hosts is that of the primary.
 */
export class RedisSentinelError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_SENTINEL";
  override readonly isRetryable = true;
  /**
   * @param failures The reason of each sentinel, with its address.
   * @param isTls Whether TLS failed with one of them.
   */
  constructor(primaryName: string, failures: readonly string[], isTls: boolean) {
    super(
      `No sentinel names the primary ${describeValue(primaryName)} (${failures.join("; ")}). ` +
        "Start the sentinels, or correct their addresses, their password or the name in the URL." +
        (isTls ? ` ${TLS_REMEDY}` : ""),
    );
  }
}

/**
 * Redis is a replica, or it refuses writes because it cannot save to its disk or has too few replicas. The call had
 * no effect. The layer counts this as a lost connection: it reconnects automatically, and calls the listeners of `onGap`
 * when it has found a primary that accepts writes. Change the URL to the current primary, or repair the disk or the
 * replicas. Sentinel, a DNS name or a proxy can follow a primary that changes.
 */
export class RedisReadOnlyError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_READ_ONLY";
  override readonly isRetryable = true;
  constructor(
    address: string,
    cause: unknown,
    remedy = "Put the address of the primary into the URL, or fix the cause that Redis reports.",
  ) {
    super(`Redis at ${address} refuses writes (${reasonOf(cause)}). ${remedy}`, { cause });
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
 * Node does not trust the certificate of Redis, the certificate is for another host, Redis asks for a certificate of the
 * client, or the port does not use TLS. The option `tls` takes the certificate of a private authority, the name in the
 * certificate of Redis, and a certificate of the client. Without TLS, the URL begins with `redis`.
 */
export class RedisTlsError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_TLS";
  constructor(address: string, cause: Error) {
    super(`TLS with Redis at ${address} failed (${cause.message}). ${TLS_REMEDY}`, { cause });
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
