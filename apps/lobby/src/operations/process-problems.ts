import type { ServerLog } from "./log.ts";

/**
 * Logs the warnings of Node, and an error that nothing caught before it ends the process with code 1.
 * Node's own messages are not JSON lines, and wait for a terminal that pauses.
 */
export function logProcessProblems({ logger, flush }: ServerLog): void {
  process.removeAllListeners("warning");
  process.on("warning", (warning) => logger.warn({ err: warning }, "Node warns"));
  process.on("uncaughtException", (error) => {
    logger.fatal({ err: error }, "Lobby failed");
    void flush().then(() => process.exit(1));
  });
}
