/** Crowds behind one address, on a fake clock: a class of 40, and a conference of 2,000. */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Random } from "@lobby/test-support/random";
import { repeatDelayMs, retryDelayMs } from "../../web/lib/retry-delay.ts";
import { TestGate, type Outcome } from "../support/gate.ts";

const MINUTE_MS = 60_000;

/** A crowd whose members act at their times, on the clock of a gate. */
class Crowd {
  readonly lobby: TestGate = new TestGate();
  readonly random = new Random(7);
  readonly #startMs = this.lobby.nowMs;
  readonly #acts = new Map<number, (() => Promise<void>)[]>();

  /** Makes the pages of the test draw their random numbers from the seeded source. */
  constructor(t: TestContext) {
    t.mock.method(Math, "random", () => this.random.next());
  }

  get nowMs(): number {
    return this.lobby.nowMs - this.#startMs;
  }

  /** Plans an act. */
  after(delayMs: number, act: () => Promise<void>): void {
    const atMs = this.nowMs + Math.ceil(delayMs);
    this.#acts.set(atMs, [...(this.#acts.get(atMs) ?? []), act]);
  }

  /** Runs all acts, also those that acts plan. */
  async run(): Promise<void> {
    while (this.#acts.size > 0) {
      for (let due = this.#acts.get(this.nowMs); due !== undefined; due = this.#acts.get(this.nowMs)) {
        this.#acts.delete(this.nowMs);
        for (const act of due) await act();
      }
      this.lobby.nowMs += 1;
    }
  }

  /** Connects as a page does. @returns Resolves when connected. */
  connect(failures = 0): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const attempt = async (failed: number): Promise<void> => {
      if (typeof this.lobby.connect() === "function") resolve();
      else this.after(retryDelayMs(failed, false), () => attempt(failed + 1));
    };
    void attempt(failures);
    return promise;
  }

  /** Says something, and repeats it as a page does. @returns The number of refusals. */
  async say(id: string, done: (refusals: number) => void, refusals = 0): Promise<void> {
    const outcome: Outcome = await this.lobby.say(id);
    if (outcome === "ok") return done(refusals);
    const waitMs = repeatDelayMs(outcome[1] ?? 0, refusals + 1);
    this.after(waitMs, () => this.say(id, done, refusals + 1));
  }
}

test("a class of 40 joins, chooses names and speaks, and notices no limit", async (t) => {
  const crowd = new Crowd(t);
  // All of them at once, in a new room.
  const joining = Array.from({ length: 40 }, async (_, pupil) => {
    await crowd.connect();
    return [await crowd.lobby.rename(`pupil ${pupil}`), await crowd.lobby.say(`pupil ${pupil}`)];
  });
  assert.deepEqual(
    await Promise.all(joining),
    Array.from({ length: 40 }, () => ["ok", "ok"]),
  );
  for (let pupil = 0; pupil < 40; pupil += 1) {
    // Each of them speaks every four seconds, at their own times: 10 messages a second.
    for (let message = 1; message < 60; message += 1) {
      crowd.after(message * 4_000 + crowd.random.below(4_000), async () =>
        assert.equal(await crowd.lobby.say(`pupil ${pupil}`), "ok"),
      );
    }
  }
  await crowd.run();
});

test("a conference of 2,000 joins within a minute", async (t) => {
  const crowd = new Crowd(t);
  const joinedMs: number[] = [];
  for (let page = 0; page < 2_000; page += 1) {
    crowd.after(crowd.random.below(2_000), async () => {
      void crowd.connect().then(() => joinedMs.push(crowd.nowMs));
    });
  }
  await crowd.run();
  assert.equal(joinedMs.length, 2_000);
  assert.ok(Math.max(...joinedMs) < MINUTE_MS, `the last one joined after ${Math.max(...joinedMs)} ms`);
});

test("at a conference, 300 speak for the first time at once and then 5 a second, and every line arrives", async (t) => {
  const crowd = new Crowd(t);
  const saidMs: number[] = [];
  for (let guest = 0; guest < 2_000; guest += 1) {
    crowd.after(crowd.random.below(MINUTE_MS), () => crowd.say(`guest ${guest}`, () => saidMs.push(crowd.nowMs)));
  }
  await crowd.run();
  assert.equal(saidMs.length, 2_000);
  const lastMs = Math.max(...saidMs);
  assert.ok(lastMs < ((2_000 - 300) / 5) * 1000 + MINUTE_MS, `the last line arrived after ${lastMs} ms`);
});

test("at the second day of a conference, 200 messages a second arrive without a wait", async (t) => {
  const crowd = new Crowd(t);
  for (let guest = 0; guest < 2_000; guest += 1) {
    crowd.after(guest * 250, () => crowd.say(`guest ${guest}`, () => undefined));
  }
  await crowd.run();
  crowd.lobby.nowMs += 12 * 60 * MINUTE_MS;
  const refusals: number[] = [];
  // The rate rises as guests of the first day speak again.
  for (let guest = 0; guest < 200; guest += 1) {
    crowd.after(guest * 100, () => crowd.say(`guest ${guest}`, (count) => refusals.push(count)));
  }
  for (let message = 0; message < 12_000; message += 1) {
    crowd.after(20_000 + message * 5, () => crowd.say(`guest ${message % 2_000}`, (count) => refusals.push(count)));
  }
  await crowd.run();
  assert.equal(refusals.length, 12_200);
  assert.equal(Math.max(...refusals), 0);
});
