/** A real Redis for tests, on a free port, that keeps nothing. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createClient } from "@redis/client";
import { findRedis } from "../../../../scripts/find-program.ts";
import { certificatePath, keyPath } from "@lobby/test-support/certificate";
import { eventually } from "@lobby/test-support/waiting";

/** A test that fails may not come to stop its servers. */
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Stands for a free port in the settings of a server. */
const ANY_PORT = "any";

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
    const folder = await mkdtemp(join(tmpdir(), "lobby-redis-"));
    // Somebody may have the port: then another.
    return eventually(async () => {
      const settings = args.map((arg) => (arg === ANY_PORT ? String(somePort()) : arg));
      const server = new RedisServer(somePort(), folder, settings);
      await server.restart();
      return server;
    });
  }

  /** Starts a server that also speaks TLS, at `tlsPort`. */
  static startWithTls(): Promise<RedisServer> {
    const certificate = ["--tls-cert-file", certificatePath, "--tls-key-file", keyPath];
    return RedisServer.start("--tls-port", ANY_PORT, ...certificate, "--tls-auth-clients", "no");
  }

  get tlsPort(): number {
    return Number(this.#args[this.#args.indexOf("--tls-port") + 1]);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Begins it again, at the same port and empty. */
  async restart(): Promise<void> {
    const settings = ["--port", String(this.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    const child = spawn(await findRedis(), [...settings, "--dir", this.#folder, ...this.#args]);
    this.#child = child;
    running.add(child);
    child.once("exit", () => running.delete(child));
    let log = "";
    await new Promise<void>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`redis-server ended with ${code}: ${log}`)));
      createInterface(child.stdout).on("line", (line) => {
        log += `${line}\n`;
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

  /** Runs one command on it. @returns its reply. */
  command(...args: readonly string[]): Promise<unknown> {
    const isGuarded = this.#args.includes("--requirepass");
    return this.commandAs(isGuarded ? this.#args[this.#args.indexOf("--requirepass") + 1] : undefined, ...args);
  }

  /** Runs one command on it with this password. @returns its reply. */
  async commandAs(password: string | undefined, ...args: readonly string[]): Promise<unknown> {
    const client = createClient({ url: this.url, ...(password !== undefined && { password }) });
    client.on("error", () => undefined);
    await client.connect();
    try {
      return await client.sendCommand([...args]);
    } finally {
      client.destroy();
    }
  }

  /** The numbers of the clients of this type, without the one that asks. */
  async clients(type: "normal" | "pubsub"): Promise<string[]> {
    const list = String(await this.command("CLIENT", "LIST", "TYPE", type));
    return [...list.matchAll(/^id=(\d+) (?!.*cmd=client\|list)/gm)].map(([, id]) => id as string);
  }

  async stop(): Promise<void> {
    await this.signal("SIGCONT");
    await this.signal("SIGKILL");
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** A port below those that the system gives to outgoing connections, so that it is still free after a restart. */
function somePort(): number {
  return 10_000 + Math.floor(Math.random() * 20_000);
}
