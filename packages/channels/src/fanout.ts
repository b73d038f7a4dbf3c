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
 * group has a position, and each outlet remembers up to which one it has been
 * served. Whoever needs something else than "all that my groups got for this
 * round" gets the rest by itself: a member that is sent something directly
 * between two group messages, one that joins or leaves in the middle.
 */
import type { ConsumerReport } from "./application.ts";
import type { FrameData } from "./events.ts";
import { LaneSet, type FanoutLane } from "./fanout-lane.ts";
import type { FrameCodec } from "./frame-codec.ts";
import type { TinySet } from "./tiny-set.ts";
import { guardHook } from "./hooks.ts";

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

/** A socket as fan-out sees it. Nothing may be published from within its methods. */
export interface Outlet<Frame> {
  write(frame: Frame): void;
  /** What is written until `uncork` may go out in one piece. */
  cork(): void;
  uncork(): void;
  /** The lanes it is a member of; kept by `Fanout`. */
  readonly lanes: TinySet<FanoutLane<Frame>>;
  /** The position up to which it has been served; kept by `Fanout`. */
  served: number;
  /** Those of its lanes that have frames, while a round is written; kept by `Fanout`. */
  dirty: LaneSet<Frame> | undefined;
  /** Whether it is corked until the turn ends; kept by `Fanout`. */
  isCorked: boolean;
}

/** A write is a system call of some microseconds; so many of them keep nobody waiting for much longer than 2 ms. */
const WRITES_PER_TURN = 256;

/** What is being written, to whom. */
interface Round<Frame> {
  /** The position behind its last frame. */
  readonly end: number;
  readonly outlets: readonly Outlet<Frame>[];
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
  readonly #takeTurn: () => void;
  #isTurnDue = false;
  #round: Round<Frame> | undefined;
  /** The position of the first frame that has not been written to everybody; positions go on from round to round. */
  #start = 0;
  /** Whose frame is at each position from there on. */
  #log: FanoutLane<Frame>[] = [];
  /** The lanes with frames among them. */
  #dirty: FanoutLane<Frame>[] = [];
  #corked: Outlet<Frame>[] = [];

