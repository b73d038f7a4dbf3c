import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compareResults, formatComparison, WORKING_TREE } from "../../src/comparison/compare-results.ts";
import { resultsOf } from "../../src/report/results.ts";
import type { Sample } from "../../src/scenarios/run-scenarios.ts";
import type { Scenario } from "../../src/scenarios/scenario.ts";

const COMMIT = "1a2b3c4d5e6f";

const scenario: Scenario = {
  name: "race",
  about: "They run.",
  metrics: {
    rate: { title: "laps/s", better: "higher", format: String },
    p99: { title: "wait", better: "lower", format: String },
    driver: { title: "driver", format: String },
  },
  cases: [{ title: "uphill", measure: () => Promise.resolve({}) }],
};

const measured = (system: string, rate: number, p99: number): Sample => ({
  case: "uphill",
  system,
  outcome: { kind: "measured", values: { rate, p99, driver: 0.5 } },
});

const failed = (system: string): Sample => ({
  case: "uphill",
  system,
  outcome: { kind: "failed", reason: "it fell" },
});

describe("A comparison of two versions", () => {
  test("has a row for each metric with a better direction, and a ratio above 1 where the working tree is better", () => {
    const samples = [measured(WORKING_TREE, 10, 2), measured(COMMIT, 20, 3)];
    const rows = compareResults(resultsOf(scenario, samples, WORKING_TREE));
    assert.deepEqual(
      rows.map(({ title, ratio, verdict }) => ({ title, ratio, verdict })),
      [
        { title: "uphill, laps/s", ratio: 0.5, verdict: "slower" },
        { title: "uphill, wait", ratio: 1.5, verdict: "faster" },
      ],
    );
  });

  test("shows medians, ranges, ratio and verdict of each row", () => {
    const samples = [10, 12, 11].flatMap((rate) => [measured(WORKING_TREE, rate, 2), measured(COMMIT, 2 * rate, 2)]);
    const text = formatComparison(resultsOf(scenario, samples, WORKING_TREE), COMMIT);
    assert.match(text, /^\| +\| +working tree \| +min … max \| +1a2b3c4d5e6f \| +min … max \| +ratio \| +verdict \|$/m);
    assert.match(text, /^\| uphill, laps\/s \| +11 \| +10 … 12 \| +22 \| +20 … 24 \| +0\.500 \| +slower \|$/m);
    assert.match(text, /^\| uphill, wait +\| +2 \| +\| +2 \| +\| +1\.000 \| +same \|$/m);
  });

  test("shows the fault of a version that was never measured, and no row", () => {
    const result = resultsOf(scenario, [measured(WORKING_TREE, 10, 2), failed(COMMIT)], WORKING_TREE);
    assert.deepEqual(compareResults(result), []);
    assert.equal(formatComparison(result, COMMIT), `### race\n\n${COMMIT} FAILED: it fell`);
  });
});
