import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { z } from "zod";
import {
  channelConsumer,
  channelNameRouter,
  defineEvents,
  Denial,
  InMemoryChannelLayer,
  protocolRouter,
  startWorker,
  stack,
  type ChannelApplication,
  type ChannelLayer,
  type ChannelMessage,
  type ChannelScope,
  type ConsumerReport,
  type ChannelWorker,
} from "@lobby/channels";
import type { WorkerOptions } from "../../src/workers/worker.ts";
import { until } from "@lobby/test-support/waiting";
import { Arrivals } from "../support/arrivals.ts";

const numbers = defineEvents({ name: "numbers", events: { job: z.object({ n: z.int() }) } });

interface Job extends ChannelMessage {
  readonly n: number;
}

function job(n: number): Job {
  return { type: "job", n };
}

/** Starts a worker for these channels, and collects its reports. */
function start(
  channels: Readonly<Record<string, (message: never, scope: never) => unknown>>,
  layer: ChannelLayer,
  options: WorkerOptions = {},
): { readonly worker: ChannelWorker; readonly reports: Arrivals<ConsumerReport> } {
  const reports = new Arrivals<ConsumerReport>("a report");
  const applications = channels as unknown as Record<string, ChannelApplication>;
  const application = protocolRouter({ layer, channel: channelNameRouter(applications) });
  return { worker: startWorker(application, { onReport: reports.push, ...options }), reports };
}

/** Handlers that run until a test ends them. */
class Gates {
  readonly begun: number[] = [];
  readonly #gates = new Map<number, PromiseWithResolvers<void>>();

  readonly handle = ({ n }: Job): Promise<void> => {
    this.begun.push(n);
    const gate = Promise.withResolvers<void>();
    this.#gates.set(n, gate);
    return gate.promise;
  };

  end(...numbers: readonly number[]): void {
    for (const n of numbers) this.#gates.get(n)?.resolve();
  }

  /** Asserts that the handlers of exactly these messages have begun, in this order. */
  async assertBegun(...numbers: readonly number[]): Promise<void> {
    await until(() => this.begun.length >= numbers.length, `${numbers.length} handlers to begin`);
    await nextTurn();
    assert.deepEqual(this.begun, numbers);
  }
}

/** Computes until this thread has used so much CPU time. */
function computeFor(durationMs: number): void {
  const { user, system } = process.threadCpuUsage();
  for (let used = 0; used < durationMs * 1000;) {
    const now = process.threadCpuUsage();
    used = now.user + now.system - user - system;
  }
}

