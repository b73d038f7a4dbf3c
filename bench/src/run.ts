/** Runs scenarios: every contender in turn, round after round, each time with a fresh server. */
import type { Contender } from "./contenders.ts";
import type { Case, Measurement, Pace, Scenario } from "./scenario.ts";
import { ServerProcess } from "./server-process.ts";

export interface Plan {
  readonly scenarios: readonly Scenario[];
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  readonly pace: Pace;
}

/** One measurement of one contender in one case, or why there is none. */
export interface Sample {
  readonly scenario: string;
  readonly case: string;
  readonly contender: string;
  readonly measurement?: Measurement;
  readonly fault?: string;
}

/** Gives all samples of one scenario after the other. */
export async function* run({ scenarios, contenders, rounds, pace }: Plan): AsyncGenerator<[Scenario, Sample[]]> {
  for (const scenario of scenarios) {
    const samples: Sample[] = [];
    for (let round = 0; round < rounds; round += 1) {
      for (const contender of contenders) {
        if (contender.only?.includes(scenario.name) ?? true)
          samples.push(...(await measure(scenario, contender, pace)));
      }
    }
    yield [scenario, samples];
  }
}

async function measure(scenario: Scenario, contender: Contender, pace: Pace): Promise<Sample[]> {
  const samples: Sample[] = [];
  const note = (of: Case, outcome: Pick<Sample, "measurement" | "fault">): void => {
    samples.push({ scenario: scenario.name, case: of.title, contender: contender.name, ...outcome });
  };
  let server: ServerProcess | undefined;
  try {
    server = await ServerProcess.start(contender.server);
    for (const one of scenario.cases) {
      try {
        note(one, { measurement: await one.measure(contender, server, pace) });
      } catch (error) {
        note(one, { fault: messageOf(error) });
      }
    }
  } catch (error) {
    for (const one of scenario.cases) note(one, { fault: messageOf(error) });
  } finally {
    await server?.stop();
  }
  return samples;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
