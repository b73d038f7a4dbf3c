/** The command `lobby` as a process of its own, as people run it. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { soon, until } from "@lobby/test-support/waiting";
import type { Cleanup } from "./cleanup.ts";

/** The folder of the program: `apps/lobby`. */
export const PROGRAM: string = path.join(import.meta.dirname, "../..");

/** The circumstances of a command. */
export interface CommandOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** The folder of a copy of the program. The command then runs that copy in that folder. */
  readonly program?: string;
  /** A command that runs it, such as `["nice"]`. */
  readonly through?: readonly string[];
}

/** The outcome of a command. */
export interface Outcome {
  readonly code: number | null;
  /** Set when a signal ended the command. */
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running command. */
export class LobbyCommand {
  readonly child: ChildProcess;
  stdout = "";
  stderr = "";
  readonly #outcome: Promise<Outcome>;

  constructor(args: readonly string[], { environment = {}, program = PROGRAM, through = [] }: CommandOptions = {}) {
    const node = [process.execPath, "--conditions=source", path.join(program, "src/main.ts")];
    const [command = "", ...rest] = [...through, ...node, ...args];
    this.child = spawn(command, rest, {
      stdio: ["ignore", "pipe", "pipe"],
      cwd: program,
      // The settings of this machine must not affect the test.
      env: { PATH: process.env["PATH"] ?? "", ...environment },
    });
    this.child.stdout?.on("data", (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr?.on("data", (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.#outcome = once(this.child, "close").then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
  }

  /** Waits for the end of the command, and kills it when that takes too long. */
  async ended(): Promise<Outcome> {
    try {
      return await soon(this.#outcome, "the command to end");
    } finally {
      this.signal("SIGKILL");
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

/** Runs a command to its end. */
export function runCommand(args: readonly string[], options?: CommandOptions): Promise<Outcome> {
  return new LobbyCommand(args, options).ended();
}

/** Starts `lobby serve` on a free port, and resolves when it accepts connections. */
export async function startServe(
  cleanup: Cleanup,
  args: readonly string[],
  options?: CommandOptions,
): Promise<{ readonly command: LobbyCommand; readonly origin: string; readonly wsOrigin: string }> {
  const command = new LobbyCommand(["serve", "--port", "0", ...args], options);
  cleanup.after(async () => {
    command.signal("SIGKILL");
    await command.ended();
  });
  await until(() => {
    if (command.child.exitCode !== null) throw new Error(`The server ended: ${command.stderr}`);
    return command.stdout.includes("\n");
  }, "the start line");
  const origin = /http:\/\/[^/]+/.exec(command.stdout)?.[0] ?? "";
  return { command, origin, wsOrigin: origin.replace("http", "ws") };
}
