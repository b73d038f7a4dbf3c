/** Pins servers to one core and the driver to another, where the machine has two cores and `taskset`. */
import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";

type Role = "server" | "driver";

const CORES: Readonly<Record<Role, number>> = { server: 0, driver: 1 };

const canPin: boolean = availableParallelism() > 1 && hasTaskset();

/** Returns the command that runs `command` on the core of its role. */
export function pinned(role: Role, command: readonly string[]): [file: string, args: readonly string[]] {
  const [file = "", ...args] = canPin ? ["taskset", "--cpu-list", String(CORES[role]), ...command] : command;
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
