import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ROOT } from "../systems/systems.ts";
import { readEnvironment, type Environment } from "./environment.ts";
import { describeOthers, medianOthers, type ScenarioResult } from "./results.ts";
import { formatScenario } from "./tables.ts";
import { targetTable } from "./targets.ts";

const JSON_FILE = join(ROOT, "bench/results/latest.json");
const PAGE = join(ROOT, "docs/performance.md");
const [BEGIN, END] = ["<!-- results -->", "<!-- end of results -->"];

/** Writes the results of a full run to bench/results/latest.json and into docs/performance.md. */
export async function writeReport(results: readonly ScenarioResult[], rounds: number): Promise<void> {
  const environment = await readEnvironment();
  const scenarios = results.map(({ scenario, cases }) => ({ name: scenario.name, about: scenario.about, cases }));
  await mkdir(dirname(JSON_FILE), { recursive: true });
  const data = { ...environment, rounds, others: medianOthers(results), scenarios };
  await writeFile(JSON_FILE, `${JSON.stringify(data, roundToFourDigits, 2)}\n`);
  const preface = [...describeRun(environment, rounds), ...describeOthers(results)].join("\n");
  const text = [preface, targetTable(results), ...results.map(formatScenario)].join("\n\n");
  const page = await readFile(PAGE, "utf8");
  const [before, rest = ""] = page.split(BEGIN);
  const [, after] = rest.split(END);
  await writeFile(PAGE, `${before}${BEGIN}\n\n${text}\n\n${END}${after}`);
}

function describeRun({ date, commit, machine, versions }: Environment, rounds: number): readonly string[] {
  const { cpu, cores, memoryBytes, kernel } = machine;
  const memory = `${Math.round(memoryBytes / 2 ** 30)} GiB`;
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${date}, commit ${commit}, ${rounds} rounds. ${cores} cores of ${cpu}, ${memory}, ${kernel}.`,
    `Versions: ${programs.join(", ")}.`,
  ];
}

function roundToFourDigits(_: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}
