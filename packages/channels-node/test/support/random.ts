/** Chance that is the same in every run, so that what a test found once it finds again. */
import { SeededRandom } from "../../../channels/src/testing/seeded-random.ts";

/** See the head of this file. */
export class Random extends SeededRandom {
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}
