/**
 * A server that cannot serve counts as a lost connection, for each reason below. An idle layer notices it too, its workers
 * hear of it, and the gap covers the whole time.
 */
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { describe, test, type TestContext } from "node:test";
import type { RedisChannelLayer } from "@lobby/channels-redis";
import { numbered } from "@lobby/test-support/numbered";
import { eventually, soon, until } from "@lobby/test-support/waiting";
import {
  connectLayer,
  receiveUntil,
  SLACK_MS,
  startProxy,
  startRedis,
  TIMEOUT_MS,
  untilInfo,
} from "./support/redis-layers.ts";
import type { RedisProcess } from "./support/redis-process.ts";
import type { TcpProxy } from "./support/tcp-proxy.ts";

/** A Redis, and a proxy through which the layer reaches it. */
interface Scene {
  readonly redis: RedisProcess;
  readonly proxy: TcpProxy;
}

/** A state in which a server cannot serve. */
interface Fault {
  readonly title: string;
  readonly settings?: readonly string[];
  /** The code of the calls meanwhile. */
  readonly code: string;
  readonly fail: (scene: Scene) => Promise<unknown>;
  readonly repair: (scene: Scene) => Promise<unknown>;
}

const [READ_ONLY, UNAVAILABLE] = ["CHANNELS_REDIS_READ_ONLY", "CHANNELS_REDIS_UNAVAILABLE"];

/** Makes a Redis the replica of a primary that does not exist. */
function demote({ redis }: Scene): Promise<unknown> {
  return redis.command("REPLICAOF", "127.0.0.1", "1");
}

function promote({ redis }: Scene): Promise<unknown> {
  return redis.command("REPLICAOF", "NO", "ONE");
}

/** The one client of a Redis that accepts no other. */
let operator: Awaited<ReturnType<RedisProcess["connect"]>> | undefined;

const FAULTS: readonly Fault[] = [
  { title: "becomes a replica", code: READ_ONLY, fail: demote, repair: promote },
  {
    title: "becomes a replica that accepts writes",
    code: READ_ONLY,
    settings: ["--replica-read-only", "no"],
    fail: demote,
    repair: promote,
  },
  {
    title: "becomes a replica that answers only with MASTERDOWN",
    code: READ_ONLY,
    settings: ["--replica-serve-stale-data", "no"],
    fail: demote,
    repair: promote,
  },
  {
    title: "has too few replicas",
    code: READ_ONLY,
    fail: ({ redis }) => redis.command("CONFIG", "SET", "min-replicas-to-write", "1"),
    repair: ({ redis }) => redis.command("CONFIG", "SET", "min-replicas-to-write", "0"),
  },
  {
    title: "cannot save to its disk",
    code: READ_ONLY,
    async fail({ redis }) {
      await rm(redis.folder, { recursive: true });
      await redis.command("CONFIG", "SET", "save", "3600 1");
      await redis.command("BGSAVE");
      await untilInfo(redis, "rdb_last_bgsave_status:err");
    },
    repair: ({ redis }) => redis.command("CONFIG", "SET", "save", ""),
  },
  {
    title: "loads its data",
    code: UNAVAILABLE,
    settings: ["--enable-debug-command", "yes", "--loading-process-events-interval-bytes", "1024"],
    async fail({ redis }) {
      await redis.command("EVAL", "for n = 1, 1000 do redis.call('SET', n, string.rep('x', 2000)) end", "0");
      await redis.command("CONFIG", "SET", "rdbcompression", "no", "key-load-delay", "20000");
      // Redis answers after it has loaded all.
      redis.command("DEBUG", "RELOAD").catch(() => undefined);
      await untilInfo(redis, "loading:1");
    },
    repair: ({ redis }) => redis.command("CONFIG", "SET", "key-load-delay", "0"),
  },
  {
    title: "runs a slow script",
    code: UNAVAILABLE,
    settings: ["--busy-reply-threshold", "1"],
    async fail({ redis }) {
      redis.command("EVAL", "while true do end", "0").catch(() => undefined);
      await until(
        () =>
          redis.command("DBSIZE").then(
            () => false,
            (error: Error) => error.message.startsWith("BUSY"),
          ),
        "BUSY",
      );
    },
    repair: ({ redis }) => redis.command("SCRIPT", "KILL"),
  },
  {
    title: "pauses all writes",
    code: UNAVAILABLE,
    fail: ({ redis }) => redis.command("CLIENT", "PAUSE", "60000", "WRITE"),
    repair: ({ redis }) => redis.command("CLIENT", "UNPAUSE"),
  },
  {
    title: "pauses all commands",
    code: UNAVAILABLE,
    fail: ({ redis }) => redis.command("CLIENT", "PAUSE", "1500", "ALL"),
    repair: () => Promise.resolve(),
  },
  {
    title: "accepts no more clients",
    code: "CHANNELS_REDIS_CLIENT_LIMIT",
    async fail({ redis, proxy }) {
      operator = await redis.connect();
      await operator.sendCommand(["CONFIG", "SET", "maxclients", "1"]);
      proxy.reset();
    },
    async repair() {
      await operator?.sendCommand(["CONFIG", "SET", "maxclients", "100"]);
      operator?.destroy();
    },
  },
  {
    title: "is killed",
    code: UNAVAILABLE,
    fail: ({ redis }) => redis.signal("SIGKILL"),
    repair: ({ redis }) => redis.restart(),
  },
  {
    title: "is stopped",
    code: UNAVAILABLE,
    fail: ({ redis }) => redis.signal("SIGSTOP"),
    repair: ({ redis }) => redis.signal("SIGCONT"),
  },
  {
    title: "becomes unreachable in silence",
    code: UNAVAILABLE,
    fail: async ({ proxy }) => proxy.stall(),
    repair: async ({ proxy }) => proxy.passNewConnections(),
  },
];

