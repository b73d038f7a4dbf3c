/** The whole of a run: measures, and prints what comes of it as it goes. */
import { resultsOf, type ScenarioResult } from "./results.ts";
import { run, type Plan } from "./run.ts";
import { scenarioText } from "./tables.ts";

export async function bench(plan: Plan, print: (text: string) => void): Promise<readonly ScenarioResult[]> {
  const results: ScenarioResult[] = [];
  for await (const [scenario, samples] of run(plan)) {
    const result = resultsOf(scenario, samples);
    results.push(result);
    print(`\n${scenarioText(result)}`);
  }
  return results;
}

/** Whether everybody did what it should: a message that anybody lost makes a failed run. */
export function isFaultless(results: readonly ScenarioResult[]): boolean {
  return results.every(({ cases }) => cases.every(({ rows }) => rows.every(({ faults }) => faults.length === 0)));
}
