/** Connections that have joined a room and then do nothing: what they cost the server in memory. */
import { setTimeout as delay } from "node:timers/promises";
import { everythingArrived, Room } from "./room.ts";
import { Swarm, type Target } from "./swarm.ts";
import { residentBytes } from "./usage.ts";

const ROOM_SIZE = 100;
const SETTLE_STEP_MS = 250;
const SETTLE_TIMEOUT_MS = 10_000;
/** What may still move when memory counts as settled. */
const STILL_BYTES = 524_288;

export interface IdleSpec {
  readonly kind: "idle";
  /** At how many connections to look, ascending. */
  readonly steps: readonly number[];
  readonly payloadBytes: number;
}

/** How much the server grew for each connection when there were so many, in bytes: `at5000` and the like. */
export type IdleResult = Readonly<Record<`at${number}`, number>>;

/** @throws {Error} When a connection fails, or one of them does not get a message at the end. */
export async function idle(target: Target, spec: IdleSpec): Promise<IdleResult> {
  const swarm = new Swarm(target);
  const rooms = Array.from(
    { length: Math.max(...spec.steps) / ROOM_SIZE },
    (_, index) => new Room(swarm, `room-${index}`, spec.payloadBytes),
  );
  const grow = async (connections: number): Promise<number> => {
    await swarm.open(connections - swarm.clients.length, () =>
      (rooms[swarm.clients.length % rooms.length] as Room).join(),
    );
    return settledBytes(target);
  };
  const empty = await grow(1);
  const result: Record<`at${number}`, number> = {};
  for (const step of spec.steps) result[`at${step}`] = ((await grow(step)) - empty) / (step - 1);
  for (const room of rooms) {
    room.send(1);
    await swarm.unlessFaulty(everythingArrived([room]));
  }
  await swarm.close();
  return result;
}

/** The memory of the server once it has cleared up and stays as it is. */
async function settledBytes({ pids }: Target): Promise<number> {
  const deadlineMs = performance.now() + SETTLE_TIMEOUT_MS;
  for (let last = Number.POSITIVE_INFINITY; ;) {
    for (const pid of pids) process.kill(pid, "SIGUSR2");
    await delay(SETTLE_STEP_MS);
    const bytes = residentBytes(pids);
    if (Math.abs(bytes - last) < STILL_BYTES || performance.now() > deadlineMs) return bytes;
    last = bytes;
  }
}
