/**
 * Rooms in which one member talks: it keeps so many messages in flight and sends
 * the next when one has come back to it. The sender is the middle member, so a
 * server that goes through a room from either end has served half of it then.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "./client.ts";
import { ECHO } from "./dialects.ts";
import { Swarm, type Target } from "./swarm.ts";
import { Traffic } from "./traffic.ts";
import { cpuSeconds } from "./usage.ts";

/** How long nothing may move at the end before what is missing counts as lost. */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 20;

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

export interface ExchangeResult {
  readonly deliveriesPerSecond: number;
  /** Processor time per second of the window; 1 is one core. */
  readonly driverLoad: number;
  readonly serverLoad: number | undefined;
}

/** @throws {Error} When any client did not get every message once and in order. */
export async function exchange(target: Target, spec: ExchangeSpec): Promise<ExchangeResult> {
  const swarm = new Swarm(target);
  const meter = { bytes: 0 };
  const rooms = Array.from({ length: spec.rooms }, (_, index) => new Room(swarm, spec, index, meter));
  await swarm.open(spec.rooms * spec.members, (index) => (rooms[index % spec.rooms] as Room).join());
  for (const room of rooms) room.start();
  await swarm.unlessFaulty(delay(spec.warmUpMs));
  const before = look(target, meter);
  await swarm.unlessFaulty(delay(spec.measureMs));
  const after = look(target, meter);
  for (const room of rooms) room.stop();
  await swarm.unlessFaulty(completed(rooms, meter));
  await swarm.close();
  const seconds = after.seconds - before.seconds;
  const [{ frameBytes }] = rooms as [Room];
  const serverSeconds =
    after.server === undefined || before.server === undefined ? undefined : after.server - before.server;
  return {
    deliveriesPerSecond: (after.bytes - before.bytes) / frameBytes / seconds,
    driverLoad: (after.driver - before.driver) / seconds,
    serverLoad: serverSeconds === undefined ? undefined : serverSeconds / seconds,
  };
}

interface Meter {
  bytes: number;
}

/** One room with its sender. */
class Room {
  readonly members: Client[] = [];
  sent = 0;
  readonly #swarm: Swarm;
  readonly #spec: ExchangeSpec;
  readonly #name: string;
  readonly #traffic: Traffic;
  readonly #meter: Meter;
  #sender: Client | undefined;

  constructor(swarm: Swarm, spec: ExchangeSpec, index: number, meter: Meter) {
    this.#swarm = swarm;
    this.#spec = spec;
    this.#name = spec.isEcho ? ECHO : `room-${index}`;
    this.#traffic = new Traffic(swarm.dialect, this.#name, spec.payloadBytes);
    this.#meter = meter;
  }

  get frameBytes(): number {
    return this.#traffic.incomingFrameBytes;
  }

  join(): Client {
    const client = this.#swarm.add(this.#name, this.#traffic, (from, bytes) => {
      this.#meter.bytes += bytes;
      if (from === this.#sender) this.#send();
    });
    this.members.push(client);
    return client;
  }

  start(): void {
    this.#sender = this.members[this.members.length >> 1];
    this.#send();
  }

  stop(): void {
    this.#sender = undefined;
  }

  #send(): void {
    const { inFlight } = this.#spec;
    const sender = this.#sender as Client;
    const count = inFlight - (this.sent - sender.received);
    if (count <= 0) return;
    for (const frames of this.#traffic.outgoing(this.sent, count)) sender.write(frames);
    this.sent += count;
  }
}

function look({ pids }: Target, { bytes }: Meter) {
  const { user, system } = process.cpuUsage();
  return { bytes, seconds: performance.now() / 1000, driver: (user + system) / 1e6, server: cpuSeconds(pids) };
}

/** Resolves when everybody has everything. */
async function completed(rooms: readonly Room[], meter: Meter): Promise<void> {
  let [bytes, movedAtMs] = [meter.bytes, performance.now()];
  for (;;) {
    const late = rooms.flatMap(({ members, sent }) => members.filter(({ received }) => received < sent));
    if (late.length === 0) return;
    if (meter.bytes !== bytes) [bytes, movedAtMs] = [meter.bytes, performance.now()];
    else if (performance.now() - movedAtMs > PATIENCE_MS) {
      const [first] = late as [Client, ...Client[]];
      throw new Error(`${late.length} clients lack messages; ${first.name} has ${first.received}`);
    }
    await delay(LOOK_EVERY_MS);
  }
}
