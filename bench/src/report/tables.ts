/** Markdown tables of results, for the console and for docs/performance.md. */
import type { Metric, Scenario } from "../scenarios/scenario.ts";
import type { CaseResult, Row, ScenarioResult } from "./results.ts";
import type { Summary } from "./statistics.ts";

/** From this load on, the driver may be the bottleneck. */
const BUSY_DRIVER = 0.95;

/** Formats a table with aligned columns: the first holds text, the others hold numbers. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => (row[column] ?? "").length)));
  const align = (cell: string, column: number): string => {
    const width = widths[column] ?? 0;
    return column === 0 ? cell.padEnd(width) : cell.padStart(width);
  };
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((_, at) => align(cells[at] ?? "", at)).join(" | ")} |`;
  const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [head, rule, ...rows].map(line).join("\n");
}

/** Formats all results of one scenario as a section with one table per case. */
export function formatScenario({ scenario, cases }: ScenarioResult): string {
  const parts = cases.map((result) => [`**${result.case}**`, caseTable(scenario, result), ...faultLines(result)]);
  return [`### ${scenario.name}`, scenario.about, ...parts.flat(), ...absenceLine(cases)].join("\n\n");
}

/** Formats a ratio with two digits, from 10 on with three. */
export function formatRatio(ratio: number): string {
  return ratio.toLocaleString("en", { maximumSignificantDigits: ratio < 10 ? 2 : 3 });
}

/** Formats the range of a summary; empty when all values are the same. */
export function formatRange({ min, max }: Summary, format: Metric["format"]): string {
  return min === max ? "" : `${format(min)} … ${format(max)}`;
}

/** Returns a line for each mistake of a server. */
export function faultLines({ rows }: CaseResult): string[] {
  return rows.flatMap(({ system, faults }) => faults.map((fault) => `${system} FAILED: ${fault}`));
}

/** Returns a table with a row for each system that was measured. */
function caseTable({ metrics }: Scenario, { rows }: CaseResult): string {
  const columns = Object.entries(metrics).flatMap(([key, metric], index) => columnsOf(key, metric, index === 0));
  return formatTable(
    ["", ...columns.map(({ title }) => title)],
    rows
      .filter(({ absence }) => absence === undefined)
      .map((row) => [row.system, ...columns.map(({ cell }) => cell(row))]),
  );
}

/** Returns a line with the systems that are missing in a scenario, and the reasons. */
function absenceLine(cases: readonly CaseResult[]): string[] {
  const absent = (cases[0]?.rows ?? []).filter(({ absence }) => absence !== undefined);
  return absent.length === 0 ? [] : [`Without ${absent.map((row) => `${row.system} (${row.absence})`).join(", ")}.`];
}

interface Column {
  readonly title: string;
  readonly cell: (row: Row) => string;
}

function columnsOf(key: string, { title, better, isDriverBound, format }: Metric, isMain: boolean): Column[] {
  const median = ({ values }: Row): string => {
    const value = values[key];
    if (value === undefined) return "";
    const isLowerBound = isDriverBound === true && (values["driver"]?.median ?? 0) >= BUSY_DRIVER;
    return `${isLowerBound ? "≥ " : ""}${format(value.median)}`;
  };
  const range = ({ values }: Row): string => (values[key] === undefined ? "" : formatRange(values[key], format));
  const ratio = ({ values }: Row): string => (values[key]?.ratio === undefined ? "" : formatRatio(values[key].ratio));
  const columns: Column[] = [{ title, cell: median }];
  if (isMain) columns.push({ title: "min … max", cell: range });
  if (better !== undefined) columns.push({ title: "ours ×", cell: ratio });
  return columns;
}
