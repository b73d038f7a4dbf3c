/** `lobby serve`: serves until it is told to stop. */
import { readConfig } from "../config.ts";
import { startLobby } from "../lobby.ts";
import { createLog } from "../log.ts";
import type { Terminal } from "./run.ts";

/** Ends when SIGTERM or SIGINT came and everything is closed. A second signal ends the process at once. */
export async function serveCommand(args: readonly string[], { environment, print }: Terminal): Promise<void> {
  const config = readConfig(args, environment);
  const log = createLog();
  const lobby = await startLobby(config, log);
  const stopped = stopSignal();
  print(`Lobby is listening on ${lobby.url}`);
  log.info({ signal: await stopped }, "Stopping");
  await lobby.close();
}

async function stopSignal(): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  const signals = ["SIGTERM", "SIGINT"] as const;
  for (const signal of signals) process.on(signal, resolve);
  const came = await promise;
  for (const signal of signals) process.off(signal, resolve);
  return came;
}
