import { drive } from "../drive.ts";
import { PAYLOAD_BYTES } from "../driver/traffic.ts";
import { rates, withPerCore, type Scenario } from "../scenario.ts";

export const handshakes: Scenario = {
  name: "handshakes",
  about: "Fifty clients at a time connect to rooms of their own, hear themselves once, and close.",
  metrics: rates("connections"),
  cases: [
    {
      title: "50 at a time",
      measure: async (_, target, pace) =>
        withPerCore(await drive(target, { kind: "handshakes", lines: 50, payloadBytes: PAYLOAD_BYTES, ...pace })),
    },
  ],
};
