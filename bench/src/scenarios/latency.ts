import { PAYLOAD_BYTES } from "../driver/traffic.ts";
import { runDriver } from "../processes/run-driver.ts";
import { formatMs, loads, type Scenario } from "./scenario.ts";

export const latency: Scenario = {
  name: "latency",
  about: "20 messages a second to 1,000 members: from the sender's write to each member's read, in milliseconds.",
  metrics: {
    p99: { title: "p99", better: "lower", format: formatMs },
    p50: { title: "p50", better: "lower", format: formatMs },
    max: { title: "max", format: formatMs },
    ...loads,
  },
  cases: [
    {
      title: "20,000 deliveries/s",
      measure: (_, system, { warmUpMs, measureMs }) =>
        runDriver(system, {
          kind: "open-loop",
          members: 1_000,
          messagesPerSecond: 20,
          payloadBytes: PAYLOAD_BYTES,
          warmUpMs,
          measureMs: 3 * measureMs,
        }),
    },
  ],
};
