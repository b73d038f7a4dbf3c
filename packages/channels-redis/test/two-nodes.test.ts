/** Two nodes under load, with clients on both, while what is between them fails. */
import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { startChatNode, type ChatNode, type ChatNodeOptions, type LostTime } from "./support/chat-node.ts";
import { startChatProcess } from "./support/chat-process.ts";
import { Chatter } from "./support/chatter.ts";
import { until } from "@lobby/test-support/waiting";
import { proxyFor, redisFor, SLACK_MS, TIMEOUT_MS } from "./support/layer.ts";
import type { Proxy } from "./support/proxy.ts";
import type { RedisServer } from "./support/redis-server.ts";

/** What clocks of two processes may differ by. */
const CLOCK_MS = 20;

/** One node, with a client that talks and one that only listens. */
interface Side {
  readonly talker: Chatter;
  readonly listener: Chatter;
  readonly gaps: readonly LostTime[];
}

/** What a test of two nodes has: the second node reaches Redis over a network that can fail. */
interface Scene {
  readonly server: RedisServer;
  readonly proxy: Proxy;
  readonly sides: readonly [near: Side, far: Side];
}

type Start = (options: ChatNodeOptions) => Promise<ChatNode>;

async function setScene(t: TestContext, start: Start): Promise<Scene> {
  const server = await redisFor(t);
  const proxy = await proxyFor(t, server);
  const side = async (name: string, redisUrl: string): Promise<Side> => {
    const gaps: LostTime[] = [];
    const node = await start({ redisUrl, timeoutMs: TIMEOUT_MS, onGap: (time) => gaps.push(time) });
    t.after(() => node.close());
    const [talker, listener] = [await Chatter.connect(name, node.url), await Chatter.connect("", node.url)];
    for (const chatter of [talker, listener]) t.after(() => chatter.close());
    return { talker, listener, gaps };
  };
  const sides = [await side("near", server.url), await side("far", proxy.url)] as const;
  for (const { talker } of sides) talker.talk(3);
  await until(() => sides.every(({ talker }) => talker.outcomesAfter(0).includes("sent")), "messages");
  return { server, proxy, sides };
}

/** The talkers of these sides are refused from now on. */
async function refused(sides: readonly Side[]): Promise<void> {
  const before = sides.map(({ talker }) => talker.last);
  const isRefused = ({ talker }: Side, index: number): boolean =>
    talker.outcomesAfter(before[index] ?? 0).some((outcome) => outcome !== "sent");
  await until(() => sides.every(isRefused), "messages to be refused");
}

/** Everybody hears what everybody says from now on. */
async function recovered({ sides }: Scene): Promise<void> {
  for (const { talker } of sides) {
    const before = talker.last;
    const hears = (chatter: Chatter): boolean => chatter.lastOf(talker.name) > before + 10;
    await until(() => sides.every((side) => hears(side.talker) && hears(side.listener)), "everybody to hear again");
  }
}

/** Ends the talking, and lets everything arrive that does. */
async function quieten({ sides }: Scene): Promise<void> {
  for (const { talker } of sides) talker.stop();
  await until(() => sides.every(({ talker }) => talker.outcomes.size === talker.last), "all outcomes");
  for (const { talker } of sides) talker.say();
  const heardAll = (chatter: Chatter): boolean =>
    sides.every(({ talker }) => chatter.lastOf(talker.name) === talker.last);
  await until(() => sides.every((side) => heardAll(side.talker) && heardAll(side.listener)), "the last messages");
}

/**
 * What holds whatever happens: a client hears nobody out of order or twice, and
 * misses only what was refused, or was sent in a gap that its node has told.
 */
