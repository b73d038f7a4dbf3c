import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { ROOT } from "./repository.ts";

/** A server in a process of its own. */
export interface RunningServer {
  /** The address in its start line, without the path. */
  readonly origin: string;
  readonly child: ChildProcess;
  /** Ends the process with this signal, by default SIGTERM. Returns its exit code, or null when the signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts a server and waits for its start line, which contains its address. */
export async function startServer(
  script: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<RunningServer> {
  const child = spawn(process.execPath, ["--conditions=source", script, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const origin = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on("line", (line) => {
      const found = /https?:\/\/[^/\s]+/.exec(line);
      if (found !== null) resolve(found[0]);
    });
    child.once("exit", (code) => reject(new Error(`${script} exited with ${code} before its start line: ${errors}`)));
  });
  return {
    origin,
    child,
    async stop(signal = "SIGTERM") {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const exited = once(child, "exit");
      child.kill(signal);
      await exited;
      return child.exitCode;
    },
  };
}

/** Starts Lobby with a data folder and further flags. Port 0 picks a free port. */
export function startLobby(dataFolder: string, port = 0, flags: readonly string[] = []): Promise<RunningServer> {
  return startServer("apps/lobby/src/main.ts", ["serve", "--port", String(port), "--data", dataFolder, ...flags]);
}
