import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { resultsOf } from "../../src/report/results.ts";
import { formatScenario } from "../../src/report/tables.ts";
import type { Sample } from "../../src/scenarios/run-scenarios.ts";
import type { Metric, Scenario } from "../../src/scenarios/scenario.ts";
import { OURS } from "../../src/systems/systems.ts";

const metric = (title: string, better?: "higher" | "lower"): Metric => ({
  title,
  format: String,
  ...(better === undefined ? {} : { better }),
});

const scenario: Scenario = {
  name: "race",
  about: "They run.",
  metrics: {
    rate: { ...metric("speed", "higher"), isDriverBound: true },
    p99: metric("wait", "lower"),
    driver: metric("driver"),
  },
  cases: [{ title: "uphill", measure: () => Promise.resolve({}) }],
};

const measured = (system: string, rate: number, p99: number, driver = 0.5): Sample => ({
  case: "uphill",
  system,
  outcome: { kind: "measured", values: { rate, p99, driver } },
});

describe("Results", () => {
  test("are the median, minimum and maximum of all rounds", () => {
    const samples = [measured(OURS, 30, 1), measured(OURS, 10, 1), measured(OURS, 11, 1)];
    const [row] = resultsOf(scenario, samples, OURS).cases[0]?.rows ?? [];
    assert.deepEqual(row?.values["rate"], { median: 11, min: 10, max: 30 });
    const [even] = resultsOf(scenario, samples.slice(0, 2), OURS).cases[0]?.rows ?? [];
    assert.equal(even?.values["rate"]?.median, 20);
  });

  test("state how many times better the reference is, for metrics where higher or lower is better", () => {
    const { cases } = resultsOf(scenario, [measured(OURS, 30, 2), measured("other", 10, 3)], OURS);
    const [ours, other] = cases[0]?.rows ?? [];
    assert.equal(ours?.values["rate"]?.ratio, undefined);
    assert.equal(other?.values["rate"]?.ratio, 3);
    assert.equal(other?.values["p99"]?.ratio, 1.5);
    assert.equal(other?.values["driver"]?.ratio, undefined);
  });

  test("keep the fault of one round and the values of the other rounds", () => {
    const failed: Sample = { case: "uphill", system: OURS, outcome: { kind: "failed", reason: "it fell" } };
    const [row] = resultsOf(scenario, [failed, measured(OURS, 10, 1)], OURS).cases[0]?.rows ?? [];
    assert.deepEqual(row?.faults, ["it fell"]);
    assert.equal(row?.values["rate"]?.median, 10);
  });

  test("show lower bounds of a busy driver, faults, and absent systems", () => {
    const text = formatScenario(
      resultsOf(
        scenario,
        [
          measured(OURS, 30, 2),
          measured("fast", 40, 2, 0.99),
          { case: "uphill", system: "clumsy", outcome: { kind: "failed", reason: "it fell" } },
          { case: "uphill", system: "lazy", outcome: { kind: "absent", reason: "asleep" } },
        ],
        OURS,
      ),
    );
    assert.match(text, /^\| fast +\| +≥ 40 \|/m);
    assert.match(text, /^\| @lobby\/channels +\| +30 \|/m);
    assert.match(text, /^clumsy FAILED: it fell$/m);
    assert.match(text, /^Without lazy \(asleep\)\.$/m);
    assert.doesNotMatch(text, /^\| lazy/m);
  });
});
