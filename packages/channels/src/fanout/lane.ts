/** What fan-out knows of a group: who is in it, and what has not been written to all of them. */
import type { TinySet } from "../internal/tiny-set.ts";
import type { FrameBatch } from "./codec.ts";

/** A socket as fan-out sees it. Nothing may be published from within its methods. */
export interface FanoutTarget<Frame> {
  write(frame: Frame): void;
  /** What is written until `uncork` may go out in one piece. */
  cork(): void;
  uncork(): void;
  /** The lanes it is a member of; kept by `Fanout`. */
  readonly lanes: TinySet<Lane<Frame>>;
  /** The position up to which it has been served; kept by `Fanout`. */
  served: number;
  /** Those of its lanes that have frames, while a round is written; kept by `Fanout`. */
  dirty: LaneSet<Frame> | undefined;
  /** Whether it is corked until the turn ends; kept by `Fanout`. */
  isCorked: boolean;
}

/** The targets that get the same frames: those of one group, as far as they take its events alike. */
export class Lane<Frame> {
  readonly targets: Set<FanoutTarget<Frame>> = new Set();
  /** Undefined when there are no frames. */
  batch: FrameBatch<Frame> | undefined;
  /** Where each of them stands among all frames, ascending. */
  positions: number[] = [];

  /** The index of the first frame at this position or behind it. */
  indexAt(position: number): number {
    let low = 0;
    let high = this.positions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.positions[middle] as number) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Forgets the frames before this position. */
  forget(position: number): void {
    const count = this.indexAt(position);
    if (count === this.positions.length) {
      this.batch = undefined;
      this.positions = [];
    } else if (count > 0) {
      this.batch?.drop(count);
      this.positions = this.positions.slice(count);
    }
  }
}

/** Lanes that have frames, as some targets are in just these. All such targets are given the same bytes. */
export class LaneSet<Frame> {
  readonly lanes: readonly Lane<Frame>[];
  /** What all these lanes got, once somebody needs it. */
  frame: Frame | undefined;
  readonly #larger = new Map<Lane<Frame>, LaneSet<Frame>>();

  constructor(lanes: readonly Lane<Frame>[]) {
    this.lanes = lanes;
  }

  /** The one set that has this lane as well. */
  with(lane: Lane<Frame>): LaneSet<Frame> {
    let larger = this.#larger.get(lane);
    if (larger === undefined) {
      larger = new LaneSet([...this.lanes, lane]);
      this.#larger.set(lane, larger);
    }
    return larger;
  }
}
