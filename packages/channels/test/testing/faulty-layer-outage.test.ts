/** Outages of the faulty layer. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  channelNameRouter,
  InMemoryChannelLayer,
  protocolRouter,
  startWorker,
  type ConsumerReport,
} from "@lobby/channels";
import { FaultyLayer } from "@lobby/channels/testing";
import { numbered } from "../../src/testing/conformance/harness.ts";
import { waitingNumbers } from "../support/waiting-numbers.ts";
import { Arrivals } from "../support/arrivals.ts";

function faulty(options: { readonly seed: number }): FaultyLayer {
  return new FaultyLayer(new InMemoryChannelLayer(), options);
}

describe("a layer in an outage", () => {
  const AWAY = { code: "CHANNELS_LAYER_UNAVAILABLE", isRetryable: true };

  test("refuses messages and memberships until the outage ends", async () => {
    const layer = faulty({ seed: 1 });
    await layer.groupAdd("group", "worker");
    layer.startOutage();
    await assert.rejects(layer.send("worker", numbered(1)), {
      ...AWAY,
      message:
        'The layer of this test refuses to send to channel "worker": it has an outage, or `refuse` is set. ' +
        "Catch retryable errors where the application can continue.",
    });
    await assert.rejects(layer.groupSend("group", numbered(2)), AWAY);
    await assert.rejects(layer.groupAdd("other", "worker"), AWAY);
    assert.equal(String(layer), "the layer has an outage; faults by seed 1: none");
    layer.endOutage();
    await layer.groupSend("other", numbered(3));
    await layer.groupSend("group", numbered(4));
    assert.deepEqual(await waitingNumbers(layer, "worker"), [4]);
    assert.equal(String(layer), "faults by seed 1: none");
  });

  test("lets a channel join with `joinWhileAway`, and reports the outage as a gap when it ends", async () => {
    const layer = faulty({ seed: 1 });
    const codes: unknown[] = [];
    layer.onGap(({ durationMs, cause }) => codes.push(durationMs >= 0 && cause.code));
    layer.onGap(() => codes.push("removed"))();
    layer.endOutage();
    layer.startOutage();
    await layer.groupAdd("group", "worker", { joinWhileAway: true });
    assert.deepEqual(codes, []);
    layer.endOutage();
    assert.deepEqual(codes, [AWAY.code]);
    await layer.groupSend("group", numbered(1));
    assert.deepEqual(await waitingNumbers(layer, "worker"), [1]);
  });

  test("keeps a receive waiting, and calls its hooks", async () => {
    const layer = faulty({ seed: 1 });
    const calls: unknown[] = [];
    const receiving = layer.receive("worker", {
      onListening: () => calls.push("listening"),
      onUnavailable: (cause) => calls.push((cause as { code?: unknown }).code),
    });
    layer.startOutage();
    layer.startOutage();
    layer.endOutage();
    assert.deepEqual(calls, ["listening", AWAY.code, "listening"]);
    await layer.send("worker", numbered(1));
    assert.deepEqual(await receiving, numbered(1));
    layer.startOutage();
    assert.equal(calls.length, 3);
  });

  test("calls onUnavailable of a new receive", async () => {
    const layer = faulty({ seed: 1 });
    layer.startOutage();
    const calls: string[] = [];
    const hooks = { onListening: () => calls.push("listening"), onUnavailable: () => calls.push("unavailable") };
    const receiving = layer.receive("worker", hooks);
    assert.deepEqual(calls, ["unavailable"]);
    layer.endOutage();
    await layer.send("worker", numbered(1));
    await receiving;
    assert.deepEqual(calls, ["unavailable", "listening"]);
  });

  test("disconnects a worker, which reports it and recovers", async () => {
    const layer = faulty({ seed: 1 });
    const [reports, handled] = [new Arrivals<ConsumerReport>("a report"), new Arrivals<string>("a message")];
    const channel = channelNameRouter({ mail: ({ type }) => handled.push(type) });
    await using worker = startWorker(protocolRouter({ layer, channel }), { onReport: reports.push });
    layer.startOutage();
    assert.equal(((await reports.next()).error as { code?: unknown }).code, "CHANNELS_WORKER_DISCONNECTED");
    assert.deepEqual(worker.disconnectedChannels, ["mail"]);
    layer.endOutage();
    assert.equal(((await reports.next()).error as { code?: unknown }).code, "CHANNELS_WORKER_RECOVERED");
    await layer.send("mail", { type: "job" });
    assert.equal(await handled.next(), "job");
  });

  test("closes as usual", async () => {
    const layer = faulty({ seed: 1 });
    layer.startOutage();
    const receiving = assert.rejects(layer.receive("worker"), { code: "CHANNELS_LAYER_CLOSED" });
    await layer.close();
    await receiving;
    layer.startOutage();
    await assert.rejects(layer.groupAdd("group", "worker"), { code: "CHANNELS_LAYER_CLOSED" });
    await assert.rejects(layer.send("worker", numbered(1)), { code: "CHANNELS_LAYER_CLOSED" });
  });

  test("does not replace the errors for invalid names and messages", async () => {
    const layer = faulty({ seed: 1 });
    layer.startOutage();
    await assert.rejects(layer.groupAdd("", "worker"), { code: "CHANNELS_INVALID_NAME" });
    await assert.rejects(layer.send("worker", { type: "" }), { code: "CHANNELS_INVALID_MESSAGE" });
  });
});
