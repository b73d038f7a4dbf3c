/** The bytes that a slow client has to send in each second for which the server waits, on average. */
const MIN_BYTES_PER_SECOND = 1_024;

/**
 * Returns how long a client may take for the next piece of a body. Each piece may take `timeoutMs`, and all pieces
 * together as much again as their bytes take at `MIN_BYTES_PER_SECOND`.
 * @param waitedMs How long the server has waited for the bytes so far.
 * @see Apache's `RequestReadTimeout` with `MinRate`, and nginx's `client_body_timeout`.
 */
export function remainingMs(timeoutMs: number, waitedMs: number, bytes: number): number {
  const totalMs = timeoutMs + (bytes / MIN_BYTES_PER_SECOND) * 1_000;
  return Math.max(0, Math.min(timeoutMs, totalMs - waitedMs));
}
