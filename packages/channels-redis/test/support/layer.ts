/** A Redis, a network to it, and layers on it, for one test. */
import type { TestContext } from "node:test";
import type { DroppedMessage, Gap } from "@lobby/channels";
import { RedisChannelLayer, type RedisChannelLayerOptions } from "@lobby/channels-redis";
import type { Numbered } from "@lobby/test-support/numbered";
import { Proxy } from "./proxy.ts";
import { RedisServer } from "./redis-server.ts";

/** The time-out of the layers; short, so that tests are. */
export const TIMEOUT_MS = 400;

/** What a busy machine may add to it. */
export const SLACK_MS = 3_000;

/** A server with these settings, until the test ends. */
export async function redisFor(t: TestContext, ...settings: readonly string[]): Promise<RedisServer> {
  const server = await RedisServer.start(...settings);
  t.after(() => server.stop());
  return server;
}

/** A network to a server, until the test ends. */
export async function proxyFor(t: TestContext, server: RedisServer): Promise<Proxy> {
  const proxy = await Proxy.start(server.port);
  t.after(() => proxy.close());
  return proxy;
}

/** A layer and what it told. */
export interface TestLayer {
  readonly layer: RedisChannelLayer;
  readonly gaps: readonly Gap[];
  readonly drops: readonly DroppedMessage[];
}

/** A layer, until the test ends. */
export async function layerFor(
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

/** Takes messages until one with this number came. @returns the numbers. */
export async function takeUntil(layer: RedisChannelLayer, channel: string, last: number): Promise<number[]> {
  const numbers: number[] = [];
  while (numbers.at(-1) !== last) numbers.push(((await layer.receive(channel)) as Numbered).n);
  return numbers;
}

/** How often the server refused something with an answer that begins with this word. */
export async function refusals(server: RedisServer, word: string): Promise<number> {
  const info = String(await server.command("INFO", "errorstats"));
  return Number(new RegExp(`^errorstat_${word}:count=(\\d+)`, "m").exec(info)?.[1] ?? 0);
}
