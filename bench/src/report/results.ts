/** Results of scenarios: per case and system the medians of all rounds, and their ratios to a reference system. */
import type { Sample } from "../scenarios/run-scenarios.ts";
import { formatPercent, type Metric, type Scenario } from "../scenarios/scenario.ts";
import { summarize, type Summary } from "./statistics.ts";

/** From this load of other processes on, rates by the clock are unreliable. */
const MAX_OTHERS = 0.1;

interface Value extends Summary {
  /** How many times better the reference system is: above 1, the reference is better. Only for compared metrics. */
  readonly ratio?: number;
}

/** The results of one system in one case. */
export interface Row {
  readonly system: string;
  /** Values by the name of the metric. */
  readonly values: Readonly<Record<string, Value>>;
  /** The reason why the system has no values. */
  readonly absence?: string;
  /** Mistakes of the server in all rounds. */
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

/**
 * Summarizes the samples of a scenario.
 * @param reference The name of the system that the ratios refer to.
 */
export function resultsOf(scenario: Scenario, samples: readonly Sample[], reference: string): ScenarioResult {
  const cases = scenario.cases.map(({ title }) => {
    const inCase = samples.filter((sample) => sample.case === title);
    const ofSystem = (name: string): readonly Sample[] => inCase.filter(({ system }) => system === name);
    const base = summaries(scenario, ofSystem(reference));
    const names = [...new Set(inCase.map(({ system }) => system))];
    const rows = names.map((name) => rowOf(scenario, name, ofSystem(name), name === reference ? new Map() : base));
    return { case: title, rows };
  });
  return { scenario, cases };
}

/** Whether no server made a mistake. A single lost message fails the whole run. */
export function isFaultless(results: readonly ScenarioResult[]): boolean {
  return results.every(({ cases }) => cases.every(({ rows }) => rows.every(({ faults }) => faults.length === 0)));
}

/** Returns the median load of other processes (1 is one core), or undefined when no measurement has it. */
export function medianOthers(results: readonly ScenarioResult[]): number | undefined {
  const rows = results.flatMap(({ cases }) => cases.flatMap(({ rows }) => rows));
  const loads = rows.flatMap(({ values }) => values["others"]?.median ?? []);
  return loads.length === 0 ? undefined : summarize(loads).median;
}

/** Returns a sentence about the load of other processes, and a warning when it was high. */
export function describeOthers(results: readonly ScenarioResult[]): readonly string[] {
  const others = medianOthers(results);
  if (others === undefined) return [];
  const load = `Other processes used ${formatPercent(others)} of a core.`;
  return others > MAX_OTHERS ? [load, "**The machine was not quiet: use rates per CPU second only.**"] : [load];
}

function rowOf(scenario: Scenario, system: string, samples: readonly Sample[], base: Summaries): Row {
  const values: Record<string, Value> = {};
  for (const [key, summary] of summaries(scenario, samples)) {
    const ratio = ratioOf(scenario.metrics[key], base.get(key), summary);
    values[key] = ratio === undefined ? summary : { ...summary, ratio };
  }
  const faults = samples.flatMap(({ outcome }) => (outcome.kind === "failed" ? [outcome.reason] : []));
  const [absence] = samples.flatMap(({ outcome }) => (outcome.kind === "absent" ? [outcome.reason] : []));
  return { system, values, faults, ...(absence === undefined ? {} : { absence }) };
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

function ratioOf(metric: Metric | undefined, base: Summary | undefined, other: Summary): number | undefined {
  if (metric?.better === undefined || base === undefined) return undefined;
  const ratio = metric.better === "higher" ? base.median / other.median : other.median / base.median;
  return Number.isFinite(ratio) ? ratio : undefined;
}
