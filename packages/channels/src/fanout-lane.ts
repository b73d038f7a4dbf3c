/** What fan-out knows of a group: who is in it, and what has not been written to all of them. */
import type { Outlet } from "./fanout.ts";
import type { FrameBatch } from "./frame-codec.ts";

/** The outlets that get the same frames: those of one group, as far as they take its events alike. */
export class FanoutLane<Frame> {
  readonly outlets: Set<Outlet<Frame>> = new Set();
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

/** Lanes that have frames, as some outlets are in just these. All such outlets are given the same bytes. */
export class LaneSet<Frame> {
  readonly lanes: readonly FanoutLane<Frame>[];
  /** What all these lanes got, once somebody needs it. */
  frame: Frame | undefined;
  readonly #larger = new Map<FanoutLane<Frame>, LaneSet<Frame>>();

  constructor(lanes: readonly FanoutLane<Frame>[]) {
    this.lanes = lanes;
  }

  /** The one set that has this lane as well. */
  with(lane: FanoutLane<Frame>): LaneSet<Frame> {
    let larger = this.#larger.get(lane);
    if (larger === undefined) {
      larger = new LaneSet([...this.lanes, lane]);
      this.#larger.set(lane, larger);
    }
    return larger;
  }
}
