/** A worker whose channel is unavailable. Timers are mocked. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, mock, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  channelNameRouter,
  protocolRouter,
  startWorker,
  type ChannelMessage,
  type ConsumerReport,
  type ChannelWorker,
} from "@lobby/channels";
import type { WorkerDisconnectedError, WorkerRecoveredError } from "../../src/workers/errors.ts";
import { Arrivals } from "../support/arrivals.ts";
import { OutageLayer } from "../support/outage-layer.ts";

const MESSAGE: ChannelMessage = { type: "job" };
const LOST = new Error("the backend is lost");

describe("a worker whose channel is unavailable", () => {
  let layer: OutageLayer;
  let worker: ChannelWorker;
  let reports: Arrivals<ConsumerReport>;
  let handled: Arrivals<string>;

  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout", "Date"] });
    mock.method(Math, "random", () => 0.5);
    layer = new OutageLayer();
    reports = new Arrivals("a report");
    handled = new Arrivals("a message");
    const handle = (_: ChannelMessage, { channel }: { readonly channel: string }): void => handled.push(channel);
    const router = channelNameRouter({ mail: handle, thumbnails: handle });
    worker = startWorker(protocolRouter({ layer, channel: router }), {
      onReport: reports.push,
      maxRetryDelayMs: 1_000,
    });
  });
  afterEach(async () => {
    await worker.close();
    mock.reset();
    mock.timers.reset();
  });

  test("reports it at once, once, with the cause", async () => {
    mock.timers.tick(7_000);
    layer.break("mail", LOST);
    const { level, source, operation, error } = await reports.next();
    assert.deepEqual([level, source, operation], ["warning", "mail", "receive"]);
    const { code, channel, sinceMs, cause, message } = error as WorkerDisconnectedError;
    assert.deepEqual([code, channel, sinceMs], ["CHANNELS_WORKER_DISCONNECTED", "mail", 7_000]);
    assert.equal(cause, LOST);
    assert.match(message, /^The worker cannot receive from the channel "mail"; it retries and reports the recovery\.$/);
    await passTime(20_000);
    assert.ok(layer.attempts.length > 10);
    assert.equal(reports.waiting, 0);
  });

  test("lists the channel in disconnectedChannels until it recovers", async () => {
    assert.deepEqual(worker.disconnectedChannels, []);
    layer.break("mail", LOST);
    await reports.next();
    assert.deepEqual(worker.disconnectedChannels, ["mail"]);
    layer.repair("mail");
    await passTime(1_000);
    assert.deepEqual(worker.disconnectedChannels, []);
  });

  test("still receives from its other channels", async () => {
    layer.break("mail", LOST);
    await reports.next();
    await layer.send("thumbnails", MESSAGE);
    assert.equal(await handled.next(), "thumbnails");
  });

  test("reports the recovery once, with the duration, also without a message", async () => {
    layer.break("mail", LOST);
    await reports.next();
    await passTime(2_000);
    layer.repair("mail");
    await passTime(1_000);
    const { level, source, operation, error } = await reports.next();
    assert.deepEqual([level, source, operation], ["warning", "mail", "receive"]);
    const { code, channel, durationMs } = error as WorkerRecoveredError;
    assert.deepEqual([code, channel], ["CHANNELS_WORKER_RECOVERED", "mail"]);
    assert.ok(durationMs > 2_000 && durationMs <= 3_000, `${durationMs} ms`);
    await passTime(10_000);
    await layer.send("mail", MESSAGE);
    assert.equal(await handled.next(), "mail");
    assert.equal(reports.waiting, 0);
  });

  test("reports the recovery before it handles messages that waited", async () => {
    layer.break("mail", LOST);
    await reports.next();
    await layer.send("mail", MESSAGE);
    layer.repair("mail");
    const seen: string[] = [];
    void reports.next().then(({ error }) => seen.push((error as WorkerRecoveredError).code));
    void handled.next().then((channel) => seen.push(channel));
    await passTime(1_000);
    assert.deepEqual(seen, ["CHANNELS_WORKER_RECOVERED", "mail"]);
  });

  test("follows the hooks of a layer that keeps waiting, and does not retry", async () => {
    const waiting = layer.waits.get("mail");
    for (const cause of [LOST, new Error("still lost")]) waiting?.onUnavailable?.(cause);
    assert.equal(((await reports.next()).error as WorkerDisconnectedError).cause, LOST);
    assert.deepEqual(worker.disconnectedChannels, ["mail"]);
    await passTime(5_000);
    for (let count = 0; count < 2; count += 1) waiting?.onListening?.();
    assert.equal(((await reports.next()).error as WorkerRecoveredError).durationMs, 5_000);
    assert.deepEqual([worker.disconnectedChannels, reports.waiting, layer.attempts.length], [[], 0, 2]);
  });

  test("retries after random delays whose limit doubles up to the maximum, and starts over after a recovery", async () => {
    const before = layer.attempts.length;
    layer.break("mail", LOST);
    await reports.next();
    // Half of 100, 200, 400 and 800, then half of the maximum.
    await assertAttempts([50, 100, 200, 400, 500, 500, 500], before);
    layer.repair("mail");
    await passTime(500);
    await reports.next();
    const again = layer.attempts.length;
    layer.break("mail", LOST);
    await reports.next();
    await assertAttempts([50, 100, 200], again);
  });

  test("ends and reports when its layer is closed", async () => {
    await layer.close();
    await worker.closed;
    const seen = await reports.take(2);
    assert.deepEqual(
      seen.map(({ level, source, operation, error }) => [level, source, operation, (error as { code?: string }).code]),
      ["mail", "thumbnails"].map((channel) => ["error", channel, "receive", "CHANNELS_LAYER_CLOSED"]),
    );
    assert.deepEqual(worker.disconnectedChannels, ["mail", "thumbnails"]);
    await passTime(60_000);
    assert.deepEqual([layer.attempts.length, reports.waiting], [2, 0]);
  });

  test("ends when its layer is closed during a retry delay", async () => {
    layer.break("mail", LOST);
    await reports.next();
    layer.repair("mail");
    await layer.close();
    await passTime(1_000);
    await worker.closed;
    assert.deepEqual(worker.disconnectedChannels, ["mail", "thumbnails"]);
  });

  test("closes at once without a report", async () => {
    layer.break("mail", LOST);
    await reports.next();
    assert.equal(await worker.close(), 0);
    assert.equal(reports.waiting, 0);
    await layer.close();
    await nextTurn();
    assert.equal(reports.waiting, 0);
  });

  /** Asserts that each next attempt starts after exactly this delay. */
  async function assertAttempts(durationsMs: readonly number[], before: number): Promise<void> {
    for (const [index, durationMs] of durationsMs.entries()) {
      mock.timers.tick(durationMs - 1);
      await nextTurn();
      assert.equal(layer.attempts.length - before, index, `before attempt ${index + 1}`);
      mock.timers.tick(1);
      await nextTurn();
      assert.equal(layer.attempts.length - before, index + 1, `attempt ${index + 1}`);
    }
  }
});

/** Advances the clock in steps, and runs the callbacks of each step. */
async function passTime(durationMs: number): Promise<void> {
  for (let passedMs = 0; passedMs < durationMs; passedMs += 50) {
    mock.timers.tick(50);
    await nextTurn();
  }
}
