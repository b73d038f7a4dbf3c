import { after, before, describe, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { RedisChannelLayer } from "@lobby/channels-redis";
import { layerConformance, type ConformanceHarness } from "@lobby/channels/testing";
import { RedisProcess } from "./support/redis-process.ts";

describe("The Redis layer", () => {
  let redis: RedisProcess;
  let cases = 0;

  before(async () => {
    redis = await RedisProcess.start();
  });
  after(() => redis.stop());

  function harness(): ConformanceHarness {
    cases += 1;
    const prefix = `case-${cases}`;
    return {
      create: (limits) => RedisChannelLayer.connect({ url: redis.url, prefix, ...limits }),
      // The layer uses the clock of Redis, which a test cannot advance.
      advance: (durationMs) => wait(durationMs),
      async restart(whileAway) {
        await redis.signal("SIGKILL");
        await whileAway();
        await redis.restart();
      },
    };
  }

  const traits = { isShared: true, limitsSize: true, canRestart: true };
  for (const { title, run } of layerConformance(traits)) test(title, () => run(harness()));
});
