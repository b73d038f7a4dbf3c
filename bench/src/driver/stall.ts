/** One member of a room stops reading: what becomes of it, of the server, and of the others. */
import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "./client.ts";
import { deliveries, everythingArrived, Room } from "./room.ts";
import { settledBytes } from "./settled-memory.ts";
import { Swarm, type Target } from "./swarm.ts";
import { until } from "./until.ts";
import { startWatch, type Loads } from "./usage.ts";

export interface StallSpec {
  readonly kind: "stall";
  readonly members: number;
  readonly inFlight: number;
  readonly payloadBytes: number;
  /** How much is sent to everybody while one does not read. */
  readonly stalledBytes: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** What became of the stalled member, beside the close code that it got. */
export const NOT_CLOSED = 0;
export const CUT = 1006;
export const MISSED_MESSAGES = -1;

export interface StallResult extends Loads {
  /** What the others get, as a part of what they got while everybody read. */
  readonly kept: number;
  /** How much more memory the server needs when everybody else has everything. */
  readonly heldBytes: number;
  /** How much of what was sent the stalled member got when it read again. */
  readonly gotBytes: number;
  readonly fate: number;
}

/** @throws {Error} When one of the others did not get every message once and in order. */
export async function stall(target: Target, spec: StallSpec): Promise<StallResult> {
  const swarm = new Swarm(target);
  const room = new Room(swarm, "room-0", spec.payloadBytes);
  const faults: Error[] = [];
  await swarm.open(1, () => room.join((fault) => faults.push(fault)));
  await swarm.open(spec.members - 1, () => room.join());
  const stalled = room.members[0] as Client;
  const rateWhile = async (work: Promise<unknown>): Promise<{ readonly rate: number; readonly loads: Loads }> => {
    const before = deliveries([room]);
    const stopWatch = startWatch(target.pids);
    await swarm.unlessFaulty(work);
    const after = deliveries([room]);
    const { seconds, loads } = stopWatch();
    return { rate: (after - before) / seconds, loads };
  };
  room.talk(spec.inFlight);
  await swarm.unlessFaulty(delay(spec.warmUpMs));
  const usual = await rateWhile(delay(spec.measureMs));
  room.talk(0);
  await swarm.unlessFaulty(everythingArrived([room]));
  const [gotBefore, bytesBefore] = [stalled.receivedBytes, await settledBytes(target.pids)];

  stalled.stall();
  room.talk(spec.inFlight);
  const lastMessage = room.sent + spec.stalledBytes / spec.payloadBytes;
  const isSent = until(
    () => room.sent >= lastMessage,
    () => room.sent,
  );
  const { rate, loads } = await rateWhile(isSent);
  room.talk(0);
  await swarm.unlessFaulty(everythingArrived([room], (member) => member !== stalled));
  const heldBytes = (await settledBytes(target.pids)) - bytesBefore;

  stalled.resume();
  await until(
    () => faults.length > 0 || stalled.received === room.sent,
    () => stalled.receivedBytes,
  );
  await swarm.close();
  return {
    kept: rate / usual.rate,
    heldBytes,
    gotBytes: stalled.receivedBytes - gotBefore,
    fate: fateOf(stalled, room.sent, faults.length > 0),
    ...loads,
  };
}

function fateOf({ closeCode, isCut, received }: Client, sent: number, isGone: boolean): number {
  if (closeCode !== undefined || isCut) return closeCode ?? CUT;
  return isGone || received < sent ? MISSED_MESSAGES : NOT_CLOSED;
}
