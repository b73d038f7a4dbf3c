/** What comes of the samples: per case and contender the medians, and how they compare with ours. */
import { OURS } from "./contenders.ts";
import type { Sample } from "./run.ts";
import type { Metric, Scenario } from "./scenario.ts";
import { summarize, type Summary } from "./statistics.ts";

export interface Value extends Summary {
  /** How many times better ours is: above 1, ours is better. Only for what is compared. */
  readonly ratio?: number;
}

/** What one contender reached in one case. */
export interface Row {
  readonly contender: string;
  /** By the name of the metric; empty when every round failed. */
  readonly values: Readonly<Record<string, Value>>;
  /** Why a round failed. */
  readonly faults: readonly string[];
}

export interface CaseResult {
  readonly scenario: string;
  readonly case: string;
  readonly rows: readonly Row[];
}

export function resultsOf(scenario: Scenario, samples: readonly Sample[]): CaseResult[] {
  return scenario.cases.map(({ title }) => {
    const here = samples.filter((sample) => sample.case === title);
    const names = [...new Set(here.map(({ contender }) => contender))];
    const medians = (name: string): ReadonlyMap<string, Summary> =>
      summaries(
        scenario,
        here.filter(({ contender }) => contender === name),
      );
    const ours = medians(OURS);
    const rows = names.map((contender) => ({
      contender,
      values: Object.fromEntries(
        [...medians(contender)].map(([key, summary]) => {
          const ratio = ratioOf(scenario.metrics[key], ours.get(key), summary);
          return [key, contender === OURS || ratio === undefined ? summary : { ...summary, ratio }];
        }),
      ),
      faults: [...new Set(here.flatMap((sample) => (sample.contender === contender ? (sample.fault ?? []) : [])))],
    }));
    return { scenario: scenario.name, case: title, rows };
  });
}

function summaries(scenario: Scenario, samples: readonly Sample[]): ReadonlyMap<string, Summary> {
  const measurements = samples.flatMap(({ measurement }) => (measurement === undefined ? [] : [measurement]));
  const found = new Map<string, Summary>();
  for (const key of Object.keys(scenario.metrics)) {
    const values = measurements.map((measurement) => measurement[key] ?? Number.NaN).filter(Number.isFinite);
    if (values.length > 0) found.set(key, summarize(values));
  }
  return found;
}

function ratioOf(metric: Metric | undefined, ours: Summary | undefined, theirs: Summary): number | undefined {
  if (metric?.better === undefined || ours === undefined) return undefined;
  return metric.better === "higher" ? ours.median / theirs.median : theirs.median / ours.median;
}
