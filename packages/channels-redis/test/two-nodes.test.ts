/** Two nodes under load, with clients on both, while Redis or the network fails. */
import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { startChatNode, type ChatNode, type ChatNodeOptions, type GapTime } from "./support/chat-node.ts";
import { startChatProcess } from "./support/chat-process.ts";
import { ChatClient } from "./support/chat-client.ts";
import { until } from "@lobby/test-support/waiting";
import { startProxy, startRedis, SLACK_MS, TIMEOUT_MS } from "./support/redis-layers.ts";
import type { TcpProxy } from "./support/tcp-proxy.ts";
import type { RedisProcess } from "./support/redis-process.ts";

/** The largest difference between the clocks of two processes. */
const CLOCK_MS = 20;

/** One node, with a client that sends and one that only receives. */
interface Side {
  readonly sender: ChatClient;
  readonly receiver: ChatClient;
  readonly gaps: readonly GapTime[];
}

/** Two nodes. The second one reaches Redis through a proxy that can fail. */
interface Scene {
  readonly redis: RedisProcess;
  readonly proxy: TcpProxy;
  readonly sides: readonly [near: Side, far: Side];
}

type Start = (options: ChatNodeOptions) => Promise<ChatNode>;

async function startScene(t: TestContext, start: Start): Promise<Scene> {
  const redis = await startRedis(t);
  const proxy = await startProxy(t, redis);
  const side = async (name: string, redisUrl: string): Promise<Side> => {
    const gaps: GapTime[] = [];
    const node = await start({ redisUrl, timeoutMs: TIMEOUT_MS, onGap: (time) => gaps.push(time) });
    t.after(() => node.close());
    const [sender, receiver] = [await ChatClient.connect(name, node.url), await ChatClient.connect("", node.url)];
    for (const client of [sender, receiver]) t.after(() => client.close());
    return { sender, receiver, gaps };
  };
  const sides = [await side("near", redis.url), await side("far", proxy.url)] as const;
  for (const { sender } of sides) sender.start(3);
  await until(() => sides.every(({ sender }) => sender.outcomesAfter(0).includes("sent")), "messages");
  return { redis, proxy, sides };
}

/** Waits until the senders of these sides get errors. */
async function untilRefused(sides: readonly Side[]): Promise<void> {
  const before = sides.map(({ sender }) => sender.last);
  const isRefused = ({ sender }: Side, index: number): boolean =>
    sender.outcomesAfter(before[index] ?? 0).some((outcome) => outcome !== "sent");
  await until(() => sides.every(isRefused), "messages to fail");
}

