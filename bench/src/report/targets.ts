import { OURS } from "../systems/systems.ts";
import type { Row, ScenarioResult } from "./results.ts";
import { formatRatio, formatTable } from "./tables.ts";

/** A performance target: our framework is at least `ratio` times better than a peer in a case. */
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
 * Formats a table of all targets and the measured values. Cells of systems without results stay empty.
 * @param results The results of all scenarios.
 * @throws {Error} When a target names a case that the results lack.
 */
export function targetTable(results: readonly ScenarioResult[]): string {
  const find = (scenario: string, title: string, system: string): Row | undefined => {
    const cases = results.find((result) => result.scenario.name === scenario)?.cases;
    const found = cases?.find((result) => result.case === title);
    if (found === undefined) throw new Error(`A target names the case "${scenario}, ${title}", which has no results.`);
    return found.rows.find((row) => row.system === system);
  };
  const ratios = TARGETS.map(({ scenario, case: title, peer, ratio }) => {
    const { rate, perCore } = find(scenario, title, peer)?.values ?? {};
    return [`${scenario}, ${title}`, `≥ ${ratio} × ${peer}`, ratioCell(rate?.ratio), ratioCell(perCore?.ratio)];
  });
  const idle = find("idle-memory", "Bytes per connection", OURS)?.values["at10000"]?.median;
  return formatTable(
    ["", "target", "by the clock", "by CPU second"],
    [...ratios, ["idle connection", `≤ ${MAX_IDLE_BYTES} bytes`, idle === undefined ? "" : `${Math.round(idle)}`, ""]],
  );
}

function ratioCell(ratio: number | undefined): string {
  return ratio === undefined ? "" : formatRatio(ratio);
}
