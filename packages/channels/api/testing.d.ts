// What @lobby/channels/testing exports. Written by `npm run api`.

import { ChannelLayer } from "@lobby/channels";
import { ConsumerReport } from "@lobby/channels";
import { FrameData } from "@lobby/channels";
import { HttpApplication } from "@lobby/channels";
import { ProtocolRouter } from "@lobby/channels";
import { ServerContext } from "@lobby/channels";
import { StandardSchema } from "@lobby/channels";
import { WebSocketApplication } from "@lobby/channels";

export interface ConformanceCase {
  readonly title: string;
  readonly run: (harness: ConformanceHarness) => Promise<void>;
}

export interface ConformanceHarness {
  readonly create: (limits: ConformanceLimits) => Promise<ChannelLayer>;
  readonly isShared: boolean;
  readonly advance: (durationMs: number) => Promise<void>;
}

export interface ConformanceLimits {
  readonly capacity: number;
  readonly expiryMs: number;
  readonly leaseMs: number;
}

export declare function eventsOf({ body }: Response): AsyncGenerator<ServerSentEvent, void>;

export type HandshakeResult =
  | { readonly accepted: true; readonly subprotocol: string | undefined; readonly headers: Headers }
  | {
      readonly accepted: false;
      readonly status: number;
      readonly reason: string;
      readonly headers: Headers;
      readonly body: string | Uint8Array;
    };

export declare function layerConformance({
  isShared,
}: Pick<ConformanceHarness, "isShared">): readonly ConformanceCase[];

export declare function requestApplication(
  application: HttpApplication,
  path: string,
  options?: RequestApplicationOptions,
): Promise<Response>;

export interface RequestApplicationOptions extends RequestInit {
  readonly layer?: ChannelLayer;
  readonly server?: ServerContext;
}

export interface ServerSentEvent {
  readonly type: string;
  readonly data: string;
}

export declare class WebSocketCommunicator {
  readonly reports: readonly ConsumerReport[];
  constructor(application: WebSocketApplication | ProtocolRouter, path: string, options?: WebSocketCommunicatorOptions);
  connect(): Promise<HandshakeResult>;
  send(data: FrameData): void;
  sendJson(value: unknown): void;
  receive(): Promise<FrameData>;
  receiveJson(): Promise<unknown>;
  receiveJson<Output>(schema: StandardSchema<Output>): Promise<Output>;
  receiveNothing(): Promise<void>;
  receiveClose(): Promise<{ readonly code: number; readonly reason: string }>;
  disconnect(code?: number, reason?: string): Promise<void>;
  settled(): Promise<void>;
  get isPaused(): boolean;
}

export interface WebSocketCommunicatorOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly subprotocols?: readonly string[];
  readonly layer?: ChannelLayer;
  readonly timeoutMs?: number;
}