/** Waits until every client receives the messages of every sender again. */
async function untilRecovered({ sides }: Scene): Promise<void> {
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
async function stopSenders({ sides }: Scene): Promise<void> {
  for (const { sender } of sides) sender.stop();
  await until(() => sides.every(({ sender }) => sender.outcomes.size === sender.last), "all outcomes");
  for (const { sender } of sides) sender.send();
  const hasAll = (client: ChatClient): boolean =>
    sides.every(({ sender }) => client.lastOf(sender.name) === sender.last);
  await until(() => sides.every((side) => hasAll(side.sender) && hasAll(side.receiver)), "the last messages");
}

/**
 * Asserts the promises of the layer: a client receives the messages of each sender in order and at most once, and misses
 * only messages that failed or that were sent in a reported gap of its node.
 */
function checkPromises({ sides }: Scene): void {
  for (const { sender, receiver, gaps } of sides) {
    for (const client of [sender, receiver]) {
      for (const { sender: author } of sides) {
        const numbers = client.received.filter(({ by }) => by === author.name).map(({ n }) => n);
        const isAscending = numbers.every((n, index) => index === 0 || n > (numbers[index - 1] as number));
        assert.ok(isAscending, `messages of ${author.name} in order, each once: ${numbers.join(" ")}`);
        const received = new Set(numbers);
        for (const { outcomeOf, outcome, fromMs, toMs } of author.outcomes.values()) {
          if (received.has(outcomeOf) || outcome !== "sent") continue;
          const isInGap = gaps.some((gap) => toMs > gap.fromMs - CLOCK_MS && fromMs < gap.toMs + CLOCK_MS);
          assert.ok(
            isInGap,
            `message ${outcomeOf} of ${author.name}, sent at ${fromMs}, in a gap: ${JSON.stringify(gaps)}`,
          );
        }
      }
    }
    for (const { outcome, fromMs, toMs } of sender.outcomes.values()) {
      assert.ok(toMs - fromMs < TIMEOUT_MS + SLACK_MS, `the outcome in time, took ${toMs - fromMs} ms`);
      assert.ok(outcome === "sent" || outcome === "CHANNELS_REDIS_UNAVAILABLE", outcome);
    }
  }
}

/** A failure with its recovery. */
interface Fault {
  readonly title: string;
  readonly fail: (scene: Scene) => Promise<void>;
  /** The least and the greatest number of gaps that each node reports. */
  readonly gaps: readonly [near: readonly [number, number], far: readonly [number, number]];
}

const ONE = [1, 1] as const;
const NONE = [0, 0] as const;
/** A short outage may affect only the outgoing connection, which causes no gap. */
const AT_MOST_ONE = [0, 1] as const;

const FAULTS: readonly Fault[] = [
  {
    title: "is killed and restarted",
    gaps: [ONE, ONE],
    async fail({ redis, sides }) {
      const failing = untilRefused(sides);
      await redis.signal("SIGKILL");
      await failing;
      await redis.restart();
    },
  },
  {
    title: "is paused and continued",
    gaps: [AT_MOST_ONE, AT_MOST_ONE],
    async fail({ redis, sides }) {
      const failing = untilRefused(sides);
      await redis.signal("SIGSTOP");
      await failing;
      await redis.signal("SIGCONT");
    },
  },
  {
    title: "resets the connections of one node",
    gaps: [NONE, ONE],
    async fail({ proxy, sides: [, far] }) {
      const gaps = far.gaps.length;
      proxy.reset();
      await until(() => far.gaps.length > gaps, "the gap");
    },
  },
  {
    title: "is unreachable for one node, and delayed commands arrive late",
    gaps: [NONE, ONE],
    async fail({ proxy, sides: [, far] }) {
      const gaps = far.gaps.length;
      const failing = untilRefused([far]);
      proxy.stall();
      await failing;
      proxy.passNewConnections();
      await until(() => far.gaps.length > gaps, "the gap");
      proxy.resume();
    },
  },
];

/** Asserts that each node has reported the right number of gaps for these faults. */
function checkGaps({ sides }: Scene, faults: readonly Fault[]): void {
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

describe("Two nodes in one process, when Redis", () => {
  for (const fault of FAULTS) {
    test(fault.title, async (t) => {
      const scene = await startScene(t, startChatNode);
      await fault.fail(scene);
      await untilRecovered(scene);
      await stopSenders(scene);
      checkPromises(scene);
      checkGaps(scene, [fault]);
    });
  }

  test("works, lose no message and report no gap", async (t) => {
    const scene = await startScene(t, startChatNode);
    await untilRecovered(scene);
    await stopSenders(scene);
    checkPromises(scene);
    checkGaps(scene, []);
    for (const { received } of scene.sides.flatMap(({ sender, receiver }) => [sender, receiver])) {
      assert.equal(received.length, scene.sides[0].sender.last + scene.sides[1].sender.last);
    }
  });
});

test("Two nodes in separate processes keep the promises through all faults in sequence", async (t) => {
  const scene = await startScene(t, startChatProcess);
  for (const { fail } of FAULTS) {
    await fail(scene);
    await untilRecovered(scene);
  }
  await stopSenders(scene);
  checkPromises(scene);
  checkGaps(scene, FAULTS);
});
