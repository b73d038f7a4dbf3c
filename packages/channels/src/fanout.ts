/**
 * Fan-out: one frame for many sockets, once per tick.
 *
 * Frames that groups are to receive are collected while events are handled, and
 * written when the tick ends: per group, everything it got is joined into one
 * buffer, and every member is given that same buffer in one write. The busier
 * the server, the larger the buffers; a tick costs members, not members times
 * messages.
 *
 * The order in which frames were sent to a socket is kept. The log of a tick
 * holds its frames in order, and each outlet remembers how far it has been
 * served. Whoever needs something else than "all that my one group got" is
 * served from the log by itself: a member that is sent something directly
 * between two group messages, one that joins or leaves in the middle, one with
 * several groups that were sent to in the same tick.
 */
import type { ConsumerReport } from "./application.ts";
import type { FrameData } from "./events.ts";

/** How one transport writes frames. */
export interface FrameCodec<Frame> {
  /** Encodes one frame, ready for any socket of the transport. */
  encode(data: FrameData): Frame;
  /** Several frames as one to write; called with two or more. */
  join(frames: readonly Frame[]): Frame;
}

/** What one transport gives to its fan-out. */
export interface FanoutOptions<Frame> {
  readonly codec: FrameCodec<Frame>;
  /** Calls back once, when the events at hand have been handled. */
  readonly schedule: (flush: () => void) => void;
  /** Told what went wrong in the applications behind the transport. */
  readonly report: (report: ConsumerReport) => void;
}

/** A socket as fan-out sees it. */
export interface Outlet<Frame> {
  write(frame: Frame): void;
  /** The lanes it is a member of; kept by `Fanout`. */
  readonly lanes: FanoutLane<Frame>[];
  /** How much of this tick's log it has been served; kept by `Fanout`. */
  served: number;
}

/** The outlets that get the same frames: those of one group, as far as they take its events alike. */
export class FanoutLane<Frame> {
  readonly outlets: Set<Outlet<Frame>> = new Set();
  /** This tick's frames. Empty: nothing to write. */
  frames: Frame[] = [];
}

/** Collects and writes for all sockets of one server. */
export class Fanout<Frame> {
  readonly codec: FrameCodec<Frame>;
  readonly report: (report: ConsumerReport) => void;
  readonly #schedule: (flush: () => void) => void;
  readonly #flush: () => void;
  /** This tick's frames in order, and whose they are. */
  #log: Frame[] = [];
  #logLanes: FanoutLane<Frame>[] = [];
  #dirty: FanoutLane<Frame>[] = [];
  /** Outlets whose `served` is to be reset when the tick ends. */
  #ahead: Outlet<Frame>[] = [];

  constructor({ codec, schedule, report }: FanoutOptions<Frame>) {
    this.codec = codec;
    this.report = report;
    this.#schedule = schedule;
    this.#flush = () => this.flush();
  }

  /** Makes the outlet a member from here on: it gets what is published later. */
  join(lane: FanoutLane<Frame>, outlet: Outlet<Frame>): void {
    if (lane.outlets.has(outlet)) return;
    this.catchUp(outlet);
    if (lane.frames.length > 0) this.#markServed(outlet);
    lane.outlets.add(outlet);
    outlet.lanes.push(lane);
  }

  /** Ends a membership: what was published before is still written. */
  leave(lane: FanoutLane<Frame>, outlet: Outlet<Frame>): void {
    if (!lane.outlets.has(outlet)) return;
    this.catchUp(outlet);
    lane.outlets.delete(outlet);
    outlet.lanes.splice(outlet.lanes.indexOf(lane), 1);
  }

  /** Gives a frame to every outlet that is in the lane now. */
  publish(lane: FanoutLane<Frame>, data: FrameData): void {
    if (lane.outlets.size === 0) return;
    const frame = this.codec.encode(data);
    if (this.#log.length === 0) this.#schedule(this.#flush);
    if (lane.frames.length === 0) this.#dirty.push(lane);
    lane.frames.push(frame);
    this.#log.push(frame);
    this.#logLanes.push(lane);
  }

  /** Writes a frame to one outlet, behind what its lanes got before. */
  send(outlet: Outlet<Frame>, data: FrameData): void {
    this.catchUp(outlet);
    outlet.write(this.codec.encode(data));
  }

  /** Writes to one outlet what its lanes got so far in this tick. */
  catchUp(outlet: Outlet<Frame>): void {
    if (outlet.served === this.#log.length || (outlet.served === 0 && countDirtyLanes(outlet) === 0)) return;
    const missed: Frame[] = [];
    for (let index = outlet.served; index < this.#log.length; index += 1) {
      if (outlet.lanes.includes(this.#logLanes[index] as FanoutLane<Frame>)) missed.push(this.#log[index] as Frame);
    }
    this.#markServed(outlet);
    if (missed.length > 0) outlet.write(this.#joined(missed));
  }

  /** Writes everything collected. Called by the schedule; harmless at any other time. */
  flush(): void {
    for (const lane of this.#dirty) {
      const shared = this.#joined(lane.frames);
      for (const outlet of lane.outlets) {
        if (outlet.served === 0 && countDirtyLanes(outlet) === 1) outlet.write(shared);
        else this.catchUp(outlet);
      }
    }
    for (const lane of this.#dirty) lane.frames = [];
    for (const outlet of this.#ahead) outlet.served = 0;
    this.#dirty = [];
    this.#ahead = [];
    this.#log = [];
    this.#logLanes = [];
  }

  #markServed(outlet: Outlet<Frame>): void {
    if (outlet.served === 0) this.#ahead.push(outlet);
    outlet.served = this.#log.length;
  }

  #joined(frames: readonly Frame[]): Frame {
    const [first] = frames;
    return frames.length === 1 ? (first as Frame) : this.codec.join(frames);
  }
}

function countDirtyLanes<Frame>({ lanes }: Outlet<Frame>): number {
  let dirty = 0;
  for (const lane of lanes) if (lane.frames.length > 0) dirty += 1;
  return dirty;
}