  constructor({ codec, schedule, report }: FanoutOptions<Frame>, writesPerTurn: number = WRITES_PER_TURN) {
    this.codec = codec;
    this.report = guardHook("report", report);
    this.#schedule = schedule;
    this.#takeTurn = () => {
      this.#isTurnDue = false;
      this.#work(writesPerTurn);
    };
  }

  /** Makes the outlet a member from here on: it gets what is published later. */
  join(lane: FanoutLane<Frame>, outlet: Outlet<Frame>): void {
    if (lane.outlets.has(outlet)) return;
    if (lane.batch !== undefined) {
      this.catchUp(outlet);
      outlet.served = this.#end;
    }
    lane.outlets.add(outlet);
    outlet.lanes.add(lane);
  }

  /** Ends a membership: what was published before is still written. */
  leave(lane: FanoutLane<Frame>, outlet: Outlet<Frame>): void {
    if (!lane.outlets.has(outlet)) return;
    if (lane.batch !== undefined) this.catchUp(outlet);
    lane.outlets.delete(outlet);
    outlet.lanes.delete(lane);
  }

  /**
   * Gives a frame to every outlet that is in the lane now.
   * @param except A member that is to be left out.
   */
  publish(lane: FanoutLane<Frame>, data: FrameData, except?: Outlet<Frame>): void {
    const isLeftOut = except !== undefined && lane.outlets.has(except);
    if (lane.outlets.size === (isLeftOut ? 1 : 0)) return;
    if (isLeftOut) this.catchUp(except);
    const batch = lane.batch ?? this.codec.batch();
    batch.append(data);
    if (lane.batch === undefined) this.#dirty.push(lane);
    lane.batch = batch;
    lane.positions.push(this.#end);
    this.#log.push(lane);
    this.#askForTurn();
    if (isLeftOut) except.served = this.#end;
  }

  /** Writes a frame to one outlet, behind what its lanes got before. */
  send(outlet: Outlet<Frame>, data: FrameData): void {
    const frame = this.codec.encode(data);
    if (!outlet.isCorked) {
      this.#askForTurn();
      this.#corked.push(outlet);
      outlet.isCorked = true;
      outlet.cork();
    }
    this.catchUp(outlet);
    outlet.write(frame);
  }

  /** Writes to one outlet what its lanes got so far. */
  catchUp(outlet: Outlet<Frame>): void {
    outlet.dirty = undefined;
    if (this.#log.length === 0 || outlet.served === this.#end) return;
    const since = Math.max(outlet.served, this.#start);
    const frame = this.#frames(this.#dirtyLanes(outlet), since, this.#end);
    if (frame === undefined) return;
    outlet.served = this.#end;
    outlet.write(frame);
  }

  /** Writes everything collected, at once. */
  flush(): void {
    while (this.#dirty.length > 0 || this.#corked.length > 0) this.#work(Infinity);
  }

  #work(mostWrites: number): void {
    if (this.#dirty.length > 0) this.#write((this.#round ??= this.#begin()), mostWrites);
    for (const outlet of this.#corked) {
      outlet.isCorked = false;
      outlet.uncork();
    }
    this.#corked = [];
    if (this.#dirty.length > 0) this.#askForTurn();
  }

  #write(round: Round<Frame>, mostWrites: number): void {
    const { outlets, shared } = round;
    const stop = Math.min(round.done + mostWrites, outlets.length);
    for (; round.done < stop; round.done += 1) {
      const outlet = outlets[round.done] as Outlet<Frame>;
      const lanes = shared ?? outlet.dirty;
      outlet.dirty = undefined;
      if (lanes === undefined || outlet.served >= round.end) continue;
      if (outlet.served > this.#start) {
        this.catchUp(outlet);
      } else {
        outlet.served = round.end;
        lanes.frame ??= this.#frames(lanes.lanes, this.#start, round.end) as Frame;
        outlet.write(lanes.frame);
      }
    }
    if (round.done === outlets.length) this.#finish(round);
  }

  #begin(): Round<Frame> {
    const [lane] = this.#dirty;
    // With one lane nothing has to be noted in its members, which would take four times as long.
    if (lane !== undefined && this.#dirty.length === 1) {
      return { end: this.#end, outlets: [...lane.outlets], done: 0, shared: new LaneSet([lane]) };
    }
    // Small rooms first: to them, a large one would make all the difference, and they make none to it.
    this.#dirty.sort((one, other) => one.outlets.size - other.outlets.size);
    const outlets = this.#dirty.flatMap(noteDirty);
    return { end: this.#end, outlets, done: 0, shared: undefined };
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
  #frames(lanes: readonly FanoutLane<Frame>[], since: number, until: number): Frame | undefined {
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
  #runs(lanes: readonly FanoutLane<Frame>[], since: number, until: number): Run<Frame>[] {
    const positions = lanes.flatMap((lane) => lane.positions.slice(lane.indexAt(since), lane.indexAt(until)));
    positions.sort((one, other) => one - other);
    const runs: Run<Frame>[] = [];
    let run: Run<Frame> | undefined;
    for (const position of positions) {
      const lane = this.#log[position - this.#start] as FanoutLane<Frame>;
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
  #dirtyLanes({ lanes }: Outlet<Frame>): FanoutLane<Frame>[] {
    if (lanes.size > this.#dirty.length) return this.#dirty.filter((lane) => lanes.has(lane));
    const dirty: FanoutLane<Frame>[] = [];
    for (const lane of lanes) if (lane.batch !== undefined) dirty.push(lane);
    return dirty;
  }

  #askForTurn(): void {
    if (this.#isTurnDue) return;
    this.#isTurnDue = true;
    this.#schedule(this.#takeTurn);
  }

  get #end(): number {
    return this.#start + this.#log.length;
  }
}

/** Frames of one lane that follow each other: those from one index up to another. */
interface Run<Frame> {
  readonly lane: FanoutLane<Frame>;
  readonly from: number;
  to: number;
}

function framesOf<Frame>(lane: FanoutLane<Frame>, from: number, to: number): Frame | undefined {
  return from < to ? lane.batch?.slice(from, to) : undefined;
}

/**
 * Notes in every member that this lane has frames. Neighbours mostly come from the same set, and go to the same one.
 * @returns those of whom no other lane said so before.
 */
function noteDirty<Frame>(lane: FanoutLane<Frame>): Outlet<Frame>[] {
  const first: Outlet<Frame>[] = [];
  const alone = new LaneSet([lane]);
  let from: LaneSet<Frame> | undefined;
  let to = alone;
  for (const outlet of lane.outlets) {
    if (outlet.dirty === undefined) first.push(outlet);
    if (outlet.dirty !== from) {
      from = outlet.dirty;
      to = from === undefined ? alone : from.with(lane);
    }
    outlet.dirty = to;
  }
  return first;
}
