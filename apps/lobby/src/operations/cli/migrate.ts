import { readConfig } from "../config.ts";
import { openDataFolder } from "../data-folder.ts";
import type { Command } from "./command.ts";

/** `lobby migrate` */
export const migrate: Command = {
  summary: "migrate the database to this version",
  async run(args, { environment, print }, program) {
    const { databaseFile, warnings } = await openDataFolder(readConfig(args, environment).dataFolder);
    for (const warning of warnings) await print(warning);
    const applied = await program.migrate(databaseFile);
    if (applied.length === 0) await print("The database is up to date.");
    for (const name of applied) await print(`Applied ${name}`);
  },
};
