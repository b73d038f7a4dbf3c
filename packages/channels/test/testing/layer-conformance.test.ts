/** The conformance suite notices what it is there to notice. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ChannelLayer } from "@lobby/channels";
import { layerConformance, type ConformanceCase, type ConformanceHarness } from "@lobby/channels/testing";
import type { Fault } from "../support/faults/fault.ts";
import { GROUP_FAULTS } from "../support/faults/group-faults.ts";
import { LASTING_FAULTS } from "../support/faults/lasting-faults.ts";
import { NAME_FAULTS } from "../support/faults/name-faults.ts";
import { WAITING_FAULTS } from "../support/faults/waiting-faults.ts";
import { Hub } from "../support/hub-layer.ts";

const FAULTS = [...NAME_FAULTS, ...WAITING_FAULTS, ...GROUP_FAULTS, ...LASTING_FAULTS];
const CASES = layerConformance({ isShared: true, limitsSize: true, canRestart: true });

/** The deadline of a layer that is whole, and the last one of a broken one. */
const DEADLINE_MS = 10_000;
/** The deadlines of a broken layer: short, because many faults show by nothing coming; longer on a busy machine. */
const DEADLINES_MS = [100, 1_000, DEADLINE_MS];

/** Layers on a hub, with a fault when one is given. */
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
    async restart() {
      restarts += 1;
      hub.restart();
    },
  };
}

/** The layer with some of its calls replaced. */
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
    groupAdd: (group, channel) => layer.groupAdd(group, channel),
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
 * Rejects as the case does on a layer with this fault. A time-out counts where a layer that is whole keeps the same
 * deadline right afterwards; where it does not, the machine is slow, and both are given longer.
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

describe("A layer that is whole", () => {
  for (const { title, run } of CASES) test(title, () => run(harness(DEADLINE_MS)));
});

describe("A broken layer that", () => {
  for (const fault of FAULTS) {
    test(`${fault.title} is noticed`, async () => {
      for (const beginning of fault.caughtBy) {
        const found = CASES.filter(({ title }) => title.startsWith(beginning));
        const [one] = found;
        assert.ok(one !== undefined && found.length === 1, `one case begins with "${beginning}"`);
        // It fails because of what it looks at, and not because it stumbles.
        await assert.rejects(
          runBroken(one.run, fault),
          (error) => !(error instanceof TypeError || error instanceof ReferenceError),
        );
      }
    });
  }
});

test("Every case of the suite has been seen to fail", () => {
  const caught = FAULTS.flatMap((fault) => fault.caughtBy);
  const unseen = CASES.filter(({ title }) => !caught.some((beginning) => title.startsWith(beginning)));
  assert.deepEqual(
    unseen.map(({ title }) => title),
    [],
  );
});
