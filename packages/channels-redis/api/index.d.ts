// The exports of @lobby/channels-redis. `npm run describe` writes this file.

import { Channel } from "@lobby/channels";
import { ChannelLayer } from "@lobby/channels";
import { ChannelMessage } from "@lobby/channels";
import { ChannelsError } from "@lobby/channels";
import { ConnectionOptions } from "node:tls";
import { DroppedMessage } from "@lobby/channels";
import { Gap } from "@lobby/channels";
import { GroupAddOptions } from "@lobby/channels";
import { GroupSendOptions } from "@lobby/channels";
import { ReceiveOptions } from "@lobby/channels";
import { Receiver } from "@lobby/channels/layers";
import { SentMessage } from "@lobby/channels";

export declare class RedisChannelLayer implements ChannelLayer {
  readonly capacity: number;
  private constructor();
  static connect(options?: RedisChannelLayerOptions): Promise<RedisChannelLayer>;
  get dropped(): number;
  get gaps(): number;
  get isReady(): boolean;
  newChannel(receiver?: Receiver): Channel;
  send(channel: string, message: SentMessage): Promise<void>;
  receive(channel: string, options?: ReceiveOptions): Promise<ChannelMessage>;
  groupAdd(group: string, channel: Channel | string, options?: GroupAddOptions): Promise<void>;
  groupDiscard(group: string, channel: Channel | string): Promise<void>;
  groupSend(group: string, message: SentMessage, options?: GroupSendOptions): Promise<void>;
  onGap(listener: (gap: Gap) => void): () => void;
  flush(): Promise<void>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface RedisChannelLayerOptions {
  readonly url?: string;
  readonly tls?: RedisTlsOptions;
  readonly prefix?: string;
  readonly capacity?: number;
  readonly expiryMs?: number;
  readonly leaseMs?: number;
  readonly timeoutMs?: number;
  readonly maxMessageBytes?: number;
  readonly onDrop?: (drop: DroppedMessage) => void;
}

export declare class RedisClientLimitError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_CLIENT_LIMIT";
  readonly isRetryable = true;
  constructor(address: string, cause: Error);
}

export declare class RedisDatabaseError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_DATABASE";
  constructor(address: string, cause: Error);
}

export declare class RedisDeniedError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_DENIED";
  constructor(address: string, cause: Error);
}

export declare class RedisModeError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_MODE";
  constructor(address: string, mode: string);
}

export declare class RedisOutOfMemoryError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_OUT_OF_MEMORY";
  readonly isRetryable = true;
  constructor(address: string, cause: Error);
}

export declare class RedisOverloadedError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_OVERLOADED";
  readonly isRetryable = true;
  constructor(address: string, pendingCharacters: number);
}

export declare class RedisReadOnlyError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_READ_ONLY";
  readonly isRetryable = true;
  constructor(address: string, cause: unknown, remedy?: string);
}

export declare class RedisSentinelError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_SENTINEL";
  readonly isRetryable = true;
  constructor(primaryName: string, failures: readonly string[], isTls: boolean);
}

export declare class RedisTlsError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_TLS";
  constructor(address: string, cause: Error);
}

export type RedisTlsOptions = Readonly<Pick<ConnectionOptions, (typeof NAMES)[number]>>;

export declare class RedisUnavailableError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_UNAVAILABLE";
  readonly isRetryable = true;
  constructor(address: string, cause: unknown);
}

export declare class RedisVersionError extends ChannelsError {
  readonly code = "CHANNELS_REDIS_VERSION";
  constructor(address: string, version: string);
}

// Not exported, but part of the above:

declare const NAMES: readonly ["ca", "cert", "key", "passphrase", "servername", "rejectUnauthorized"];
