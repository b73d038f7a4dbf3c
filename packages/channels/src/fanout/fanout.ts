/**
 * Fan-out: one frame for many sockets, made once.
 *
 * Frames that groups are to receive are collected while events are handled, and
 * written in a round when the tick ends: per group, everything it got is one
 * buffer, and every member is given that same buffer in one write. Members of
 * several groups share theirs with whoever is in the same ones. The busier the
 * server, the larger the buffers; a round costs members, not members times
 * messages, and what is idle costs nothing.
 *
 * Writing to many takes long. So a round is written in turns of a bounded number
 * of writes, and in between the event loop attends to everything else; what is
 * published meanwhile, to any group, is collected for the next round.
 *
 * The order in which frames were sent to a socket is kept. Every frame of a
 * group has a position, and each target remembers up to which one it has been
 * served. Whoever needs something else than "all that my groups got for this
 * round" gets the rest by itself: a member that is sent something directly
 * between two group messages, one that joins or leaves in the middle.
 */
import type { ConsumerReport } from "../report.ts";
import type { FrameData } from "./codec.ts";
import { LaneSet, type Lane, type FanoutTarget } from "./lane.ts";
import type { FrameCodec } from "./codec.ts";
import { isolateHook } from "../internal/isolate-hook.ts";

/** What one transport gives to its fan-out. */
export interface FanoutOptions<Frame> {
  readonly codec: FrameCodec<Frame>;
  /** Calls back once, when the events at hand have been handled; others must get their turn in between. */
  readonly schedule: (flush: () => void) => void;
  /** Told what went wrong in the applications behind the transport. What it throws is written to the console. */
  readonly report: (report: ConsumerReport) => void;
}

/** Fan-out as servers, and applications without a consumer, see it. */
export interface ServerFanout<Frame> {
  /** How frames are written on this transport. */
  readonly codec: FrameCodec<Frame>;
  /** Writes everything collected, at once: for a server that closes. */
  flush(): void;
}

/** Makes the one fan-out that all sockets of a server share. */
export function createFanout<Frame>(options: FanoutOptions<Frame>): ServerFanout<Frame> {
  return new Fanout(options);
}

/** A write is a system call of some microseconds; so many of them keep nobody waiting for much longer than 2 ms. */
const WRITES_PER_SLICE = 256;

/** What is being written, to whom. */
interface Round<Frame> {
  /** The position behind its last frame. */
  readonly end: number;
  readonly targets: readonly FanoutTarget<Frame>[];
  /** How many of them have been seen to. */
  done: number;
  /** What all of them get who have their lanes in common. */
  readonly shared: LaneSet<Frame> | undefined;
}

/** Collects and writes for all sockets of one server. */
export class Fanout<Frame> implements ServerFanout<Frame> {
  readonly codec: FrameCodec<Frame>;
  readonly report: (report: ConsumerReport) => void;
  readonly #schedule: (flush: () => void) => void;
  readonly #writeSlice: () => void;
  #isSliceScheduled = false;
  #round: Round<Frame> | undefined;
  /** The position of the first frame that has not been written to everybody; positions go on from round to round. */
  #start = 0;
  /** Whose frame is at each position from there on. */
  #log: Lane<Frame>[] = [];
  /** The lanes with frames among them. */
  #dirty: Lane<Frame>[] = [];
  #corked: FanoutTarget<Frame>[] = [];

