// The exports of @lobby/channels/testing. `npm run describe` writes this file.

import { Channel } from "@lobby/channels";
import { ChannelLayer } from "@lobby/channels";
import { ChannelMessage } from "@lobby/channels";
import { ClientAddress } from "@lobby/channels/server";
import { ConsumerReport } from "@lobby/channels";
import { Contract } from "@lobby/channels";
import { FrameData } from "@lobby/channels";
import { Gap } from "@lobby/channels";
import { GroupAddOptions } from "@lobby/channels";
import { GroupSendOptions } from "@lobby/channels";
import { HttpApplication } from "@lobby/channels";
import { InferOutput } from "@lobby/channels";
import { ProtocolRouter } from "@lobby/channels";
import { ReceiveOptions } from "@lobby/channels";
import { Receiver } from "@lobby/channels/layers";
import { SentMessage } from "@lobby/channels";
import { SentMessages } from "@lobby/channels";
import { ServerContext } from "@lobby/channels";
import { StandardSchema } from "@lobby/channels";
import { WebSocketApplication } from "@lobby/channels";

export interface ConformanceCase {
  readonly title: string;
  readonly run: (harness: ConformanceHarness) => Promise<void>;
}

export interface ConformanceHarness {
  readonly create: (limits: ConformanceLimits) => Promise<ChannelLayer>;
  readonly advance: (durationMs: number) => Promise<void>;
  readonly restart?: (whileAway: () => Promise<void>) => Promise<void>;
  readonly deadlineMs?: number;
}

export interface ConformanceLimits {
  readonly capacity: number;
  readonly expiryMs: number;
  readonly leaseMs: number;
  readonly maxMessageBytes?: number;
}

export declare class ContractCommunicator<C extends Contract> extends WebSocketCommunicator {
  constructor(
    application: WebSocketApplication | ProtocolRouter,
    contract: C,
    path: string,
    options?: WebSocketCommunicatorOptions,
  );
  sendMessage(message: SentMessages<C["client"]>): void;
  receiveMessage<Kind extends ServerKinds<C["server"]>>(kind: Kind): Promise<ServerMessage<C["server"], Kind>>;
}

export declare function eventsOf(response: Response): AsyncGenerator<ServerSentEvent, void>;

export interface Fault {
  readonly kind: FaultKind;
  readonly number: number;
  readonly target: string;
  readonly message: ChannelMessage;
}

export type FaultKind = (typeof KINDS)[number];

export declare class FaultyLayer implements ChannelLayer {
  readonly seed: number;
  constructor(inner: ChannelLayer, options: FaultyLayerOptions);
  get faults(): readonly Fault[];
  get counts(): Readonly<Record<FaultKind, number>>;
  get held(): number;
  get capacity(): number;
  get dropped(): number;
  newChannel(receiver?: Receiver): Channel;
  send(channel: string, message: SentMessage): Promise<void>;
  receive(channel: string, options?: ReceiveOptions): Promise<ChannelMessage>;
  groupAdd(group: string, channel: Channel | string, options?: GroupAddOptions): Promise<void>;
  groupDiscard(group: string, channel: Channel | string): Promise<void>;
  groupSend(group: string, message: SentMessage, options?: GroupSendOptions): Promise<void>;
  startOutage(): void;
  endOutage(): void;
  release(): Promise<void>;
  onGap(listener: (gap: Gap) => void): () => void;
  flush(): Promise<void>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
  toString(): string;
}

export interface FaultyLayerOptions {
  readonly seed: number;
  readonly refuse?: number;
  readonly drop?: number;
  readonly duplicate?: number;
  readonly delay?: number;
  readonly reorder?: number;
  readonly delayMessages?: number;
}

export type HandshakeResult =
  | { readonly accepted: true; readonly subprotocol: string | undefined; readonly headers: Headers }
  | {
      readonly accepted: false;
      readonly status: number;
      readonly reason: string;
      readonly headers: Headers;
      readonly body: string | Uint8Array;
      readonly closeCode?: number;
    };

export declare function layerConformance({ isShared, limitsSize, canRestart }: LayerTraits): readonly ConformanceCase[];

export interface LayerTraits {
  readonly isShared: boolean;
  readonly limitsSize?: boolean;
  readonly canRestart?: boolean;
}

export declare function requestApplication(
  application: HttpApplication | ProtocolRouter,
  path: string,
  options?: RequestApplicationOptions,
): Promise<Response>;

export interface RequestApplicationOptions extends RequestInit {
  readonly layer?: ChannelLayer;
  readonly client?: Partial<ClientAddress>;
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
  receiveJson<Output>(schema: StandardSchema<unknown, Output>): Promise<Output>;
  receiveNothing(): Promise<void>;
  receiveClose(): Promise<{ readonly code: number; readonly reason: string }>;
  disconnect(code?: number, reason?: string): Promise<void>;
  whenIdle(): Promise<void>;
  get bufferedBytes(): number;
  get isPaused(): boolean;
}

export interface WebSocketCommunicatorOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly subprotocols?: readonly string[];
  readonly client?: Partial<ClientAddress>;
  readonly layer?: ChannelLayer;
  readonly timeoutMs?: number;
}

// Not exported, but part of the above:

type DeepReadonly<Value> = unknown extends Value
  ? Value
  : Value extends Immutable
    ? Value
    : {
        readonly [Key in keyof Value]: DeepReadonly<Value[Key]>;
      };

type Flat<T> = {
  [K in keyof T]: T[K];
} & {};

type Immutable = string | number | bigint | boolean | symbol | null | undefined | ((...args: never) => unknown);

declare const KINDS: readonly ["refuse", "drop", "duplicate", "delay", "reorder"];

type OneKind<Kind, Fields> = Flat<
  { readonly type: Kind } & DeepReadonly<Fields extends Record<string, never> ? object : Fields>
>;

type ServerKinds<Server> = Server extends StandardSchema ? "message" : keyof Server & string;

type ServerMessage<Server, Kind extends string> =
  Server extends StandardSchema<unknown, infer Output>
    ? Output
    : Kind extends keyof Server
      ? OneKind<Kind, InferOutput<Server[Kind]>>
      : never;
