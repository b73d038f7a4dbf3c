/** Crowds behind one address, on a fake clock: a class of 40, and a conference of 2,000. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { repeatDelayMs, retryDelayMs } from "../../web/lib/retry-delay.ts";
import { TestGate } from "../support/gate.ts";
import { seededRandom } from "@lobby/test-support/random";

/** Something that happens at a time. */
interface Step {
  readonly atMs: number;
  readonly run: () => Promise<void>;
}

/** A simulation that runs steps in the order of their times, on the clock of a gate. */
class Crowd {
  readonly lobby = new TestGate();
  readonly #startMs = this.lobby.nowMs;
  #steps: Step[] = [];

  get nowMs(): number {
    return this.lobby.nowMs - this.#startMs;
  }

  after(delayMs: number, run: () => Promise<void>): void {
    this.#steps.push({ atMs: this.nowMs + Math.ceil(delayMs), run });
  }

  async run(): Promise<void> {
    for (;;) {
      this.#steps.sort((one, other) => other.atMs - one.atMs);
      const next = this.#steps.pop();
      if (next === undefined) return;
      this.lobby.nowMs = this.#startMs + next.atMs;
      await next.run();
    }
  }
}
