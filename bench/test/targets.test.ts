import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NAMES } from "../src/contenders.ts";
import { resultsOf, type ScenarioResult } from "../src/results.ts";
import { SCENARIOS } from "../src/scenarios/index.ts";
import { targetTable } from "../src/targets.ts";

/** What a run gives in which everybody reaches 1 of everything. */
function evenResults(contenders: readonly string[]): readonly ScenarioResult[] {
  return SCENARIOS.map((scenario) => {
    const values = Object.fromEntries(Object.keys(scenario.metrics).map((metric) => [metric, 1]));
    return resultsOf(
      scenario,
      scenario.cases.flatMap(({ title }) =>
        contenders.map((contender) => ({ case: title, contender, outcome: { kind: "measured", values } as const })),
      ),
    );
  });
}

function rowsOf(table: string): string[] {
  return table.split("\n").slice(2);
}

describe("The table of targets", () => {
  test("has a number for each when everybody was measured in all scenarios", () => {
    const rows = rowsOf(targetTable(evenResults(NAMES)));
    assert.ok(rows.length > 1);
    for (const row of rows) {
      // Memory takes no time, by neither clock.
      const numbers = row.startsWith("| idle") ? / \| +1 \| +\|$/ : / \| +1 \| +1 \|$/;
      assert.match(row, numbers);
    }
  });

  test("has none where a peer was not there", () => {
    const rows = rowsOf(targetTable(evenResults([])));
    for (const row of rows) assert.match(row, / \| +\| +\|$/);
  });

  test("is refused when a target is about a case that there is not", () => {
    assert.throws(() => targetTable(evenResults(NAMES).slice(1)), {
      message: 'A target is about "fan-out, 1,000 members, 400 in flight", and there is no such case.',
    });
  });
});
