/** Two nodes under load, with clients on both, while Redis or the network fails. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { until } from "@lobby/test-support/waiting";
import { ChatClient } from "./chat-client.ts";
import type { ChatNode, ChatNodeOptions, GapTime } from "./chat-node.ts";
import { SLACK_MS, TIMEOUT_MS } from "./redis-layers.ts";

/** The largest difference between the clocks of two processes. */
const CLOCK_MS = 20;

/** One node, with a client that sends and one that only receives. */
export interface Side {
  readonly sender: ChatClient;
  readonly receiver: ChatClient;
  readonly gaps: readonly GapTime[];
}

/** Two nodes. */
export type Sides = readonly [near: Side, far: Side];

type Start = (options: ChatNodeOptions) => Promise<ChatNode>;

/** Starts two nodes that reach Redis at these addresses, and the senders on both. */
export async function startSides(t: TestContext, start: Start, nearUrl: string, farUrl: string): Promise<Sides> {
  const side = async (name: string, redisUrl: string): Promise<Side> => {
    const gaps: GapTime[] = [];
    const node = await start({ redisUrl, timeoutMs: TIMEOUT_MS, onGap: (time) => gaps.push(time) });
    t.after(() => node.close());
    const [sender, receiver] = [await ChatClient.connect(name, node.url), await ChatClient.connect("", node.url)];
    for (const client of [sender, receiver]) t.after(() => client.close());
    return { sender, receiver, gaps };
  };
  const sides = [await side("near", nearUrl), await side("far", farUrl)] as const;
  for (const { sender } of sides) sender.start(3);
  await until(() => sides.every(({ sender }) => sender.outcomesAfter(0).includes("sent")), "messages");
  return sides;
}

/** Waits until the senders of these sides get errors. */
export async function untilRefused(sides: readonly Side[]): Promise<void> {
  const before = sides.map(({ sender }) => sender.last);
  const isRefused = ({ sender }: Side, index: number): boolean =>
    sender.outcomesAfter(before[index] ?? 0).some((outcome) => outcome !== "sent");
  await until(() => sides.every(isRefused), "messages to fail");
}

/** Waits until every client receives the messages of every sender again. */
export async function untilRecovered(sides: Sides): Promise<void> {
  for (const { sender } of sides) {
    const before = sender.last;
    const receives = (client: ChatClient): boolean => client.lastOf(sender.name) > before + 10;
    await until(
      () => sides.every((side) => receives(side.sender) && receives(side.receiver)),
      "every client to receive again",
    );
  }
}

/** Stops the senders, and waits for the outcomes and the last messages. */
export async function stopSenders(sides: Sides): Promise<void> {
  for (const { sender } of sides) sender.stop();
  await until(() => sides.every(({ sender }) => sender.outcomes.size === sender.last), "all outcomes");
  for (const { sender } of sides) sender.send();
  const hasAll = (client: ChatClient): boolean =>
    sides.every(({ sender }) => client.lastOf(sender.name) === sender.last);
  await until(() => sides.every((side) => hasAll(side.sender) && hasAll(side.receiver)), "the last messages");
}

/** Waits until the reported gaps cover every message that a client misses. */
export function untilGapsCover(sides: Sides): Promise<void> {
  return until(() => missedOutsideGaps(sides).length === 0, "the gap of every missed message");
}

/**
 * Asserts the promises of the layer: a client receives the messages of each sender in order and at most once, and misses
 * only messages that failed or that were sent in a reported gap of its node.
 */
export function checkPromises(sides: Sides): void {
  for (const { sender, receiver } of sides) {
    for (const client of [sender, receiver]) {
      for (const { sender: author } of sides) {
        const numbers = numbersOf(client, author);
        const isAscending = numbers.every((n, index) => index === 0 || n > (numbers[index - 1] as number));
        assert.ok(isAscending, `messages of ${author.name} in order, each once: ${numbers.join(" ")}`);
      }
    }
    for (const { outcome, fromMs, toMs } of sender.outcomes.values()) {
      assert.ok(toMs - fromMs < TIMEOUT_MS + SLACK_MS, `the outcome in time, took ${toMs - fromMs} ms`);
      assert.match(outcome, /^(sent|CHANNELS_REDIS_(UNAVAILABLE|READ_ONLY|SENTINEL))$/);
    }
  }
  assert.deepEqual(missedOutsideGaps(sides), []);
}

/** Returns a sentence for each message that was sent outside of every gap, and that a client of the node misses. */
function missedOutsideGaps(sides: Sides): readonly string[] {
  const missed: string[] = [];
  for (const { sender, receiver, gaps } of sides) {
    for (const client of [sender, receiver]) {
      for (const { sender: author } of sides) {
        const received = new Set(numbersOf(client, author));
        for (const { outcomeOf, outcome, fromMs, toMs } of author.outcomes.values()) {
          if (received.has(outcomeOf) || outcome !== "sent") continue;
          const isInGap = gaps.some((gap) => toMs > gap.fromMs - CLOCK_MS && fromMs < gap.toMs + CLOCK_MS);
          if (isInGap) continue;
          missed.push(`message ${outcomeOf} of ${author.name}, sent at ${fromMs}, in a gap: ${JSON.stringify(gaps)}`);
        }
      }
    }
  }
  return missed;
}

/** Returns the numbers of an author's messages, in the order in which a client received them. */
function numbersOf(client: ChatClient, author: ChatClient): readonly number[] {
  return client.received.filter(({ by }) => by === author.name).map(({ n }) => n);
}

/** A failure with its recovery. */
export interface Fault<Scene> {
  readonly title: string;
  readonly fail: (scene: Scene) => Promise<void>;
  /** The least and the greatest number of gaps that each node reports. */
  readonly gaps: readonly [near: readonly [number, number], far: readonly [number, number]];
}

/** Asserts that each node has reported the right number of gaps for these faults. */
export function checkGaps(sides: Sides, faults: readonly Pick<Fault<never>, "gaps">[]): void {
  for (const [index, { gaps }] of sides.entries()) {
    let [least, most] = [0, 0];
    for (const fault of faults) {
      least += fault.gaps[index]?.[0] ?? 0;
      most += fault.gaps[index]?.[1] ?? 0;
    }
    const isRight = gaps.length >= least && gaps.length <= most;
    assert.ok(isRight, `node ${index} reported ${gaps.length} gaps, expected ${least} to ${most}`);
  }
}
