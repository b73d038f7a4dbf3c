// The exports of @lobby/channels/server. `npm run describe` writes this file.

import { AllowedOrigins } from "@lobby/channels";
import { ChannelsError } from "@lobby/channels";
import { ConsumerReport } from "@lobby/channels";
import { Denial } from "@lobby/channels";
import { FrameData } from "@lobby/channels";
import { HttpScope } from "@lobby/channels";
import { RequestScope } from "@lobby/channels";
import { ServerContext } from "@lobby/channels";
import { ServerSocket } from "@lobby/channels";
import { SocketHandler } from "@lobby/channels";
import { WebSocketScope } from "@lobby/channels";

export declare function bodyDenial(limitBytes: number): Denial;

export declare class BodyTooLargeError extends ChannelsError {
  readonly code = "CHANNELS_BODY_TOO_LARGE";
  readonly limitBytes: number;
  constructor(limitBytes: number);
}

export declare class BrokenBodyError extends ChannelsError {
  readonly code = "CHANNELS_BROKEN_BODY";
  readonly status: number;
  constructor(flaw: string, status?: number, options?: ErrorOptions);
}

export declare class BufferGuard {
  constructor(maxBytes: number, turn: number, closeSlow: () => void);
  filled(turn: number): void;
  isExceeded(waitingBytes: number, turn: number): boolean;
  stop(): void;
}

export declare function checkClose(code: number, reason: string): void;

export declare function checkFunction(name: string, value: unknown): void;

export declare function checkLimits(limits: Readonly<Record<string, number>>, most?: number): void;

export declare function checkOptions(what: string, options: unknown, known: readonly string[]): void;

export declare function checkRoot(value: unknown): void;

export interface ClientAddress {
  readonly address: string;
  readonly port: number;
  readonly isUntrustedProxy: boolean;
}

export declare function closingDenial(): Denial;

export declare class ConfigurationError extends ChannelsError {
  readonly code = "CHANNELS_CONFIGURATION";
}

export type ConnectionFacts = Omit<RequestScope, "params" | "subjects">;

export declare function createFanout<Frame>(options: FanoutOptions<Frame>): ServerFanout<Frame>;

export declare function cutTarget(target: string): string;

export declare function describeValue(value: unknown): string;

export declare const DRAINED_BYTES = 65536;

export interface Failure {
  readonly denial: Denial;
  readonly level: ConsumerReport["level"] | undefined;
}

export declare function failureOf(error: unknown, sentence: string): Failure;

export interface FanoutOptions<Frame> {
  readonly codec: FrameCodec<Frame>;
  readonly maxBufferedBytes: number;
  readonly schedule: (flush: () => void) => void;
  readonly report: (report: ConsumerReport) => void;
}

export interface FrameBatch<Frame> {
  append(data: FrameData): number;
  drop(count: number): void;
  slice(from: number, to: number): Frame;
}

export interface FrameCodec<Frame> {
  encode(data: FrameData): Frame;
  batch(): FrameBatch<Frame>;
  join(frames: readonly Frame[]): Frame;
  sizeOf(frame: Frame): number;
}

export declare class Heartbeat {
  constructor(intervalMs: number);
  add(target: HeartbeatTarget): void;
  delete(target: HeartbeatTarget): void;
}

export interface HeartbeatTarget {
  beat(): void;
}

export declare function incomingRequest(url: string | URL, init?: RequestInit): Request;

export declare function isAbort(error: unknown, reason?: unknown): boolean;

export declare function isolateHook<Args extends readonly unknown[]>(
  name: string,
  hook: (...args: Args) => void,
): (...args: Args) => void;

export declare function lateDenial(): Denial;

export declare function logReport({ level, source, operation, error }: ConsumerReport): void;

export declare const MAX_TIMER_MS: number;

export declare function newHttpScope(
  { url, headers, client, reply, layer }: ConnectionFacts,
  server: ServerContext,
): HttpScope;

export declare function newWebSocketScope(
  { url, headers, client, reply, layer }: ConnectionFacts,
  subprotocols: readonly string[],
): WebSocketScope;

export interface OpeningSocket extends Pick<ServerSocket, "deny"> {
  open(handler: SocketHandler): void;
}

export declare function openSocket(
  socket: OpeningSocket,
  apply: () => Promise<SocketHandler | Denial>,
  report: (level: ConsumerReport["level"], error: unknown) => void,
): Promise<void>;

export declare function originCheck(allowed: AllowedOrigins): OriginCheck;

export type OriginCheck = (origin: string | null, host: string | null) => boolean;

export declare function originDenial(): Denial;

export declare class OriginRefusedError extends ChannelsError {
  readonly code = "CHANNELS_ORIGIN_REFUSED";
  constructor(origin: string, host: string, allowed: string);
}

export declare class ServerClosingError extends ChannelsError {
  readonly code = "CHANNELS_SERVER_CLOSING";
  readonly closeCode: number;
  readonly reason: string;
  constructor(closeCode: number, reason: string);
}

export interface ServerFanout<Frame> {
  readonly codec: FrameCodec<Frame>;
  readonly turn: number;
  flush(): void;
}

export declare const SLOW_CLIENT_CODE = 1013;

export declare const SLOW_CLIENT_REASON = "Too many bytes are waiting; reconnect";

export declare class UntrustedProxyError extends ChannelsError {
  readonly code = "CHANNELS_UNTRUSTED_PROXY";
  readonly proxy: string;
  constructor(address: string);
}

export declare class WarnOnce {
  constructor(maxKeys?: number);
  isFirst(key: string): boolean;
}
