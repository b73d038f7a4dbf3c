/** The servers of one measurement: one, or several nodes with a Redis between them. */
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { findRedis } from "../../scripts/find-program.ts";
import type { Target } from "./driver/swarm.ts";
import type { DialectName } from "./driver/dialects.ts";
import { ServerProcess, type ServerCommand } from "./server-process.ts";

/** See the head of this file. */
export class Stage {
  readonly target: Target;
  readonly #processes: readonly ServerProcess[];

  private constructor(target: Target, processes: readonly ServerProcess[]) {
    this.target = target;
    this.#processes = processes;
  }

  /** @throws {Error} When one of them does not start. */
  static async set(server: ServerCommand, dialect: DialectName, nodes: number): Promise<Stage> {
    const processes: ServerProcess[] = [];
    try {
      let env = server.env ?? {};
      if (nodes > 1) {
        const redis = await startRedis();
        processes.push(redis);
        env = { ...env, REDIS_URL: `redis://127.0.0.1:${redis.port}` };
      }
      const ports: number[] = [];
      for (let node = 0; node < nodes; node += 1) {
        const process = await ServerProcess.start({ ...server, env });
        processes.push(process);
        ports.push(process.port);
      }
      return new Stage({ dialect, ports, pids: processes.map(({ pid }) => pid) }, processes);
    } catch (error) {
      await stopAll(processes);
      throw error;
    }
  }

  strike(): Promise<void> {
    return stopAll(this.#processes);
  }
}

async function stopAll(processes: readonly ServerProcess[]): Promise<void> {
  for (const process of processes.toReversed()) await process.stop();
}

async function startRedis(): Promise<ServerProcess> {
  const port = await freePort();
  const settings = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const command = [await findRedis(), "--port", String(port), ...settings];
  return ServerProcess.start({ command, port, ready: /Ready to accept connections/ });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
