/** What processes have used of the machine, from Linux's /proc; elsewhere nothing is known. */
import { readFileSync } from "node:fs";

/** Linux counts processor time in hundredths of a second for everybody to read. */
const TICK_SECONDS = 0.01;

/** Processor time of these processes together, user and system. */
export function cpuSeconds(pids: readonly number[]): number | undefined {
  return sum(pids, (pid) => {
    const [, fields = ""] = read(pid, "stat").split(/\) (?!.*\) )/s);
    const [user = Number.NaN, system = Number.NaN] = fields.split(" ").slice(11, 13).map(Number);
    return (user + system) * TICK_SECONDS;
  });
}

function read(pid: number, file: string): string {
  return readFileSync(`/proc/${pid}/${file}`, "utf8");
}

function sum(pids: readonly number[], measure: (pid: number) => number): number | undefined {
  if (process.platform !== "linux") return undefined;
  let total = 0;
  for (const pid of pids) total += measure(pid);
  return total;
}
