/** The idle-connections workload: clients join rooms and send nothing. It measures the server's memory. */
import { ClientPool } from "./client-pool.ts";
import { residentBytesAfterGc } from "./memory-after-gc.ts";
import { Room, waitForDeliveries } from "./measured-room.ts";
import type { RunningSystem } from "./running-system.ts";

const ROOM_SIZE = 100;

export interface IdleConnectionsSpec {
  readonly kind: "idle-connections";
  /** Numbers of connections to measure at, ascending. */
  readonly steps: readonly number[];
  readonly payloadBytes: number;
}

/** Server memory per connection at each step, in bytes: `at5000` and so on. */
export type IdleConnectionsResult = Readonly<Record<`at${number}`, number>>;

/** Runs the workload. @throws {Error} When a connection fails, or a member misses the message at the end. */
export async function idleConnections(
  system: RunningSystem,
  spec: IdleConnectionsSpec,
): Promise<IdleConnectionsResult> {
  const pool = new ClientPool(system);
  const rooms = Array.from(
    { length: Math.max(...spec.steps) / ROOM_SIZE },
    (_, index) => new Room(pool, `room-${index}`, spec.payloadBytes),
  );
  const memoryAt = async (connections: number): Promise<number> => {
    await pool.open(connections - pool.clients.length, () =>
      (rooms[pool.clients.length % rooms.length] as Room).join(),
    );
    return residentBytesAfterGc(system.pids);
  };
  const baseline = await memoryAt(1);
  const result: Record<`at${number}`, number> = {};
  for (const step of spec.steps) result[`at${step}`] = ((await memoryAt(step)) - baseline) / (step - 1);
  for (const room of rooms) {
    room.send(1);
    await pool.failFast(waitForDeliveries([room]));
  }
  await pool.close();
  return result;
}
