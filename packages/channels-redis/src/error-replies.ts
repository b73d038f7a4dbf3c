/** Sorts the error replies of Redis into the errors of the layer. */
import { ChannelsError } from "@lobby/channels";
import { ErrorReply } from "@redis/client";
import {
  RedisClientLimitError,
  RedisDatabaseError,
  RedisDeniedError,
  RedisModeError,
  RedisOutOfMemoryError,
  RedisReadOnlyError,
  RedisTlsError,
  RedisUnavailableError,
  RedisVersionError,
} from "./errors.ts";

/** A kind of error replies. */
interface ReplyKind {
  readonly pattern: RegExp;
  /** Returns the error for the reply. */
  readonly toError: (address: string, reply: ErrorReply) => ChannelsError;
  /** Whether the server, instead of one command, is the reason. A new connection may lead to another server. */
  readonly endsConnection: boolean;
}

/**
 * Returns a pattern for error replies that begin with one of these words. In a script, old versions put the reply of the
 * command behind words of their own.
 */
function beginsWith(...words: readonly string[]): RegExp {
  return new RegExp(String.raw`^(ERR Error running script.*?-)?(${words.join("|")})\b`, "s");
}

const REPLY_KINDS: readonly ReplyKind[] = [
  {
    pattern: beginsWith("READONLY", "MISCONF", "NOREPLICAS", "MASTERDOWN", "REDIRECT"),
    toError: (address, reply) => new RedisReadOnlyError(address, reply),
    endsConnection: true,
  },
  {
    // Redis loads its data, runs a slow script, has lost the scripts of the layer, or has changed its role.
    pattern: beginsWith("LOADING", "BUSY", "NOSCRIPT", "UNBLOCKED"),
    toError: (address, reply) => new RedisUnavailableError(address, reply),
    endsConnection: true,
  },
  {
    pattern: /^(CLUSTERDOWN|MOVED|ASK|CROSSSLOT|TRYAGAIN)\b/,
    toError: (address) => new RedisModeError(address, "cluster"),
    endsConnection: true,
  },
  {
    pattern: beginsWith("OOM"),
    toError: (address, reply) => new RedisOutOfMemoryError(address, reply),
    endsConnection: false,
  },
  {
    pattern: /^(NOAUTH|WRONGPASS|DENIED)\b/,
    toError: (address, reply) => new RedisDeniedError(address, reply),
    endsConnection: true,
  },
  {
    // The last two phrases are permission errors within scripts: before Redis 7.2, and since then and in Valkey.
    pattern: /^NOPERM\b|\bThe user executing the script can't\b|\bACL failure in script\b/,
    toError: (address, reply) => new RedisDeniedError(address, reply),
    endsConnection: false,
  },
  {
    pattern: /\bmax number of clients\b/,
    toError: (address, reply) => new RedisClientLimitError(address, reply),
    endsConnection: true,
  },
  {
    pattern: /\bDB index\b/,
    toError: (address, reply) => new RedisDatabaseError(address, reply),
    endsConnection: true,
  },
  {
    pattern: /unknown command.*HELLO|^NOPROTO\b/i,
    toError: (address) => new RedisVersionError(address, "6 or earlier"),
    endsConnection: true,
  },
];
const TLS_CODE = /^(ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|UNABLE_TO_|HOSTNAME_MISMATCH)|SELF_SIGNED_CERT/;

/** Converts an error of the client library into an error of this layer. */
export function toLayerError(address: string, error: unknown): ChannelsError {
  if (error instanceof ChannelsError) return error;
  if (error instanceof ErrorReply)
    return kindOf(error)?.toError(address, error) ?? new RedisUnavailableError(address, error);
  const isTls = error instanceof Error && TLS_CODE.test(String((error as NodeJS.ErrnoException).code));
  return isTls ? new RedisTlsError(address, error) : new RedisUnavailableError(address, error);
}

/** Returns whether an error reply says that the server cannot serve this connection. */
export function endsConnection(reply: ErrorReply): boolean {
  return kindOf(reply)?.endsConnection ?? false;
}

function kindOf({ message }: ErrorReply): ReplyKind | undefined {
  return REPLY_KINDS.find(({ pattern }) => pattern.test(message));
}
