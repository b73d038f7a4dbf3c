/** Workers of several processes; a layer of its own stands for each. */
import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import {
  channelConsumer,
  channelNameRouter,
  protocolRouter,
  startWorker,
  type ConsumerReport,
  type ChannelWorker,
  type WorkerDisconnectedError,
  type WorkerRecoveredError,
} from "@lobby/channels";
import { until } from "@lobby/test-support/waiting";
import { numbered, type Numbered } from "@lobby/test-support/numbered";
import { layerFor, redisFor } from "./support/layer.ts";
import type { RedisServer } from "./support/redis-server.ts";

const COUNT = 500;

/** One process with a worker, and what it reports. */
async function startProcess(
  t: TestContext,
  server: RedisServer,
  handle: (n: number) => void,
  concurrency = 1,
): Promise<{
  readonly worker: ChannelWorker;
  readonly end: () => Promise<void>;
  readonly reports: readonly ConsumerReport[];
}> {
  const { layer } = await layerFor(t, server, { capacity: COUNT });
  const reports: ConsumerReport[] = [];
  const jobs = channelConsumer<{ "test.numbered": Pick<Numbered, "n"> }>({ "test.numbered": ({ n }) => handle(n) });
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
    test(`handle each message once, ${concurrency} at a time, also while one of them ends`, async (t) => {
      const server = await redisFor(t);
      const handled: number[] = [];
      const handle = (n: number): void => void handled.push(n);
      const started = await Promise.all([1, 2, 3].map(() => startProcess(t, server, handle, concurrency)));
      const { layer: sender } = await layerFor(t, server, { capacity: COUNT });
      for (let n = 0; n < COUNT; n += 1) {
        await sender.send("jobs", numbered(n));
        if (n === COUNT / 2) await started[0]?.end();
      }
      await until(() => handled.length >= COUNT, "all to be handled");
      for (const { end } of started.slice(1)) await end();
      assert.deepEqual(
        handled.toSorted((a, b) => a - b),
        Array.from({ length: COUNT }, (_, n) => n),
      );
    });
  }

  test("say that they are deaf when Redis is killed, and that they hear when it is back, and go on", async (t) => {
    const server = await redisFor(t);
    const handled: number[] = [];
    const { worker, reports, end } = await startProcess(t, server, (n) => void handled.push(n));
    const { layer: sender } = await layerFor(t, server);
    await sender.send("jobs", numbered(1));
    await until(() => handled.length === 1, "the first job");
    assert.deepEqual(worker.disconnectedChannels, []);

    await server.signal("SIGKILL");
    await until(() => worker.disconnectedChannels.length > 0, "the worker to notice");
    assert.deepEqual(worker.disconnectedChannels, ["jobs"]);
    await server.restart();
    await until(() => worker.disconnectedChannels.length === 0, "the worker to hear again, although nothing is sent");
    await until(() => sender.isReady, "the sender to come back");
    await sender.send("jobs", numbered(2));
    await until(() => handled.length === 2, "the second job");
    await end();

    const [deaf, heard, ...more] = reports.map(({ error }) => error as WorkerDisconnectedError | WorkerRecoveredError);
    assert.deepEqual([deaf?.code, heard?.code], ["CHANNELS_WORKER_DISCONNECTED", "CHANNELS_WORKER_RECOVERED"]);
    assert.match(String(deaf?.cause), /^RedisUnavailableError: /);
    assert.deepEqual(more, []);
  });

  test("say that they are deaf when Redis no longer lets them in, and hear when it does", async (t) => {
    const server = await redisFor(t);
    const { worker, end } = await startProcess(t, server, () => undefined);
    await server.command("CONFIG", "SET", "requirepass", "secret");
    await server.commandAs("secret", "CLIENT", "KILL", "SKIPME", "yes");
    await until(() => worker.disconnectedChannels.length > 0, "the worker to notice");
    await server.commandAs("secret", "CONFIG", "SET", "requirepass", "");
    await until(() => worker.disconnectedChannels.length === 0, "the worker to hear again");
    await end();
  });
});
