/** Messages at a fixed pace, whatever the server does, and how long each delivery takes. */
import { setTimeout as delay } from "node:timers/promises";
import { everythingArrived, Room } from "./room.ts";
import { Swarm, type Target } from "./swarm.ts";
import { startWatch, type Loads } from "./usage.ts";

export interface PacedSpec {
  readonly kind: "paced";
  readonly members: number;
  readonly messagesPerSecond: number;
  readonly payloadBytes: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** In milliseconds, from the sender's write to a member's read. */
export interface PacedResult extends Loads {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** @throws {Error} When any client did not get every message once and in order. */
export async function paced(target: Target, spec: PacedSpec): Promise<PacedResult> {
  const swarm = new Swarm(target);
  const sentAtMs: number[] = [];
  const latenciesMs: number[] = [];
  let firstMeasured = Number.POSITIVE_INFINITY;
  const room = new Room(swarm, "room-0", spec.payloadBytes, ({ receivedBytes, received }, bytes) => {
    const nowMs = performance.now();
    const first = Math.floor((receivedBytes - bytes) / room.traffic.incomingFrameBytes);
    for (let index = Math.max(first, firstMeasured); index < received; index += 1) {
      latenciesMs.push(nowMs - (sentAtMs[index] ?? Number.NaN));
    }
  });
  await swarm.open(spec.members, () => room.join());
  const send = async (durationMs: number): Promise<void> => {
    const beganAtMs = performance.now();
    const messages = Math.round((durationMs / 1000) * spec.messagesPerSecond);
    for (let index = 1; index <= messages; index += 1) {
      sentAtMs.push(performance.now());
      room.send(1);
      await delay(Math.max(0, beganAtMs + (index * 1000) / spec.messagesPerSecond - performance.now()));
    }
    await everythingArrived([room]);
  };
  await swarm.unlessFaulty(send(spec.warmUpMs));
  firstMeasured = room.sent;
  const stopWatch = startWatch(target.pids);
  await swarm.unlessFaulty(send(spec.measureMs));
  const { loads } = stopWatch();
  await swarm.close();
  return { ...quantiles(latenciesMs), ...loads };
}

function quantiles(values: readonly number[]): Pick<PacedResult, "p50" | "p99" | "max"> {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
