/** Runs scenarios: every contender in turn, round after round, each time with fresh servers. */
import type { Contender } from "./contenders.ts";
import type { Measurement } from "./driver/main.ts";
import type { Pace, Scenario } from "./scenario.ts";
import { Stage } from "./stage.ts";

export interface Plan {
  readonly scenarios: readonly Scenario[];
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  readonly pace: Pace;
  /** Told what is measured now. */
  readonly onProgress?: (text: string) => void;
}

/** What came of one contender in one case, once. */
export interface Sample {
  readonly case: string;
  readonly contender: string;
  readonly outcome: Outcome;
}

type Outcome =
  | { readonly kind: "measured"; readonly values: Measurement }
  /** It is not there, or cannot do this. */
  | { readonly kind: "absent"; readonly reason: string }
  /** It did something wrong: the run has failed. */
  | { readonly kind: "failed"; readonly reason: string };

/** Gives all samples of one scenario after the other. */
export async function* run(plan: Plan): AsyncGenerator<[Scenario, Sample[]]> {
  const { scenarios, contenders, pace, onProgress } = plan;
  for (const scenario of scenarios) {
    const rounds = scenario.isLong === true ? 1 : plan.rounds;
    const samples: Sample[] = [];
    for (let round = 0; round < rounds; round += 1) {
      for (const contender of contenders) {
        if (contender.only?.includes(scenario.name) === false) continue;
        onProgress?.(`${scenario.name}, round ${round + 1} of ${rounds}: ${contender.name}`);
        for await (const [title, outcome] of perform(scenario, contender, pace)) {
          samples.push({ case: title, contender: contender.name, outcome });
        }
      }
    }
    yield [scenario, samples];
  }
}

async function* perform(scenario: Scenario, contender: Contender, pace: Pace): AsyncGenerator<[string, Outcome]> {
  const { server, dialect, absences } = contender;
  const reason = "absence" in server ? server.absence : absences?.[scenario.name];
  if (reason !== undefined || "absence" in server) {
    for (const { title } of scenario.cases) yield [title, { kind: "absent", reason: reason ?? "" }];
    return;
  }
  let stage: Stage | undefined;
  try {
    for (const { title, measure } of scenario.cases) {
      try {
        stage ??= await Stage.set(server, dialect, scenario.nodes ?? 1);
        yield [title, { kind: "measured", values: await measure(contender, stage.target, pace) }];
      } catch (error) {
        yield [title, { kind: "failed", reason: error instanceof Error ? error.message : String(error) }];
      }
    }
  } finally {
    await stage?.strike();
  }
}
