import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { measure } from "../src/measure.ts";
import { isFaultless } from "../src/report/results.ts";
import { formatScenario } from "../src/report/tables.ts";
import { SCENARIOS } from "../src/scenarios/all.ts";
import type { Scenario, Timing } from "../src/scenarios/scenario.ts";
import { fanOut } from "../src/scenarios/throughput.ts";
import { findSystems, type System } from "../src/systems/systems.ts";

const TIMING: Timing = { warmUpMs: 50, measureMs: 100 };

describe("The benchmark", () => {
  test("measures the framework and ws in every scenario of a quick run, and compares them", async () => {
    const systems = await findSystems(["ws"]);
    const quick = SCENARIOS.filter(({ isLong }) => isLong !== true);
    const scenarios = quick.map((scenario) => ({ ...scenario, cases: scenario.cases.slice(0, 1) }));
    const shown: string[] = [];
    const plan = { scenarios, systems, rounds: 1, longRounds: 1, timing: TIMING };
    const results = await measure(plan, (result) => shown.push(formatScenario(result)));
    assert.ok(isFaultless(results), shown.join("\n"));
    assert.equal(shown.length, scenarios.length);
    for (const { scenario, cases } of results) {
      const [main = ""] = Object.keys(scenario.metrics);
      for (const { case: title, rows } of cases) {
        const [ours, ws] = rows;
        assert.ok(Number.isFinite(ours?.values[main]?.median), `${scenario.name}, ${title}`);
        const isCompared = ws?.absence === undefined;
        assert.equal(ws?.values[main]?.ratio !== undefined, isCompared, `${scenario.name}, ${title}`);
      }
    }
  });

  for (const fault of ["drop", "double", "swap", "damage", "close"]) {
    test(`fails when a server makes one mistake with one client: ${fault}`, async () => {
      const results = await measureFaulty(fault);
      assert.ok(!isFaultless(results));
      assert.match(results[0]?.cases[0]?.rows[0]?.faults[0] ?? "", /^Client 0 in room-0: /);
    });
  }

  test("passes the same server when it makes no mistake", async () => {
    assert.ok(isFaultless(await measureFaulty("none")));
  });
});

function measureFaulty(fault: string) {
  const file = fileURLToPath(new URL("support/faulty-server.ts", import.meta.url));
  const system: System = {
    name: "faulty",
    protocol: "plain",
    server: { command: [process.execPath, "--conditions=source", file], env: { FAULT: fault } },
  };
  const scenario: Scenario = { ...fanOut, cases: fanOut.cases.slice(0, 1) };
  const plan = { scenarios: [scenario], systems: [system], rounds: 1, longRounds: 1, timing: TIMING };
  return measure(plan, () => undefined);
}
