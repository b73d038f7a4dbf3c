/** The driver's process: runs the workload in its first argument and reports to its parent. */
import { closedLoop, type ClosedLoopSpec } from "./closed-loop.ts";
import { connectionChurn, type ConnectionChurnSpec } from "./connection-churn.ts";
import { idleConnections, type IdleConnectionsSpec } from "./idle-connections.ts";
import { openLoop, type OpenLoopSpec } from "./open-loop.ts";
import type { RunningSystem } from "./running-system.ts";
import { stalledClient, type StalledClientSpec } from "./stalled-client.ts";

export type WorkloadSpec =
  | ClosedLoopSpec
  | ConnectionChurnSpec
  | IdleConnectionsSpec
  | OpenLoopSpec
  | StalledClientSpec;

/** A workload, and the system to run it against. */
export interface DriverTask {
  readonly system: RunningSystem;
  readonly spec: WorkloadSpec;
}

/** Measured numbers by name. */
export type Measurement = Readonly<Record<string, number>>;

/** A measurement, or the first fault of the server. */
export type DriverReport = { readonly measurement: Measurement } | { readonly fault: string };

function runWorkload({ system, spec }: DriverTask): Promise<object> {
  switch (spec.kind) {
    case "closed-loop":
      return closedLoop(system, spec);
    case "connection-churn":
      return connectionChurn(system, spec);
    case "idle-connections":
      return idleConnections(system, spec);
    case "open-loop":
      return openLoop(system, spec);
    case "stalled-client":
      return stalledClient(system, spec);
  }
}

async function run(task: DriverTask): Promise<DriverReport> {
  try {
    return { measurement: { ...(await runWorkload(task)) } };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

// The driver must not outlive its parent.
process.once("disconnect", () => process.exit());

const report = await run(JSON.parse(process.argv[2] ?? "") as DriverTask);
process.send?.(report, () => process.exit());
