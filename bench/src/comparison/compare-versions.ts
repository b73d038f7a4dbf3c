import { measure } from "../measure.ts";
import { describeOthers, isFaultless, type ScenarioResult } from "../report/results.ts";
import type { Plan } from "../scenarios/run-scenarios.ts";
import { FRAMEWORK_SERVER, nodeServer, type System } from "../systems/systems.ts";
import { Checkout, resolveCommit } from "./checkout.ts";
import { compareResults, formatComparison, WORKING_TREE } from "./compare-results.ts";

const SHORT_HASH_DIGITS = 12;

/**
 * Compares the framework in a repository's working tree with the framework at another commit.
 * In each round it measures first the working tree and then the commit, with the driver of this process for both.
 * @param name The commit, in any form that git accepts.
 * @param print Called with each step, with a table after each scenario, and with a summary at the end.
 * @returns Whether no row is slower and no server made a mistake.
 * @throws {UsageError} When the repository has no such commit, or the commit has no server for the benchmark.
 */
export async function compareVersions(
  repository: string,
  name: string,
  plan: Omit<Plan, "systems">,
  print: (text: string) => void,
): Promise<boolean> {
  const hash = await resolveCommit(repository, name);
  const shortHash = hash.slice(0, SHORT_HASH_DIGITS);
  print(`Copying ${shortHash} and installing its dependencies …`);
  await using checkout = await Checkout.create(repository, hash);
  print(`Comparing the working tree with ${shortHash} (${name}). Rounds: ${plan.rounds}.`);
  const systems = [versionSystem(WORKING_TREE, repository), versionSystem(shortHash, checkout.folder)];
  const results = await measure({ ...plan, systems }, (result) => print(`\n${formatComparison(result, shortHash)}`));
  print(`\n${summarizeComparison(results).join("\n")}`);
  return isFaultless(results) && slowerRows(results).length === 0;
}

function versionSystem(name: string, folder: string): System {
  return { name, protocol: "plain", server: nodeServer(folder, FRAMEWORK_SERVER) };
}

function summarizeComparison(results: readonly ScenarioResult[]): readonly string[] {
  const slower = slowerRows(results);
  const verdict = slower.length === 0 ? "No row is slower." : `Slower: ${slower.join("; ")}.`;
  const failure = isFaultless(results) ? [] : ["At least one server made a mistake: see FAILED above."];
  return [verdict, ...failure, ...describeOthers(results)];
}

function slowerRows(results: readonly ScenarioResult[]): readonly string[] {
  return results
    .flatMap(compareResults)
    .filter(({ verdict }) => verdict === "slower")
    .map(({ scenario, title }) => `${scenario}, ${title}`);
}
