/** Clients that come, hear themselves once, and go. */
import { setTimeout as delay } from "node:timers/promises";
import { Swarm, type Target } from "./swarm.ts";
import { Traffic } from "./traffic.ts";
import { startWatch, type Loads } from "./usage.ts";

export interface HandshakesSpec {
  readonly kind: "handshakes";
  /** How many clients are there at the same time. */
  readonly lines: number;
  readonly payloadBytes: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export interface HandshakesResult extends Loads {
  /** Connections per second: opened, used once, closed. */
  readonly rate: number;
}

/** @throws {Error} When a connection fails, or does not get its one message. */
export async function handshakes(target: Target, spec: HandshakesSpec): Promise<HandshakesResult> {
  const swarm = new Swarm(target);
  let finished = 0;
  const over = new AbortController();
  const line = async (room: string): Promise<void> => {
    const traffic = new Traffic(swarm.dialect, room, spec.payloadBytes);
    while (!over.signal.aborted) {
      const arrived = Promise.withResolvers<void>();
      const client = swarm.add(room, traffic, ({ received }) => received === 1 && arrived.resolve());
      await client.opened;
      for (const frame of traffic.outgoing(0, 1)) client.write(frame);
      await arrived.promise;
      client.close();
      await client.closed;
      finished += 1;
    }
  };
  const lines = Promise.all(Array.from({ length: spec.lines }, (_, index) => line(`room-${index}`)));
  await swarm.unlessFaulty(delay(spec.warmUpMs));
  const before = finished;
  const stopWatch = startWatch(target.pids);
  await swarm.unlessFaulty(delay(spec.measureMs));
  const after = finished;
  const { seconds, loads } = stopWatch();
  over.abort();
  await swarm.unlessFaulty(lines);
  return { rate: (after - before) / seconds, ...loads };
}
