/** Workers of several processes. Each has a layer of its own here. */
import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import {
  anyJson,
  channelConsumer,
  channelNameRouter,
  defineEvents,
  protocolRouter,
  startWorker,
  type ChannelsError,
  type ConsumerReport,
  type ChannelWorker,
  type StandardSchema,
} from "@lobby/channels";
import { until } from "@lobby/test-support/waiting";
import { numbered } from "@lobby/test-support/numbered";
import { connectLayer, startRedis } from "./support/redis-layers.ts";
import type { RedisProcess } from "./support/redis-process.ts";

const COUNT = 500;

const numberedJobs = defineEvents({
  name: "jobs",
  events: { "test.numbered": anyJson as StandardSchema<{ readonly n: number }> },
});

/** Starts a process with a worker, and records its reports. */
async function startProcess(
  t: TestContext,
  redis: RedisProcess,
  handle: (n: number) => void,
  concurrency = 1,
): Promise<{
  readonly worker: ChannelWorker;
  readonly end: () => Promise<void>;
  readonly reports: readonly ConsumerReport[];
}> {
  const { layer } = await connectLayer(t, redis, { capacity: COUNT });
  const reports: ConsumerReport[] = [];
  const jobs = channelConsumer(numberedJobs, { "test.numbered": ({ n }) => handle(n) });
  const application = protocolRouter({ layer, channel: channelNameRouter({ jobs }) });
  const worker = startWorker(application, { concurrency, onReport: (report) => reports.push(report) });
  const end = async (): Promise<void> => {
    assert.equal(await worker.close(), 0);
    await layer.close();
  };
  return { worker, end, reports };
}

describe("Workers of several processes", () => {
  for (const concurrency of [1, 8]) {
    test(`handle each message once, ${concurrency} at a time, also while one worker closes`, async (t) => {
      const redis = await startRedis(t);
      const handled: number[] = [];
      const handle = (n: number): void => void handled.push(n);
      const started = await Promise.all([1, 2, 3].map(() => startProcess(t, redis, handle, concurrency)));
      const { layer: sender } = await connectLayer(t, redis, { capacity: COUNT });
      for (let n = 0; n < COUNT; n += 1) {
        await sender.send("jobs", numbered(n));
        if (n === COUNT / 2) await started[0]?.end();
      }
      await until(() => handled.length >= COUNT, "all messages to be handled");
      for (const { end } of started.slice(1)) await end();
      assert.deepEqual(
        handled.toSorted((a, b) => a - b),
        Array.from({ length: COUNT }, (_, n) => n),
      );
    });
  }

  test("report the disconnection when Redis is killed, report the recovery, and continue", async (t) => {
    const redis = await startRedis(t);
    const handled: number[] = [];
    const { worker, reports, end } = await startProcess(t, redis, (n) => void handled.push(n));
    const { layer: sender } = await connectLayer(t, redis);
    await sender.send("jobs", numbered(1));
    await until(() => handled.length === 1, "the first job");
    assert.deepEqual(worker.disconnectedChannels, []);

    await redis.signal("SIGKILL");
    await until(() => worker.disconnectedChannels.length > 0, "the worker to notice");
    assert.deepEqual(worker.disconnectedChannels, ["jobs"]);
    await redis.restart();
    await until(() => worker.disconnectedChannels.length === 0, "the worker to recover without a message");
    await until(() => sender.isReady, "the sender to reconnect");
    await sender.send("jobs", numbered(2));
    await until(() => handled.length === 2, "the second job");
    await end();

    const [disconnected, recovered, ...more] = reports.map(({ error }) => error as ChannelsError);
    assert.deepEqual(
      [disconnected?.code, recovered?.code],
      ["CHANNELS_WORKER_DISCONNECTED", "CHANNELS_WORKER_RECOVERED"],
    );
    assert.match(String(disconnected?.cause), /^RedisUnavailableError: /);
    assert.deepEqual(more, []);
  });

  test("report the disconnection when Redis refuses their password, and recover", async (t) => {
    const redis = await startRedis(t);
    const { worker, end } = await startProcess(t, redis, () => undefined);
    await redis.command("CONFIG", "SET", "requirepass", "secret");
    await redis.commandAs("secret", "CLIENT", "KILL", "SKIPME", "yes");
    await until(() => worker.disconnectedChannels.length > 0, "the worker to notice");
    await redis.commandAs("secret", "CONFIG", "SET", "requirepass", "");
    await until(() => worker.disconnectedChannels.length === 0, "the worker to recover");
    await end();
  });
});
