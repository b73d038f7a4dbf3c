import { readConfig } from "../config.ts";
import { createLog } from "../log.ts";
import type { Command } from "./command.ts";

/** `lobby serve`. It finishes after SIGTERM or SIGINT. A second signal ends the process immediately. */
export const serve: Command = {
  summary: "migrate the database, and serve until SIGTERM or SIGINT",
  async run(args, { environment, print }, program) {
    const config = readConfig(args, environment);
    const log = createLog();
    const lobby = await program.start(config, log);
    const stopped = stopSignal();
    print(`Lobby is listening on ${lobby.url}`);
    log.info({ signal: await stopped }, "Stopping");
    await lobby.close();
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