describe("a worker", () => {
  test("passes each message to the application of its channel, with a scope that has the channel and the layer", async () => {
    await using layer = new InMemoryChannelLayer();
    const handled = new Arrivals<unknown>("a message");
    const handle: ChannelApplication = (message, scope) => handled.push([message, scope]);
    const router = channelNameRouter({ thumbnails: handle, 메일: handle });
    const worker = startWorker(protocolRouter({ layer, channel: router }));
    await layer.send("메일", job(1));
    await layer.send("thumbnails", job(2));
    assert.deepEqual(await handled.take(2), [
      [job(1), { type: "channel", channel: "메일", layer }],
      [job(2), { type: "channel", channel: "thumbnails", layer }],
    ]);
    await worker.close();
  });

  test("handles messages that waited before it started", async () => {
    await using layer = new InMemoryChannelLayer();
    for (const n of [1, 2, 3]) await layer.send("jobs", job(n));
    const handled = new Arrivals<number>("a message");
    const { worker } = start({ jobs: ({ n }) => handled.push(n) }, layer);
    assert.deepEqual(await handled.take(3), [1, 2, 3]);
    await worker.close();
  });

  test("handles messages to a group of its channel", async () => {
    await using layer = new InMemoryChannelLayer();
    const handled = new Arrivals<number>("a message");
    const { worker } = start({ jobs: ({ n }) => handled.push(n) }, layer);
    await layer.groupAdd("all", "jobs");
    await layer.groupSend("all", job(1));
    assert.equal(await handled.next(), 1);
    await worker.close();
  });

  test("handles the messages of a channel one at a time, in order, by default", async () => {
    await using layer = new InMemoryChannelLayer();
    const gates = new Gates();
    const { worker } = start({ jobs: gates.handle }, layer);
    for (const n of [1, 2, 3]) await layer.send("jobs", job(n));
    await gates.assertBegun(1);
    gates.end(1);
    await gates.assertBegun(1, 2);
    gates.end(2);
    await gates.assertBegun(1, 2, 3);
    gates.end(3);
    assert.equal(await worker.close(), 0);
  });

  test("handles its channels independently", async () => {
    await using layer = new InMemoryChannelLayer();
    const [slow, fast] = [new Gates(), new Arrivals<number>("a message")];
    const { worker } = start({ slow: slow.handle, fast: ({ n }) => fast.push(n) }, layer);
    await layer.send("slow", job(1));
    await layer.send("fast", job(2));
    assert.equal(await fast.next(), 2);
    slow.end(1);
    await worker.close();
  });

  test("runs up to `concurrency` handlers at once, and takes the next message when one ends", async () => {
    await using layer = new InMemoryChannelLayer();
    const gates = new Gates();
    const { worker } = start({ jobs: gates.handle }, layer, { concurrency: 3 });
    for (const n of [1, 2, 3, 4, 5, 6]) await layer.send("jobs", job(n));
    await gates.assertBegun(1, 2, 3);
    gates.end(2);
    await gates.assertBegun(1, 2, 3, 4);
    gates.end(1, 3, 4);
    await gates.assertBegun(1, 2, 3, 4, 5, 6);
    gates.end(5, 6);
    await worker.close();
  });

  test("has a limit per channel when the option names one, and 1 for other channels", async () => {
    await using layer = new InMemoryChannelLayer();
    const [wide, narrow] = [new Gates(), new Gates()];
    const channels = { wide: wide.handle, narrow: narrow.handle };
    const { worker } = start(channels, layer, { concurrency: { wide: 2 } });
    for (const channel of ["wide", "narrow"]) for (const n of [1, 2, 3]) await layer.send(channel, job(n));
    await wide.assertBegun(1, 2);
    await narrow.assertBegun(1);
    const closed = worker.close();
    wide.end(1, 2);
    narrow.end(1);
    assert.equal(await closed, 0);
  });

  test("takes only messages with a free handler; the rest wait in the layer, within its capacity", async () => {
    await using layer = new InMemoryChannelLayer({ capacity: 2 });
    const gates = new Gates();
    const { worker } = start({ jobs: gates.handle }, layer, { concurrency: 2 });
    for (const n of [1, 2]) await layer.send("jobs", job(n));
    await gates.assertBegun(1, 2);
    for (const n of [3, 4]) await layer.send("jobs", job(n));
    await assert.rejects(layer.send("jobs", job(5)), { code: "CHANNELS_CHANNEL_FULL" });
    await gates.assertBegun(1, 2);
    gates.end(1);
    await gates.assertBegun(1, 2, 3);
    await layer.send("jobs", job(6));
    gates.end(2, 3);
    await gates.assertBegun(1, 2, 3, 4, 6);
    gates.end(4, 6);
    await worker.close();
  });
});

test("a flood of messages yields to other events", async () => {
  await using layer = new InMemoryChannelLayer();
  let count = 0;
  const over = Promise.withResolvers<void>();
  const again = ({ n }: Job, scope: ChannelScope): unknown => {
    count += 1;
    return count < 300_000 ? scope.layer.send("jobs", job(n)) : over.resolve();
  };
  const { worker } = start({ jobs: again }, layer);
  await layer.send("jobs", job(1));
  await Promise.race([nextTurn(), over.promise]);
  await worker.close();
  assert.ok(count < 300_000, "others came when it was over");
});

describe("a handler that fails", () => {
  for (const [how, fail] of [
    [
      "by throwing",
      () => {
        throw new Error("boom");
      },
    ],
    ["by rejecting", () => Promise.reject(new Error("boom"))],
  ] as const) {
    test(`${how} is reported, and the next message is handled`, async () => {
      await using layer = new InMemoryChannelLayer();
      const handled = new Arrivals<number>("a message");
      const handle = ({ n }: Job): unknown => (n === 1 ? fail() : handled.push(n));
      const { worker, reports } = start({ jobs: handle }, layer);
      await layer.send("jobs", job(1));
      await layer.send("jobs", job(2));
      assert.equal(await handled.next(), 2);
      const report = await reports.next();
      assert.deepEqual(report, { level: "error", source: "jobs", operation: "job", error: new Error("boom") });
      assert.equal(await worker.close(), 0);
      assert.equal(reports.waiting, 0);
    });
  }

  test("is logged to the console without onReport", async (t) => {
    const printed = new Arrivals<unknown>("a line");
    t.mock.method(console, "error", (...line: unknown[]) => printed.push(line));
    await using layer = new InMemoryChannelLayer();
    const jobs = channelConsumer(numbers, { job: () => Promise.reject(new Error("boom")) });
    const worker = startWorker(protocolRouter({ layer, channel: channelNameRouter({ jobs }) }));
    await layer.send("jobs", job(1));
    assert.deepEqual(await printed.next(), ["jobs (job):", new Error("boom")]);
    await worker.close();
  });

  test("does not stop the worker when onReport fails as well", async (t) => {
    t.mock.method(console, "error", () => undefined);
    await using layer = new InMemoryChannelLayer();
    const handled = new Arrivals<number>("a message");
    const handle = ({ n }: Job): unknown => (n === 1 ? Promise.reject(new Error("boom")) : handled.push(n));
    const { worker } = start({ jobs: handle }, layer, { onReport: () => assert.fail("the report failed") });
    await layer.send("jobs", job(1));
    await layer.send("jobs", job(2));
    assert.equal(await handled.next(), 2);
    await worker.close();
  });
});

