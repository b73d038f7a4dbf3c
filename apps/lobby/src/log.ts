/** The log: JSON lines on standard error. */
import { pino, type Logger } from "pino";

const STANDARD_ERROR = 2;

/** At level `info` it shows every request and connection. */
export function createLog(): Logger {
  return pino(
    { level: "info", base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination(STANDARD_ERROR),
  );
}
