/** Scenarios in which rooms send as fast as the server delivers. They differ in the number and size of the rooms. */
import { PAYLOAD_BYTES } from "../driver/traffic.ts";
import { runDriver } from "../processes/run-driver.ts";
import { formatCount, rates, withPerCore, type Case, type Scenario } from "./scenario.ts";

interface Rooms {
  readonly rooms: number;
  /** Members per room. */
  readonly members: number;
  /** Messages in flight per room. */
  readonly inFlight: number;
  readonly isEcho?: boolean;
}

function throughputCase(title: string, { rooms, members, inFlight, isEcho = false }: Rooms): Case {
  return {
    title,
    async measure({ maxDeliveriesInFlight = Number.POSITIVE_INFINITY }, system, timing) {
      const limit = Math.max(1, Math.floor(maxDeliveriesInFlight / rooms / members));
      const spec = { rooms, members, inFlight: Math.min(inFlight, limit), isEcho, payloadBytes: PAYLOAD_BYTES };
      return withPerCore(await runDriver(system, { kind: "closed-loop", ...spec, ...timing }));
    },
  };
}

export const fanOut: Scenario = {
  name: "fan-out",
  about: "One room. One member sends and keeps 1 or 400 messages in flight; every member receives each message.",
  metrics: rates("deliveries"),
  cases: [10, 100, 1_000].flatMap((members) =>
    [1, 400].map((inFlight) =>
      throughputCase(`${formatCount(members)} members, ${inFlight} in flight`, { rooms: 1, members, inFlight }),
    ),
  ),
};

export const smallRooms: Scenario = {
  name: "small-rooms",
  about: "Many rooms of ten members. One member of each room sends, with one message in flight.",
  metrics: rates("deliveries"),
  cases: [throughputCase("200 rooms of 10", { rooms: 200, members: 10, inFlight: 1 })],
};

export const echo: Scenario = {
  name: "echo",
  about: "The server sends each message to its sender only. Each client has one message in flight.",
  metrics: rates("echoes"),
  cases: [1, 100].map((rooms) =>
    throughputCase(rooms === 1 ? "1 client" : `${rooms} clients`, { rooms, members: 1, inFlight: 1, isEcho: true }),
  ),
};

export const twoNodes: Scenario = {
  name: "two-nodes",
  about: "Rooms on two servers with a Redis between them, all three on one core. One member of each room sends.",
  metrics: rates("deliveries"),
  nodes: 2,
  cases: [
    throughputCase("1,000 members, 1 in flight", { rooms: 1, members: 1_000, inFlight: 1 }),
    throughputCase("1,000 members, 100 in flight", { rooms: 1, members: 1_000, inFlight: 100 }),
    throughputCase("100 rooms of 10, 1 in flight", { rooms: 100, members: 10, inFlight: 1 }),
  ],
};
