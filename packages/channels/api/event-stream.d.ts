// The exports of @lobby/channels/event-stream. `npm run describe` writes this file.

import { AllowedOrigins } from "@lobby/channels";
import { HttpApplication } from "@lobby/channels";
import { HttpScope } from "@lobby/channels";
import { WebSocketApplication } from "@lobby/channels";
import { WebSocketScope } from "@lobby/channels";

export declare function eventStream<Scope extends WebSocketScope>(
  application: WebSocketApplication<Scope>,
  options?: EventStreamOptions,
): HttpApplication<EventStreamScope<Scope>>;

export interface EventStreamOptions {
  readonly allowedOrigins?: AllowedOrigins;
  readonly maxPayloadBytes?: number;
  readonly maxBufferedBytes?: number;
  readonly handshakeTimeoutMs?: number;
  readonly heartbeatIntervalMs?: number;
  readonly closeTimeoutMs?: number;
}

export type EventStreamScope<Scope> = Omit<Scope, "type" | "subprotocols"> & HttpScope;
