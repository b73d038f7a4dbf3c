import { PAYLOAD_BYTES } from "../driver/traffic.ts";
import { runDriver } from "../processes/run-driver.ts";
import { rates, withPerCore, type Scenario } from "./scenario.ts";

export const handshakes: Scenario = {
  name: "handshakes",
  about: "Fifty clients at a time connect, each to its own room, receive their own message once, and disconnect.",
  metrics: rates("connections"),
  cases: [
    {
      title: "50 at a time",
      measure: async (_, system, timing) => {
        const spec = { concurrency: 50, payloadBytes: PAYLOAD_BYTES, ...timing };
        return withPerCore(await runDriver(system, { kind: "connection-churn", ...spec }));
      },
    },
  ],
};
