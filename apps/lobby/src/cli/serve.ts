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
  const stopped = new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, resolve);
  });
  print(`Lobby is listening on ${lobby.url}`);
  log.info({ signal: await stopped }, "Stopping");
  await lobby.close();
}
