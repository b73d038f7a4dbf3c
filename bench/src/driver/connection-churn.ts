/** The connection-churn workload: clients connect, receive their own message once, and disconnect. */
import { setTimeout as delay } from "node:timers/promises";
import { ClientPool } from "./client-pool.ts";
import type { RunningSystem } from "./running-system.ts";
import { Traffic } from "./traffic.ts";
import { startMeter, type Loads } from "./usage-meter.ts";

export interface ConnectionChurnSpec {
  readonly kind: "connection-churn";
  /** Clients at the same time, each in a room of its own. */
  readonly concurrency: number;
  readonly payloadBytes: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export interface ConnectionChurnResult extends Loads {
  /** Connections per second that were opened, used once and closed. */
  readonly rate: number;
}

/** Runs the workload. @throws {Error} When a connection fails, or does not receive its message. */
export async function connectionChurn(
  system: RunningSystem,
  spec: ConnectionChurnSpec,
): Promise<ConnectionChurnResult> {
  const pool = new ClientPool(system);
  let finished = 0;
  const stop = new AbortController();
  const reconnect = async (room: string): Promise<void> => {
    const traffic = new Traffic(pool.protocol, room, spec.payloadBytes);
    while (!stop.signal.aborted) {
      const delivered = Promise.withResolvers<void>();
      const client = pool.add(room, traffic, ({ received }) => received === 1 && delivered.resolve());
      await client.opened;
      for (const frame of traffic.outgoing(0, 1)) client.write(frame);
      await delivered.promise;
      client.close();
      await client.closed;
      finished += 1;
    }
  };
  const clients = Promise.all(Array.from({ length: spec.concurrency }, (_, index) => reconnect(`room-${index}`)));
  await pool.failFast(delay(spec.warmUpMs));
  const before = finished;
  const readMeter = startMeter(system.pids);
  await pool.failFast(delay(spec.measureMs));
  const after = finished;
  const { seconds, loads } = readMeter();
  stop.abort();
  await pool.failFast(clients);
  return { rate: (after - before) / seconds, ...loads };
}
