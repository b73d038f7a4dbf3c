import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { DriverReport, DriverTask, Measurement, WorkloadSpec } from "../driver/main.ts";
import type { RunningSystem } from "../driver/running-system.ts";
import { pinned } from "./cpu-pinning.ts";

const MAIN = fileURLToPath(new URL("../driver/main.ts", import.meta.url));

/**
 * Runs one workload in a new driver process.
 * @throws {Error} When the server makes a mistake, which voids the measurement.
 */
export async function runDriver(system: RunningSystem, spec: WorkloadSpec): Promise<Measurement> {
  const task: DriverTask = { system, spec };
  const [file, args] = pinned("driver", [process.execPath, MAIN, JSON.stringify(task)]);
  const child = spawn(file, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const reports: DriverReport[] = [];
  child.on("message", (message) => reports.push(message as DriverReport));
  const [code] = (await once(child, "exit")) as [number | null];
  const [report = { fault: `The driver exited with ${code}.` }] = reports;
  if ("fault" in report) throw new Error(report.fault);
  return report.measurement;
}
