import { drive } from "../drive.ts";
import { CUT, MISSED_MESSAGES, NOT_CLOSED } from "../driver/stall.ts";
import { loads, megabytes, percent, type Scenario } from "../scenario.ts";

const FATES: ReadonlyMap<number, string> = new Map([
  [NOT_CLOSED, "kept"],
  [CUT, "cut"],
  [MISSED_MESSAGES, "missed messages"],
]);

export const stalledReader: Scenario = {
  name: "stalled-reader",
  about: "1,000 members get messages of 16 KiB; one of them stops reading until 24 MiB were sent to everybody.",
  metrics: {
    kept: { title: "speed of the others", format: percent },
    heldBytes: { title: "server holds MiB", format: megabytes },
    gotBytes: { title: "stalled got MiB", format: megabytes },
    fate: { title: "and was", format: (code) => FATES.get(code) ?? `closed with ${code}` },
    ...loads,
  },
  cases: [
    {
      title: "One of 1,000",
      measure: (_, target, pace) =>
        drive(target, {
          kind: "stall",
          members: 1_000,
          inFlight: 4,
          payloadBytes: 16_384,
          stalledBytes: 24 * 1_048_576,
          ...pace,
        }),
    },
  ],
  isLong: true,
};
