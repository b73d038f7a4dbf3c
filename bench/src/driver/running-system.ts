import type { WireProtocolName } from "./wire-protocol.ts";

/** A system whose servers run: how clients reach them, and which processes to meter. */
export interface RunningSystem {
  readonly protocol: WireProtocolName;
  /** One port per node, on 127.0.0.1. */
  readonly ports: readonly number[];
  /** Process ids of all nodes, and of the Redis between them. */
  readonly pids: readonly number[];
}