  constructor({ codec, schedule, report }: FanoutOptions<Frame>, writesPerSlice: number = WRITES_PER_SLICE) {
    this.codec = codec;
    this.report = isolateHook("report", report);
    this.#schedule = schedule;
    this.#writeSlice = () => {
      this.#isSliceScheduled = false;
      this.#work(writesPerSlice);
    };
  }

  /** Makes the target a member from here on: it gets what is published later. */
  join(lane: Lane<Frame>, target: FanoutTarget<Frame>): void {
    if (lane.targets.has(target)) return;
    if (lane.batch !== undefined) {
      this.catchUp(target);
      target.served = this.#end;
    }
    lane.targets.add(target);
    target.lanes.add(lane);
  }

  /** Ends a membership: what was published before is still written. */
  leave(lane: Lane<Frame>, target: FanoutTarget<Frame>): void {
    if (!lane.targets.has(target)) return;
    if (lane.batch !== undefined) this.catchUp(target);
    lane.targets.delete(target);
    target.lanes.delete(lane);
  }

  /**
   * Gives a frame to every target that is in the lane now.
   * @param except A member that is to be left out.
   */
  publish(lane: Lane<Frame>, data: FrameData, except?: FanoutTarget<Frame>): void {
    const isLeftOut = except !== undefined && lane.targets.has(except);
    if (lane.targets.size === (isLeftOut ? 1 : 0)) return;
    if (isLeftOut) this.catchUp(except);
    const batch = lane.batch ?? this.codec.batch();
    batch.append(data);
    if (lane.batch === undefined) this.#dirty.push(lane);
    lane.batch = batch;
    lane.positions.push(this.#end);
    this.#log.push(lane);
    this.#scheduleSlice();
    if (isLeftOut) except.served = this.#end;
  }

  /** Writes a frame to one target, behind what its lanes got before. */
  send(target: FanoutTarget<Frame>, data: FrameData): void {
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

  /** Writes to one target what its lanes got so far. */
  catchUp(target: FanoutTarget<Frame>): void {
    target.dirty = undefined;
    if (this.#log.length === 0 || target.served === this.#end) return;
    const since = Math.max(target.served, this.#start);
    const frame = this.#frames(this.#dirtyLanes(target), since, this.#end);
    if (frame === undefined) return;
    target.served = this.#end;
    target.write(frame);
  }

  /** Writes everything collected, at once. */
  flush(): void {
    while (this.#dirty.length > 0 || this.#corked.length > 0) this.#work(Infinity);
  }

  #work(mostWrites: number): void {
    if (this.#dirty.length > 0) this.#write((this.#round ??= this.#begin()), mostWrites);
    for (const target of this.#corked) {
      target.isCorked = false;
      target.uncork();
    }
    this.#corked = [];
    if (this.#dirty.length > 0) this.#scheduleSlice();
  }

  #write(round: Round<Frame>, mostWrites: number): void {
    const { targets, shared } = round;
    const stop = Math.min(round.done + mostWrites, targets.length);
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
    // With one lane nothing has to be noted in its members, which would take four times as long.
    if (lane !== undefined && this.#dirty.length === 1) {
      return { end: this.#end, targets: [...lane.targets], done: 0, shared: new LaneSet([lane]) };
    }
    // Small rooms first: to them, a large one would make all the difference, and they make none to it.
    this.#dirty.sort((one, other) => one.targets.size - other.targets.size);
    const targets = this.#dirty.flatMap(noteDirty);
    return { end: this.#end, targets, done: 0, shared: undefined };
  }

  /** Everybody has what the round was to bring; what was published meanwhile remains. */
  #finish({ end }: Round<Frame>): void {
    for (const lane of this.#dirty) lane.forget(end);
    this.#dirty = this.#dirty.filter(({ batch }) => batch !== undefined);
    this.#log = this.#log.slice(end - this.#start);
    this.#start = end;
    this.#round = undefined;
  }

  /** What these lanes got from one position up to another, in order; undefined when it is nothing. */
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

  /** The frames of several lanes in order, those of one lane that follow each other taken together. */
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

  /** Those of its lanes that have frames. Either side may be long: somebody in every room, a tick in which all speak. */
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

/** Frames of one lane that follow each other: those from one index up to another. */
interface Run<Frame> {
  readonly lane: Lane<Frame>;
  readonly from: number;
  to: number;
}

function framesOf<Frame>(lane: Lane<Frame>, from: number, to: number): Frame | undefined {
  return from < to ? lane.batch?.slice(from, to) : undefined;
}

/**
 * Notes in every member that this lane has frames. Neighbours mostly come from the same set, and go to the same one.
 * @returns those of whom no other lane said so before.
 */
function noteDirty<Frame>(lane: Lane<Frame>): FanoutTarget<Frame>[] {
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