function checkPromises({ sides }: Scene): void {
  for (const { talker, listener, gaps } of sides) {
    for (const chatter of [talker, listener]) {
      for (const { talker: sender } of sides) {
        const numbers = chatter.heard.filter(({ by }) => by === sender.name).map(({ n }) => n);
        const isAscending = numbers.every((n, index) => index === 0 || n > (numbers[index - 1] as number));
        assert.ok(isAscending, `${sender.name} in order, once each: ${numbers.join(" ")}`);
        const heard = new Set(numbers);
        for (const { settled, outcome, fromMs, toMs } of sender.outcomes.values()) {
          if (heard.has(settled) || outcome !== "sent") continue;
          const isInGap = gaps.some((gap) => toMs > gap.fromMs - CLOCK_MS && fromMs < gap.toMs + CLOCK_MS);
          assert.ok(
            isInGap,
            `message ${settled} of ${sender.name}, sent at ${fromMs}, in a gap: ${JSON.stringify(gaps)}`,
          );
        }
      }
    }
    for (const { outcome, fromMs, toMs } of talker.outcomes.values()) {
      assert.ok(toMs - fromMs < TIMEOUT_MS + SLACK_MS, `settled in time, took ${toMs - fromMs} ms`);
      assert.ok(outcome === "sent" || outcome === "CHANNELS_REDIS_UNAVAILABLE", outcome);
    }
  }
}

/** One way to fail, and to come back. */
interface Fault {
  readonly title: string;
  readonly fail: (scene: Scene) => Promise<void>;
  /** How many gaps each node tells, at least and at most. */
  readonly gaps: readonly [near: readonly [number, number], far: readonly [number, number]];
}

const ONE = [1, 1] as const;
const NONE = [0, 0] as const;
/** One of the two connections of a node may notice, and the other one be spared. */
const AT_MOST_ONE = [0, 1] as const;

const FAULTS: readonly Fault[] = [
  {
    title: "is killed and started again",
    gaps: [ONE, ONE],
    async fail({ server, sides }) {
      const noticed = refused(sides);
      await server.signal("SIGKILL");
      await noticed;
      await server.restart();
    },
  },
  {
    title: "is paused and continued",
    gaps: [AT_MOST_ONE, AT_MOST_ONE],
    async fail({ server, sides }) {
      const noticed = refused(sides);
      await server.signal("SIGSTOP");
      await noticed;
      await server.signal("SIGCONT");
    },
  },
  {
    title: "cuts one node off",
    gaps: [NONE, ONE],
    async fail({ proxy, sides: [, far] }) {
      const gaps = far.gaps.length;
      proxy.reset();
      await until(() => far.gaps.length > gaps, "the gap to be told");
    },
  },
  {
    title: "is out of reach for one node, and what was on the way arrives late",
    gaps: [NONE, ONE],
    async fail({ proxy, sides: [, far] }) {
      const gaps = far.gaps.length;
      const noticed = refused([far]);
      proxy.stall();
      await noticed;
      proxy.pass();
      await until(() => far.gaps.length > gaps, "the gap to be told");
      proxy.resume();
    },
  },
];

/** That each node told as many gaps as it must, by these faults together. */
function checkGaps({ sides }: Scene, faults: readonly Fault[]): void {
  for (const [index, { gaps }] of sides.entries()) {
    let [least, most] = [0, 0];
    for (const fault of faults) {
      least += fault.gaps[index]?.[0] ?? 0;
      most += fault.gaps[index]?.[1] ?? 0;
    }
    const isRight = gaps.length >= least && gaps.length <= most;
    assert.ok(isRight, `node ${index} told ${gaps.length} gaps, expected ${least} to ${most}`);
  }
}

describe("Two nodes in one process, when Redis", () => {
  for (const fault of FAULTS) {
    test(fault.title, async (t) => {
      const scene = await setScene(t, startChatNode);
      await fault.fail(scene);
      await recovered(scene);
      await quieten(scene);
      checkPromises(scene);
      checkGaps(scene, [fault]);
    });
  }

  test("does nothing wrong, lose nothing and tell no gap", async (t) => {
    const scene = await setScene(t, startChatNode);
    await recovered(scene);
    await quieten(scene);
    checkPromises(scene);
    checkGaps(scene, []);
    for (const { heard } of scene.sides.flatMap(({ talker, listener }) => [talker, listener])) {
      assert.equal(heard.length, scene.sides[0].talker.last + scene.sides[1].talker.last);
    }
  });
});

test("Two nodes in processes of their own go through all of it, one after the other", async (t) => {
  const scene = await setScene(t, startChatProcess);
  for (const { fail } of FAULTS) {
    await fail(scene);
    await recovered(scene);
  }
  await quieten(scene);
  checkPromises(scene);
  checkGaps(scene, FAULTS);
});
