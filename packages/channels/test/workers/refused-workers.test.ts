/** Options, channels and names that a worker refuses. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { channelNameRouter, InMemoryChannelLayer, protocolRouter, startWorker } from "@lobby/channels";

describe("A worker is refused", () => {
  const layer = new InMemoryChannelLayer();
  const channel = channelNameRouter({ jobs: () => undefined });
  const router = protocolRouter({ layer, channel });

  for (const [what, make, message] of [
    ["without channels", () => startWorker(protocolRouter({ layer })), /names no channels to listen to\. Give/],
    [
      "an empty router",
      () => startWorker(protocolRouter({ layer, channel: channelNameRouter({}) })),
      /names no channels to listen to/,
    ],
    [
      "a channel that a process made",
      () => startWorker(protocolRouter({ channel: channelNameRouter({ [layer.newChannel().name]: () => undefined }) })),
      /cannot listen to "memory\..+!\d+"/,
    ],
    ["an unknown option", () => startWorker(router, { retries: 3 } as object), /no option `retries`/],
    [
      "no concurrency",
      () => startWorker(router, { concurrency: 0 }),
      /`concurrency` to be an integer from 1 up, got `0`/,
    ],
    [
      "a fraction of concurrency",
      () => startWorker(router, { concurrency: { jobs: 1.5 } }),
      /`concurrency\["jobs"\]` to be an integer from 1 up, got `1\.5`/,
    ],
    [
      "a limit for a channel that is none",
      () => startWorker(router, { concurrency: { job: 2 } }),
      /names "job", which the application does not: "jobs"/,
    ],
    [
      "no time between tries",
      () => startWorker(router, { initialRetryDelayMs: 0 }),
      /`initialRetryDelayMs` .+ got `0`/,
    ],
    ["endless tries", () => startWorker(router, { maxRetryDelayMs: Infinity }), /`maxRetryDelayMs` .+ got `Infinity`/],
    [
      "a first time between tries that no timer can take",
      () => startWorker(router, { initialRetryDelayMs: 2 ** 31 }),
      /`initialRetryDelayMs` to be an integer from 1 to 2147483647, got `2147483648`/,
    ],
    ["tries too far apart for a timer", () => startWorker(router, { maxRetryDelayMs: 2 ** 31 }), /to 2147483647, got/],
  ] as const) {
    test(what, () => {
      assert.throws(make, (error: Error & { code: string }) => {
        assert.equal(error.code, "CHANNELS_CONFIGURATION");
        assert.match(error.message, message);
        return true;
      });
    });
  }

  test("a channel whose name is none", () => {
    const named = protocolRouter({ layer, channel: channelNameRouter({ "": () => undefined }) });
    assert.throws(() => startWorker(named), { code: "CHANNELS_INVALID_NAME" });
  });
});
