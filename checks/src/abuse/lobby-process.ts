/** The server under attack: Lobby as a process of its own, from its sources. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { soon } from "@lobby/test-support/waiting";

const ROOT = path.join(import.meta.dirname, "../../..");
const ERROR_LEVEL = 50;

/** The delay of the server's event loop. */
export interface LoopDelay {
  readonly p50Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

/** A running Lobby. */
export class LobbyProcess {
  /** The log lines of level `error` or above. */
  readonly errors: string[] = [];
  /** The warnings and their counts, by message and code. */
  readonly warnings = new Map<string, number>();
  peakMemoryBytes = 0;
  readonly #child: ChildProcess;
  readonly #delays: AsyncIterator<string>;

  private constructor(dataFolder: string) {
    const monitor = path.join(import.meta.dirname, "delay-monitor.ts");
    const main = path.join(ROOT, "apps/lobby/src/main.ts");
    const args = ["--conditions=source", `--import=${monitor}`, main, "serve", "--port", "0", "--data", dataFolder];
    this.#child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe", "pipe"], env: {} });
    this.#delays = createInterface(this.#child.stdio[3] as Readable)[Symbol.asyncIterator]();
    createInterface(this.#child.stderr as Readable).on("line", (line) => this.#readLog(line));
  }

  /** Starts a server. Returns it with its address. */
  static async start(dataFolder: string): Promise<{ readonly lobby: LobbyProcess; readonly url: URL }> {
    const lobby = new LobbyProcess(dataFolder);
    const lines = createInterface(lobby.#child.stdout as Readable);
    const [line] = (await soon(once(lines, "line"), "the start line")) as [string];
    const [address] = /http:\S+/.exec(line) ?? [];
    if (address === undefined) throw new Error(`The server printed ${line}`);
    return { lobby, url: new URL(address) };
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Reads the resident memory of the process, and keeps the highest value. */
  async readMemory(): Promise<number> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, "utf8");
    const bytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1_024;
    this.peakMemoryBytes = Math.max(this.peakMemoryBytes, bytes);
    return bytes;
  }

  /** Returns the delay of the event loop since the start. */
  async loopDelay(): Promise<LoopDelay> {
    this.#child.kill("SIGUSR2");
    const { value } = await soon(this.#delays.next(), "the delay of the event loop");
    return JSON.parse(value as string) as LoopDelay;
  }

  /** Stops the server with SIGTERM. Returns its exit code. */
  async stop(): Promise<number | null> {
    const exit = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    try {
      const [code] = (await soon(exit, "the server to stop")) as [number | null];
      return code;
    } finally {
      this.#child.kill("SIGKILL");
    }
  }

  #readLog(line: string): void {
    const entry = parse(line);
    if (entry === undefined || entry.level >= ERROR_LEVEL) {
      this.errors.push(line.slice(0, 1_000));
    } else if (entry.level > 30) {
      const name = [entry.msg, entry.err?.code].join(" ");
      this.warnings.set(name, (this.warnings.get(name) ?? 0) + 1);
    }
  }
}

interface LogEntry {
  readonly level: number;
  readonly msg: string;
  readonly err?: { readonly code?: string };
}

/** Returns undefined for a line that the logger did not write, such as the stack of a crash. */
function parse(line: string): LogEntry | undefined {
  try {
    return JSON.parse(line) as LogEntry;
  } catch {
    return undefined;
  }
}
