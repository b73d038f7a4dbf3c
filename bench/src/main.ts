/** `npm run bench`: the framework and its peers, side by side. */
import { contenders, OURS } from "./contenders.ts";
import { parseOptions, USAGE, type Options } from "./options.ts";
import { installPeers } from "./peers.ts";
import { resultsOf } from "./results.ts";
import { run } from "./run.ts";
import type { Pace } from "./scenario.ts";
import { fanOut } from "./scenarios/fan-out.ts";
import { caseTable, faultLines } from "./table.ts";

const SCENARIOS = [fanOut];
const FULL: Pace = { warmUpMs: 500, measureMs: 1_500 };
const QUICK: Pace = { warmUpMs: 200, measureMs: 300 };

async function bench({ only, peers, rounds, isQuick }: Options): Promise<void> {
  await installPeers();
  const plan = {
    scenarios: SCENARIOS.filter(({ name }) => only.length === 0 || only.includes(name)),
    contenders: contenders.filter(({ name }) => peers.length === 0 || peers.includes(name) || name === OURS),
    rounds,
    pace: isQuick ? QUICK : FULL,
  };
  for await (const [scenario, samples] of run(plan)) {
    console.log(`\n# ${scenario.name}: ${scenario.about}`);
    for (const result of resultsOf(scenario, samples)) {
      const faults = faultLines(result);
      if (faults.length > 0) process.exitCode = 1;
      console.log([`\n${result.case}\n`, caseTable(scenario, result), ...faults].join("\n"));
    }
  }
}

try {
  const [scenarios, names] = [SCENARIOS, contenders].map((all) => all.map(({ name }) => name)) as [string[], string[]];
  await bench(parseOptions(process.argv.slice(2), scenarios, names));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(USAGE);
  process.exitCode = 1;
}
