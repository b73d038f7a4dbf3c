import { pino, type Logger } from "pino";
import { LogStream } from "./log-stream.ts";
import { describeError, shortenTexts } from "./log-values.ts";
import { unblockStandardError } from "./standard-streams.ts";

/** The log of a process. */
export interface ServerLog {
  readonly logger: Logger;
  /** Resolves when every line is written, after an error, or after one second. */
  flush(): Promise<void>;
}

/** Opens the log: JSON lines on standard error, from level `info`, which includes every request and connection. */
export function openLog(): ServerLog {
  unblockStandardError();
  const stream = new LogStream((lost) => logger.warn({ lost }, "Log lines were lost"));
  const logger = pino(
    {
      level: "info",
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { log: shortenTexts },
      serializers: { err: describeError },
    },
    stream,
  );
  return { logger, flush: () => stream.flush() };
}