/** Starts a Redis that a layer reaches through a proxy. */
async function startScene(t: TestContext, settings: readonly string[]): Promise<Scene> {
  const redis = await startRedis(t, ...settings);
  return { redis, proxy: await startProxy(t, redis) };
}

/** Returns the error of a group message; undefined when it succeeded. */
function sendError(
  layer: RedisChannelLayer,
): Promise<{ readonly code: string; readonly isRetryable: boolean } | undefined> {
  return layer.groupSend("group", numbered(0)).then(
    () => undefined,
    (error) => error,
  );
}

describe("An idle layer whose Redis", () => {
  for (const { title, code, settings = [], fail, repair } of FAULTS) {
    test(`${title} has lost it, tells its workers, and reports the whole gap`, async (t) => {
      const scene = await startScene(t, settings);
      const { layer } = await connectLayer(t, scene.proxy);
      const gaps: { readonly fromMs: number; readonly code: string }[] = [];
      layer.onGap(({ durationMs, cause }) => gaps.push({ fromMs: performance.now() - durationMs, code: cause.code }));
      const channel = layer.newChannel();
      await layer.groupAdd("group", channel);
      const unavailable: string[] = [];
      const onUnavailable = (cause: Error): void =>
        void unavailable.push((cause as { readonly code?: string }).code ?? "");
      const { promise: isListening, resolve: onListening } = Promise.withResolvers<void>();
      const received = layer.receive("worker", { onUnavailable, onListening });
      await isListening;

      const beforeMs = performance.now();
      await fail(scene);
      const failedAtMs = performance.now();
      await until(() => !layer.isReady, "the layer to notice");
      await until(() => unavailable.length > 0, "the worker to hear of it");
      const isRefused = async (): Promise<boolean> => (await sendError(layer))?.code === code;
      await until(isRefused, "the reason");
      assert.equal((await sendError(layer))?.isRetryable, true);
      assert.deepEqual([layer.isReady, layer.gaps], [false, 0]);

      await repair(scene);
      await until(() => gaps.length > 0, "the gap");
      assert.equal(layer.isReady, true);
      const [gap] = gaps;
      assert.ok(gap !== undefined && gap.fromMs <= failedAtMs, "the gap must begin before the loss");
      assert.ok(gap.fromMs >= beforeMs - TIMEOUT_MS - SLACK_MS, "the gap must not begin long before the loss");
      await eventually(() => layer.groupSend("group", numbered(1)));
      assert.equal((await soon(receiveUntil(layer, channel.name, 1), "the message")).at(-1), 1);
      await eventually(() => layer.send("worker", numbered(2)));
      assert.deepEqual(await soon(received, "the work"), numbered(2));
      assert.equal(layer.gaps, 1);
    });
  }
});
