/** Layers that find their primary through real sentinels. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { RedisChannelLayer } from "@lobby/channels-redis";
import { certificate } from "@lobby/test-support/certificate";
import { plainReceiverKind, type Receiver } from "@lobby/channels/layers";
import { numbered, type Numbered } from "@lobby/test-support/numbered";
import { eventually, until } from "@lobby/test-support/waiting";
import { startChatNode } from "./support/chat-node.ts";
import { FakeRedis } from "./support/fake-redis.ts";
import {
  connectLayer,
  SLACK_MS,
  startProxy,
  startRedis,
  startSentinel,
  TIMEOUT_MS,
  untilInfo,
} from "./support/redis-layers.ts";
import { RedisProcess, TLS } from "./support/redis-process.ts";
import {
  checkGaps,
  checkPromises,
  startSides,
  stopSenders,
  untilGapsCover,
  untilRecovered,
  type Fault,
  type Sides,
} from "./support/two-nodes.ts";

/** A primary with replicas, and the sentinels that watch them. */
interface Watched {
  readonly servers: readonly RedisProcess[];
  readonly sentinels: readonly RedisProcess[];
  readonly url: string;
}

/** Starts a primary with two replicas and three sentinels, and waits until the sentinels know them all. */
async function startWatched(): Promise<Watched> {
  const atOnce = ["--repl-diskless-sync-delay", "0"];
  const primary = await RedisProcess.start(...atOnce);
  const replicaOf = ["--replicaof", `127.0.0.1 ${primary.port}`, ...atOnce];
  const replicas = await Promise.all([RedisProcess.start(...replicaOf), RedisProcess.start(...replicaOf)]);
  for (const replica of replicas) await untilInfo(replica, "master_link_status:up");
  const sentinels = await Promise.all([1, 2, 3].map(() => RedisProcess.startSentinel(primary.port, 2)));
  for (const sentinel of sentinels) await untilInfo(sentinel, "slaves=2,sentinels=3");
  const hosts = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(",");
  return { servers: [primary, ...replicas], sentinels, url: `redis+sentinel://${hosts}/main` };
}

/** Returns the server that most sentinels call the primary. */
async function primaryOf({ servers, sentinels }: Watched): Promise<RedisProcess | undefined> {
  const answers = await Promise.all(
    sentinels.map(async (each) => {
      const [, port] = (await each.command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "main")) as readonly [string, string];
      return Number(port);
    }),
  );
  return servers.find(({ port }) => answers.filter((answer) => answer === port).length >= 2);
}

/** Asserts that no layer finds its primary through the sentinel at a port, and that the error has this sentence. */
async function assertNoSentinel(scheme: string, port: number, sentence: RegExp): Promise<void> {
  const connecting = RedisChannelLayer.connect({ url: `${scheme}://localhost:${port}/main`, timeoutMs: 1_000 });
  await assert.rejects(connecting, { code: "CHANNELS_REDIS_SENTINEL", message: sentence });
}

/** Two nodes that find the primary through sentinels. */
interface Scene {
  readonly watched: Watched;
  readonly sides: Sides;
}

/** Lets the sentinels move the primary, as soon as they are not busy with another move. */
async function startFailover({ sentinels: [first] }: Watched): Promise<void> {
  await eventually(async () => first?.command("SENTINEL", "FAILOVER", "main"));
}

async function untilOther(watched: Watched, old: RedisProcess | undefined): Promise<void> {
  const isOther = async (): Promise<boolean> => {
    const primary = await primaryOf(watched);
    return primary !== undefined && primary !== old;
  };
  await until(isOther, "another primary");
}

/** Waits until each node reports a gap. */
async function untilGaps(sides: Sides, before: readonly number[]): Promise<void> {
  await until(() => sides.every(({ gaps }, index) => gaps.length > (before[index] ?? 0)), "the gaps");
}

/**
 * A move makes two gaps: one until the node receives again, and one for the processes that may still have sent to the old
 * primary. They are one gap when the node cannot send before the second. Sentinels in a hurry may move the primary twice.
 */
const ONE_OR_TWO_MOVES = [1, 4] as const;

