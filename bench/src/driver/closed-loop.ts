/** The closed-loop workload: each room sends its next message when the server has delivered an earlier one. */
import { setTimeout as delay } from "node:timers/promises";
import { ClientPool } from "./client-pool.ts";
import { deliveries, Room, waitForDeliveries } from "./measured-room.ts";
import type { RunningSystem } from "./running-system.ts";
import { startMeter, type Loads } from "./usage-meter.ts";
import { ECHO } from "./wire-protocol.ts";

export interface ClosedLoopSpec {
  readonly kind: "closed-loop";
  readonly rooms: number;
  /** Members per room. */
  readonly members: number;
  /** Messages per room that the sender has sent and not received. */
  readonly inFlight: number;
  readonly payloadBytes: number;
  /** Whether clients use the echo endpoint: each receives only its own messages. */
  readonly isEcho: boolean;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export interface ClosedLoopResult extends Loads {
  /** Deliveries per second. */
  readonly rate: number;
}

/** Runs the workload. @throws {Error} When a client does not receive every message once and in order. */
export async function closedLoop(system: RunningSystem, spec: ClosedLoopSpec): Promise<ClosedLoopResult> {
  const pool = new ClientPool(system);
  const rooms = Array.from(
    { length: spec.rooms },
    (_, index) => new Room(pool, spec.isEcho ? ECHO : `room-${index}`, spec.payloadBytes),
  );
  await pool.open(spec.rooms * spec.members, () => (rooms[pool.clients.length % spec.rooms] as Room).join());
  for (const room of rooms) room.keepInFlight(spec.inFlight);
  await pool.failFast(delay(spec.warmUpMs));
  const before = deliveries(rooms);
  const readMeter = startMeter(system.pids);
  await pool.failFast(delay(spec.measureMs));
  const after = deliveries(rooms);
  const { seconds, loads } = readMeter();
  for (const room of rooms) room.keepInFlight(0);
  await pool.failFast(waitForDeliveries(rooms));
  await pool.close();
  return { rate: (after - before) / seconds, ...loads };
}
