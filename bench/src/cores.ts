/** Who runs where: servers on one core and the driver on another, where the machine can do that. */
import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";

export type Role = "server" | "driver";

const CORES: Readonly<Record<Role, number>> = { server: 0, driver: 1 };

/** Whether servers and the driver have a core each. */
const arePinned: boolean = availableParallelism() > 1 && hasTaskset();

/** The command that runs this command where its role belongs. */
export function onCore(role: Role, command: readonly string[]): [file: string, args: readonly string[]] {
  const [file = "", ...args] = arePinned ? ["taskset", "--cpu-list", String(CORES[role]), ...command] : command;
  return [file, args];
}

function hasTaskset(): boolean {
  try {
    execFileSync("taskset", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
