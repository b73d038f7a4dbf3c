import { spawn, type ChildProcess } from "node:child_process";

const MAX_ERROR_LINES = 20;

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Kills a child process when this process exits, for any reason. */
export function killOnExit(child: ChildProcess): void {
  running.add(child);
  child.once("exit", () => running.delete(child));
}

/**
 * Runs a command to its end.
 * @returns Its standard output, trimmed.
 * @throws {Error} When the command cannot start or fails, with the end of its error output.
 */
export async function runCommand(command: readonly string[], cwd?: string): Promise<string> {
  const [file = "", ...args] = command;
  const child = spawn(file, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  killOnExit(child);
  const [output, errors]: [string[], string[]] = [[], []];
  child.stdout.setEncoding("utf8").on("data", (text: string) => output.push(text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => errors.push(text));
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once("error", reject);
  child.once("close", resolve);
  const code = await promise;
  if (code === 0) return output.join("").trim();
  const lines = errors.join("").trim().split("\n").slice(-MAX_ERROR_LINES);
  throw new Error(`\`${command.join(" ")}\` exited with ${code}:\n${lines.join("\n")}`);
}
