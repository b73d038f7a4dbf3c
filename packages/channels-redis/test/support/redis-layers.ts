/** A Redis, a proxy to it, and layers on it, each until the end of a test. */
import type { TestContext } from "node:test";
import type { DroppedMessage, Gap } from "@lobby/channels";
import { RedisChannelLayer, type RedisChannelLayerOptions } from "@lobby/channels-redis";
import type { Numbered } from "@lobby/test-support/numbered";
import { until } from "@lobby/test-support/waiting";
import { RedisProcess } from "./redis-process.ts";
import { TcpProxy } from "./tcp-proxy.ts";

/** The time-out of the layers, which is short to keep the tests short. */
export const TIMEOUT_MS = 400;

/** The delay that a busy machine may add to the time-out. */
export const SLACK_MS = 3_000;

/** Starts a Redis with these settings. */
export async function startRedis(t: TestContext, ...settings: readonly string[]): Promise<RedisProcess> {
  const redis = await RedisProcess.start(...settings);
  t.after(() => redis.stop());
  return redis;
}

/** Starts a sentinel of the primary "main" with these settings. Its quorum is 1. */
export async function startSentinel(
  t: TestContext,
  primary: { readonly port: number },
  ...settings: readonly string[]
): Promise<RedisProcess> {
  const sentinel = await RedisProcess.startSentinel(primary.port, 1, ...settings);
  t.after(() => sentinel.stop());
  return sentinel;
}

/** Starts a proxy to a Redis. */
export async function startProxy(t: TestContext, redis: RedisProcess): Promise<TcpProxy> {
  const proxy = await TcpProxy.start(redis.port);
  t.after(() => proxy.close());
  return proxy;
}

/** Waits until the INFO of a Redis contains this text. */
export function untilInfo(redis: RedisProcess, text: string): Promise<void> {
  return until(async () => String(await redis.command("INFO")).includes(text), text);
}

/** A layer with its recorded gaps and drops. */
export interface TestLayer {
  readonly layer: RedisChannelLayer;
  readonly gaps: readonly Gap[];
  readonly drops: readonly DroppedMessage[];
}

/** Connects a layer. */
export async function connectLayer(
  t: TestContext,
  { url }: { readonly url: string },
  options: RedisChannelLayerOptions = {},
): Promise<TestLayer> {
  const [gaps, drops]: [Gap[], DroppedMessage[]] = [[], []];
  const layer = await RedisChannelLayer.connect({
    url,
    timeoutMs: TIMEOUT_MS,
    onDrop: (drop) => drops.push(drop),
    ...options,
  });
  layer.onGap((gap) => gaps.push(gap));
  t.after(() => layer.close());
  return { layer, gaps, drops };
}

/** Receives messages up to the one with the number `last`, and returns their numbers. */
export async function receiveUntil(layer: RedisChannelLayer, channel: string, last: number): Promise<number[]> {
  const numbers: number[] = [];
  while (numbers.at(-1) !== last) numbers.push(((await layer.receive(channel)) as Numbered).n);
  return numbers;
}

/** Returns the number of error replies of Redis that begin with this word. */
export async function errorReplies(redis: RedisProcess, word: string): Promise<number> {
  const info = String(await redis.command("INFO", "errorstats"));
  return Number(new RegExp(`^errorstat_${word}:count=(\\d+)`, "m").exec(info)?.[1] ?? 0);
}
