import { PAYLOAD_BYTES } from "../driver/traffic.ts";
import { runDriver } from "../processes/run-driver.ts";
import { formatCount, type Scenario } from "./scenario.ts";

const STEPS = [10_000, 5_000];

export const idleMemory: Scenario = {
  name: "idle-memory",
  about: "Idle connections in rooms of a hundred: growth of the server's memory per connection, in bytes.",
  metrics: Object.fromEntries(
    STEPS.map((step) => [`at${step}`, { title: `at ${formatCount(step)}`, better: "lower", format: formatCount }]),
  ),
  cases: [
    {
      title: "Bytes per connection",
      measure: ({ maxConnections = Number.POSITIVE_INFINITY }, system) =>
        runDriver(system, {
          kind: "idle-connections",
          steps: STEPS.filter((step) => step <= maxConnections).toReversed(),
          payloadBytes: PAYLOAD_BYTES,
        }),
    },
  ],
  isLong: true,
};
