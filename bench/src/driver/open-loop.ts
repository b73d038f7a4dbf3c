/** The open-loop workload: one room sends messages at a fixed rate, however late the server delivers them. */
import { setTimeout as delay } from "node:timers/promises";
import { ClientPool } from "./client-pool.ts";
import { Room, waitForDeliveries } from "./measured-room.ts";
import type { RunningSystem } from "./running-system.ts";
import { startMeter, type Loads } from "./usage-meter.ts";

export interface OpenLoopSpec {
  readonly kind: "open-loop";
  readonly members: number;
  readonly messagesPerSecond: number;
  readonly payloadBytes: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** Latencies in milliseconds, from the sender's write to a member's read. */
export interface OpenLoopResult extends Loads {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Runs the workload. @throws {Error} When a client does not receive every message once and in order. */
export async function openLoop(system: RunningSystem, spec: OpenLoopSpec): Promise<OpenLoopResult> {
  const pool = new ClientPool(system);
  const sentAtMs: number[] = [];
  const latenciesMs: number[] = [];
  let firstMeasured = Number.POSITIVE_INFINITY;
  const room = new Room(pool, "room-0", spec.payloadBytes, ({ receivedBytes, received }, bytes) => {
    const nowMs = performance.now();
    const first = Math.floor((receivedBytes - bytes) / room.traffic.incomingFrameBytes);
    for (let index = Math.max(first, firstMeasured); index < received; index += 1) {
      latenciesMs.push(nowMs - (sentAtMs[index] ?? Number.NaN));
    }
  });
  await pool.open(spec.members, () => room.join());
  const send = async (durationMs: number): Promise<void> => {
    const startedAtMs = performance.now();
    const messages = Math.round((durationMs / 1000) * spec.messagesPerSecond);
    for (let index = 1; index <= messages; index += 1) {
      sentAtMs.push(performance.now());
      room.send(1);
      await delay(Math.max(0, startedAtMs + (index * 1000) / spec.messagesPerSecond - performance.now()));
    }
    await waitForDeliveries([room]);
  };
  await pool.failFast(send(spec.warmUpMs));
  firstMeasured = room.sent;
  const readMeter = startMeter(system.pids);
  await pool.failFast(send(spec.measureMs));
  const { loads } = readMeter();
  await pool.close();
  return { ...quantiles(latenciesMs), ...loads };
}

function quantiles(values: readonly number[]): Pick<OpenLoopResult, "p50" | "p99" | "max"> {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
