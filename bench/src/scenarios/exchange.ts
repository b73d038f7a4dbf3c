/** Measures rooms that talk; several scenarios differ only in how many and how large these are. */
import { drive } from "../driver-process.ts";
import type { ExchangeSpec } from "../driver/exchange.ts";
import { PAYLOAD_BYTES } from "../driver/traffic.ts";
import { count, percent, type Case, type Metric } from "../scenario.ts";

export const exchangeMetrics = {
  rate: { title: "deliveries/s", better: "higher", format: count },
  perCore: { title: "per second of its core", better: "higher", format: count },
  server: { title: "server", format: percent },
  driver: { title: "driver", format: percent },
} satisfies Record<string, Metric>;

export type Rooms = Pick<ExchangeSpec, "rooms" | "members" | "inFlight"> & { readonly isEcho?: boolean };

export function exchangeCase(title: string, rooms: Rooms): Case {
  return {
    title,
    async measure({ dialect }, { port, pid }, pace) {
      const {
        deliveriesPerSecond,
        serverLoad = Number.NaN,
        driverLoad,
      } = await drive({
        target: { dialect, ports: [port], pids: [pid] },
        spec: { kind: "exchange", isEcho: false, payloadBytes: PAYLOAD_BYTES, ...rooms, ...pace },
      });
      return {
        rate: deliveriesPerSecond,
        perCore: deliveriesPerSecond / serverLoad,
        server: serverLoad,
        driver: driverLoad,
      };
    },
  };
}
