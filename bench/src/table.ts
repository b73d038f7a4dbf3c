/** Results as a table for reading. */
import type { CaseResult, Row, Value } from "./results.ts";
import type { Metric, Scenario } from "./scenario.ts";

/** A table of Markdown, its columns aligned. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? "").length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(" | ")} |`;
  const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`));
  return [line(head), `|${rule.join("|")}|`, ...rows.map(line)].join("\n");
}

/** Everything that one case gave: a row per contender. */
export function caseTable({ metrics }: Scenario, { rows }: CaseResult): string {
  const columns = Object.entries(metrics).flatMap(([key, metric]) => columnsOf(key, metric));
  const head = ["", ...columns.map(({ title }) => title)];
  return table(
    head,
    rows.map((row) => [row.contender, ...columns.map(({ cell }) => cell(row.values))]),
  );
}

/** What went wrong, a line for each. */
export function faultLines({ rows }: CaseResult): string[] {
  return rows.flatMap(({ contender, faults }: Row) => faults.map((fault) => `${contender} FAILED: ${fault}`));
}

interface Column {
  readonly title: string;
  readonly cell: (values: Readonly<Record<string, Value>>) => string;
}

function columnsOf(key: string, { title, better, format }: Metric): Column[] {
  const column = (name: string, cell: (value: Value) => string): Column => ({
    title: name,
    cell: ({ [key]: value }) => (value === undefined ? "" : cell(value)),
  });
  const median = column(title, (value) => format(value.median));
  if (better === undefined) return [median];
  return [
    median,
    column("min … max", ({ min, max }) => (min === max ? "" : `${format(min)} … ${format(max)}`)),
    column("ours ×", ({ ratio }) => (ratio === undefined ? "" : times(ratio))),
  ];
}

function times(ratio: number): string {
  return ratio.toLocaleString("en", { maximumSignificantDigits: ratio < 10 ? 2 : 3 });
}
