/** What can be wrong with Redis, each with a permanent code. */
import { ChannelsError } from "@lobby/channels";

/** Redis cannot be reached, or did not answer in time. The message was not sent, or nobody knows whether it was. */
export class RedisUnavailableError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_UNAVAILABLE";
  constructor(address: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`Redis at ${address} cannot be reached (${reason}). Start it, or look at the network between.`, { cause });
  }
}

/** Redis is older than 7 (or is no Redis). */
export class RedisVersionError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_VERSION";
  constructor(address: string, version: string) {
    super(`Redis at ${address} has version ${version}; this layer needs Redis 7 or later, or Valkey.`);
  }
}

/** Redis is a replica, or has been told not to take writes. */
export class RedisReadOnlyError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_READ_ONLY";
  constructor(address: string, cause: Error) {
    super(`Redis at ${address} takes no writes (${cause.message}). Name the primary instead of a replica.`, { cause });
  }
}

/** Redis has no memory left. */
export class RedisOutOfMemoryError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_OUT_OF_MEMORY";
  constructor(address: string, cause: Error) {
    super(`Redis at ${address} is out of memory (${cause.message}). Raise its maxmemory, or send less.`, { cause });
  }
}

/** Redis wants other credentials, or does not allow a command. */
export class RedisDeniedError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_DENIED";
  constructor(address: string, cause: Error) {
    super(`Redis at ${address} refuses this user (${cause.message}). Put the right user and password in the URL.`, {
      cause,
    });
  }
}

/** The error to throw for one that the client threw. */
export function toLayerError(address: string, error: unknown): Error {
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof ChannelsError) return error;
  if (/^READONLY\b|-READONLY\b/.test(text)) return new RedisReadOnlyError(address, error as Error);
  if (/^OOM\b|-OOM\b/.test(text)) return new RedisOutOfMemoryError(address, error as Error);
  if (/^(NOAUTH|WRONGPASS|NOPERM)\b|-NOPERM\b/.test(text)) return new RedisDeniedError(address, error as Error);
  return new RedisUnavailableError(address, error);
}
