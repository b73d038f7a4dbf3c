/** What a scenario is: cases, and for each what is measured of a running server. */
import type { Contender } from "./contenders.ts";
import type { ServerProcess } from "./server-process.ts";

/** One number that a case gives. */
export interface Metric {
  readonly title: string;
  /** Which is better, when contenders are to be compared by it. */
  readonly better?: "higher" | "lower";
  readonly format: (value: number) => string;
}

/** How long to look. */
export interface Pace {
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export type Measurement = Readonly<Record<string, number>>;

export interface Case {
  readonly title: string;
  readonly measure: (contender: Contender, server: ServerProcess, pace: Pace) => Promise<Measurement>;
}

export interface Scenario {
  readonly name: string;
  /** One sentence. */
  readonly about: string;
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly cases: readonly Case[];
}

export const count = (value: number): string => Math.round(value).toLocaleString("en");
export const percent = (value: number): string => `${Math.round(value * 100)} %`;
