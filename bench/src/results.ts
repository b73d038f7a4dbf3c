/** What comes of the samples: per case and contender the medians, and how they compare with ours. */
import { OURS } from "./contenders.ts";
import type { Sample } from "./run.ts";
import type { Metric, Scenario } from "./scenario.ts";
import { summarize, type Summary } from "./statistics.ts";

interface Value extends Summary {
  /** How many times better ours is: above 1, ours is better. Only for what is compared. */
  readonly ratio?: number;
}

/** What one contender reached in one case. */
export interface Row {
  readonly contender: string;
  /** By the name of the metric. */
  readonly values: Readonly<Record<string, Value>>;
  /** Why there is nothing. */
  readonly absence?: string;
  /** What went wrong, of all rounds. */
  readonly faults: readonly string[];
}

export interface CaseResult {
  readonly case: string;
  readonly rows: readonly Row[];
}

export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly cases: readonly CaseResult[];
}

export function resultsOf(scenario: Scenario, samples: readonly Sample[]): ScenarioResult {
  const cases = scenario.cases.map(({ title }) => {
    const here = samples.filter((sample) => sample.case === title);
    const ours = summaries(scenario, here.filter(isOf(OURS)));
    const names = [...new Set(here.map(({ contender }) => contender))];
    return { case: title, rows: names.map((name) => rowOf(scenario, name, here.filter(isOf(name)), ours)) };
  });
  return { scenario, cases };
}

function isOf(contender: string): (sample: Sample) => boolean {
  return (sample) => sample.contender === contender;
}

function rowOf(scenario: Scenario, contender: string, samples: readonly Sample[], ours: Summaries): Row {
  const values: Record<string, Value> = {};
  for (const [key, summary] of summaries(scenario, samples)) {
    const ratio = contender === OURS ? undefined : ratioOf(scenario.metrics[key], ours.get(key), summary);
    values[key] = ratio === undefined ? summary : { ...summary, ratio };
  }
  const faults = samples.flatMap(({ outcome }) => (outcome.kind === "failed" ? [outcome.reason] : []));
  const [absence] = samples.flatMap(({ outcome }) => (outcome.kind === "absent" ? [outcome.reason] : []));
  return { contender, values, faults, ...(absence === undefined ? {} : { absence }) };
}

type Summaries = ReadonlyMap<string, Summary>;

function summaries({ metrics }: Scenario, samples: readonly Sample[]): Summaries {
  const found = new Map<string, Summary>();
  for (const key of Object.keys(metrics)) {
    const values = samples.flatMap(({ outcome }) => (outcome.kind === "measured" ? (outcome.values[key] ?? []) : []));
    if (values.length > 0) found.set(key, summarize(values));
  }
  return found;
}

function ratioOf(metric: Metric | undefined, ours: Summary | undefined, theirs: Summary): number | undefined {
  if (metric?.better === undefined || ours === undefined) return undefined;
  const ratio = metric.better === "higher" ? ours.median / theirs.median : theirs.median / ours.median;
  return Number.isFinite(ratio) ? ratio : undefined;
}
