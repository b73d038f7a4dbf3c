import { readConfig } from "../config.ts";
import { openLog } from "../log.ts";
import { logProcessProblems } from "../process-problems.ts";
import type { Command } from "./command.ts";

/** `lobby serve`. It finishes after SIGTERM or SIGINT. A second signal ends the process immediately. */
export const serve: Command = {
  summary: "migrate the database, and serve until SIGTERM or SIGINT",
  async run(args, { environment, print }, program) {
    const config = readConfig(args, environment);
    const log = openLog();
    const { logger } = log;
    logProcessProblems(log);
    try {
      const lobby = await program.start(config, logger);
      const stopped = stopSignal();
      // A reader that never reads must not delay the signal.
      print(`Lobby is listening on ${lobby.url}`).catch((error: unknown) =>
        logger.warn({ err: error }, "The start line was not printed"),
      );
      logger.info({ signal: await stopped }, "Stopping");
      await lobby.close();
    } finally {
      await log.flush();
    }
  },
};

async function stopSignal(): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  const signals = ["SIGTERM", "SIGINT"] as const;
  for (const signal of signals) process.on(signal, resolve);
  const received = await promise;
  for (const signal of signals) process.off(signal, resolve);
  return received;
}
