/** Options, channels and names that a worker refuses. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { channelNameRouter, InMemoryChannelLayer, protocolRouter, startWorker } from "@lobby/channels";

describe("startWorker refuses", () => {
  const layer = new InMemoryChannelLayer();
  const channel = channelNameRouter({ jobs: () => undefined });
  const router = protocolRouter({ layer, channel });

  for (const [what, make, message] of [
    [
      "an application without channels",
      () => startWorker(protocolRouter({ layer })),
      /Expected an application with channels, got none\. Pass/,
    ],
    [
      "an empty router",
      () => startWorker(protocolRouter({ layer, channel: channelNameRouter({}) })),
      /Expected an application with channels, got none/,
    ],
    [
      "the name of a channel that a process made",
      () => startWorker(protocolRouter({ channel: channelNameRouter({ [layer.newChannel().name]: () => undefined }) })),
      /cannot listen to "memory\..+!\d+"/,
    ],
    ["an unknown option", () => startWorker(router, { retries: 3 } as object), /no option `retries`/],
    [
      "a concurrency of 0",
      () => startWorker(router, { concurrency: 0 }),
      /`concurrency` to be an integer from 1 up, got `0`/,
    ],
    [
      "a fractional concurrency",
      () => startWorker(router, { concurrency: { jobs: 1.5 } }),
      /`concurrency\["jobs"\]` to be an integer from 1 up, got `1\.5`/,
    ],
    [
      "a concurrency for an unknown channel",
      () => startWorker(router, { concurrency: { job: 2 } }),
      /`concurrency` to name channels of the application \("jobs"\), got "job"/,
    ],
    ["a retry delay of 0", () => startWorker(router, { initialRetryDelayMs: 0 }), /`initialRetryDelayMs` .+ got `0`/],
    [
      "an infinite retry delay",
      () => startWorker(router, { maxRetryDelayMs: Infinity }),
      /`maxRetryDelayMs` .+ got `Infinity`/,
    ],
    [
      "an initial retry delay beyond the range of timers",
      () => startWorker(router, { initialRetryDelayMs: 2 ** 31 }),
      /`initialRetryDelayMs` to be an integer from 1 to 2147483647, got `2147483648`/,
    ],
    [
      "a maximum retry delay beyond the range of timers",
      () => startWorker(router, { maxRetryDelayMs: 2 ** 31 }),
      /to 2147483647, got/,
    ],
  ] as const) {
    test(what, () => {
      assert.throws(make, (error: Error & { code: string }) => {
        assert.equal(error.code, "CHANNELS_CONFIGURATION");
        assert.match(error.message, message);
        return true;
      });
    });
  }

  test("a channel without a name", () => {
    const named = protocolRouter({ layer, channel: channelNameRouter({ "": () => undefined }) });
    assert.throws(() => startWorker(named), { code: "CHANNELS_INVALID_NAME" });
  });
});
