import { pino, type Logger } from "pino";

const STANDARD_ERROR = 2;

/** Returns the log: JSON lines on standard error, from level `info`, which includes every request and connection. */
export function createLog(): Logger {
  return pino(
    { level: "info", base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination(STANDARD_ERROR),
  );
}
