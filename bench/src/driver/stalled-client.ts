/** The stalled-client workload: one member of a room stops reading while the others continue. */
import { setTimeout as delay } from "node:timers/promises";
import { ClientPool } from "./client-pool.ts";
import type { Client } from "./load-client.ts";
import { residentBytesAfterGc } from "./memory-after-gc.ts";
import { pollUntil } from "./poll-until.ts";
import { deliveries, Room, waitForDeliveries } from "./measured-room.ts";
import type { RunningSystem } from "./running-system.ts";
import { startMeter, type Loads } from "./usage-meter.ts";

export interface StalledClientSpec {
  readonly kind: "stalled-client";
  readonly members: number;
  readonly inFlight: number;
  readonly payloadBytes: number;
  /** Bytes sent to every member while one of them does not read. */
  readonly stalledBytes: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** How the stalled client ended, where the server sent no close code. */
export const STILL_CONNECTED = 0;
export const ABNORMAL_CLOSURE = 1006;
export const MISSED_MESSAGES = -1;

export interface StalledClientResult extends Loads {
  /** Delivery rate during the stall, divided by the rate before it. */
  readonly relativeRate: number;
  /** Growth of the server's memory once all other members have received every message. */
  readonly heldBytes: number;
  /** Bytes that the stalled client received in the end, of those sent during the stall. */
  readonly gotBytes: number;
  /** The close code that the stalled client received, or one of the constants above. */
  readonly ending: number;
}

/** Runs the workload. @throws {Error} When one of the other members does not receive every message once and in order. */
export async function stalledClient(system: RunningSystem, spec: StalledClientSpec): Promise<StalledClientResult> {
  const pool = new ClientPool(system);
  const room = new Room(pool, "room-0", spec.payloadBytes);
  const faults: Error[] = [];
  await pool.open(1, () => room.join((fault) => faults.push(fault)));
  await pool.open(spec.members - 1, () => room.join());
  const stalled = room.members[0] as Client;
  const rateDuring = async (work: Promise<unknown>): Promise<{ readonly rate: number; readonly loads: Loads }> => {
    const before = deliveries([room]);
    const readMeter = startMeter(system.pids);
    await pool.failFast(work);
    const after = deliveries([room]);
    const { seconds, loads } = readMeter();
    return { rate: (after - before) / seconds, loads };
  };
  room.keepInFlight(spec.inFlight);
  await pool.failFast(delay(spec.warmUpMs));
  const undisturbed = await rateDuring(delay(spec.measureMs));
  room.keepInFlight(0);
  await pool.failFast(waitForDeliveries([room]));
  const [gotBefore, bytesBefore] = [stalled.receivedBytes, await residentBytesAfterGc(system.pids)];

  stalled.pause();
  room.keepInFlight(spec.inFlight);
  const lastMessage = room.sent + spec.stalledBytes / spec.payloadBytes;
  const allSent = pollUntil(
    () => room.sent >= lastMessage,
    () => room.sent,
  );
  const { rate, loads } = await rateDuring(allSent);
  room.keepInFlight(0);
  await pool.failFast(waitForDeliveries([room], (member) => member !== stalled));
  const heldBytes = (await residentBytesAfterGc(system.pids)) - bytesBefore;

  stalled.resume();
  await pollUntil(
    () => faults.length > 0 || stalled.received === room.sent,
    () => stalled.receivedBytes,
  );
  await pool.close();
  return {
    relativeRate: rate / undisturbed.rate,
    heldBytes,
    gotBytes: stalled.receivedBytes - gotBefore,
    ending: endingOf(stalled, room.sent, faults.length > 0),
    ...loads,
  };
}

function endingOf({ closeCode, isDropped, received }: Client, sent: number, hasFailed: boolean): number {
  if (closeCode !== undefined || isDropped) return closeCode ?? ABNORMAL_CLOSURE;
  return hasFailed || received < sent ? MISSED_MESSAGES : STILL_CONNECTED;
}
