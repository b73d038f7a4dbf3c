import { count, type Scenario } from "../scenario.ts";
import { exchangeCase, exchangeMetrics } from "./exchange.ts";

const SIZES = [10, 100, 1_000];
const IN_FLIGHT = [1, 400];

export const fanOut: Scenario = {
  name: "fan-out",
  about: "One room; one member talks, and everybody hears it.",
  metrics: exchangeMetrics,
  cases: SIZES.flatMap((members) =>
    IN_FLIGHT.map((inFlight) =>
      exchangeCase(`${count(members)} members, ${inFlight} in flight`, { rooms: 1, members, inFlight }),
    ),
  ),
};
