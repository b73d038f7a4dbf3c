/** The driver, a process of its own: does what its first argument says, and reports to its parent. */
import { exchange, type ExchangeSpec } from "./exchange.ts";
import { handshakes, type HandshakesSpec } from "./handshakes.ts";
import { idle, type IdleSpec } from "./idle.ts";
import { paced, type PacedSpec } from "./paced.ts";
import { stall, type StallSpec } from "./stall.ts";
import type { Target } from "./swarm.ts";

/** What to measure, and of whom. */
export interface Order {
  readonly target: Target;
  readonly spec: ExchangeSpec | HandshakesSpec | IdleSpec | PacedSpec | StallSpec;
}

/** Numbers by name. */
export type Measurement = Readonly<Record<string, number>>;

/** What was measured, or what the server did wrong. */
export type Outcome = { readonly measurement: Measurement } | { readonly fault: string };

function measure({ target, spec }: Order): Promise<object> {
  switch (spec.kind) {
    case "exchange":
      return exchange(target, spec);
    case "handshakes":
      return handshakes(target, spec);
    case "idle":
      return idle(target, spec);
    case "paced":
      return paced(target, spec);
    case "stall":
      return stall(target, spec);
  }
}

async function run(order: Order): Promise<Outcome> {
  try {
    return { measurement: { ...(await measure(order)) } };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

// Nobody is left to report to.
process.once("disconnect", () => process.exit());

const outcome = await run(JSON.parse(process.argv[2] ?? "") as Order);
process.send?.(outcome, () => process.exit());
