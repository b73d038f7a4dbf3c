/** Scenarios in which rooms talk as fast as they can; they differ in how many rooms there are, and how large. */
import { drive } from "../drive.ts";
import { PAYLOAD_BYTES } from "../driver/traffic.ts";
import { count, rates, withPerCore, type Case, type Scenario } from "../scenario.ts";

interface Rooms {
  readonly rooms: number;
  readonly members: number;
  readonly inFlight: number;
  readonly isEcho?: boolean;
}

function exchangeCase(title: string, { rooms, members, inFlight, isEcho = false }: Rooms): Case {
  return {
    title,
    async measure({ maxDeliveriesInFlight = Number.POSITIVE_INFINITY }, target, pace) {
      const limit = Math.max(1, Math.floor(maxDeliveriesInFlight / rooms / members));
      const spec = { rooms, members, inFlight: Math.min(inFlight, limit), isEcho, payloadBytes: PAYLOAD_BYTES };
      return withPerCore(await drive(target, { kind: "exchange", ...spec, ...pace }));
    },
  };
}

export const fanOut: Scenario = {
  name: "fan-out",
  about: "One room; one member talks and keeps so many messages in flight, everybody hears them.",
  metrics: rates("deliveries"),
  cases: [10, 100, 1_000].flatMap((members) =>
    [1, 400].map((inFlight) =>
      exchangeCase(`${count(members)} members, ${inFlight} in flight`, { rooms: 1, members, inFlight }),
    ),
  ),
};

export const smallRooms: Scenario = {
  name: "small-rooms",
  about: "Many rooms of ten; in each of them one member talks, with one message in flight.",
  metrics: rates("deliveries"),
  cases: [exchangeCase("200 rooms of 10", { rooms: 200, members: 10, inFlight: 1 })],
};

export const echo: Scenario = {
  name: "echo",
  about: "Everybody talks to the server alone, with one message in flight.",
  metrics: rates("echoes"),
  cases: [1, 100].map((rooms) =>
    exchangeCase(rooms === 1 ? "1 client" : `${rooms} clients`, { rooms, members: 1, inFlight: 1, isEcho: true }),
  ),
};

export const twoNodes: Scenario = {
  name: "two-nodes",
  about: "Rooms on two servers with a Redis between them, all three on one core; one member of each room talks.",
  metrics: rates("deliveries"),
  nodes: 2,
  cases: [
    exchangeCase("1,000 members, 1 in flight", { rooms: 1, members: 1_000, inFlight: 1 }),
    exchangeCase("1,000 members, 100 in flight", { rooms: 1, members: 1_000, inFlight: 100 }),
    exchangeCase("100 rooms of 10, 1 in flight", { rooms: 100, members: 10, inFlight: 1 }),
  ],
};
