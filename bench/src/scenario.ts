/** What a scenario is: cases, and for each what is measured of running servers. */
import type { Contender } from "./contenders.ts";
import type { Measurement } from "./driver/main.ts";
import type { Target } from "./driver/swarm.ts";

/** One number that a case gives. */
export interface Metric {
  readonly title: string;
  /** Which is better, when contenders are compared by it. */
  readonly better?: "higher" | "lower";
  readonly format: (value: number) => string;
}

/** How long to look. */
export interface Pace {
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export interface Case {
  readonly title: string;
  /** @throws {Error} When the server does something wrong. */
  readonly measure: (contender: Contender, target: Target, pace: Pace) => Promise<Measurement>;
}

export interface Scenario {
  readonly name: string;
  /** One sentence. */
  readonly about: string;
  /** By the name that they have in what is measured; the first is the one that counts. */
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly cases: readonly Case[];
  /** Servers that share the clients; 1 unless set. */
  readonly nodes?: number;
  /** Whether a quick run goes without it, and a full one does it once. */
  readonly isLong?: boolean;
}

export const count = (value: number): string => Math.round(value).toLocaleString("en");
export const percent = (value: number): string => `${Math.round(value * 100)} %`;
export const milliseconds = (value: number): string => value.toFixed(1);
export const megabytes = (value: number): string => (value / 1_048_576).toFixed(1);

/** Processor time per second: whether the server was what limited, or the driver, or somebody else. */
export const loads = {
  server: { title: "server", format: percent },
  driver: { title: "driver", format: percent },
  others: { title: "others", format: percent },
} satisfies Record<string, Metric>;

/** What a server gives per second of the clock, and per second of the processor time it used. */
export function rates(title: string): Readonly<Record<string, Metric>> {
  return {
    rate: { title: `${title}/s`, better: "higher", format: count },
    perCore: { title: `${title} per CPU second`, better: "higher", format: count },
    ...loads,
  };
}

/** Adds what comes of a rate and the processor time it took. */
export function withPerCore(measurement: Measurement): Measurement {
  const { rate, server } = measurement;
  if (rate === undefined || server === undefined || server === 0) return measurement;
  return { ...measurement, perCore: rate / server };
}
