import { ABNORMAL_CLOSURE, MISSED_MESSAGES, STILL_CONNECTED } from "../driver/stalled-client.ts";
import { runDriver } from "../processes/run-driver.ts";
import { formatMebibytes, formatPercent, loads, type Scenario } from "./scenario.ts";

const ENDINGS: ReadonlyMap<number, string> = new Map([
  [STILL_CONNECTED, "stayed connected"],
  [ABNORMAL_CLOSURE, "was dropped"],
  [MISSED_MESSAGES, "missed messages"],
]);

export const stalledReader: Scenario = {
  name: "stalled-reader",
  about: "1,000 members receive messages of 16 KiB. One of them stops reading while 24 MiB go to each member.",
  metrics: {
    relativeRate: { title: "speed of the others", better: "higher", format: formatPercent },
    heldBytes: { title: "server holds MiB", format: formatMebibytes },
    gotBytes: { title: "stalled got MiB", format: formatMebibytes },
    ending: { title: "stalled reader", format: (code) => ENDINGS.get(code) ?? `closed with ${code}` },
    ...loads,
  },
  cases: [
    {
      title: "One of 1,000",
      measure: (_, system, timing) =>
        runDriver(system, {
          kind: "stalled-client",
          members: 1_000,
          inFlight: 4,
          payloadBytes: 16_384,
          stalledBytes: 24 * 1_048_576,
          ...timing,
        }),
    },
  ],
  isLong: true,
};
