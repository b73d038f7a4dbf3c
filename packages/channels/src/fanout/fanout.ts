/**
 * Fan-out: encodes a frame once and writes it to many sockets.
 *
 * The fan-out collects the frames of all groups during a tick and writes them in
 * a round when the tick ends. The frames of one group form one buffer, and every
 * member receives that buffer in one write. Members of the same combination of
 * groups share one buffer. A busier server has larger buffers: a round costs
 * one write per member, regardless of the number of messages, and idle groups
 * cost nothing.
 *
 * The collected frames take memory. So the fan-out writes them before the tick
 * ends when one more frame would exceed a limit.
 *
 * Many writes take long. So a round runs in slices of a bounded number of
 * writes, and the event loop handles other work between two slices. Frames that
 * applications publish meanwhile wait for the next round.
 *
 * Each socket receives its frames in the order of sending. Every frame of a
 * group has a position, and each target remembers the position up to which it
 * has received frames. A target catches up alone when it receives a direct frame
 * between two group messages, or joins or leaves a group during a round.
 */
import type { ConsumerReport } from "../report.ts";
import { isolateHook } from "../internal/isolate-hook.ts";
import { checkFrame, type FrameCodec, type FrameData } from "./codec.ts";
import { LaneSet, type Lane, type FanoutTarget } from "./lane.ts";

/** The parts that a transport passes to its fan-out. */
export interface FanoutOptions<Frame> {
  readonly codec: FrameCodec<Frame>;
  /** The bytes that may wait for the end of a tick; above it, the fan-out writes them at once. */
  readonly maxBufferedBytes: number;
  /** Calls `flush` once, after the event loop has handled the pending events. */
  readonly schedule: (flush: () => void) => void;
  /** Receives each failure and warning of the applications. The fan-out logs the errors of the hook to the console. */
  readonly report: (report: ConsumerReport) => void;
}

/** A fan-out as its server sees it. */
export interface ServerFanout<Frame> {
  /** The encoding of frames on this transport. */
  readonly codec: FrameCodec<Frame>;
  /** The number of the current turn of the event loop. Counts only turns in which the fan-out writes. */
  readonly turn: number;
  /** Writes all collected frames at once. A closing server calls it before it closes its sockets. */
  flush(): void;
}

/**
 * Creates the fan-out that all sockets of one server share.
 * @throws {ConfigurationError} CHANNELS_CONFIGURATION when `report` is not a function.
 */
export function createFanout<Frame>(options: FanoutOptions<Frame>): ServerFanout<Frame> {
  return new Fanout(options);
}

/** The writes of one slice. A write takes some microseconds, so a slice delays other work by about 2 ms. */
const WRITES_PER_SLICE = 256;

/** One round: the frames to write, and their targets. */
interface Round<Frame> {
  /** The position after its last frame. */
  readonly end: number;
  readonly targets: readonly FanoutTarget<Frame>[];
  /** The number of targets that the round has visited. */
  done: number;
  /** The size of its frames. */
  readonly bytes: number;
  /** The one combination of lanes, when the round has one lane. */
  readonly shared: LaneSet<Frame> | undefined;
}

/** The fan-out of one server. */
export class Fanout<Frame> implements ServerFanout<Frame> {
  readonly codec: FrameCodec<Frame>;
  readonly maxBufferedBytes: number;
  readonly report: (report: ConsumerReport) => void;
  turn = 0;
  readonly #schedule: (flush: () => void) => void;
  readonly #writeSlice: () => void;
  #isSliceScheduled = false;
  #round: Round<Frame> | undefined;
  /** The position of the first frame that some target still lacks. Positions continue from round to round. */
  #start = 0;
  /** The lane of the frame at each position, from `#start` on. */
  #log: Lane<Frame>[] = [];
  /** The lanes with collected frames. */
  #dirty: Lane<Frame>[] = [];
  /** The size of the collected frames. */
  #collectedBytes = 0;
  #corked: FanoutTarget<Frame>[] = [];

