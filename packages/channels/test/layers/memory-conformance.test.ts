import { describe, test } from "node:test";
import { InMemoryChannelLayer } from "@lobby/channels";
import { layerConformance, type ConformanceHarness } from "@lobby/channels/testing";

function harness(): ConformanceHarness {
  let nowMs = 0;
  return {
    create: async (limits) => new InMemoryChannelLayer({ ...limits, now: () => nowMs }),
    async advance(durationMs) {
      nowMs += durationMs;
    },
  };
}

describe("the in-memory layer", () => {
  for (const { title, run } of layerConformance({ isShared: false })) test(title, () => run(harness()));
});
