import type { Measurement } from "../driver/main.ts";
import { Deployment } from "../processes/deployment.ts";
import type { System } from "../systems/systems.ts";
import type { Scenario, Timing } from "./scenario.ts";

export interface Plan {
  readonly scenarios: readonly Scenario[];
  readonly systems: readonly System[];
  readonly rounds: number;
  /** Rounds of scenarios that take long. */
  readonly longRounds: number;
  readonly timing: Timing;
  /** Called before each measurement with a line for a person who waits. */
  readonly onProgress?: (text: string) => void;
}

/** The outcome of one system in one case in one round. */
export interface Sample {
  readonly case: string;
  readonly system: string;
  readonly outcome: Outcome;
}

type Outcome =
  | { readonly kind: "measured"; readonly values: Measurement }
  /** The system is not installed, or cannot run the scenario. */
  | { readonly kind: "absent"; readonly reason: string }
  /** The server made a mistake, so the whole run has failed. */
  | { readonly kind: "failed"; readonly reason: string };

/**
 * Runs scenarios. In each round it measures all systems one after the other, each with new processes.
 * @yields Each scenario with all its samples.
 */
export async function* runScenarios(plan: Plan): AsyncGenerator<[Scenario, Sample[]]> {
  const { scenarios, systems, timing, onProgress } = plan;
  for (const scenario of scenarios) {
    const rounds = scenario.isLong === true ? plan.longRounds : plan.rounds;
    const samples: Sample[] = [];
    for (let round = 0; round < rounds; round += 1) {
      for (const system of systems) {
        if (system.only?.includes(scenario.name) === false) continue;
        onProgress?.(`${scenario.name}, round ${round + 1} of ${rounds}: ${system.name}`);
        for await (const [title, outcome] of measureCases(scenario, system, timing)) {
          samples.push({ case: title, system: system.name, outcome });
        }
      }
    }
    yield [scenario, samples];
  }
}

async function* measureCases(scenario: Scenario, system: System, timing: Timing): AsyncGenerator<[string, Outcome]> {
  const { server, protocol, absences } = system;
  const reason = "absence" in server ? server.absence : absences?.[scenario.name];
  if (reason !== undefined || "absence" in server) {
    for (const { title } of scenario.cases) yield [title, { kind: "absent", reason: reason ?? "" }];
    return;
  }
  let deployment: Deployment | undefined;
  try {
    for (const { title, measure } of scenario.cases) {
      try {
        deployment ??= await Deployment.start(server, protocol, scenario.nodes ?? 1);
        yield [title, { kind: "measured", values: await measure(system, deployment.system, timing) }];
      } catch (error) {
        yield [title, { kind: "failed", reason: error instanceof Error ? error.message : String(error) }];
      }
    }
  } finally {
    await deployment?.stop();
  }
}
