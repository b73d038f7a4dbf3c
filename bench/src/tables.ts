/** Results as tables of Markdown, for the console and for the page. */
import type { CaseResult, Row, ScenarioResult } from "./results.ts";
import type { Metric, Scenario } from "./scenario.ts";

/** A driver that has less than this left over may be what limited the server. */
const BUSY_DRIVER = 0.95;

/** A table with its columns aligned: the first is words, the others are numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
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

/** Everything that one scenario gave. */
export function scenarioText({ scenario, cases }: ScenarioResult): string {
  const parts = cases.map((result) => [`**${result.case}**`, caseTable(scenario, result), ...faults(result)]);
  return [`### ${scenario.name}`, scenario.about, ...parts.flat(), ...absences(cases)].join("\n\n");
}

/** How many times better ours is, in two or three digits. */
export function times(ratio: number): string {
  return ratio.toLocaleString("en", { maximumSignificantDigits: ratio < 10 ? 2 : 3 });
}

/** A row per contender that was there. */
function caseTable({ metrics }: Scenario, { rows }: CaseResult): string {
  const columns = Object.entries(metrics).flatMap(([key, metric], index) => columnsOf(key, metric, index === 0));
  return table(
    ["", ...columns.map(({ title }) => title)],
    rows
      .filter(({ absence }) => absence === undefined)
      .map((row) => [row.contender, ...columns.map(({ cell }) => cell(row))]),
  );
}

function faults({ rows }: CaseResult): string[] {
  return rows.flatMap(({ contender, faults }) => faults.map((fault) => `${contender} FAILED: ${fault}`));
}

/** Who is in no table of a scenario, and why. */
function absences(cases: readonly CaseResult[]): string[] {
  const absent = (cases[0]?.rows ?? []).filter(({ absence }) => absence !== undefined);
  return absent.length === 0 ? [] : [`Without ${absent.map((row) => `${row.contender} (${row.absence})`).join(", ")}.`];
}

interface Column {
  readonly title: string;
  readonly cell: (row: Row) => string;
}

function columnsOf(key: string, { title, better, format }: Metric, isMain: boolean): Column[] {
  const median = ({ values }: Row): string => {
    const value = values[key];
    if (value === undefined) return "";
    const isLimited = isMain && better === "higher" && (values["driver"]?.median ?? 0) >= BUSY_DRIVER;
    return `${isLimited ? "≥ " : ""}${format(value.median)}`;
  };
  const spread = ({ values }: Row): string => {
    const { min, max } = values[key] ?? { min: 0, max: 0 };
    return min === max ? "" : `${format(min)} … ${format(max)}`;
  };
  const ratio = ({ values }: Row): string => (values[key]?.ratio === undefined ? "" : times(values[key].ratio));
  const columns: Column[] = [{ title, cell: median }];
  if (isMain) columns.push({ title: "min … max", cell: spread });
  if (better !== undefined) columns.push({ title: "ours ×", cell: ratio });
  return columns;
}
