import { endpointText, type Endpoint } from "./address.ts";
import { RedisSentinelError, RedisTlsError } from "./errors.ts";
import type { Sentinel } from "./sentinel.ts";

/** The address of a primary, as far as the process knows. */
export interface Primary {
  readonly endpoint: Endpoint;
  /** Whether this is certain: most of the sentinels or the URL name this endpoint. */
  readonly isCertain: boolean;
}

/**
 * The sentinels of one primary. `find` asks all of them at once, so one that is silent or out of date neither delays nor
 * decides the answer of the others.
 */
export class Sentinels {
  readonly #sentinels: readonly Sentinel[];
  readonly #primaryName: string;

  constructor(sentinels: readonly Sentinel[], primaryName: string) {
    this.#sentinels = sentinels;
    this.#primaryName = primaryName;
  }

  /**
   * Finds the primary. Resolves as soon as most sentinels agree; otherwise, once all have answered or failed, with the
   * most frequent answer.
   * @throws {RedisSentinelError} CHANNELS_REDIS_SENTINEL when no sentinel answers.
   */
  find(): Promise<Primary> {
    const votes = new Map<string, { readonly endpoint: Endpoint; count: number }>();
    const failures: string[] = [];
    let isTlsFailure = false;
    const agreed = Promise.withResolvers<Primary>();
    const ask = async (sentinel: Sentinel): Promise<void> => {
      try {
        const endpoint = await sentinel.primaryOf(this.#primaryName);
        const text = endpointText(endpoint);
        const vote = votes.get(text) ?? { endpoint, count: 0 };
        vote.count += 1;
        votes.set(text, vote);
        if (vote.count > this.#sentinels.length / 2) agreed.resolve({ endpoint, isCertain: true });
      } catch (error) {
        isTlsFailure ||= error instanceof RedisTlsError;
        failures.push(`${sentinel.address}: ${reasonOf(error as Error)}`);
      }
    };
    const askAll = async (): Promise<Primary> => {
      await Promise.all(this.#sentinels.map(ask));
      const [most] = [...votes.values()].toSorted((a, b) => b.count - a.count);
      if (most === undefined) throw new RedisSentinelError(this.#primaryName, failures, isTlsFailure);
      return { endpoint: most.endpoint, isCertain: false };
    };
    return Promise.race([agreed.promise, askAll()]);
  }

  close(): void {
    for (const sentinel of this.#sentinels) sentinel.close();
  }
}

/** Returns the reason without the advice for a primary. */
function reasonOf({ message, cause }: Error): string {
  return cause instanceof Error ? cause.message : message;
}
