/** Rooms that talk as fast as their server answers. */
import { setTimeout as delay } from "node:timers/promises";
import { ECHO } from "./dialects.ts";
import { deliveries, everythingArrived, Room } from "./room.ts";
import { Swarm, type Target } from "./swarm.ts";
import { startWatch, type Loads } from "./usage.ts";

export interface ExchangeSpec {
  readonly kind: "exchange";
  readonly rooms: number;
  readonly members: number;
  /** Messages per room that have not come back. */
  readonly inFlight: number;
  readonly payloadBytes: number;
  /** Whether the clients are in no room and hear only themselves. */
  readonly isEcho: boolean;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export interface ExchangeResult extends Loads {
  /** Deliveries per second. */
  readonly rate: number;
}

/** @throws {Error} When any client did not get every message once and in order. */
export async function exchange(target: Target, spec: ExchangeSpec): Promise<ExchangeResult> {
  const swarm = new Swarm(target);
  const rooms = Array.from(
    { length: spec.rooms },
    (_, index) => new Room(swarm, spec.isEcho ? ECHO : `room-${index}`, spec.payloadBytes),
  );
  await swarm.open(spec.rooms * spec.members, () => (rooms[swarm.clients.length % spec.rooms] as Room).join());
  for (const room of rooms) room.talk(spec.inFlight);
  await swarm.unlessFaulty(delay(spec.warmUpMs));
  const before = deliveries(rooms);
  const stopWatch = startWatch(target.pids);
  await swarm.unlessFaulty(delay(spec.measureMs));
  const after = deliveries(rooms);
  const { seconds, loads } = stopWatch();
  for (const room of rooms) room.talk(0);
  await swarm.unlessFaulty(everythingArrived(rooms));
  await swarm.close();
  return { rate: (after - before) / seconds, ...loads };
}