const FAULTS: readonly Fault<Scene>[] = [
  {
    title: "an operator moves the primary, and the old one works on for a while",
    gaps: [ONE_OR_TWO_MOVES, ONE_OR_TWO_MOVES],
    async fail({ watched, sides }) {
      const before = sides.map(({ gaps }) => gaps.length);
      const old = await primaryOf(watched);
      await startFailover(watched);
      await untilOther(watched, old);
      await untilGaps(sides, before);
    },
  },
  {
    title: "the primary is killed",
    gaps: [ONE_OR_TWO_MOVES, ONE_OR_TWO_MOVES],
    async fail({ watched, sides }) {
      const before = sides.map(({ gaps }) => gaps.length);
      const old = await primaryOf(watched);
      await old?.signal("SIGKILL");
      await untilOther(watched, old);
      await untilGaps(sides, before);
    },
  },
];

describe("With three sentinels", () => {
  let watched: Watched;
  before(async () => {
    watched = await startWatched();
  });
  after(() => Promise.all([...watched.servers, ...watched.sentinels].map((each) => each.stop())));

  test("a layer finds the primary when one sentinel is silent and one is out of date", async (t) => {
    const [first, second] = watched.sentinels;
    assert.ok(first !== undefined && second !== undefined);
    const outdated = await startSentinel(t, await startRedis(t));
    const silent = await startProxy(t, first);
    silent.stall();
    const hosts = [outdated, first, second, silent, second].map(({ port }) => `127.0.0.1:${port}`).join(",");
    const { layer } = await connectLayer(t, { url: `redis+sentinel://${hosts}/main` }, { timeoutMs: 60_000 });
    await layer.send("found", numbered(1));
    assert.equal(await (await primaryOf(watched))?.command("EXISTS", "channels!0:queue:found"), 1);
  });

  test("a layer works on while the sentinels are silent, and a gap then begins at their last answer", async (t) => {
    const proxies = await Promise.all(watched.sentinels.map((sentinel) => startProxy(t, sentinel)));
    const hosts = proxies.map(({ port }) => `127.0.0.1:${port}`).join(",");
    const { layer, gaps } = await connectLayer(t, { url: `redis+sentinel://${hosts}/main` });
    const silentAtMs = performance.now();
    for (const proxy of proxies) proxy.stall();
    // Heartbeats have failed to get an answer by then.
    await until(() => performance.now() > silentAtMs + 3 * TIMEOUT_MS, "more than two time-outs");
    assert.deepEqual([layer.isReady, gaps], [true, []]);
    await layer.groupSend("group", numbered(1));
    await (await primaryOf(watched))?.command("CLIENT", "KILL", "TYPE", "pubsub");
    for (const proxy of proxies) proxy.passNewConnections();
    await until(() => gaps.length === 1, "the gap");
    assert.ok((gaps[0]?.durationMs ?? 0) >= performance.now() - silentAtMs - SLACK_MS);
    assert.ok((gaps[0]?.durationMs ?? 0) >= 3 * TIMEOUT_MS, `${gaps[0]?.durationMs} ms`);
  });

  test("a process that sends to the old primary a little longer loses no message outside of a gap", async (t) => {
    const timeoutMs = 4_000;
    const { layer: receiver } = await connectLayer(t, watched, { timeoutMs });
    const { layer: sender } = await connectLayer(t, watched, { timeoutMs });
    const members: Receiver = {
      kind: plainReceiverKind,
      deliver: (message) => received.add((message as Numbered).n) !== undefined,
    };
    const received = new Set<number>();
    await receiver.groupAdd("group", receiver.newChannel(members));
    const gaps: { readonly fromMs: number; readonly toMs: number }[] = [];
    receiver.onGap(({ durationMs }) => gaps.push({ fromMs: performance.now() - durationMs, toMs: performance.now() }));
    /** The times of the messages that Redis accepted. */
    const accepted = new Map<number, number>();
    let n = 0;
    const send = (): void => {
      n += 1;
      const [number, atMs] = [n, performance.now()];
      sender.groupSend("group", numbered(number)).then(
        () => accepted.set(number, atMs),
        () => undefined,
      );
    };
    const load = setInterval(send, 5);
    t.after(() => clearInterval(load));

    const old = await primaryOf(watched);
    await startFailover(watched);
    await untilOther(watched, old);
    // The receiver follows at once, and the sender with its next heartbeat.
    await old?.command("CLIENT", "KILL", "TYPE", "pubsub");
    await until(() => gaps.length > 0, "the gap");
    const before = n;
    await until(() => [...received].some((number) => number > before), "messages by way of the new primary");
    const isMissed = ([number, atMs]: readonly [number, number]): boolean =>
      !received.has(number) && !gaps.some(({ fromMs, toMs }) => atMs >= fromMs && atMs <= toMs);
    await until(() => ![...accepted].some(isMissed), "the gap of every missed message");
  });

  test("two nodes under load keep the promises and follow the primary automatically", async (t) => {
    const scene = { watched, sides: await startSides(t, startChatNode, watched.url, watched.url) };
    for (const { fail } of FAULTS) {
      await fail(scene);
      await untilRecovered(scene.sides);
    }
    await stopSenders(scene.sides);
    await untilGapsCover(scene.sides);
    checkPromises(scene.sides);
    checkGaps(scene.sides, FAULTS);
  });
});

