import type { Row, ScenarioResult } from "../report/results.ts";
import type { Summary } from "../report/statistics.ts";
import { faultLines, formatRange, formatTable } from "../report/tables.ts";
import type { Metric } from "../scenarios/scenario.ts";
import { verdictOn, type Verdict } from "./verdict.ts";

/** The name of the working tree among the measured systems, and in tables. */
export const WORKING_TREE = "working tree";

/** One metric of one case, measured in the working tree and at another commit. */
export interface ComparedRow {
  /** The scenario, for example "echo". */
  readonly scenario: string;
  /** The case and the metric, for example "1 client, echoes/s". */
  readonly title: string;
  readonly workingTree: Summary;
  readonly commit: Summary;
  /** How many times better the working tree is; below 1, it is worse. Absent when a median is 0. */
  readonly ratio?: number;
  readonly verdict: Verdict;
  readonly format: Metric["format"];
}

/**
 * Compares both versions in every metric that has a better direction.
 * @param result A result of the working tree and one commit.
 * @returns The rows in which both versions have values.
 */
export function compareResults({ scenario, cases }: ScenarioResult): readonly ComparedRow[] {
  return cases.flatMap(({ case: title, rows }) => {
    const workingTree = rows.find(({ system }) => system === WORKING_TREE);
    const commit = rows.find(({ system }) => system !== WORKING_TREE);
    return Object.entries(scenario.metrics).flatMap(([key, metric]) => {
      const row = compareMetric(key, metric, workingTree, commit);
      return row === undefined ? [] : [{ scenario: scenario.name, title: `${title}, ${metric.title}`, ...row }];
    });
  });
}

function compareMetric(
  key: string,
  { better, format }: Metric,
  workingTreeRow: Row | undefined,
  commitRow: Row | undefined,
): Omit<ComparedRow, "scenario" | "title"> | undefined {
  const workingTree = workingTreeRow?.values[key];
  const commit = commitRow?.values[key];
  if (better === undefined || workingTree === undefined || commit === undefined) return undefined;
  const ratio = commit.ratio === undefined ? {} : { ratio: commit.ratio };
  return { workingTree, commit, ...ratio, verdict: verdictOn(better, workingTree, commit), format };
}

/** Formats the comparison of one scenario as a section with one table. */
export function formatComparison(result: ScenarioResult, commitName: string): string {
  const head = ["", WORKING_TREE, "min … max", commitName, "min … max", "ratio", "verdict"];
  const rows = compareResults(result).map(({ title, workingTree, commit, ratio, verdict, format }) => [
    title,
    format(workingTree.median),
    formatRange(workingTree, format),
    format(commit.median),
    formatRange(commit, format),
    ratio?.toFixed(3) ?? "",
    verdict,
  ]);
  const table = rows.length === 0 ? [] : [formatTable(head, rows)];
  return [`### ${result.scenario.name}`, ...table, ...result.cases.flatMap(faultLines)].join("\n\n");
}
