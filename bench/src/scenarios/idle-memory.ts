import { drive } from "../drive.ts";
import { PAYLOAD_BYTES } from "../driver/traffic.ts";
import { count, type Scenario } from "../scenario.ts";

const STEPS = [10_000, 5_000];

export const idleMemory: Scenario = {
  name: "idle-memory",
  about: "Connections in rooms of a hundred, idle; how much the server grew for each, in bytes.",
  metrics: Object.fromEntries(
    STEPS.map((step) => [`at${step}`, { title: `at ${count(step)}`, better: "lower", format: count }]),
  ),
  cases: [
    {
      title: "Bytes per connection",
      measure: ({ maxConnections = Number.POSITIVE_INFINITY }, target) =>
        drive(target, {
          kind: "idle",
          steps: STEPS.filter((step) => step <= maxConnections).toReversed(),
          payloadBytes: PAYLOAD_BYTES,
        }),
    },
  ],
  isLong: true,
};
