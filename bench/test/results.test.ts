import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { OURS } from "../src/contenders.ts";
import { resultsOf } from "../src/results.ts";
import type { Sample } from "../src/run.ts";
import type { Metric, Scenario } from "../src/scenario.ts";
import { scenarioText } from "../src/tables.ts";

const metric = (title: string, better?: "higher" | "lower"): Metric => ({
  title,
  format: String,
  ...(better === undefined ? {} : { better }),
});

const scenario: Scenario = {
  name: "race",
  about: "They run.",
  metrics: { rate: metric("speed", "higher"), p99: metric("wait", "lower"), driver: metric("driver") },
  cases: [{ title: "uphill", measure: () => Promise.resolve({}) }],
};

const measured = (contender: string, rate: number, p99: number, driver = 0.5): Sample => ({
  case: "uphill",
  contender,
  outcome: { kind: "measured", values: { rate, p99, driver } },
});

describe("Results", () => {
  test("are medians of the rounds, with the lowest and the highest", () => {
    const samples = [measured(OURS, 30, 1), measured(OURS, 10, 1), measured(OURS, 11, 1)];
    const [row] = resultsOf(scenario, samples).cases[0]?.rows ?? [];
    assert.deepEqual(row?.values["rate"], { median: 11, min: 10, max: 30 });
    const [even] = resultsOf(scenario, samples.slice(0, 2)).cases[0]?.rows ?? [];
    assert.equal(even?.values["rate"]?.median, 20);
  });

  test("say how many times better ours is, whether more is better or less", () => {
    const { cases } = resultsOf(scenario, [measured(OURS, 30, 2), measured("other", 10, 3)]);
    const [ours, other] = cases[0]?.rows ?? [];
    assert.equal(ours?.values["rate"]?.ratio, undefined);
    assert.equal(other?.values["rate"]?.ratio, 3);
    assert.equal(other?.values["p99"]?.ratio, 1.5);
    assert.equal(other?.values["driver"]?.ratio, undefined);
  });

  test("keep what went wrong in one round beside what was measured in the others", () => {
    const failed: Sample = { case: "uphill", contender: OURS, outcome: { kind: "failed", reason: "it fell" } };
    const [row] = resultsOf(scenario, [failed, measured(OURS, 10, 1)]).cases[0]?.rows ?? [];
    assert.deepEqual(row?.faults, ["it fell"]);
    assert.equal(row?.values["rate"]?.median, 10);
  });

  test("are shown with who was slowed down by the driver, what went wrong, and who is not there", () => {
    const text = scenarioText(
      resultsOf(scenario, [
        measured(OURS, 30, 2),
        measured("fast", 40, 2, 0.99),
        { case: "uphill", contender: "clumsy", outcome: { kind: "failed", reason: "it fell" } },
        { case: "uphill", contender: "lazy", outcome: { kind: "absent", reason: "asleep" } },
      ]),
    );
    assert.match(text, /^\| fast +\| +≥ 40 \|/m);
    assert.match(text, /^\| @lobby\/channels +\| +30 \|/m);
    assert.match(text, /^clumsy FAILED: it fell$/m);
    assert.match(text, /^Without lazy \(asleep\)\.$/m);
    assert.doesNotMatch(text, /^\| lazy/m);
  });
});
