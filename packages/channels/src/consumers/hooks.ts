/** The two interfaces between a connection and the consumer that a developer wrote. */
import type { Denial } from "../application/denial.ts";
import type { FrameData } from "../fanout/codec.ts";
import type { Awaitable } from "../internal/promise.ts";
import type { Channel, ChannelLayer } from "../layers/layer.ts";

/** The calls that a connection makes to its consumer. */
export interface ConsumerHooks {
  /** The groups to join before `connect`. */
  readonly groups: readonly string[];
  connect(): Awaitable<void>;
  disconnect(code: number, reason: string): Awaitable<void>;
  scopeChanged(previous: object): Awaitable<void>;
}

/** The calls that a consumer makes to its connection. */
export interface ConsumerSocket {
  readonly scope: object;
  readonly channel: Channel;
  readonly layer: ChannelLayer;
  /** A signal that aborts when no further frame can reach the client. */
  readonly signal: AbortSignal;
  accept(subprotocol: string | undefined): void;
  deny(denial: Denial): void;
  /** Sends one frame. Returns false when it cannot reach the client. */
  send(data: FrameData): boolean;
  /** The bytes that wait for the client in this process. */
  readonly bufferedBytes: number;
  /** Resolves once less than 64 KiB wait for the client, or the connection has ended. */
  drained(): Promise<void>;
  /** Closes the connection. Before `accept`, denies it. */
  end(code: number, reason: string): void;
}
