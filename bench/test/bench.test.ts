import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { bench, isFaultless } from "../src/bench.ts";
import { findContenders, type Contender } from "../src/contenders.ts";
import type { Pace, Scenario } from "../src/scenario.ts";
import { fanOut } from "../src/scenarios/exchange.ts";
import { SCENARIOS } from "../src/scenarios/index.ts";

const PACE: Pace = { warmUpMs: 50, measureMs: 100 };

describe("The benchmark", () => {
  test("measures ours and ws in every scenario of a quick run, and shows how they compare", async () => {
    const contenders = await findContenders(["ws"]);
    const quick = SCENARIOS.filter(({ isLong }) => isLong !== true);
    const scenarios = quick.map((scenario) => ({ ...scenario, cases: scenario.cases.slice(0, 1) }));
    const shown: string[] = [];
    const results = await bench({ scenarios, contenders, rounds: 1, pace: PACE }, (text) => shown.push(text));
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

  test("has nothing to say against the same server when it makes none", async () => {
    assert.ok(isFaultless(await measureFaulty("none")));
  });
});

function measureFaulty(fault: string) {
  const file = fileURLToPath(new URL("support/faulty-server.ts", import.meta.url));
  const contender: Contender = {
    name: "faulty",
    dialect: "plain",
    server: { command: [process.execPath, "--conditions=source", file], env: { FAULT: fault } },
  };
  const scenario: Scenario = { ...fanOut, cases: fanOut.cases.slice(0, 1) };
  return bench({ scenarios: [scenario], contenders: [contender], rounds: 1, pace: PACE }, () => undefined);
}
