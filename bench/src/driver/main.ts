/** The driver, a process of its own: does what its first argument says, and reports to its parent. */
import { exchange, type ExchangeResult, type ExchangeSpec } from "./exchange.ts";
import type { Target } from "./swarm.ts";

export type Order = { readonly target: Target; readonly spec: ExchangeSpec };
export type Outcome = { readonly result: ExchangeResult } | { readonly fault: string };

async function run({ target, spec }: Order): Promise<Outcome> {
  try {
    return { result: await exchange(target, spec) };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

const outcome = await run(JSON.parse(process.argv[2] ?? "") as Order);
process.send?.(outcome, () => process.exit());
