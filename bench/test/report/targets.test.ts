import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { resultsOf, type ScenarioResult } from "../../src/report/results.ts";
import { targetTable } from "../../src/report/targets.ts";
import { SCENARIOS } from "../../src/scenarios/all.ts";
import { OURS, SYSTEM_NAMES } from "../../src/systems/systems.ts";

/** Returns the results of a run in which every value of every system is 1. */
function evenResults(systems: readonly string[]): readonly ScenarioResult[] {
  return SCENARIOS.map((scenario) => {
    const values = Object.fromEntries(Object.keys(scenario.metrics).map((metric) => [metric, 1]));
    return resultsOf(
      scenario,
      scenario.cases.flatMap(({ title }) =>
        systems.map((system) => ({ case: title, system, outcome: { kind: "measured", values } as const })),
      ),
      OURS,
    );
  });
}

function rowsOf(table: string): string[] {
  return table.split("\n").slice(2);
}

describe("The table of targets", () => {
  test("has a value for each target when all systems were measured in all scenarios", () => {
    const rows = rowsOf(targetTable(evenResults(SYSTEM_NAMES)));
    assert.ok(rows.length > 1);
    for (const row of rows) {
      // Memory has one value; rates have one by the clock and one by CPU second.
      const numbers = row.startsWith("| idle") ? / \| +1 \| +\|$/ : / \| +1 \| +1 \|$/;
      assert.match(row, numbers);
    }
  });

  test("has empty cells where a system is absent", () => {
    const rows = rowsOf(targetTable(evenResults([])));
    for (const row of rows) assert.match(row, / \| +\| +\|$/);
  });

  test("throws when a target names a case without results", () => {
    assert.throws(() => targetTable(evenResults(SYSTEM_NAMES).slice(1)), {
      message: 'A target names the case "fan-out, 1,000 members, 400 in flight", which has no results.',
    });
  });
});
