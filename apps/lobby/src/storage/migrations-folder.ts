import path from "node:path";

/** The folder of the migrations: one file each, applied in the order of their names. */
export const MIGRATIONS_FOLDER: string = path.join(import.meta.dirname, "migrations");
