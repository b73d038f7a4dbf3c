import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { killOnExit } from "./child-processes.ts";
import { pinned } from "./cpu-pinning.ts";

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5_000;
const MAX_OUTPUT_LINES = 20;

/** A line that ends with "listening on <anything><port>". */
const READY_LINE = /listening on .*?(\d+)$/i;

/** A command that starts a server, and how to see that the server is ready. */
export interface ServerCommand {
  readonly command: readonly string[];
  /** The working directory; that of this process by default. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Matches the line that the server prints when it is ready; its first group is the port. */
  readonly readyLine?: RegExp;
  /** The port, for a server that does not print it. */
  readonly port?: number;
}

/** A server in a process of its own, which ends with this process at the latest. */
export class ServerProcess {
  readonly port: number;
  readonly pid: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
    this.pid = child.pid as number;
  }

  /**
   * Starts a server. Resolves once the server has printed its ready line.
   * @throws {Error} When the server does not start, or is not ready within 20 seconds, with its output.
   */
  static async start({ command, cwd, env, readyLine = READY_LINE, port }: ServerCommand): Promise<ServerProcess> {
    const [file, args] = pinned("server", command);
    const child = spawn(file, args, {
      cwd,
      env: { ...process.env, NODE_ENV: "production", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    killOnExit(child);
    const output: string[] = [];
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on("line", (line) => {
        const match = readyLine.exec(line);
        if (match !== null) resolve(port ?? Number(match[1]));
        else if (output.length < MAX_OUTPUT_LINES) output.push(line);
      });
    }
    const fail = (reason: string): void => reject(new Error(`${command.join(" ")} ${reason}\n${output.join("\n")}`));
    child.once("error", (error) => fail(`did not start: ${error.message}`));
    child.once("close", (code) => fail(`exited with ${code}`));
    const timer = setTimeout(() => fail(`printed no line like ${readyLine}`), START_TIMEOUT_MS);
    try {
      return new ServerProcess(child, await promise);
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Stops the server with SIGTERM, and after 5 seconds with SIGKILL. Resolves once the process has ended. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(timer);
  }
}
