import { after, before, describe, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { RedisChannelLayer } from "@lobby/channels-redis";
import { layerConformance, type ConformanceHarness } from "@lobby/channels/testing";
import { RedisServer } from "./support/redis-server.ts";

describe("The Redis layer", () => {
  let server: RedisServer;
  let cases = 0;

  before(async () => {
    server = await RedisServer.start();
  });
  after(() => server.stop());

  function harness(): ConformanceHarness {
    cases += 1;
    const prefix = `case-${cases}`;
    return {
      create: (limits) => RedisChannelLayer.connect({ url: server.url, prefix, ...limits }),
      // The clock that counts is Redis's own, and it cannot be told to go faster.
      advance: (durationMs) => wait(durationMs),
      async restart() {
        await server.signal("SIGKILL");
        await server.restart();
      },
    };
  }

  const traits = { isShared: true, limitsSize: true, canRestart: true };
  for (const { title, run } of layerConformance(traits)) test(title, () => run(harness()));
});
