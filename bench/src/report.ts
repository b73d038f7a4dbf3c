/** What a full run leaves behind: its results as JSON, and as the tables of docs/performance.md. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { circumstances, type Circumstances } from "./circumstances.ts";
import type { ScenarioResult } from "./results.ts";
import { summarize } from "./statistics.ts";
import { scenarioText } from "./tables.ts";
import { targetTable } from "./targets.ts";

const JSON_FILE = new URL("../results/latest.json", import.meta.url);
const PAGE = new URL("../../docs/performance.md", import.meta.url);
/** What others may use of a core before numbers by the clock say little. */
const QUIET = 0.1;
const [BEGIN, END] = ["<!-- results -->", "<!-- end of results -->"];

export async function writeReport(results: readonly ScenarioResult[], rounds: number): Promise<void> {
  const where = await circumstances();
  const others = medianOthers(results);
  const scenarios = results.map(({ scenario, cases }) => ({ name: scenario.name, about: scenario.about, cases }));
  await mkdir(new URL(".", JSON_FILE), { recursive: true });
  await writeFile(JSON_FILE, `${JSON.stringify({ ...where, rounds, others, scenarios }, fourDigits, 2)}\n`);
  const text = [preface(where, rounds, others), targetTable(results), ...results.map(scenarioText)].join("\n\n");
  const page = await readFile(PAGE, "utf8");
  const [before, rest = ""] = page.split(BEGIN);
  const [, after] = rest.split(END);
  await writeFile(PAGE, `${before}${BEGIN}\n\n${text}\n\n${END}${after}`);
}

function fourDigits(_: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}

/** How much of the machine others used, as a rule; 1 is one core. */
function medianOthers(results: readonly ScenarioResult[]): number {
  const seen = results.flatMap(({ cases }) => cases.flatMap(({ rows }) => rows.map(({ values }) => values["others"])));
  return summarize(seen.flatMap((value) => (value === undefined ? [] : [value.median]))).median;
}

function preface({ date, commit, machine, versions }: Circumstances, rounds: number, others: number): string {
  const { cpu, cores, memoryBytes, kernel } = machine;
  const memory = `${Math.round(memoryBytes / 2 ** 30)} GiB`;
  const used = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${date}, commit ${commit}, ${rounds} rounds. ${cores} cores of ${cpu}, ${memory}, ${kernel}.`,
    `With ${used.join(", ")}.`,
    `Others used ${Math.round(others * 100)} % of a core meanwhile.`,
    ...(others > QUIET ? ["**The machine was not quiet: look at CPU seconds, and at nothing by the clock.**"] : []),
  ].join("\n");
}