describe("With one sentinel", () => {
  test("a layer logs in to the sentinel and to the primary, and uses TLS and the database", async (t) => {
    const redis = await RedisProcess.startWithTls("--requirepass", "word");
    t.after(() => redis.stop());
    const sentinel = await startSentinel(t, { port: redis.tlsPort }, ...TLS, "--requirepass", "watch");
    const url = `rediss+sentinel://default:word@localhost:${sentinel.tlsPort}/main/2?sentinelPassword=watch`;
    const { layer } = await connectLayer(t, { url }, { tls: { ca: certificate } });
    await layer.send("worker", numbered(1));
    assert.match(String(await redis.command("INFO", "keyspace")), /^db2:/m);
  });

  test("the error tells a wrong name, a wrong password, no sentinel and a stopped one apart", async (t) => {
    const redis = await startRedis(t);
    const sentinel = await startSentinel(t, redis, "--requirepass", "watch");
    const gone = await startRedis(t);
    await gone.signal("SIGKILL");
    const hosts = [redis, sentinel, gone].map(({ port }) => `127.0.0.1:${port}`).join(",");
    const url = (password: string): string => `redis+sentinel://${hosts}/other?sentinelPassword=${password}`;
    const rejects = (password: string, sentence: RegExp): Promise<void> =>
      assert.rejects(RedisChannelLayer.connect({ url: url(password) }), {
        code: "CHANNELS_REDIS_SENTINEL",
        isRetryable: true,
        message: sentence,
      });
    await rejects("watch", /^No sentinel names the primary "other" \(.+\)\. Start the sentinels, or correct /);
    await rejects("watch", new RegExp(`\\b${sentinel.port}: it watches no primary of this name\\b`));
    await rejects("watch", new RegExp(`\\b${gone.port}: connect ECONNREFUSED\\b`));
    await rejects("watch", new RegExp(`\\b${redis.port}: ERR unknown command 'SENTINEL'`));
    await rejects("secret", new RegExp(`^(?!.*secret).*\\b${sentinel.port}: WRONGPASS\\b`));
  });

  test("the error names the remedy when only one side speaks TLS, or the certificate is not trusted", async (t) => {
    const redis = await startRedis(t);
    const plain = await startSentinel(t, redis);
    const secure = await startSentinel(t, redis, ...TLS);
    const fakes = await Promise.all([undefined, "HTTP/1.1 400\r\n\r\n"].map((reply) => FakeRedis.start(() => reply)));
    t.after(() => Promise.all(fakes.map((fake) => fake.stop())));
    const [silent = 0, talkative = 0] = fakes.map(({ url }) => Number(new URL(url).port));
    await assertNoSentinel("rediss+sentinel", plain.port, /\b[wW]rite redis instead of rediss\b/);
    await assertNoSentinel(
      "rediss+sentinel",
      silent,
      /\(.+: no answer within 1000 ms; if .+ not speak TLS, write redis instead of rediss\)/,
    );
    await assertNoSentinel(
      "rediss+sentinel",
      talkative,
      /\. Write redis instead of rediss for a port without TLS\. Otherwise /,
    );
    await assertNoSentinel(
      "redis+sentinel",
      secure.tlsPort,
      /\(.+: it closed .+; if the port speaks TLS, write rediss instead of redis\)/,
    );
    await assertNoSentinel(
      "rediss+sentinel",
      secure.tlsPort,
      /\(.+: self-signed certificate.*\)\..+ as `tls: \{ ca \}`/,
    );
  });

  test("a primary that the sentinel cannot reach fails with the address of the primary", async (t) => {
    const sentinel = await startSentinel(t, { port: 1 });
    const url = `redis+sentinel://127.0.0.1:${sentinel.port}/main`;
    await assert.rejects(RedisChannelLayer.connect({ url }), {
      code: "CHANNELS_REDIS_UNAVAILABLE",
      message: /^Redis at 127\.0\.0\.1:1 is unavailable/,
    });
  });
});
