/** What is used of the machine, from Linux's /proc; on other systems only the driver knows about itself. */
import { readFileSync } from "node:fs";

/** Linux counts processor time in hundredths of a second for everybody to read. */
const TICK_SECONDS = 0.01;

/** Processor time per second of a window; 1 is one core. */
export interface Loads {
  readonly driver: number;
  readonly server?: number;
  /** Everybody else on the machine, and what its host took away. */
  readonly others?: number;
}

/** Begins a window; what it gives ends it. */
export function startWatch(pids: readonly number[]): () => { readonly seconds: number; readonly loads: Loads } {
  const before = look(pids);
  return () => {
    const after = look(pids);
    const seconds = after.seconds - before.seconds;
    const driver = (after.driver - before.driver) / seconds;
    if (before.linux === undefined || after.linux === undefined) return { seconds, loads: { driver } };
    const server = (after.linux.server - before.linux.server) / seconds;
    const machine = (after.linux.machine - before.linux.machine) / seconds;
    return { seconds, loads: { driver, server, others: Math.max(0, machine - server - driver) } };
  };
}

/** Resident memory of these processes together. @throws {Error} On other systems than Linux. */
export function residentBytes(pids: readonly number[]): number {
  return sum(pids, (pid) => Number(/VmRSS:\s+(\d+) kB/.exec(read(`${pid}/status`))?.[1]) * 1024);
}

function look(pids: readonly number[]) {
  const { user, system } = process.cpuUsage();
  const linux =
    process.platform === "linux" ? { server: sum(pids, processSeconds), machine: machineSeconds() } : undefined;
  return { seconds: performance.now() / 1000, driver: (user + system) / 1e6, linux };
}

/** User and system time; the fields are counted from behind the name, which may hold anything. */
function processSeconds(pid: number): number {
  const stat = read(`${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_SECONDS;
}

/** The time of all cores that was not idle: the first line of /proc/stat, without idle, iowait and guests. */
function machineSeconds(): number {
  const [, user, nice, system, , , irq, softirq, steal] = (read("stat").split("\n")[0] ?? "").split(/\s+/).map(Number);
  return sum([user, nice, system, irq, softirq, steal], (ticks) => (ticks ?? 0) * TICK_SECONDS);
}

function read(file: string): string {
  return readFileSync(`/proc/${file}`, "utf8");
}

function sum<Item>(items: readonly Item[], measure: (item: Item) => number): number {
  let total = 0;
  for (const item of items) total += measure(item);
  return total;
}
