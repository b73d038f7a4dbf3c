import { drive } from "../drive.ts";
import { PAYLOAD_BYTES } from "../driver/traffic.ts";
import { loads, milliseconds, type Scenario } from "../scenario.ts";

export const latency: Scenario = {
  name: "latency",
  about: "20 messages a second to 1,000 members; from the sender's write to each member's read, in milliseconds.",
  metrics: {
    p99: { title: "p99", better: "lower", format: milliseconds },
    p50: { title: "p50", better: "lower", format: milliseconds },
    max: { title: "max", format: milliseconds },
    ...loads,
  },
  cases: [
    {
      title: "20,000 deliveries/s",
      measure: (_, target, { warmUpMs, measureMs }) =>
        drive(target, {
          kind: "paced",
          members: 1_000,
          messagesPerSecond: 20,
          payloadBytes: PAYLOAD_BYTES,
          warmUpMs,
          measureMs: 3 * measureMs,
        }),
    },
  ],
};
