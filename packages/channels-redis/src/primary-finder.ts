/** Finds the address of the primary. */
import type { Endpoint, RedisAddress } from "./address.ts";
import { createRedisClient } from "./redis-client.ts";
import { Sentinel } from "./sentinel.ts";
import { Sentinels, type Primary } from "./sentinels.ts";
import type { RedisTlsOptions } from "./tls-options.ts";

/** A source of the address of the primary. */
export interface PrimaryFinder {
  /** @throws {RedisSentinelError} CHANNELS_REDIS_SENTINEL when no sentinel names the primary. */
  find(): Promise<Primary>;
  close(): void;
}

/** Returns the finder for a URL, which names the primary itself or its sentinels. */
export function createPrimaryFinder(
  { primary }: RedisAddress,
  tls: RedisTlsOptions | undefined,
  timeoutMs: number,
): PrimaryFinder {
  if ("sentinels" in primary) {
    const { sentinels, name, login } = primary;
    const toSentinel = (endpoint: Endpoint): Sentinel =>
      new Sentinel(endpoint, timeoutMs, () => createRedisClient(endpoint, { login, tls, timeoutMs }));
    return new Sentinels(sentinels.map(toSentinel), name);
  }
  const found = Promise.resolve({ endpoint: primary, isCertain: true });
  return { find: () => found, close: () => undefined };
}
