/** The targets of a group, and the frames that not all of them have received. */
import type { TinySet } from "../internal/tiny-set.ts";
import type { FrameBatch } from "./codec.ts";

/** A socket as the fan-out sees it. Its methods must not publish. */
export interface FanoutTarget<Frame> {
  /** Writes one frame, or several joined ones, to the socket. */
  write(frame: Frame): void;
  /** Collects writes until `uncork`, which may send them in one piece. */
  cork(): void;
  /** Sends the collected writes. */
  uncork(): void;
  /** The lanes that have this target. Only `Fanout` changes it. */
  readonly lanes: TinySet<Lane<Frame>>;
  /** The position up to which the target has received frames. Only `Fanout` changes it. */
  served: number;
  /** The target's lanes with frames, during a round. Only `Fanout` changes it. */
  dirty: LaneSet<Frame> | undefined;
  /** Whether the target is corked until the end of the slice. Only `Fanout` changes it. */
  isCorked: boolean;
}

/** The members of a group in one process that receive the same frames. */
export class Lane<Frame> {
  readonly targets: Set<FanoutTarget<Frame>> = new Set();
  /** The collected frames; undefined when there are none. */
  batch: FrameBatch<Frame> | undefined;
  /** The position of each collected frame among the frames of all lanes, in ascending order. */
  positions: number[] = [];

  /** Returns the index of the first frame at this position or after it. */
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

  /** Removes the frames before this position. */
  dropBefore(position: number): void {
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

/** A combination of lanes with frames. Targets that are in exactly these lanes receive the same bytes. */
export class LaneSet<Frame> {
  readonly lanes: readonly Lane<Frame>[];
  /** The frames of all these lanes, joined when the first target needs them. */
  frame: Frame | undefined;
  readonly #larger = new Map<Lane<Frame>, LaneSet<Frame>>();

  constructor(lanes: readonly Lane<Frame>[]) {
    this.lanes = lanes;
  }

  /** Returns the combination with one more lane, the same object each time. */
  with(lane: Lane<Frame>): LaneSet<Frame> {
    let larger = this.#larger.get(lane);
    if (larger === undefined) {
      larger = new LaneSet([...this.lanes, lane]);
      this.#larger.set(lane, larger);
    }
    return larger;
  }
}
