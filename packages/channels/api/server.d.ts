// What @lobby/channels/server exports. Written by `npm run api`.

import { ConsumerReport } from "@lobby/channels";
import { Denial } from "@lobby/channels";
import { FrameData } from "@lobby/channels";

export declare function bodyDenial(limitBytes: number): Denial;

export declare function checkClose(code: number, reason: string): void;

export declare function checkLimits(limits: Readonly<Record<string, number>>, most?: number): void;

export declare function checkOptions(what: string, options: object, known: readonly string[]): void;

export interface Failure {
  readonly denial: Denial;
  readonly level: ConsumerReport["level"];
}

export declare function failureOf(error: unknown, sentence: string): Failure;

export declare class Fanout<Frame> {
  readonly codec: FrameCodec<Frame>;
  readonly report: (report: ConsumerReport) => void;
  constructor({ codec, schedule, report }: FanoutOptions<Frame>);
  join(lane: FanoutLane<Frame>, outlet: Outlet<Frame>): void;
  leave(lane: FanoutLane<Frame>, outlet: Outlet<Frame>): void;
  publish(lane: FanoutLane<Frame>, data: FrameData, except?: Outlet<Frame>): void;
  send(outlet: Outlet<Frame>, data: FrameData): void;
  catchUp(outlet: Outlet<Frame>): void;
  flush(): void;
}

export interface FanoutOptions<Frame> {
  readonly codec: FrameCodec<Frame>;
  readonly schedule: (flush: () => void) => void;
  readonly report: (report: ConsumerReport) => void;
}

export declare class FirstTimes {
  constructor(most?: number);
  isFirst(text: string): boolean;
}

export interface FrameBatch<Frame> {
  append(data: FrameData): void;
  slice(from: number, to: number): Frame;
}

export interface FrameCodec<Frame> {
  encode(data: FrameData): Frame;
  batch(): FrameBatch<Frame>;
  join(frames: readonly Frame[]): Frame;
}

export declare function harmless<Args extends readonly unknown[]>(
  name: string,
  hook: (...args: Args) => void,
): (...args: Args) => void;

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

export declare function printReport({ level, consumer, event, error }: ConsumerReport): void;

export interface ServerSocket<Frame = unknown> {
  readonly fanout: Fanout<Frame>;
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
  settled(): Promise<void>;
}

// Not exported, but part of the above:

declare class FanoutLane<Frame> {
  readonly outlets: Set<Outlet<Frame>>;
  batch: FrameBatch<Frame> | undefined;
  positions: number[];
  indexAt(position: number): number;
  clear(): void;
}

declare class LaneSet<Frame> {
  readonly lanes: readonly FanoutLane<Frame>[];
  frame: Frame | undefined;
  constructor(lanes: readonly FanoutLane<Frame>[]);
  with(lane: FanoutLane<Frame>): LaneSet<Frame>;
}

interface Outlet<Frame> {
  write(frame: Frame): void;
  cork(): void;
  uncork(): void;
  readonly lanes: TinySet<FanoutLane<Frame>>;
  served: number;
  dirty: LaneSet<Frame> | undefined;
  isCorked: boolean;
}

declare class TinySet<Element> implements Iterable<Element> {
  get size(): number;
  has(element: Element): boolean;
  add(element: Element): void;
  delete(element: Element): void;
  [Symbol.iterator](): Iterator<Element>;
}
