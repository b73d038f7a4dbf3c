import { handshakes } from "./handshakes.ts";
import { idleMemory } from "./idle-memory.ts";
import { latency } from "./latency.ts";
import type { Scenario } from "./scenario.ts";
import { stalledReader } from "./stalled-reader.ts";
import { echo, fanOut, smallRooms, twoNodes } from "./throughput.ts";

/** All scenarios, in the order in which they run and appear in reports. */
export const SCENARIOS: readonly Scenario[] = [
  fanOut,
  smallRooms,
  echo,
  handshakes,
  idleMemory,
  latency,
  stalledReader,
  twoNodes,
];
