import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { findRedis } from "../../../scripts/find-program.ts";
import type { RunningSystem } from "../driver/running-system.ts";
import type { WireProtocolName } from "../driver/wire-protocol.ts";
import { ServerProcess, type ServerCommand } from "./server-process.ts";

/** The server processes of one measurement: one node, or several nodes with a Redis between them. */
export class Deployment {
  readonly system: RunningSystem;
  readonly #processes: readonly ServerProcess[];

  private constructor(system: RunningSystem, processes: readonly ServerProcess[]) {
    this.system = system;
    this.#processes = processes;
  }

  /**
   * Starts all nodes. With more than one, the environment variable REDIS_URL names the Redis.
   * @throws {Error} When a process does not start. The others are stopped first.
   */
  static async start(server: ServerCommand, protocol: WireProtocolName, nodes: number): Promise<Deployment> {
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
      return new Deployment({ protocol, ports, pids: processes.map(({ pid }) => pid) }, processes);
    } catch (error) {
      await stopAll(processes);
      throw error;
    }
  }

  /** Stops all processes. */
  stop(): Promise<void> {
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
  return ServerProcess.start({ command, port, readyLine: /Ready to accept connections/ });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
