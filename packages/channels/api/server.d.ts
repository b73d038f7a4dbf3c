// What @lobby/channels/server exports. Written by `npm run api`.

import { ConsumerReport } from "@lobby/channels";
import { Denial } from "@lobby/channels";
import { FrameData } from "@lobby/channels";

export declare function bodyDenial(limitBytes: number): Denial;

export declare function checkClose(code: number, reason: string): void;

export declare function checkFunction(name: string, value: unknown): void;

export declare function checkLimits(limits: Readonly<Record<string, number>>, most?: number): void;

export declare function checkOptions(what: string, options: unknown, known: readonly string[]): void;

export declare function closingDenial(): Denial;

export declare function createFanout<Frame>(options: FanoutOptions<Frame>): ServerFanout<Frame>;

export declare function describeValue(value: unknown): string;

export interface Failure {
  readonly denial: Denial;
  readonly level: ConsumerReport["level"] | undefined;
}

export declare function failureOf(error: unknown, sentence: string): Failure;

export interface FanoutOptions<Frame> {
  readonly codec: FrameCodec<Frame>;
  readonly schedule: (flush: () => void) => void;
  readonly report: (report: ConsumerReport) => void;
}

export interface FrameBatch<Frame> {
  append(data: FrameData): void;
  drop(count: number): void;
  slice(from: number, to: number): Frame;
}

export interface FrameCodec<Frame> {
  encode(data: FrameData): Frame;
  batch(): FrameBatch<Frame>;
  join(frames: readonly Frame[]): Frame;
}

export declare class Heartbeat {
  constructor(intervalMs: number);
  add(heart: HeartbeatTarget): void;
  delete(heart: HeartbeatTarget): void;
}

export interface HeartbeatTarget {
  beat(): void;
}

export declare function isolateHook<Args extends readonly unknown[]>(
  name: string,
  hook: (...args: Args) => void,
): (...args: Args) => void;

export declare function lateDenial(): Denial;

export declare function logReport({ level, source, operation, error }: ConsumerReport): void;

export declare const MAX_TIMER_MS: number;

export interface OpeningSocket extends Pick<ServerSocket, "deny"> {
  open(handler: SocketHandler): void;
}

export declare function openSocket(
  socket: OpeningSocket,
  apply: () => Promise<SocketHandler | Denial>,
  report: (level: ConsumerReport["level"], error: unknown) => void,
): Promise<void>;

export declare function originDenial(): Denial;

export interface ServerFanout<Frame> {
  readonly codec: FrameCodec<Frame>;
  flush(): void;
}

export interface ServerSocket<Frame = unknown> {
  readonly fanout: ServerFanout<Frame>;
  accept(subprotocol: string | undefined): void;
  deny(denial: Denial): void;
  write(frame: Frame): void;
  cork(): void;
  uncork(): void;
  close(code: number, reason: string): void;
  pause(): void;
  resume(): void;
}

export interface SocketHandler {
  open(): void;
  receive(data: string | Uint8Array): void;
  closing(): void;
  close(code: number, reason: string): void;
  whenIdle(): Promise<void>;
}

export declare class WarnOnce {
  constructor(most?: number);
  isFirst(text: string): boolean;
}
