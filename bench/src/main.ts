/** `npm run bench`: compares the framework with its peers, or with another commit of itself. */
import { constants } from "node:os";
import { compareVersions } from "./comparison/compare-versions.ts";
import { measure } from "./measure.ts";
import { parseOptions, type Options } from "./options.ts";
import { isFaultless } from "./report/results.ts";
import { formatScenario } from "./report/tables.ts";
import { writeReport } from "./report/write-report.ts";
import { SCENARIOS } from "./scenarios/all.ts";
import type { Plan } from "./scenarios/run-scenarios.ts";
import type { Scenario, Timing } from "./scenarios/scenario.ts";
import { installPeers } from "./systems/install-peers.ts";
import { findSystems, ROOT, SYSTEM_NAMES } from "./systems/systems.ts";
import { UsageError } from "./usage-error.ts";

const FULL: Timing = { warmUpMs: 400, measureMs: 1_200 };
const QUICK: Timing = { warmUpMs: 200, measureMs: 300 };

/** Runs the comparison that the options select. @returns Whether it succeeded. */
async function run(options: Options): Promise<boolean> {
  const { against, rounds, isQuick } = options;
  const scenarios = selectScenarios(options);
  const plan = { scenarios, rounds, timing: isQuick ? QUICK : FULL, onProgress: showProgress };
  if (against !== undefined) return compareVersions(ROOT, against, { ...plan, longRounds: rounds }, console.log);
  return compareWithPeers(options, { ...plan, longRounds: 1 });
}

async function compareWithPeers({ only, peers, isQuick }: Options, plan: Omit<Plan, "systems">): Promise<boolean> {
  const systems = await findSystems(peers);
  if (systems.some(({ needsPeerPackage }) => needsPeerPackage)) await installPeers();
  const results = await measure({ ...plan, systems }, (result) => console.log(`\n${formatScenario(result)}`));
  if (!isFaultless(results)) return false;
  if (only.length + peers.length === 0 && !isQuick) await writeReport(results, plan.rounds);
  return true;
}

function selectScenarios({ only, isQuick }: Options): readonly Scenario[] {
  const wanted = SCENARIOS.filter(({ name, isLong }) =>
    only.length > 0 ? only.includes(name) : !(isQuick && isLong === true),
  );
  return isQuick ? wanted.map(withFirstAndLastCase) : wanted;
}

function withFirstAndLastCase(scenario: Scenario): Scenario {
  const { cases } = scenario;
  return { ...scenario, cases: cases.filter((_, index) => index === 0 || index === cases.length - 1) };
}

/** Replaces the current line of a terminal. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
}

// An exit, unlike the default end by a signal, runs the handlers that stop servers and remove temporary folders.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
}

try {
  const names = SCENARIOS.map(({ name }) => name);
  if (!(await run(parseOptions(process.argv.slice(2), names, SYSTEM_NAMES)))) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
