import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createClient, type RedisClientType } from "@redis/client";
import { findRedis } from "../../../../scripts/find-program.ts";
import { certificatePath, keyPath } from "@lobby/test-support/certificate";
import { eventually } from "@lobby/test-support/waiting";

/** The running processes. A failed test may not stop its own. */
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** A placeholder for a free port in the settings. */
const ANY_PORT = "any";

/** The settings of a process that also speaks TLS, on `tlsPort`, and asks no client for a certificate. */
export const TLS: readonly string[] = [
  "--tls-port",
  ANY_PORT,
  "--tls-cert-file",
  certificatePath,
  "--tls-key-file",
  keyPath,
  "--tls-auth-clients",
  "no",
];

/** A Redis of its own on a free port of 127.0.0.1, without persistence, or a sentinel. */
export class RedisProcess {
  readonly port: number;
  readonly #args: readonly string[];
  /** The folder of its files. */
  readonly folder: string;
  #child: ChildProcess | undefined;

  private constructor(port: number, folder: string, args: readonly string[]) {
    this.port = port;
    this.folder = folder;
    this.#args = args;
  }

  /** Starts a Redis with these settings in addition to the usual ones. */
  static start(...args: readonly string[]): Promise<RedisProcess> {
    return RedisProcess.#start(["--save", "", "--appendonly", "no", ...args], []);
  }

  /** Starts a process with these arguments and the lines of its file of settings. */
  static async #start(args: readonly string[], lines: readonly string[]): Promise<RedisProcess> {
    const folder = await mkdtemp(join(tmpdir(), "lobby-redis-"));
    // When the port is in use, this tries another one.
    return eventually(async () => {
      const settings = args.map((arg) => (arg === ANY_PORT ? String(randomPort()) : arg));
      const redis = new RedisProcess(randomPort(), folder, settings);
      // A sentinel writes to the file.
      await writeFile(redis.#file, lines.join("\n"));
      await redis.restart();
      return redis;
    });
  }

  /** Starts a Redis that also speaks TLS, on `tlsPort`. By default it asks no client for a certificate. */
  static startWithTls(...args: readonly string[]): Promise<RedisProcess> {
    return RedisProcess.start(...TLS, ...args);
  }

  /**
   * Starts a sentinel that watches a primary on this machine under the name "main". It takes 200 ms of silence for a
   * failure, and `quorum` sentinels have to agree. It takes the other settings of a Redis, too.
   */
  static startSentinel(primaryPort: number, quorum: number, ...args: readonly string[]): Promise<RedisProcess> {
    const watched = [
      `sentinel monitor main 127.0.0.1 ${primaryPort} ${quorum}`,
      "sentinel down-after-milliseconds main 200",
      "sentinel failover-timeout main 1000",
    ];
    return RedisProcess.#start(["--sentinel", ...args], watched);
  }

  get #file(): string {
    return join(this.folder, "redis.conf");
  }

  get tlsPort(): number {
    return Number(this.#args[this.#args.indexOf("--tls-port") + 1]);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts the process again on the same port. Redis is empty then. */
  async restart(): Promise<void> {
    const settings = ["--port", String(this.port), "--bind", "127.0.0.1", "--dir", this.folder];
    const child = spawn(await findRedis(), [this.#file, ...settings, ...this.#args]);
    this.#child = child;
    running.add(child);
    child.once("exit", () => running.delete(child));
    let log = "";
    await new Promise<void>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`redis-server exited with ${code}: ${log}`)));
      createInterface(child.stdout).on("line", (line) => {
        log += `${line}\n`;
        if (/Ready to accept connections|Sentinel ID is/.test(line)) resolve();
      });
    });
  }

  /** Kills, stops or continues the process. */
  async signal(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    if (signal === "SIGKILL") await exited;
  }

  /** Runs one command and returns its reply. */
  command(...args: readonly string[]): Promise<unknown> {
    const hasPassword = this.#args.includes("--requirepass");
    return this.commandAs(hasPassword ? this.#args[this.#args.indexOf("--requirepass") + 1] : undefined, ...args);
  }

  /** Runs one command with this password and returns its reply. */
  async commandAs(password: string | undefined, ...args: readonly string[]): Promise<unknown> {
    const client = await this.connect(password);
    try {
      return await client.sendCommand([...args]);
    } finally {
      client.destroy();
    }
  }

  /** Connects a client, with this password. */
  async connect(password?: string): Promise<RedisClientType> {
    const client: RedisClientType = createClient({ url: this.url, ...(password !== undefined && { password }) });
    client.on("error", () => undefined);
    await client.connect();
    return client;
  }

  /** Returns the ids of the clients of this type, without the client of this command. */
  async clients(type: "normal" | "pubsub"): Promise<string[]> {
    const list = String(await this.command("CLIENT", "LIST", "TYPE", type));
    return [...list.matchAll(/^id=(\d+) (?!.*cmd=client\|list)/gm)].map(([, id]) => id as string);
  }

  async stop(): Promise<void> {
    await this.signal("SIGCONT");
    await this.signal("SIGKILL");
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Returns a random port below those of outgoing connections, so that it stays free during a restart. */
function randomPort(): number {
  return 10_000 + Math.floor(Math.random() * 20_000);
}
