/** The parts of a scenario, and the metrics that several scenarios share. */
import type { Measurement } from "../driver/main.ts";
import type { RunningSystem } from "../driver/running-system.ts";
import type { SystemLimits } from "../systems/systems.ts";

/** One number of a measurement. */
export interface Metric {
  readonly title: string;
  /** Which of two values is better. Only metrics that have it are compared. */
  readonly better?: "higher" | "lower";
  /** Whether a busy driver makes the value a lower bound. */
  readonly isDriverBound?: boolean;
  readonly format: (value: number) => string;
}

/** How long a workload warms up, and how long it measures. */
export interface Timing {
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** One workload of a scenario. */
export interface Case {
  readonly title: string;
  /** Measures a running system. @throws {Error} When the server makes a mistake. */
  readonly measure: (limits: SystemLimits, system: RunningSystem, timing: Timing) => Promise<Measurement>;
}

/** A group of cases with the same metrics, which run one after the other on the same servers. */
export interface Scenario {
  readonly name: string;
  /** One sentence for readers of the results. */
  readonly about: string;
  /** Metrics by their name in a measurement. The first is the main one. */
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly cases: readonly Case[];
  /** Servers that share the clients; 1 by default. */
  readonly nodes?: number;
  /** Whether it takes long: a quick run omits it, and a full comparison with peers runs it once. */
  readonly isLong?: boolean;
}

export const formatCount = (value: number): string => Math.round(value).toLocaleString("en");
export const formatPercent = (value: number): string => `${Math.round(value * 100)} %`;
export const formatMs = (value: number): string => value.toFixed(1);
export const formatMebibytes = (value: number): string => (value / 1_048_576).toFixed(1);

/** Processor time per second of the server, the driver and all other processes: they show the bottleneck. */
export const loads = {
  server: { title: "server", format: formatPercent },
  driver: { title: "driver", format: formatPercent },
  others: { title: "others", format: formatPercent },
} satisfies Record<string, Metric>;

/** Returns the metrics of throughput: per second of the clock, and per second of the server's processor time. */
export function rates(title: string): Readonly<Record<string, Metric>> {
  return {
    rate: { title: `${title}/s`, better: "higher", isDriverBound: true, format: formatCount },
    perCore: { title: `${title} per CPU second`, better: "higher", format: formatCount },
    ...loads,
  };
}

/** Adds the rate per second of processor time, where the server's load is known. */
export function withPerCore(measurement: Measurement): Measurement {
  const { rate, server } = measurement;
  if (rate === undefined || server === undefined || server === 0) return measurement;
  return { ...measurement, perCore: rate / server };
}
