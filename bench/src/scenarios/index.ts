import type { Scenario } from "../scenario.ts";
import { echo, fanOut, smallRooms, twoNodes } from "./exchange.ts";
import { handshakes } from "./handshakes.ts";
import { idleMemory } from "./idle-memory.ts";
import { latency } from "./latency.ts";
import { stalledReader } from "./stalled-reader.ts";

/** In the order in which they are run and shown. */
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
