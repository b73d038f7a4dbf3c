/** A real Redis for tests, on a free port, that keeps nothing. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@redis/client";
import { createInterface } from "node:readline";
import { findRedis } from "../../../../scripts/find-program.ts";

/** One server. */
export class RedisServer {
  readonly port: number;
  readonly #args: readonly string[];
  readonly #folder: string;
  #child: ChildProcess | undefined;

  private constructor(port: number, folder: string, args: readonly string[]) {
    this.port = port;
    this.#folder = folder;
    this.#args = args;
  }

  /** Starts a server with these settings beside the usual ones. */
  static async start(...args: readonly string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), await mkdtemp(join(tmpdir(), "lobby-redis-")), args);
    await server.restart();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Begins it again, at the same port and empty. */
  async restart(): Promise<void> {
    const settings = ["--port", String(this.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    const child = spawn(await findRedis(), [...settings, "--dir", this.#folder, ...this.#args]);
    this.#child = child;
    const lines = createInterface(child.stdout);
    await new Promise<void>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`redis-server ended with ${code}`)));
      lines.on("line", (line) => {
        if (line.includes("Ready to accept connections")) resolve();
      });
    });
  }

  /** Ends it at once, as a crash would; or stops and continues its process. */
  async signal(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    if (signal === "SIGKILL") await exited;
  }

  /** Runs one command on it. */
  async command(...args: readonly string[]): Promise<void> {
    const client = createClient({ url: this.url });
    await client.connect();
    await client.sendCommand([...args]);
    client.destroy();
  }

  async stop(): Promise<void> {
    await this.signal("SIGCONT");
    await this.signal("SIGKILL");
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
