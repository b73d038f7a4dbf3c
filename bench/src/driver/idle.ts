/** Connections that have joined a room and then do nothing: what they cost the server in memory. */
import { everythingArrived, Room } from "./room.ts";
import { Swarm, type Target } from "./swarm.ts";
import { settledBytes } from "./settled-memory.ts";

const ROOM_SIZE = 100;

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
    return settledBytes(target.pids);
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