  constructor(options: FanoutOptions<Frame>, writesPerSlice: number = WRITES_PER_SLICE) {
    const { codec, maxBufferedBytes, schedule, report } = options;
    this.codec = codec;
    this.maxBufferedBytes = maxBufferedBytes;
    this.report = isolateHook("report", report);
    this.#schedule = schedule;
    this.#writeSlice = () => {
      this.#isSliceScheduled = false;
      this.turn += 1;
      this.#work(writesPerSlice);
    };
  }

  /** Adds a target to a lane. The target receives the frames that are published later. */
  join(lane: Lane<Frame>, target: FanoutTarget<Frame>): void {
    if (lane.targets.has(target)) return;
    if (lane.batch !== undefined) {
      this.catchUp(target);
      target.served = this.#end;
    }
    lane.targets.add(target);
    target.lanes.add(lane);
  }

  /** Removes a target from a lane, after it has received the frames published before. */
  leave(lane: Lane<Frame>, target: FanoutTarget<Frame>): void {
    if (!lane.targets.has(target)) return;
    if (lane.batch !== undefined) this.catchUp(target);
    lane.targets.delete(target);
    target.lanes.delete(lane);
  }

  /**
   * Sends a frame to every target that is in the lane now.
   * @param except A member that does not receive the frame.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the content is neither a string nor a Uint8Array.
   */
  publish(lane: Lane<Frame>, data: FrameData, except?: FanoutTarget<Frame>): void {
    checkFrame(data);
    const isExcepted = except !== undefined && lane.targets.has(except);
    if (lane.targets.size === (isExcepted ? 1 : 0)) return;
    if (this.#collectedBytes + data.length > this.maxBufferedBytes) this.flush();
    if (isExcepted) this.catchUp(except);
    const batch = lane.batch ?? this.codec.batch();
    this.#collectedBytes += batch.append(data);
    if (lane.batch === undefined) this.#dirty.push(lane);
    lane.batch = batch;
    lane.positions.push(this.#end);
    this.#log.push(lane);
    this.#scheduleSlice();
    if (isExcepted) except.served = this.#end;
  }

  /**
   * Writes a frame to one target, after the earlier frames of its lanes.
   * @throws {ConfigurationError} CHANNELS_CONFIGURATION when the content is neither a string nor a Uint8Array.
   */
  send(target: FanoutTarget<Frame>, data: FrameData): void {
    checkFrame(data);
    const frame = this.codec.encode(data);
    if (!target.isCorked) {
      this.#scheduleSlice();
      this.#corked.push(target);
      target.isCorked = true;
      target.cork();
    }
    this.catchUp(target);
    target.write(frame);
  }

  /** Writes the collected frames of its lanes to one target. */
  catchUp(target: FanoutTarget<Frame>): void {
    target.dirty = undefined;
    if (this.#log.length === 0 || target.served === this.#end) return;
    const since = Math.max(target.served, this.#start);
    const frame = this.#frames(this.#dirtyLanes(target), since, this.#end);
    if (frame === undefined) return;
    target.served = this.#end;
    target.write(frame);
  }

  /** Writes all collected frames at once. */
  flush(): void {
    while (this.#dirty.length > 0 || this.#corked.length > 0) this.#work(Infinity);
  }

  #work(maxWrites: number): void {
    if (this.#dirty.length > 0) this.#write((this.#round ??= this.#begin()), maxWrites);
    for (const target of this.#corked) {
      target.isCorked = false;
      target.uncork();
    }
    this.#corked = [];
    if (this.#dirty.length > 0) this.#scheduleSlice();
  }

  #write(round: Round<Frame>, maxWrites: number): void {
    const { targets, shared } = round;
    const stop = Math.min(round.done + maxWrites, targets.length);
    for (; round.done < stop; round.done += 1) {
      const target = targets[round.done] as FanoutTarget<Frame>;
      const lanes = shared ?? target.dirty;
      target.dirty = undefined;
      if (lanes === undefined || target.served >= round.end) continue;
      if (target.served > this.#start) {
        this.catchUp(target);
      } else {
        target.served = round.end;
        lanes.frame ??= this.#frames(lanes.lanes, this.#start, round.end) as Frame;
        target.write(lanes.frame);
      }
    }
    if (round.done === targets.length) this.#finish(round);
  }

  #begin(): Round<Frame> {
    const [lane] = this.#dirty;
    // A round with one lane marks no members, which makes it four times as fast.
    if (lane !== undefined && this.#dirty.length === 1) {
      const shared = new LaneSet([lane]);
      return { end: this.#end, bytes: this.#collectedBytes, targets: [...lane.targets], done: 0, shared };
    }
    // Small groups first: they delay a large group little, and it would delay them much.
    this.#dirty.sort((one, other) => one.targets.size - other.targets.size);
    const targets = this.#dirty.flatMap(markDirty);
    return { end: this.#end, bytes: this.#collectedBytes, targets, done: 0, shared: undefined };
  }

  /** Drops the frames of the finished round. Frames that were published meanwhile remain. */
  #finish({ end, bytes }: Round<Frame>): void {
    for (const lane of this.#dirty) lane.dropBefore(end);
    this.#dirty = this.#dirty.filter(({ batch }) => batch !== undefined);
    this.#log = this.#log.slice(end - this.#start);
    this.#start = end;
    this.#collectedBytes -= bytes;
    this.#round = undefined;
  }

  /** Returns the frames of these lanes from one position up to another, in order. Undefined when there are none. */
  #frames(lanes: readonly Lane<Frame>[], since: number, until: number): Frame | undefined {
    const [lane] = lanes;
    if (lane !== undefined && lanes.length === 1) return framesOf(lane, lane.indexAt(since), lane.indexAt(until));
    const pieces: Frame[] = [];
    for (const run of this.#runs(lanes, since, until)) {
      const piece = framesOf(run.lane, run.from, run.to);
      if (piece !== undefined) pieces.push(piece);
    }
    return pieces.length > 1 ? this.codec.join(pieces) : pieces[0];
  }

  /** Returns the frames of several lanes in order, as runs of neighbouring frames of one lane. */
  #runs(lanes: readonly Lane<Frame>[], since: number, until: number): Run<Frame>[] {
    const positions = lanes.flatMap((lane) => lane.positions.slice(lane.indexAt(since), lane.indexAt(until)));
    positions.sort((one, other) => one - other);
    const runs: Run<Frame>[] = [];
    let run: Run<Frame> | undefined;
    for (const position of positions) {
      const lane = this.#log[position - this.#start] as Lane<Frame>;
      if (run?.lane === lane) {
        run.to += 1;
      } else {
        const from = lane.indexAt(position);
        run = { lane, from, to: from + 1 };
        runs.push(run);
      }
    }
    return runs;
  }

  /**
   * Returns the target's lanes with frames. Walks the shorter list: the lanes of the target, or all lanes with frames.
   */
  #dirtyLanes({ lanes }: FanoutTarget<Frame>): Lane<Frame>[] {
    if (lanes.size > this.#dirty.length) return this.#dirty.filter((lane) => lanes.has(lane));
    const dirty: Lane<Frame>[] = [];
    for (const lane of lanes) if (lane.batch !== undefined) dirty.push(lane);
    return dirty;
  }

  #scheduleSlice(): void {
    if (this.#isSliceScheduled) return;
    this.#isSliceScheduled = true;
    this.#schedule(this.#writeSlice);
  }

  get #end(): number {
    return this.#start + this.#log.length;
  }
}

/** Neighbouring frames of one lane: those from one index up to another. */
interface Run<Frame> {
  readonly lane: Lane<Frame>;
  readonly from: number;
  to: number;
}

function framesOf<Frame>(lane: Lane<Frame>, from: number, to: number): Frame | undefined {
  return from < to ? lane.batch?.slice(from, to) : undefined;
}

/**
 * Marks every member of a lane with frames. Neighbouring members mostly share a combination of lanes.
 * @returns the members that no other lane has marked before.
 */
function markDirty<Frame>(lane: Lane<Frame>): FanoutTarget<Frame>[] {
  const first: FanoutTarget<Frame>[] = [];
  const alone = new LaneSet([lane]);
  let from: LaneSet<Frame> | undefined;
  let to = alone;
  for (const target of lane.targets) {
    if (target.dirty === undefined) first.push(target);
    if (target.dirty !== from) {
      from = target.dirty;
      to = from === undefined ? alone : from.with(lane);
    }
    target.dirty = to;
  }
  return first;
}
