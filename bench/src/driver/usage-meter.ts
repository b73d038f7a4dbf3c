/** Meters for processor time and memory. They read Linux's /proc; on other systems only the driver meters itself. */
import { readFileSync } from "node:fs";

/** /proc counts processor time in hundredths of a second. */
const TICK_SECONDS = 0.01;

/** Processor time per second of a measurement; 1 is one whole core. */
export interface Loads {
  readonly driver: number;
  readonly server?: number;
  /** The load of all other processes, and of the hypervisor (steal time). */
  readonly others?: number;
}

/** The length of a measurement, and the loads during it. */
interface Usage {
  readonly seconds: number;
  readonly loads: Loads;
}

/** Starts a meter. @returns A function that reads it. */
export function startMeter(pids: readonly number[]): () => Usage {
  const before = readCounters(pids);
  return () => {
    const after = readCounters(pids);
    const seconds = after.seconds - before.seconds;
    const driver = (after.driver - before.driver) / seconds;
    if (before.linux === undefined || after.linux === undefined) return { seconds, loads: { driver } };
    const server = (after.linux.server - before.linux.server) / seconds;
    const machine = (after.linux.machine - before.linux.machine) / seconds;
    return { seconds, loads: { driver, server, others: Math.max(0, machine - server - driver) } };
  };
}

/** Returns the resident memory of processes together. @throws {Error} On systems other than Linux. */
export function residentBytes(pids: readonly number[]): number {
  return sum(pids, (pid) => Number(/VmRSS:\s+(\d+) kB/.exec(readProc(`${pid}/status`))?.[1]) * 1024);
}

function readCounters(pids: readonly number[]) {
  const { user, system } = process.cpuUsage();
  const linux =
    process.platform === "linux" ? { server: sum(pids, processSeconds), machine: machineSeconds() } : undefined;
  return { seconds: performance.now() / 1000, driver: (user + system) / 1e6, linux };
}

/** Returns user and system time. The name in parentheses may contain spaces, so fields count from its end. */
function processSeconds(pid: number): number {
  const stat = readProc(`${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_SECONDS;
}

/** Returns the busy time of all cores: the first line of /proc/stat without idle, iowait and guest time. */
function machineSeconds(): number {
  const [cpuLine = ""] = readProc("stat").split("\n");
  const [, user, nice, system, , , irq, softirq, steal] = cpuLine.split(/\s+/).map(Number);
  return sum([user, nice, system, irq, softirq, steal], (ticks) => (ticks ?? 0) * TICK_SECONDS);
}

function readProc(file: string): string {
  return readFileSync(`/proc/${file}`, "utf8");
}

function sum<Item>(items: readonly Item[], measure: (item: Item) => number): number {
  let total = 0;
  for (const item of items) total += measure(item);
  return total;
}
