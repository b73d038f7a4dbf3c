/** `npm run bench`: the framework and its peers, side by side. */
import { bench, isFaultless } from "./bench.ts";
import { findContenders, NAMES } from "./contenders.ts";
import { parseOptions, USAGE, type Options } from "./options.ts";
import { installPeers } from "./peers.ts";
import { writeReport } from "./report.ts";
import type { Pace, Scenario } from "./scenario.ts";
import { SCENARIOS } from "./scenarios/index.ts";

const FULL: Pace = { warmUpMs: 400, measureMs: 1_200 };
const QUICK: Pace = { warmUpMs: 200, measureMs: 300 };

async function main({ only, peers, rounds, isQuick }: Options): Promise<void> {
  const contenders = await findContenders(peers);
  if (contenders.some(({ isPeer }) => isPeer)) await installPeers();
  const wanted = SCENARIOS.filter(({ name, isLong }) =>
    only.length > 0 ? only.includes(name) : !(isQuick && isLong === true),
  );
  const scenarios = isQuick ? wanted.map(firstAndLast) : wanted;
  const pace = isQuick ? QUICK : FULL;
  const plan = { scenarios, contenders, rounds, pace, onProgress: showProgress };
  const results = await bench(plan, (text) => console.log(text));
  if (!isFaultless(results)) process.exitCode = 1;
  else if (only.length + peers.length === 0 && !isQuick) await writeReport(results, rounds);
}

/** One line that replaces the one before it, for somebody who watches. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

function firstAndLast(scenario: Scenario): Scenario {
  const { cases } = scenario;
  return { ...scenario, cases: cases.filter((_, index) => index === 0 || index === cases.length - 1) };
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

try {
  const names = SCENARIOS.map(({ name }) => name);
  await main(parseOptions(process.argv.slice(2), names, NAMES));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(USAGE);
  process.exitCode = 1;
}
