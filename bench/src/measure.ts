import { resultsOf, type ScenarioResult } from "./report/results.ts";
import { runScenarios, type Plan } from "./scenarios/run-scenarios.ts";

/**
 * Runs a plan. The first system is the reference of all ratios.
 * @param onResult Called with the result of each scenario once that is complete.
 */
export async function measure(
  plan: Plan,
  onResult: (result: ScenarioResult) => void,
): Promise<readonly ScenarioResult[]> {
  const reference = plan.systems[0]?.name ?? "";
  const results: ScenarioResult[] = [];
  for await (const [scenario, samples] of runScenarios(plan)) {
    const result = resultsOf(scenario, samples, reference);
    results.push(result);
    onResult(result);
  }
  return results;
}