describe("a worker warns of", () => {
  test("an undeclared message type, once", async () => {
    await using layer = new InMemoryChannelLayer();
    const handled = new Arrivals<number>("a message");
    const jobs = channelConsumer(numbers, { job: ({ n }) => handled.push(n) });
    const { worker, reports } = start({ jobs }, layer);
    const types = ["typo", "typo", "__proto__", "toString", "constructor", "typo", "toString"];
    for (const type of types) await layer.send("jobs", { type });
    await layer.send("jobs", job(1));
    assert.equal(await handled.next(), 1);
    await worker.close();
    const seen = await reports.take(reports.waiting);
    assert.deepEqual(
      seen.map(({ level, source, operation, error }) => [level, source, operation, (error as { code?: string }).code]),
      ["typo", "__proto__", "toString", "constructor"].map((type) => ["warning", "jobs", type, "CHANNELS_NO_HANDLER"]),
    );
  });

  test("a message that middleware denies", async () => {
    await using layer = new InMemoryChannelLayer();
    const reports = new Arrivals<ConsumerReport>("a report");
    const deny = stack((_scope: ChannelScope) => new Denial(403, "Not you."));
    const channel = deny(channelNameRouter({ jobs: () => assert.fail("handled") }));
    const worker = startWorker(protocolRouter({ layer, channel }), { onReport: reports.push });
    await layer.send("jobs", job(1));
    const { level, source, operation, error } = await reports.next();
    assert.deepEqual([level, source, operation], ["warning", "jobs", "job"]);
    assert.match(
      String(error),
      /^MessageDeniedError: The middleware of the channel "jobs" denied a message "job" with 403: Not/,
    );
    await worker.close();
  });

  test("a handler that blocks the event loop", async () => {
    await using layer = new InMemoryChannelLayer();
    const { worker, reports } = start({ jobs: () => computeFor(120) }, layer);
    await layer.send("jobs", job(1));
    const { level, source, operation, error } = await reports.next();
    assert.deepEqual([level, source, operation], ["warning", "jobs", "job"]);
    assert.match(String(error), /^EventLoopBlockedError: jobs blocked the event loop for \d+ ms in "job"/);
    await worker.close();
  });
});

describe("closing a worker", () => {
  test("loses no message: each is handled or waits for the next worker", async () => {
    for (const turns of [0, 1, 2, 3]) {
      await using layer = new InMemoryChannelLayer();
      const handled: number[] = [];
      const handle = ({ n }: Job): number => handled.push(n);
      const first = start({ jobs: handle }, layer, { concurrency: 4 }).worker;
      const sent = Array.from({ length: 20 }, (_, n) => layer.send("jobs", job(n)));
      for (let count = 0; count < turns; count += 1) await Promise.resolve();
      assert.equal(await first.close(), 0);
      await Promise.all(sent);
      const second = start({ jobs: handle }, layer).worker;
      await until(() => handled.length === 20, "all to be handled");
      await second.close();
      assert.deepEqual(
        handled,
        Array.from({ length: 20 }, (_, n) => n),
      );
    }
  });

  test("waits for running handlers and takes no further message", async () => {
    await using layer = new InMemoryChannelLayer();
    const gates = new Gates();
    const { worker } = start({ jobs: gates.handle }, layer, { concurrency: 2 });
    for (const n of [1, 2, 3]) await layer.send("jobs", job(n));
    await gates.assertBegun(1, 2);
    let isEnded = false;
    void worker.closed.then(() => (isEnded = true));
    const closed = worker.close();
    gates.end(1);
    await gates.assertBegun(1, 2);
    assert.equal(isEnded, false);
    gates.end(2);
    assert.equal(await closed, 0);
    assert.equal(isEnded, true);
    await gates.assertBegun(1, 2);
    assert.deepEqual(await layer.receive("jobs"), job(3));
  });

  test("returns how many handlers still ran at the timeout", async (t) => {
    await using layer = new InMemoryChannelLayer();
    const gates = new Gates();
    const { worker } = start({ jobs: gates.handle, others: gates.handle }, layer, { concurrency: 2 });
    for (const n of [1, 2]) await layer.send("jobs", job(n));
    await until(() => gates.begun.length === 2, "the first two to begin");
    await layer.send("others", job(3));
    await gates.assertBegun(1, 2, 3);
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const closed = worker.close({ timeoutMs: 500 });
    gates.end(1);
    await nextTurn();
    t.mock.timers.tick(500);
    assert.equal(await closed, 2);
    gates.end(2, 3);
    assert.equal(await worker.close(), 0);
    await worker.closed;
  });
});
