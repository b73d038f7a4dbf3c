import type { Duplex } from "node:stream";

/** How long a client may send after the last answer of its connection. */
const LINGER_MS = 1_000;

/**
 * Ends a connection after the written bytes, and drops everything that the client still sends. Cuts the connection after
 * a second. An immediate cut would be a reset, which can destroy the answer on its way to the client.
 */
export function linger(stream: Duplex): void {
  stream.end();
  stream.resume();
  const timer = setTimeout(() => stream.destroy(), LINGER_MS);
  stream.once("close", () => clearTimeout(timer));
}
