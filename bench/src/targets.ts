/** What the design asks of the framework, next to what was measured. */
import { OURS } from "./contenders.ts";
import type { Row, ScenarioResult } from "./results.ts";
import { table, times } from "./tables.ts";

/** How many times the peer's value ours has to be. */
interface Target {
  readonly scenario: string;
  readonly case: string;
  readonly peer: string;
  readonly ratio: number;
}

const TARGETS: readonly Target[] = [
  { scenario: "fan-out", case: "1,000 members, 400 in flight", peer: "socket.io", ratio: 50 },
  { scenario: "fan-out", case: "1,000 members, 400 in flight", peer: "bun", ratio: 2 },
  { scenario: "fan-out", case: "1,000 members, 1 in flight", peer: "ws", ratio: 1.1 },
  { scenario: "fan-out", case: "1,000 members, 1 in flight", peer: "bun", ratio: 0.8 },
];

const MAX_IDLE_BYTES = 10_240;

/**
 * A table of all targets.
 * @param results Of all scenarios. A contender may be missing from them; its cells stay empty.
 * @throws {Error} when a target is about a case that they do not have.
 */
export function targetTable(results: readonly ScenarioResult[]): string {
  const find = (scenario: string, title: string, contender: string): Row | undefined => {
    const cases = results.find((result) => result.scenario.name === scenario)?.cases;
    const found = cases?.find((result) => result.case === title);
    if (found === undefined) throw new Error(`A target is about "${scenario}, ${title}", and there is no such case.`);
    return found.rows.find((row) => row.contender === contender);
  };
  const ratios = TARGETS.map(({ scenario, case: title, peer, ratio }) => {
    const { rate, perCore } = find(scenario, title, peer)?.values ?? {};
    const [byClock, byCpu] = [rate?.ratio, perCore?.ratio].map((value) => (value === undefined ? "" : times(value)));
    return [`${scenario}, ${title}`, `≥ ${ratio} × ${peer}`, byClock ?? "", byCpu ?? ""];
  });
  const idle = find("idle-memory", "Bytes per connection", OURS)?.values["at10000"]?.median;
  return table(
    ["", "target", "by the clock", "by CPU second"],
    [...ratios, ["idle connection", `≤ ${MAX_IDLE_BYTES} bytes`, idle === undefined ? "" : `${Math.round(idle)}`, ""]],
  );
}
