/** The command `lobby` as people run it: a process of its own. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { Scene } from "./scene.ts";
import { soon, until } from "@lobby/test-support/waiting";

/** The folder of the program: `apps/lobby`. */
export const PROGRAM: string = path.join(import.meta.dirname, "../..");

/** How a command is run. */
export interface CommandOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** The folder of another copy of the program, which it then runs in. */
  readonly program?: string;
  /** A command that runs it, such as `["nice"]`. */
  readonly through?: readonly string[];
}

/** What came of a command. */
export interface Outcome {
  readonly code: number | null;
  /** Set when a signal ended it. */
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export class Command {
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
      // Nothing of the machine's own settings.
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

  /** What came of it, once it has ended; it is ended when it takes too long. */
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
  return new Command(args, options).ended();
}

/** `lobby serve` on a free port, when it accepts connections. */
export async function serveCommand(
  scene: Scene,
  args: readonly string[],
  options?: CommandOptions,
): Promise<{ readonly command: Command; readonly origin: string; readonly wsOrigin: string }> {
  const command = new Command(["serve", "--port", "0", ...args], options);
  scene.after(async () => {
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
