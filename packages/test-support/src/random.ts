/** A seeded random source for tests: each run makes the same choices, so that every failure repeats. */
import { SeededRandom } from "../../channels/src/testing/seeded-random.ts";

/** A seeded random source with the choices that tests make. */
export class Random extends SeededRandom {
  /** Returns one of the choices. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  /** Returns this many random bytes. */
  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}
