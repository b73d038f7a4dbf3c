import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { describe, test } from "node:test";
import { patienceBeats, SignsOfLife, type Verdict } from "../src/signs-of-life.ts";

/** Six beats are 50 seconds. */
const PATIENCE = patienceBeats(25_000);

const LOOKS = ["look", "look", "look", "look", "look"] as const;

/** A connection whose counters a test sets, and the beats of its server. */
class Line {
  bytesRead = 100;
  bytesWritten = 1_000;
  writableLength = 0;
  /** The bytes that the kernel has yet to deliver. */
  queuedBytes = 0;
  readonly #signs: SignsOfLife = new SignsOfLife(this as unknown as Socket);

  beat(isReading = true): Verdict | "stuck" {
    const verdict = this.#signs.beat(isReading);
    if (verdict === "ping") this.#signs.pinged();
    if (verdict === "look" && this.#signs.isStuck(this.queuedBytes, PATIENCE)) return "stuck";
    return verdict;
  }

  beats(count: number): (Verdict | "stuck")[] {
    return Array.from({ length: count }, () => this.beat());
  }
}

describe("a client", () => {
  test("that answers is pinged once per interval, from the first beat on", () => {
    const line = new Line();
    const verdicts: string[] = [];
    for (let count = 0; count < 6; count += 1) {
      verdicts.push(line.beat());
      line.bytesRead += 6;
    }
    assert.deepEqual(verdicts, ["ping", "wait", "wait", "ping", "wait", "wait"]);
  });

  test("that does not answer is dead one interval after the ping", () => {
    assert.deepEqual(new Line().beats(4), ["ping", "wait", "wait", "dead"]);
  });

  test("that uploads is alive without an answer", () => {
    const line = new Line();
    for (let count = 0; count < 20; count += 1) {
      assert.notEqual(line.beat(), "dead");
      line.bytesRead += 1;
    }
  });

  test("that takes a download is alive until it has all, and then for two intervals", () => {
    const line = new Line();
    assert.equal(line.beat(), "ping");
    line.bytesWritten += 800_000;
    line.queuedBytes = 800_000;
    while (line.queuedBytes > 0) {
      assert.equal(line.beat(), "look");
      line.queuedBytes -= 100_000;
    }
    assert.equal(line.beat(), "look");
    assert.deepEqual(line.beats(6), [...LOOKS, "stuck"]);
  });

  test("that asks for a download just before a beat is alive as well", () => {
    const line = new Line();
    assert.equal(line.beat(), "ping");
    line.bytesRead += 8;
    line.bytesWritten += 800_000;
    line.queuedBytes = 800_000;
    assert.deepEqual(line.beats(2), ["wait", "wait"]);
    while (line.queuedBytes > 0) {
      assert.notEqual(line.beat(), "dead");
      line.queuedBytes -= 100_000;
    }
  });

  test("that vanishes during a download is stuck two intervals after its last sign", () => {
    const line = new Line();
    assert.equal(line.beat(), "ping");
    line.bytesWritten += 800_000;
    line.queuedBytes = 800_000;
    assert.deepEqual(line.beats(6), [...LOOKS, "stuck"]);
  });

  test("that vanishes in a busy room is stuck as soon, although the server continues to write", () => {
    const line = new Line();
    assert.equal(line.beat(), "ping");
    const verdicts: string[] = [];
    for (let count = 0; count < 6; count += 1) {
      line.bytesWritten += 300_000;
      line.queuedBytes += 300_000;
      verdicts.push(line.beat());
    }
    assert.deepEqual(verdicts, [...LOOKS, "stuck"]);
  });

  test("that answers but takes one waiting byte per beat is stuck", () => {
    const line = new Line();
    line.bytesWritten += 800_000;
    line.writableLength = 100_000;
    line.queuedBytes = 700_000;
    const verdicts: string[] = [];
    for (let count = 0; count < 6; count += 1) {
      line.bytesRead += 6;
      line.queuedBytes -= 1;
      verdicts.push(line.beat());
    }
    assert.deepEqual(verdicts, [...LOOKS, "stuck"]);
  });

  test("from which the server does not read is pinged and alive, unless bytes wait for it", () => {
    const line = new Line();
    const beats = Array.from({ length: 9 }, () => line.beat(false));
    assert.deepEqual(beats, ["ping", "wait", "wait", "ping", "wait", "wait", "ping", "wait", "wait"]);
    line.writableLength = 50_000;
    const verdicts = Array.from({ length: 6 }, () => line.beat(false));
    assert.deepEqual(verdicts, [...LOOKS, "stuck"]);
  });
});

test("the patience with a download is two ping intervals, and at least 45 seconds", () => {
  assert.deepEqual([60_000, 25_000, 1_000].map(patienceBeats), [6, 6, 135]);
});
