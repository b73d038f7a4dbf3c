import { SqliteStore } from "../../storage/sqlite/sqlite-store.ts";
import { readConfig } from "../config.ts";
import { openDataFolder } from "../data-folder.ts";
import type { Command } from "./terminal.ts";

/** `lobby migrate` */
export const migrate: Command = {
  summary: "migrate the database to this version",
  async run(args, { environment, print }) {
    const { databaseFile } = await openDataFolder(readConfig(args, environment).dataFolder);
    const { store, applied } = await SqliteStore.open(databaseFile);
    await store.close();
    if (applied.length === 0) print("The database is up to date.");
    for (const name of applied) print(`Applied ${name}`);
  },
};
