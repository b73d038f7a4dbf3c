/** Two nodes under load, with clients on both, while Redis or the network fails. */
import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { until } from "@lobby/test-support/waiting";
import { startChatNode } from "./support/chat-node.ts";
import { startChatProcess } from "./support/chat-process.ts";
import { startProxy, startRedis } from "./support/redis-layers.ts";
import type { RedisProcess } from "./support/redis-process.ts";
import type { TcpProxy } from "./support/tcp-proxy.ts";
import {
  checkGaps,
  checkPromises,
  startSides,
  stopSenders,
  untilRecovered,
  untilRefused,
  type Fault,
  type Sides,
} from "./support/two-nodes.ts";

/** Two nodes. The second one reaches Redis through a proxy that can fail. */
interface Scene {
  readonly redis: RedisProcess;
  readonly proxy: TcpProxy;
  readonly sides: Sides;
}

async function startScene(t: TestContext, start: typeof startChatNode): Promise<Scene> {
  const redis = await startRedis(t);
  const proxy = await startProxy(t, redis);
  return { redis, proxy, sides: await startSides(t, start, redis.url, proxy.url) };
}

const ONE = [1, 1] as const;
const NONE = [0, 0] as const;
/** A short outage may affect only the outgoing connection, which causes no gap. */
const AT_MOST_ONE = [0, 1] as const;

const FAULTS: readonly Fault<Scene>[] = [
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

describe("Two nodes in one process, when Redis", () => {
  for (const fault of FAULTS) {
    test(fault.title, async (t) => {
      const scene = await startScene(t, startChatNode);
      await fault.fail(scene);
      await untilRecovered(scene.sides);
      await stopSenders(scene.sides);
      checkPromises(scene.sides);
      checkGaps(scene.sides, [fault]);
    });
  }

  test("works, lose no message and report no gap", async (t) => {
    const scene = await startScene(t, startChatNode);
    await untilRecovered(scene.sides);
    await stopSenders(scene.sides);
    checkPromises(scene.sides);
    checkGaps(scene.sides, []);
    for (const { received } of scene.sides.flatMap(({ sender, receiver }) => [sender, receiver])) {
      assert.equal(received.length, scene.sides[0].sender.last + scene.sides[1].sender.last);
    }
  });
});

test("Two nodes in separate processes keep the promises through all faults in sequence", async (t) => {
  const scene = await startScene(t, startChatProcess);
  for (const { fail } of FAULTS) {
    await fail(scene);
    await untilRecovered(scene.sides);
  }
  await stopSenders(scene.sides);
  checkPromises(scene.sides);
  checkGaps(scene.sides, FAULTS);
});
