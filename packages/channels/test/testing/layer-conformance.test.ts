/** The conformance suite passes on a whole layer and fails on each broken one. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ChannelLayer } from "@lobby/channels";
import { layerConformance, type ConformanceCase, type ConformanceHarness } from "@lobby/channels/testing";
import type { Fault } from "../support/faults/fault.ts";
import { GROUP_FAULTS } from "../support/faults/group-faults.ts";
import { LASTING_FAULTS } from "../support/faults/lasting-faults.ts";
import { NAME_FAULTS } from "../support/faults/name-faults.ts";
import { VALUE_FAULTS } from "../support/faults/value-faults.ts";
import { WAITING_FAULTS } from "../support/faults/waiting-faults.ts";
import { Hub } from "../support/hub-layer.ts";

const FAULTS = [...NAME_FAULTS, ...VALUE_FAULTS, ...WAITING_FAULTS, ...GROUP_FAULTS, ...LASTING_FAULTS];
const CASES = layerConformance({ isShared: true, limitsSize: true, canRestart: true });

/** The deadline of a whole layer, and the last one of a broken layer. */
const DEADLINE_MS = 10_000;
/** The deadlines of a broken layer: short, because many faults show as a message that never arrives; longer on a busy machine. */
const DEADLINES_MS = [100, 1_000, DEADLINE_MS];

/** Makes a harness of layers on a hub, with or without a fault. */
function harness(deadlineMs: number, fault?: Fault): ConformanceHarness {
  const hub = new Hub();
  let count = 0;
  let restarts = 0;
  return {
    deadlineMs,
    async create(limits) {
      const layer = hub.open(fault?.limits?.(limits) ?? limits);
      const context = { hub, limits, index: count, hasRestarted: () => restarts > 0 };
      count += 1;
      return overridden(layer, fault?.overrides?.(layer, context) ?? {});
    },
    async advance(durationMs) {
      hub.nowMs += durationMs;
    },
    async restart(whileAway) {
      restarts += 1;
      await hub.restart(whileAway);
    },
  };
}

/** Returns the layer with some of its calls replaced. */
function overridden(layer: ChannelLayer, overrides: Partial<ChannelLayer>): ChannelLayer {
  const whole: ChannelLayer = {
    get capacity() {
      return layer.capacity;
    },
    get dropped() {
      return layer.dropped;
    },
    newChannel: (receiver) => layer.newChannel(receiver),
    send: (channel, message) => layer.send(channel, message),
    receive: (channel, options) => layer.receive(channel, options),
    groupAdd: (group, channel, options) => layer.groupAdd(group, channel, options),
    groupDiscard: (group, channel) => layer.groupDiscard(group, channel),
    groupSend: (group, message, options) => layer.groupSend(group, message, options),
    onGap: (listener) => layer.onGap(listener),
    flush: () => layer.flush(),
    close: () => layer.close(),
    [Symbol.asyncDispose]: () => layer.close(),
  };
  return Object.defineProperties(whole, Object.getOwnPropertyDescriptors(overrides));
}

/**
 * Rejects as the case does on a layer with this fault. A timeout counts when a whole layer meets the same deadline
 * right afterwards. Otherwise the machine is slow, and both run again with a longer deadline.
 */
async function runBroken(run: ConformanceCase["run"], fault: Fault): Promise<void> {
  for (const deadlineMs of DEADLINES_MS) {
    const error = await failureOf(run(harness(deadlineMs, fault)));
    if (error === undefined) return;
    if (!isTimeout(error) || !isTimeout(await failureOf(run(harness(deadlineMs))))) throw error;
  }
}

function failureOf(promise: Promise<void>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

function isTimeout(error: unknown): boolean {
  return (error as { readonly code?: string } | undefined)?.code === "CHANNELS_COMMUNICATOR_TIMEOUT";
}

describe("a whole layer", () => {
  for (const { title, run } of CASES) test(title, () => run(harness(DEADLINE_MS)));
});

describe("a layer that", () => {
  for (const fault of FAULTS) {
    test(`${fault.title} fails its cases`, async () => {
      for (const beginning of fault.caughtBy) {
        const found = CASES.filter(({ title }) => title.startsWith(beginning));
        const [one] = found;
        assert.ok(one !== undefined && found.length === 1, `one case begins with "${beginning}"`);
        // The case fails by its own assertion.
        await assert.rejects(
          runBroken(one.run, fault),
          (error) => !(error instanceof TypeError || error instanceof ReferenceError),
        );
      }
    });
  }
});

test("every case of the suite fails for some fault", () => {
  const caught = FAULTS.flatMap((fault) => fault.caughtBy);
  const unseen = CASES.filter(({ title }) => !caught.some((beginning) => title.startsWith(beginning)));
  assert.deepEqual(
    unseen.map(({ title }) => title),
    [],
  );
});
