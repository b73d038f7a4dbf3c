/** A server of the benchmark in a process of its own. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { onCore } from "./cores.ts";

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5_000;

/** "listening on 8000", in any company. */
const READY = /listening on .*?(\d+)$/i;

/** What to start. */
export interface ServerCommand {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What the line looks like that says it is ready. */
  readonly ready?: RegExp;
  /** Where it listens, when its line does not say. */
  readonly port?: number;
}

/** What runs; it must not outlive this process, however that ends. */
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** See the head of this file. */
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
   * Resolves when it has said where it listens.
   * @throws {Error} With what it said instead.
   */
  static async start({ command, env, ready = READY, port }: ServerCommand): Promise<ServerProcess> {
    const [file, args] = onCore("server", command);
    const child = spawn(file, args, {
      env: { ...process.env, NODE_ENV: "production", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    child.once("exit", () => running.delete(child));
    const said: string[] = [];
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    for (const output of [child.stdout, child.stderr]) {
      createInterface(output).on("line", (line) => {
        const match = ready.exec(line);
        if (match !== null) resolve(port ?? Number(match[1]));
        else if (said.length < 20) said.push(line);
      });
    }
    const fail = (reason: string): void => reject(new Error(`${command.join(" ")} ${reason}\n${said.join("\n")}`));
    child.once("error", (error) => fail(`could not be started: ${error.message}`));
    child.once("close", (code) => fail(`ended with ${code}`));
    const timer = setTimeout(() => fail("did not say where it listens"), START_TIMEOUT_MS);
    try {
      return new ServerProcess(child, await promise);
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(timer);
  }
}
