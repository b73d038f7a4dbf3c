/** What a connection and the consumer that people wrote ask of each other. */
import type { Awaitable, Denial } from "./application.ts";
import type { FrameData } from "./events.ts";
import type { Channel, ChannelLayer } from "./layers/layer.ts";
import type { SubjectScope } from "./scope.ts";

/** What a connection asks of the consumer that people wrote. */
export interface ConsumerHooks {
  readonly scope: SubjectScope;
  readonly groups: readonly string[];
  takeScope(scope: object): Awaitable<void>;
  connect(): Awaitable<void>;
  receiveFrame(data: FrameData): Awaitable<void>;
  disconnect(code: number, reason: string): Awaitable<void>;
}

/** What the consumer can ask of its connection. */
export interface ConsumerSocket {
  readonly channel: Channel;
  readonly layer: ChannelLayer;
  /** Whether `connect` was called. */
  readonly hasConnected: boolean;
  /** Aborted from when nothing reaches the peer any more. */
  readonly signal: AbortSignal;
  accept(subprotocol: string | undefined): void;
  deny(denial: Denial): void;
  send(data: FrameData): boolean;
  /** Closes the connection, or denies it when it is not open yet. */
  end(code: number, reason: string): void;
}
