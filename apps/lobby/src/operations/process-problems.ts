import type { ServerLog } from "./log.ts";

/**
 * Logs the warnings of Node, and an error that nothing caught before it ends the process with code 1.
 * Node's own messages are not JSON lines, and wait for a terminal that pauses.
 */
export function logProcessProblems(log: ServerLog): void {
  const { logger } = log;
  process.removeAllListeners("warning");
  process.on("warning", (warning) => logger.warn({ err: warning }, "Node warns"));
  process.on("uncaughtException", (error) => {
    logger.fatal({ err: error }, "Lobby failed");
    void endAfter(log.flush());
  });
}

async function endAfter(flush: Promise<void>): Promise<never> {
  await flush;
  process.exit(1);
}
